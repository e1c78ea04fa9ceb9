import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { parseId } from '../../base/ids.ts';
import { type FieldError, refuseFieldErrors } from '../../base/refusal.ts';
import { valuesSent } from '../../model/fields.ts';
import { type IdentityProvider, type ProviderType, providerTypes } from '../../model/identity-provider.ts';
import {
  providerFieldLines,
  type providerFields,
  providerTypeHas,
} from '../../model/identity-provider-fields.ts';
import { maxClientSecretLength } from '../../model/identity-provider-rules.ts';
import {
  changeProvider,
  createProvider,
  deleteProvider,
  type ProviderChange,
} from '../../registry/identity-providers/change.ts';
import { providerNotFound } from '../../registry/identity-providers/existing.ts';
import type { Services } from '../../services.ts';
import { findIdentityProvider, listIdentityProviders } from '../../store/identity-providers.ts';
import type { Api } from './http/api.ts';
import { pageQuery, readPage } from './http/page.ts';
import { answer, IdText, listOf, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { nullable, oneOf } from './http/validation.ts';
import { changeSchemas } from './shapes/fields.ts';
import { presentIdentityProvider, typesWith } from './shapes/identity-provider.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route below /identity-providers/:id. */
    identityProvider: IdentityProvider;
  }
}

/** Metadata of SAML may have 256 KiB, which JSON makes longer. */
const bodyLimit = 512 * 1024;

const fields = {
  ...changeSchemas<typeof providerFields>(providerFieldLines, typesWith),
  client_secret: Type.Optional(
    nullable<string>({
      type: 'string',
      minLength: 1,
      maxLength: maxClientSecretLength,
      description:
        'What the provider gave this instance to authenticate by; `null` for none. It is never shown again, and good for the `issuer` that it was given with: another issuer without another secret forgets it. For `oidc` only.',
    }),
  ),
};
const NewIdentityProviderBody = Type.Object(
  { type: oneOf(providerTypes, { description: 'It never changes.' }), ...fields },
  { additionalProperties: false },
);
const IdentityProviderBody = Type.Object(fields, { additionalProperties: false });

/** GET and POST /identity-providers; GET, PATCH and DELETE /identity-providers/:id. */
export function registerIdentityProviders(api: Api, services: Services): void {
  const found = { onRequest: identityProviderOfPath(services) };
  const params = Type.Object({ id: IdText('The ID of the identity provider.') });

  api.get(
    '/identity-providers',
    {
      schema: {
        operationId: 'listIdentityProviders',
        summary: 'List identity providers, oldest first',
        tags: ['identity providers'],
        querystring: Type.Object(pageQuery),
        response: {
          200: answer('A page of identity providers.', listOf('IdentityProvider')),
          ...problems(422),
        },
      },
    },
    async ({ instance, query }) => {
      const all = await listIdentityProviders(services.db, instance.id);
      return readPage(
        query,
        async (after, limit) => all.filter(({ id }) => after === undefined || id > after).slice(0, limit),
        (provider) => presentIdentityProvider(instance, provider),
      );
    },
  );

  api.post(
    '/identity-providers',
    {
      bodyLimit,
      // The handler decides what is said first: a field of another type before a field that is wrong.
      attachValidation: true,
      schema: {
        operationId: 'createIdentityProvider',
        summary: 'Add an identity provider',
        description: `\`name\` is required; so are \`issuer\` and \`client_id\` for \`oidc\`, \`metadata\` or \`metadata_url\` for \`saml\`, and \`login_url\`, \`issuer\` and \`jwks\` or \`jwks_uri\` for \`handover\`. An instance has at most 20. ${takesRecentPassword}`,
        tags: ['identity providers'],
        body: NewIdentityProviderBody,
        response: {
          201: answer('The identity provider.', ref('IdentityProvider')),
          ...problems(409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { instance, caller, body } = request;
      const type = typeOf(body);
      if (type) refuseForeignFields(type, body);
      if (request.validationError) throw request.validationError;
      const provider = await createProvider(services, caller.act, { ...changeIn(body), type: body.type });
      reply.status(201).header('location', `/api/v1/identity-providers/${provider.id}`);
      return presentIdentityProvider(instance, provider);
    },
  );

  api.get(
    '/identity-providers/:id',
    {
      ...found,
      schema: {
        operationId: 'getIdentityProvider',
        summary: 'Get an identity provider',
        tags: ['identity providers'],
        params,
        response: { 200: answer('The identity provider.', ref('IdentityProvider')), ...problems(404) },
      },
    },
    async ({ instance, identityProvider }) => presentIdentityProvider(instance, identityProvider),
  );

  api.patch(
    '/identity-providers/:id',
    {
      ...found,
      bodyLimit,
      attachValidation: true,
      schema: {
        operationId: 'updateIdentityProvider',
        summary: 'Update an identity provider',
        description: `Fields that are not sent stay; \`claims\` is replaced as a whole. \`metadata_url\` takes the place of \`metadata\` and the other way round, as do \`jwks\` and \`jwks_uri\`. ${takesRecentPassword}`,
        tags: ['identity providers'],
        params,
        body: IdentityProviderBody,
        response: {
          200: answer('The identity provider.', ref('IdentityProvider')),
          ...problems(404, 413, 415, 422),
        },
      },
    },
    async (request) => {
      const { instance, caller, identityProvider, body } = request;
      refuseForeignFields(identityProvider.type, body);
      if (request.validationError) throw request.validationError;
      const provider = await changeProvider(services, caller.act, identityProvider.id, changeIn(body));
      return presentIdentityProvider(instance, provider);
    },
  );

  api.delete(
    '/identity-providers/:id',
    {
      ...found,
      schema: {
        operationId: 'deleteIdentityProvider',
        summary: 'Delete an identity provider',
        description: `Its identities and SCIM tokens are gone. Users, their roles and their sessions stay. ${takesRecentPassword}`,
        tags: ['identity providers'],
        params,
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async ({ caller, identityProvider }, reply) => {
      await deleteProvider(services, caller.act, identityProvider.id);
      return reply.status(204).send(null);
    },
  );
}

/** Finds the provider of the path before the body is read, so that 404 comes before anything that is wrong with the body. */
export function identityProviderOfPath(services: Services) {
  return async (request: FastifyRequest): Promise<void> => {
    const id = parseId((request.params as { id?: string }).id);
    const provider = id && (await findIdentityProvider(services.db, request.instance.id, id));
    if (!provider) throw providerNotFound();
    request.identityProvider = provider;
  };
}

function changeIn({
  client_secret: clientSecret,
  ...body
}: Static<typeof IdentityProviderBody>): ProviderChange {
  return { ...valuesSent(providerFieldLines, body), clientSecret };
}

function typeOf(body: unknown): ProviderType | undefined {
  const type = (body as { type?: unknown } | null | undefined)?.type;
  return providerTypes.find((known) => known === type);
}

function refuseForeignFields(type: ProviderType, body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const foreign = Object.keys(body).filter((name) => !providerTypeHas(type, name));
  refuseFieldErrors(foreign.map((path): FieldError => ({ path, message: `is not for the type ${type}` })));
}
