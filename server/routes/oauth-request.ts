import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Credentials } from '../oauth/client-auth.ts';
import { OAuthError } from '../oauth/errors.ts';
import { Form } from './form.ts';

/** Which bodies an endpoint takes: the standard ones forms only, those of the Workfront profile JSON as well. */
export type BodyKind = 'form' | 'form-or-json';

/**
 * The parameters in a body, each at most once.
 * @throws OAuthError `invalid_request`
 */
export function readBody(request: FastifyRequest, kind: BodyKind): Form {
  const { body } = request;
  const form =
    body instanceof Form
      ? body
      : kind === 'form-or-json' && body instanceof JsonText
        ? Form.fromJson(body.text)
        : undefined;
  if (!form)
    throw new OAuthError(
      'invalid_request',
      kind === 'form'
        ? 'the body must be a form (content type application/x-www-form-urlencoded)'
        : 'the body must be a form or a JSON object',
    );
  if (form.repeated() !== undefined)
    throw new OAuthError('invalid_request', 'a parameter came more than once');
  return form;
}

/** A JSON body of an OAuth endpoint, parsed only where JSON is taken, so that elsewhere it is a wrong content type. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The client's credentials in a request. */
export function readCredentials(request: FastifyRequest, form: Form): Credentials {
  return {
    authorization: request.headers.authorization,
    clientId: form.get('client_id'),
    clientSecret: form.get('client_secret'),
    clientAssertion: form.get('client_assertion'),
    clientAssertionType: form.get('client_assertion_type'),
  };
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
