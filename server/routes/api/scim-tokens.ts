import { parseId } from '../../base/ids.ts';
import { instanceUrl } from '../../base/paths.ts';
import { maxNameLength } from '../../base/text.ts';
import {
  addScimToken,
  deleteScimToken,
  listScimTokens,
} from '../../registry/identity-providers/scim-tokens.ts';
import type { Services } from '../../services.ts';
import type { Api } from './http/api.ts';
import { pageQuery, readPage } from './http/page.ts';
import { answer, IdText, listOf, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { identityProviderOfPath } from './identity-providers.ts';
import { presentScimToken } from './shapes/scim-token.ts';

const ScimTokenBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: maxNameLength, description: 'To tell the token apart.' }),
  },
  { additionalProperties: false },
);

/** GET and POST /identity-providers/:id/scim-tokens; DELETE …/:token_id. */
export function registerScimTokens(api: Api, services: Services): void {
  const found = { onRequest: identityProviderOfPath(services) };
  const params = Type.Object({ id: IdText('The ID of the identity provider.') });

  api.get(
    '/identity-providers/:id/scim-tokens',
    {
      ...found,
      schema: {
        operationId: 'listScimTokens',
        summary: 'List the SCIM tokens of an identity provider, oldest first',
        tags: ['identity providers'],
        params,
        querystring: Type.Object(pageQuery),
        response: { 200: answer('A page of SCIM tokens.', listOf('ScimToken')), ...problems(404, 422) },
      },
    },
    async ({ instance, identityProvider, query }) => {
      const all = await listScimTokens(services.db, instance.id, identityProvider.id);
      return readPage(
        query,
        async (after, limit) => all.filter(({ id }) => after === undefined || id > after).slice(0, limit),
        presentScimToken,
      );
    },
  );

  api.post(
    '/identity-providers/:id/scim-tokens',
    {
      ...found,
      schema: {
        operationId: 'addScimToken',
        summary: 'Add a SCIM token',
        description: `The directory of the provider sends it to \`/scim/v2\` of this instance, and makes and deactivates users by it. The \`token\` is returned in this answer only. A provider has at most five. ${takesRecentPassword}`,
        tags: ['identity providers'],
        params,
        body: ScimTokenBody,
        response: {
          201: answer('The SCIM token.', ref('NewScimToken')),
          ...problems(404, 409, 413, 415, 422),
        },
      },
    },
    async ({ instance, identityProvider, caller, body }, reply) => {
      const { scimToken, token } = await addScimToken(services, caller.act, identityProvider.id, body);
      reply.status(201);
      return { ...presentScimToken(scimToken), token, base_url: instanceUrl(instance, '/scim/v2') };
    },
  );

  api.delete(
    '/identity-providers/:id/scim-tokens/:token_id',
    {
      ...found,
      schema: {
        operationId: 'deleteScimToken',
        summary: 'Delete a SCIM token',
        tags: ['identity providers'],
        params: Type.Object({
          id: IdText('The ID of the identity provider.'),
          token_id: IdText('The ID of the SCIM token.'),
        }),
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async ({ identityProvider, caller, params: { token_id: tokenId } }, reply) => {
      await deleteScimToken(services, caller.act, identityProvider.id, parseId(tokenId));
      return reply.status(204).send(null);
    },
  );
}
