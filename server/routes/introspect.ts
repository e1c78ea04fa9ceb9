import type { FastifyInstance } from 'fastify';
import { introspect } from '../oauth/introspection.ts';
import type { Services } from '../services.ts';
import { readBody, readCredentials, sendJson } from './oauth-request.ts';

/** `POST /oauth2/introspect` (RFC 7662). The rules: `oauth/introspection.ts`. */
export function registerIntrospect(app: FastifyInstance, services: Services): void {
  app.post('/oauth2/introspect', async (request, reply) => {
    const form = readBody(request, 'form');
    const { instance, ip } = request;
    const credentials = readCredentials(request, form);
    const token = form.get('token');
    const answer = await services.failureLimits.watch({ instance, ip, credentials }, () =>
      introspect(services, instance, { token, credentials }),
    );
    return sendJson(reply, 200, answer);
  });
}
