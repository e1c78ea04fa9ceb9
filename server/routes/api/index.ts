import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../services.ts';
import { registerActivity } from './activity.ts';
import { registerApis } from './apis.ts';
import { registerApplications } from './applications.ts';
import { registerAuditEvents } from './audit-events.ts';
import { registerAuthorizations } from './authorizations.ts';
import type { Api } from './http/api.ts';
import { administratorsOnly, signedInOnly } from './http/authenticate.ts';
import { acceptJson } from './http/json.ts';
import { answerOtherMethods } from './http/methods.ts';
import { openapi } from './http/openapi.ts';
import { answerError, answerNotFound } from './http/problem.ts';
import { answer } from './http/schema.ts';
import { loadValidation } from './http/validation.ts';
import { registerIdentities } from './identities.ts';
import { registerIdentityProviders } from './identity-providers.ts';
import { registerInstance } from './instance.ts';
import { registerLogo } from './logo.ts';
import { registerMe } from './me.ts';
import { registerPublicKeys } from './public-keys.ts';
import { registerScimTokens } from './scim-tokens.ts';
import { registerSecrets } from './secrets.ts';
import { sharedSchemas } from './shapes/index.ts';
import { registerUserExport } from './user-export.ts';
import { registerUserImport } from './user-import.ts';
import { registerUsers } from './users.ts';

/** Registers the REST API under /api/v1. Every answer below /api is JSON, and every error a problem document. */
export async function registerApi(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(
    async (api) => {
      api.setErrorHandler((error, request, reply) => answerError(services, error, request, reply));
      api.setNotFoundHandler(answerNotFound);
      api.addHook('onSend', async (_request, reply) => {
        reply.header('cache-control', 'no-store');
      });
      await api.register(async (v1) => registerVersion1(v1, services), { prefix: '/v1' });
    },
    { prefix: '/api' },
  );
}

async function registerVersion1(app: FastifyInstance, services: Services): Promise<void> {
  app.addHook('onRequest', loadValidation);
  acceptJson(app);
  for (const schema of sharedSchemas) app.addSchema(schema);
  await app.register(swagger, openapi);
  const answer405 = answerOtherMethods(app);
  let document: string | undefined;

  app.get(
    '/openapi.json',
    {
      schema: {
        operationId: 'getOpenApi',
        summary: 'Get the OpenAPI document of this API',
        security: [],
        response: {
          200: answer('The OpenAPI 3.1 document. It needs no authentication.', {
            type: 'object',
            additionalProperties: true,
          }),
        },
      },
    },
    // Once for everybody: whoever asks a thousand times without reading must not fill the memory.
    async (_request, reply) => {
      document ??= JSON.stringify(app.swagger());
      return reply.type('application/json; charset=utf-8').send(document);
    },
  );
  await app.register(async (plugin) => {
    const api: Api = plugin.withTypeProvider<TypeBoxTypeProvider>();
    api.addHook('onRequest', signedInOnly(services));
    registerMe(api, services);
  });
  await app.register(async (plugin) => {
    const api: Api = plugin.withTypeProvider<TypeBoxTypeProvider>();
    api.addHook('onRequest', administratorsOnly(services));
    registerInstance(api, services);
    registerApis(api, services);
    registerApplications(api, services);
    registerSecrets(api, services);
    registerPublicKeys(api, services);
    registerAuthorizations(api, services);
    registerUsers(api, services);
    registerIdentities(api, services);
    registerIdentityProviders(api, services);
    registerScimTokens(api, services);
    registerActivity(api, services);
    registerUserExport(api, services);
    await registerUserImport(api, services);
    registerAuditEvents(api, services);
    await registerLogo(api, services);
  });
  answer405();
}
