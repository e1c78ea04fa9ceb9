import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../services.ts';

/** The endpoints that a single-page application calls from its own origin. */
const forApplications = new Set([
  '/oauth2/token',
  '/oauth2/revoke',
  '/integrations/oauth2/api/v1/token',
  '/integrations/oauth2/api/v1/revoke',
]);

/** What the pages of any origin may read. */
const forAnybody = new Set(['/oauth2/jwks', '/.well-known/oauth-authorization-server']);

/**
 * CORS for enabled `spa` applications on the token and revocation endpoints, and for any origin on what is public;
 * nothing else, never for pages without an origin (`null`), and never with cookies.
 */
export function registerCors(app: FastifyInstance, services: Services): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = request.routeOptions.url ?? '';
    if (forApplications.has(path)) await allowOrigin(services, request, reply);
    if (forAnybody.has(path)) allowAny(request, reply);
  });
  for (const path of forApplications) answerPreflight(app, path, 'POST');
  for (const path of forAnybody) answerPreflight(app, path, 'GET');
}

function answerPreflight(app: FastifyInstance, path: string, method: 'GET' | 'POST'): void {
  app.options(path, (_request, reply) => {
    if (reply.hasHeader('access-control-allow-origin'))
      reply
        .header('access-control-allow-methods', method)
        .header('access-control-allow-headers', 'content-type, authorization')
        .header('access-control-max-age', '600');
    return reply.code(204).send();
  });
}

async function allowOrigin(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || origin === 'null') return;
  const origins = await services.clients.spaOrigins(request.instance.id);
  if (origins.has(origin)) reply.header('access-control-allow-origin', origin);
}

/** The same for what is not there, so that a page that looks for another document reads the 404. */
export function allowAny(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('vary', 'Origin');
  if (request.headers.origin !== 'null') reply.header('access-control-allow-origin', '*');
}
