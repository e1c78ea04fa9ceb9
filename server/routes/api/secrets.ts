import { parseId } from '../../base/ids.ts';
import { refuseFieldErrors } from '../../base/refusal.ts';
import { addClientSecret, deleteClientSecret } from '../../registry/applications/client-secrets.ts';
import type { Services } from '../../services.ts';
import type { Api } from './http/api.ts';
import { applicationOfPath } from './http/application-of.ts';
import { answer, IdText, nothing, problems, ref } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { presentNewClientSecret } from './shapes/credentials.ts';

/** POST /applications/:id/secrets and DELETE …/:secret_id. */
export function registerSecrets(api: Api, services: Services): void {
  const found = { onRequest: applicationOfPath(services, 'secrets') };

  api.post(
    '/applications/:id/secrets',
    {
      ...found,
      schema: {
        operationId: 'addClientSecret',
        summary: 'Add a client secret; it has no body',
        description:
          'At most two are live, so that one can take the place of the other. The only answer that holds this client_secret. In a browser session it needs a recent password.',
        tags: ['applications'],
        params: Type.Object({ id: IdText('The application') }),
        response: { 201: answer('The secret', ref('NewClientSecret')), ...problems(404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      refuseBody(request.body);
      const { caller, application } = request;
      const { secret, clientSecret } = await addClientSecret(services, caller.act, application.id);
      reply.status(201);
      return presentNewClientSecret(secret, clientSecret);
    },
  );

  api.delete(
    '/applications/:id/secrets/:secret_id',
    {
      ...found,
      schema: {
        operationId: 'deleteClientSecret',
        summary: 'Delete a client secret',
        tags: ['applications'],
        params: Type.Object({ id: IdText('The application'), secret_id: IdText('The secret') }),
        response: { 204: nothing, ...problems(404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const secretId = parseId(request.params.secret_id);
      await deleteClientSecret(services, request.caller.act, request.application.id, secretId);
      return reply.status(204).send(null);
    },
  );
}

/** An empty object is what some clients make of "no body". */
function refuseBody(body: unknown): void {
  if (body === undefined || body === null) return;
  if (typeof body !== 'object' || Array.isArray(body))
    refuseFieldErrors([{ path: 'body', message: 'must be absent' }]);
  refuseFieldErrors(
    Object.keys(body).map((path) => ({
      path: path.slice(0, 100),
      message: 'is not a field that can be set here',
    })),
  );
}
