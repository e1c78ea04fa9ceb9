import { endAllAuthorizations, endAuthorization } from '../../authorizations/end.ts';
import { parseId } from '../../base/ids.ts';
import type { Services } from '../../services.ts';
import { listAuthorizationsOfApplication } from '../../store/authorizations.ts';
import type { Api } from './http/api.ts';
import { applicationOfPath } from './http/application-of.ts';
import { pageQuery, readPage, searchQuery } from './http/page.ts';
import { Problem } from './http/problem.ts';
import { answer, IdText, listOf, nothing, problems } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { presentAuthorization } from './shapes/authorization.ts';

/** GET and DELETE /applications/:id/authorizations, DELETE …/:authorization_id. */
export function registerAuthorizations(api: Api, services: Services): void {
  const found = { onRequest: applicationOfPath(services) };
  const params = Type.Object({ id: IdText('The ID of the application.') });

  api.get(
    '/applications/:id/authorizations',
    {
      ...found,
      schema: {
        operationId: 'listAuthorizations',
        summary: 'List the authorizations of an application, oldest first',
        tags: ['authorizations'],
        params,
        querystring: Type.Object({ ...pageQuery, ...searchQuery }),
        response: {
          200: answer('A page of authorizations.', listOf('Authorization')),
          ...problems(404, 422),
        },
      },
    },
    async ({ instance, application, query }) =>
      readPage(
        query,
        (after, limit) =>
          listAuthorizationsOfApplication(
            services.db,
            instance.id,
            application.id,
            after,
            limit,
            services.clock(),
            query.search,
          ),
        presentAuthorization,
      ),
  );

  api.delete(
    '/applications/:id/authorizations',
    {
      ...found,
      schema: {
        operationId: 'endAllAuthorizations',
        summary: 'End all authorizations of an application',
        description: 'Also forgets the consents and invalidates codes that have not been redeemed.',
        tags: ['authorizations'],
        params,
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async (request, reply) => {
      await endAllAuthorizations(services, request.caller.act, request.application.id);
      return reply.status(204).send(null);
    },
  );

  api.delete(
    '/applications/:id/authorizations/:authorization_id',
    {
      ...found,
      schema: {
        operationId: 'endAuthorization',
        summary: 'End an authorization and forget the consent behind it',
        tags: ['authorizations'],
        params: Type.Object({
          id: IdText('The ID of the application.'),
          authorization_id: IdText('The ID of the authorization.'),
        }),
        response: { 204: nothing, ...problems(404, 413, 415) },
      },
    },
    async (request, reply) => {
      const { caller, application } = request;
      const id = parseId(request.params.authorization_id);
      const ended =
        id !== undefined &&
        (await endAuthorization(services, caller.act, id, { applicationId: application.id }));
      if (!ended) throw authorizationNotFound();
      return reply.status(204).send(null);
    },
  );
}

/** 404, also for one of another application, user or instance. */
export function authorizationNotFound(): Problem {
  return new Problem('authorization_not_found', 'There is no authorization with this ID, or it has ended.');
}
