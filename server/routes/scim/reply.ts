import type { FastifyReply, FastifyRequest } from 'fastify';
import { ScimError, type ScimErrorType } from '../../accounts/scim/error.ts';
import { Refusal } from '../../base/refusal.ts';
import { MisdirectedRequest } from '../../http/instance-of.ts';
import type { Services } from '../../services.ts';
import { DatabaseUnavailable } from '../../store/engine/database.ts';

/** Answers as SCIM does (RFC 7644 3.1), with what nobody may keep: it is about people. */
export function sendScim(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/scim+json')
    .send(JSON.stringify(body));
}

/** Below /scim, whatever went wrong, the answer is an error of SCIM (RFC 7644 3.12). */
export function answerScimError(
  services: Pick<Services, 'log'>,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof DatabaseUnavailable) reply.header('retry-after', '1');
  const { status, type, message } = scimErrorOf(services, error, request);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="postern", error="invalid_token"');
  return sendScim(reply, status, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(type !== null && { scimType: type }),
    detail: message,
  });
}

function scimErrorOf(services: Pick<Services, 'log'>, error: unknown, request: FastifyRequest): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof Refusal)
    // What is wrong with a field is 422 elsewhere; SCIM has a word for it.
    return new ScimError(error.status === 422 ? 400 : error.status, typeOf(error), error.detail);
  if (error instanceof MisdirectedRequest)
    return new ScimError(421, null, 'No instance of this server has that host name.');
  if (error instanceof DatabaseUnavailable)
    return new ScimError(503, null, 'The database cannot be reached. Nothing was changed; try again soon.');
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ScimError(413, null, 'The body is larger than 256 KiB.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ScimError(415, null, 'The body must be sent as application/scim+json or application/json.');
  }
  if (statusCode >= 400 && statusCode < 500)
    return new ScimError(statusCode, 'invalidSyntax', 'The request is malformed.');
  services.log.error(
    { err: error, reference: request.id, route: request.routeOptions.url },
    'request failed',
  );
  return new ScimError(
    500,
    null,
    `Something went wrong here. The log has it under the request ID ${request.id}.`,
  );
}

function typeOf({ status }: Refusal): ScimErrorType | null {
  return status === 422 ? 'invalidValue' : null;
}
