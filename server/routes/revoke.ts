import type { FastifyInstance } from 'fastify';
import { revoke } from '../oauth/revocation.ts';
import type { Services } from '../services.ts';
import { readBody, readCredentials } from './oauth-request.ts';

/** `POST /oauth2/revoke` (RFC 7009). The rules: `oauth/revocation.ts`. */
export function registerRevoke(app: FastifyInstance, services: Services): void {
  app.post('/oauth2/revoke', async (request, reply) => {
    const form = readBody(request, 'form');
    await revoke(services, request.instance, {
      token: form.get('token'),
      credentials: readCredentials(request, form),
      ip: request.ip,
    });
    return reply.code(200).header('cache-control', 'no-store').send();
  });
}
