import type { Static } from 'typebox';
import { parseId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import { maxUrlLength } from '../../base/text.ts';
import { maxApis, maxScopesOfApi } from '../../model/api.ts';
import type { ApiFields } from '../../model/api-rules.ts';
import type { Scope } from '../../model/instance.ts';
import { changeApi, createApi, deleteApi } from '../../registry/apis/apis.ts';
import type { Services } from '../../services.ts';
import { findInstance } from '../../store/instances.ts';
import type { Api } from './http/api.ts';
import { pageQuery, readPage } from './http/page.ts';
import { answer, IdText, listOf, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { ApiScopeBody, apiTokenFields, presentApi } from './shapes/api.ts';

const name = Type.String({ minLength: 1, maxLength: 100 });
const scopes = Type.Optional(
  Type.Array(ApiScopeBody, {
    maxItems: maxScopesOfApi,
    description: 'All scopes of the API. A name belongs to one API of the instance.',
  }),
);

const NewApiBody = Type.Object(
  {
    identifier: Type.String({
      minLength: 1,
      maxLength: maxUrlLength,
      description: 'An absolute URI without fragment. It never changes.',
    }),
    name,
    scopes,
    ...apiTokenFields,
  },
  { additionalProperties: false },
);
const ApiBody = Type.Object(
  { name: Type.Optional(name), scopes, ...apiTokenFields },
  { additionalProperties: false },
);

/** GET and POST /apis; GET, PATCH and DELETE /apis/:id. */
export function registerApis(api: Api, services: Services): void {
  const params = Type.Object({ id: IdText('The ID of the API.') });
  const tags = ['apis'];
  const instanceNow = async (instance: { readonly id: Parameters<typeof findInstance>[1] }) => {
    const found = await findInstance(services.db, instance.id);
    return found?.apis ?? [];
  };

  api.get(
    '/apis',
    {
      schema: {
        operationId: 'listApis',
        summary: 'List APIs, the default one first, then oldest first',
        tags,
        querystring: Type.Object(pageQuery),
        response: { 200: answer('A page of APIs.', listOf('Api')), ...problems(422) },
      },
    },
    async ({ instance, query }) => {
      const all = await instanceNow(instance);
      return readPage(
        query,
        async (after, limit) => {
          const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
          return all.slice(start, start + limit);
        },
        presentApi,
      );
    },
  );

  api.post(
    '/apis',
    {
      schema: {
        operationId: 'createApi',
        summary: 'Add an API',
        description: `An instance has at most ${maxApis}, its default one among them. ${takesRecentPassword}`,
        tags,
        body: NewApiBody,
        response: { 201: answer('The API.', ref('Api')), ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { identifier, name } = request.body;
      const fields = { ...fieldsOf(request.body), identifier, name };
      const made = await createApi(services, request.caller.act, fields);
      reply.status(201).header('location', `/api/v1/apis/${made.id}`);
      return presentApi(made);
    },
  );

  api.get(
    '/apis/:id',
    {
      schema: {
        operationId: 'getApi',
        summary: 'Get an API',
        tags,
        params,
        response: { 200: answer('The API.', ref('Api')), ...problems(404) },
      },
    },
    async ({ instance, params }) => {
      const found = (await instanceNow(instance)).find(({ id }) => id === params.id);
      if (!found) throw new Refusal('api_not_found', 'There is no API with this ID.');
      return presentApi(found);
    },
  );

  api.patch(
    '/apis/:id',
    {
      schema: {
        operationId: 'updateApi',
        summary: 'Update an API',
        description: `Fields that are not sent stay; \`scopes\` is replaced as a whole. ${takesRecentPassword}`,
        tags,
        params,
        body: ApiBody,
        response: { 200: answer('The API.', ref('Api')), ...problems(404, 409, 413, 415, 422) },
      },
    },
    async ({ caller, params, body }) =>
      presentApi(await changeApi(services, caller.act, parseId(params.id), fieldsOf(body))),
  );

  api.delete(
    '/apis/:id',
    {
      schema: {
        operationId: 'deleteApi',
        summary: 'Delete an API',
        description: `The default one stays, and so does one whose scopes an application has. ${takesRecentPassword}`,
        tags,
        params,
        response: { 204: nothing, ...problems(404, 409, 413, 415, 422) },
      },
    },
    async ({ caller, params }, reply) => {
      await deleteApi(services, caller.act, parseId(params.id));
      return reply.status(204).send(null);
    },
  );
}

function fieldsOf(body: Static<typeof ApiBody>): ApiFields {
  return {
    name: body.name,
    scopes: body.scopes?.map(wholeScope),
    ...(body.access_token_lifetime !== undefined && { accessTokenLifetime: body.access_token_lifetime }),
    ...(body.signing_alg !== undefined && { signingAlg: body.signing_alg }),
    ...(body.token_typ !== undefined && { tokenTyp: body.token_typ }),
  };
}

/** A scope with what may be left out of it, its members in our order; nothing is kept of what says nothing. */
function wholeScope(sent: Static<typeof ApiScopeBody>): Scope {
  const { name, description, descriptions = {}, default: isDefault = false, claims = [] } = sent;
  return {
    name,
    description,
    default: isDefault,
    ...(Object.keys(descriptions).length > 0 && { descriptions }),
    ...(claims.length > 0 && { claims }),
  };
}
