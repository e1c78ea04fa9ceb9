import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { instanceUrl } from '../../../base/paths.ts';
import { type FieldError, Refusal, type RefusalCode } from '../../../base/refusal.ts';
import { MisdirectedRequest } from '../../../http/instance-of.ts';
import { adminScope } from '../../../model/scopes.ts';
import type { Services } from '../../../services.ts';
import { DatabaseUnavailable } from '../../../store/engine/database.ts';

/** The codes that belong to the API itself; those of the rules are in `base/refusal.ts`. */
const apiErrors = {
  malformed_json: 400,
  bad_request: 400,
  cross_origin: 403,
  session_required: 403,
  not_found: 404,
  authorization_not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  unknown_host: 421,
  validation_failed: 422,
  too_many_requests: 429,
  internal_error: 500,
  database_unavailable: 503,
} as const;
export type ApiErrorCode = keyof typeof apiErrors;

/** A request that the API refuses. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiErrorCode,
    detail: string,
    more: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.code = code;
    this.status = apiErrors[code];
    this.detail = detail;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

/** How programs are told what token to send (RFC 6750 3). */
const challenges: Partial<Record<RefusalCode, string>> = {
  not_signed_in: 'Bearer realm="postern"',
  invalid_token: 'Bearer realm="postern", error="invalid_token"',
  insufficient_scope: `Bearer realm="postern", error="insufficient_scope", scope="${adminScope}"`,
};

/** Under /api, whatever went wrong, the answer is a problem document (RFC 9457). */
export function answerError(
  services: Pick<Services, 'log'>,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof Refusal) {
    if (error.retryAfter !== undefined) reply.header('retry-after', String(error.retryAfter));
    const challenge = challenges[error.code];
    if (challenge !== undefined) {
      // Where a program learns who gives such tokens (RFC 9728 5.1).
      const metadata = instanceUrl(request.instance, '/.well-known/oauth-protected-resource');
      reply.header('www-authenticate', `${challenge}, resource_metadata="${metadata}"`);
    }
    return sendProblem(reply, error);
  }
  const problem = error instanceof Problem ? error : problemOf(services, error, request);
  return sendProblem(reply.headers(problem.headers), problem);
}

/** A body of another content type than the API takes. */
export function notJson(): Problem {
  return new Problem('unsupported_media_type', 'The body must be sent as application/json.');
}

/** Below this path there is nothing. */
export function answerNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(
    reply,
    new Problem('not_found', 'There is nothing at this path. GET /api/v1/openapi.json lists what there is.'),
  );
}

function sendProblem(
  reply: FastifyReply,
  problem: { status: number; code: string; detail: string; errors?: readonly FieldError[] | undefined },
): FastifyReply {
  const { status, code, detail, errors } = problem;
  // "about:blank": the title is the status's, and `code` tells the kinds apart.
  const document = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    errors,
  };
  return reply.status(status).type('application/problem+json').send(JSON.stringify(document));
}

/** What Fastify and the database throw, in the API's words. */
function problemOf(services: Pick<Services, 'log'>, error: unknown, request: FastifyRequest): Problem {
  if (error instanceof DatabaseUnavailable)
    return new Problem(
      'database_unavailable',
      'The database cannot be reached. Nothing was changed; try again soon.',
      {
        headers: { 'retry-after': '1' },
      },
    );
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(
        'body_too_large',
        `The body is larger than ${request.routeOptions.bodyLimit} bytes.`,
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return notJson();
  }
  if (error instanceof MisdirectedRequest)
    return new Problem('unknown_host', 'No instance of this server has that host name.');
  if (statusCode === 429) return new Problem('too_many_requests', 'Too many requests: try again later.');
  if (statusCode >= 400 && statusCode < 500) return new Problem('bad_request', 'The request is malformed.');
  services.log.error(
    { err: error, reference: request.id, route: request.routeOptions.url },
    'request failed',
  );
  return new Problem(
    'internal_error',
    `Something went wrong here. The log has it under the request ID ${request.id}.`,
  );
}
