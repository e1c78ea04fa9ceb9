import type { FastifyReply, FastifyRequest } from 'fastify';
import { BearerError } from '../oauth/errors.ts';
import { Form } from '../oauth/parameters.ts';
import { sendJson } from './reply.ts';

/** The access token in the header of a request (RFC 6750 2.1); the scheme's name is case-insensitive. */
export function bearerToken(request: FastifyRequest): string | undefined {
  const bearer = /^bearer(?: +(.*))?$/i.exec(request.headers.authorization ?? '');
  return bearer ? (bearer[1] ?? '').trim() : undefined;
}

/**
 * The access token in the header or in a form (RFC 6750 2.1, 2.2), never in the URL, which is written down in too many places.
 * @throws BearerError `invalid_request` when it came more than once
 */
export function bearerTokenOfRequest(request: FastifyRequest): string | undefined {
  const inHeader = bearerToken(request);
  const form = request.method === 'POST' && request.body instanceof Form ? request.body : undefined;
  const inForm = form?.get('access_token');
  if (form?.isRepeated('access_token') || (inHeader !== undefined && inForm !== undefined))
    throw new BearerError('invalid_request', 'the access token came more than once; send it in one place');
  return inHeader ?? inForm;
}

/** Answers a request that no access token lets in, with the challenge of RFC 6750 3. */
export function sendBearerError(reply: FastifyReply, error: BearerError): FastifyReply {
  const { code, message, status } = error;
  const told =
    code === null
      ? []
      : [
          `error="${code}"`,
          `error_description="${message}"`,
          ...(error.scope === undefined ? [] : [`scope="${error.scope}"`]),
        ];
  reply.header('www-authenticate', `Bearer ${['realm="Postern"', ...told].join(', ')}`);
  return sendJson(reply, status, { ...(code !== null && { error: code }), error_description: message });
}
