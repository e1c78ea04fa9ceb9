import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../services.ts';

/** The endpoints that a single-page application calls from its own origin. */
const forApplications = new Set([
  '/oauth2/token',
  '/oauth2/par',
  '/oauth2/revoke',
  '/integrations/oauth2/api/v1/token',
  '/integrations/oauth2/api/v1/revoke',
]);

/** What the pages of any origin may read, and by which methods. */
const forAnybody = new Map([
  ['/oauth2/jwks', 'GET'],
  ['/.well-known/oauth-authorization-server', 'GET'],
  ['/.well-known/openid-configuration', 'GET'],
  ['/.well-known/oauth-protected-resource', 'GET'],
  ['/oauth2/userinfo', 'GET, POST'],
]);

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
  for (const [path, methods] of forAnybody) answerPreflight(app, path, methods);
}

function answerPreflight(app: FastifyInstance, path: string, methods: string): void {
  app.options(path, (request, reply) => {
    if (reply.hasHeader('access-control-allow-origin'))
      reply
        .header('vary', 'Origin, Access-Control-Request-Headers')
        .header('access-control-allow-methods', methods)
        .header('access-control-allow-headers', headersAskedFor(request) ?? 'content-type, authorization')
        .header('access-control-max-age', '600');
    return reply.code(204).send();
  });
}

/** Names of headers (RFC 9110 5.1) with commas between them. */
const headerNames = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;

/**
 * The headers that a page wants to send, as long as they are names: tracing and the like in the browser adds its own, and a page whose
 * origin may call may send them all. Undefined where it asks for none, or for what no browser sends.
 */
function headersAskedFor({ headers }: FastifyRequest): string | undefined {
  const asked = headers['access-control-request-headers'];
  return asked !== undefined && asked.length <= 2000 && headerNames.test(asked) ? asked : undefined;
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
