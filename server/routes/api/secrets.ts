import { parseId } from '../../base/ids.ts';
import { refuseFieldErrors } from '../../base/refusal.ts';
import { addClientSecret, deleteClientSecret } from '../../registry/applications/client-secrets.ts';
import type { Services } from '../../services.ts';
import type { Api } from './http/api.ts';
import { applicationOfPath } from './http/application-of.ts';
import { answer, IdText, nothing, problems, ref, takesRecentPassword } from './http/schema.ts';
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
        summary: 'Add a client secret',
        description: `The request has no body. An application has at most two client secrets, so that one can replace the other without downtime. The \`client_secret\` is returned in this answer only. ${takesRecentPassword}`,
        tags: ['applications'],
        params: Type.Object({ id: IdText('The ID of the application.') }),
        response: {
          201: answer('The client secret.', ref('NewClientSecret')),
          ...problems(404, 409, 413, 415, 422),
        },
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
        params: Type.Object({
          id: IdText('The ID of the application.'),
          secret_id: IdText('The ID of the client secret.'),
        }),
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
