import type { FastifyInstance } from 'fastify';
import { introspect } from '../oauth/introspection.ts';
import type { Services } from '../services.ts';
import { readBody, readCredentials, sendJson } from './oauth-request.ts';

/** `POST /oauth2/introspect` (RFC 7662). The rules: `oauth/introspection.ts`. */
export function registerIntrospect(app: FastifyInstance, services: Services): void {
  app.post('/oauth2/introspect', async (request, reply) => {
    const form = readBody(request, 'form');
    const answer = await introspect(services, request.instance, {
      token: form.get('token'),
      credentials: readCredentials(request, form),
    });
    return sendJson(reply, 200, answer);
  });
}
