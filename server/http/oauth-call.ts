import type { FastifyRequest } from 'fastify';
import type { Credentials } from '../oauth/client/authenticate.ts';
import { OAuthError } from '../oauth/errors.ts';
import { Form } from '../oauth/parameters.ts';

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
