import type { FastifyInstance } from 'fastify';
import { readBody, readCredentials } from '../../http/oauth-call.ts';
import { sendJson } from '../../http/reply.ts';
import { claimedClientId } from '../../oauth/client/failures.ts';
import { introspect } from '../../oauth/introspect.ts';
import type { Services } from '../../services.ts';

/** `POST /oauth2/introspect` (RFC 7662). The rules: `oauth/introspect.ts`. */
export function registerIntrospect(app: FastifyInstance, services: Services): void {
  app.post('/oauth2/introspect', async (request, reply) => {
    const form = readBody(request, 'form');
    const { instance, ip } = request;
    const credentials = readCredentials(request, form);
    const token = form.get('token');
    const answer = await services.failureLimits.watch(
      { instance, ip, claimedClientId: () => claimedClientId(credentials) },
      () => introspect(services, instance, { token, credentials }),
    );
    return sendJson(reply, 200, answer);
  });
}
