import type { FastifyReply } from 'fastify';
import type { OAuthError } from '../oauth/errors.ts';

/** Codes and errors go by 303, so that no browser repeats a form's body there (RFC 9700 4.12). */
export function goTo(reply: FastifyReply, url: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .redirect(url, 303);
}

/** Answers with JSON that nobody may keep (RFC 6749 5.1). */
export function sendJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('pragma', 'no-cache')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** Answers with an OAuth error (RFC 6749 5.2). */
export function sendOAuthError(reply: FastifyReply, error: OAuthError): FastifyReply {
  if (error.status === 401 && error.triedBasic)
    reply.header('www-authenticate', 'Basic realm="Postern", charset="UTF-8"');
  if (error.retryAfter !== undefined) reply.header('retry-after', String(error.retryAfter));
  return sendJson(reply, error.status, { error: error.code, error_description: error.message });
}
