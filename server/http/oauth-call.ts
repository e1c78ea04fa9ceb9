import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Credentials } from '../oauth/client/authenticate.ts';
import type { ClientRequest } from '../oauth/client/call.ts';
import { claimedClientId } from '../oauth/client/failures.ts';
import { OAuthError, type OAuthErrorCode } from '../oauth/errors.ts';
import { Form } from '../oauth/parameters.ts';
import type { Services } from '../services.ts';
import { sendJson } from './reply.ts';

/** Which bodies an endpoint takes: the standard ones forms only, those of the Workfront profile JSON as well. */
export type BodyKind = 'form' | 'form-or-json';

/** An endpoint that clients call on their own account, as `registerClientEndpoint` takes it. */
export interface ClientEndpoint<R extends ClientRequest> {
  readonly bodies: BodyKind;
  /** Of a success; 200 unless told. */
  readonly status?: number;
  /** Adds the parameters of this endpoint to what every request of a client has. */
  read(form: Form, common: ClientRequest): R;
  /** The rule, by `answerClient` of `oauth/client/call.ts`. @returns the answer, as JSON */
  answer(services: Services, request: R): Promise<object>;
  /**
   * Counts what came of a request, for `/metrics`.
   * @param request undefined when it could not be read
   */
  count?(services: Services, request: R | undefined, outcome: 'ok' | OAuthErrorCode): void;
}

/**
 * Registers an endpoint that clients call on their own account. Every request goes the same way: the body is read, each parameter at
 * most once; a client that failed too often is told to wait; the rule answers, which authenticates the client and spends last; failures are
 * counted, by client and address; and nobody may keep the answer.
 */
export function registerClientEndpoint<R extends ClientRequest>(
  app: FastifyInstance,
  services: Services,
  path: string,
  { bodies, status = 200, read, answer, count }: ClientEndpoint<R>,
): void {
  app.post(path, async (request, reply) => {
    let asked: R | undefined;
    try {
      const form = readBody(request, bodies);
      const { instance, ip } = request;
      const call = read(form, { instance, ip, credentials: readCredentials(request, form) });
      asked = call;
      const response = await services.failureLimits.watch(
        { instance, ip, claimedClientId: () => claimedClientId(call.credentials, call.assertion) },
        () => answer(services, call),
      );
      count?.(services, call, 'ok');
      return sendJson(reply, status, response);
    } catch (error) {
      if (error instanceof OAuthError) count?.(services, asked, error.code);
      throw error;
    }
  });
}

/**
 * The parameters in a body, each at most once.
 * @throws OAuthError `invalid_request`
 */
function readBody(request: FastifyRequest, kind: BodyKind): Form {
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
function readCredentials(request: FastifyRequest, form: Form): Credentials {
  return {
    authorization: request.headers.authorization,
    clientId: form.get('client_id'),
    clientSecret: form.get('client_secret'),
    clientAssertion: form.get('client_assertion'),
    clientAssertionType: form.get('client_assertion_type'),
  };
}
