import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readBody, readCredentials } from '../../http/oauth-call.ts';
import { claimedClientId } from '../../oauth/client/failures.ts';
import type { Form } from '../../oauth/parameters.ts';
import { revoke } from '../../oauth/revoke.ts';
import type { Services } from '../../services.ts';

/** `POST /oauth2/revoke` (RFC 7009). The rules: `oauth/revoke.ts`. */
export function registerRevoke(app: FastifyInstance, services: Services): void {
  app.post('/oauth2/revoke', async (request, reply) => {
    const form = readBody(request, 'form');
    return answerRevocation(services, request, reply, form, form.get('token'));
  });
}

/** The revocation endpoint of a profile. */
export async function answerRevocation(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  form: Form,
  token: string | undefined,
): Promise<FastifyReply> {
  const { instance, ip } = request;
  const credentials = readCredentials(request, form);
  await services.failureLimits.watch(
    { instance, ip, claimedClientId: () => claimedClientId(credentials) },
    () => revoke(services, instance, { token, credentials, ip }),
  );
  return reply.code(200).header('cache-control', 'no-store').send();
}
