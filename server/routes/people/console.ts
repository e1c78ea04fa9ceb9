import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DAY } from '../../base/units.ts';
import { currentSession } from '../../http/cookies.ts';
import { PageError } from '../../http/page-error.ts';
import { localeOf } from '../../http/page-locale.ts';
import type { Services } from '../../services.ts';

/** A trial in a new window comes back here, where somebody else than the administrator may have signed in for it. */
const endOfTrial = '/console/try';

const built = fileURLToPath(new URL('../../../console/dist', import.meta.url));

/** Whether there is a console to show: a production tree without the tools to build it may have none. */
export function isConsoleBuilt(): boolean {
  return existsSync(`${built}/index.html`);
}

/**
 * GET /console and everything below it: the administrators' console, which is one document for all its addresses. It
 * holds nothing of anybody's; what it shows it asks of the REST API.
 */
export async function registerConsole(app: FastifyInstance, services: Services): Promise<void> {
  const document = isConsoleBuilt() ? readFileSync(`${built}/index.html`, 'utf8') : undefined;
  if (document !== undefined)
    await app.register(fastifyStatic, {
      root: `${built}/assets`,
      prefix: '/console/assets/',
      index: false,
      decorateReply: false,
      // The build wrote them compressed, and under names that change with their content.
      preCompressed: true,
      immutable: true,
      maxAge: 365 * DAY,
    });

  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    const session = await currentSession(services, request);
    if (!session)
      return reply
        .header('Cache-Control', 'no-store')
        .redirect(`/login?${new URLSearchParams({ return_to: request.url })}`, 303);
    const isOpenToAll = request.routeOptions.url === endOfTrial;
    if (session.user.role !== 'administrator' && !isOpenToAll) throw new PageError(403, 'not_administrator');
    if (document === undefined) throw new PageError(503, 'console_missing', { retryAfter: 30 });
    return sendConsole(reply, document, await localeOf(services, request));
  };
  app.get('/console', show);
  app.get(endOfTrial, show);
  app.get('/console/*', show);
}

/** The nonce is for the few rules that React Aria adds while it runs; everything else is a file of this origin. */
function sendConsole(reply: FastifyReply, document: string, locale: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return reply
    .header('Content-Type', 'text/html; charset=utf-8')
    .header('Content-Security-Policy', policy.join('; '))
    .header('X-Frame-Options', 'DENY')
    .header('Cross-Origin-Opener-Policy', 'same-origin')
    .header('Referrer-Policy', 'no-referrer')
    .header('Cache-Control', 'no-store')
    .send(document.replace('<html lang="en">', `<html lang="${locale}">`).replace('CSP-NONCE', nonce));
}
