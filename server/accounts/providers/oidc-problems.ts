import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import type { FetchRefusal, FetchRefused } from '../../base/fetch-safely.ts';
import { ProviderProblem, type ProviderProblemKind } from './vouched.ts';

const kindsOfRefusal: Readonly<Record<FetchRefusal, ProviderProblemKind>> = {
  invalid_url: 'misconfigured',
  not_https: 'misconfigured',
  forbidden_address: 'misconfigured',
  not_found_name: 'unreachable',
  unreachable: 'unreachable',
  timeout: 'unreachable',
  redirect: 'bad_answer',
  compressed: 'bad_answer',
  too_large: 'bad_answer',
};

/** @param what was asked for: `token endpoint` */
export function problemOfFetch(what: string, { reason, message }: FetchRefused): ProviderProblem {
  return new ProviderProblem(
    kindsOfRefusal[reason],
    `The ${what} of the provider cannot be had: ${message}.`,
  );
}

/**
 * What openid-client threw, as the problem that it is.
 * @returns the error itself where it is none of the provider's
 */
export function problemOfProtocol(error: unknown): unknown {
  if (error instanceof AuthorizationResponseError) return problemOfError('authorization', error.error);
  if (error instanceof ResponseBodyError) return problemOfError('token', error.error);
  if (!(error instanceof ClientError)) return error;
  const { cause } = error;
  if (cause instanceof ProviderProblem) return cause;
  if (cause instanceof Response)
    return new ProviderProblem(
      'bad_answer',
      cause.status === 200
        ? 'The provider answered with something else than JSON.'
        : `The provider answered with the status ${cause.status}, and no error of OAuth.`,
    );
  // The library's own sentence, in which nothing of the answer is: it speaks of claims and parameters by their names.
  const sentence = cause instanceof Error ? cause.message : error.message;
  return new ProviderProblem('bad_answer', `The answer of the provider was refused: ${sentence}.`);
}

/** The errors of RFC 6749 4.1.2.1 and 5.2, and of OpenID Connect Core 1.0, 3.1.2.6. */
const errors: Readonly<Record<string, { kind: ProviderProblemKind; why: string }>> = {
  access_denied: { kind: 'denied', why: 'the person or the provider said no' },
  login_required: { kind: 'login_required', why: 'nobody is signed in there, and no page may be shown' },
  interaction_required: { kind: 'login_required', why: 'it has to ask the person, and no page may be shown' },
  account_selection_required: {
    kind: 'login_required',
    why: 'it has to ask for the account, and no page may be shown',
  },
  consent_required: { kind: 'login_required', why: 'it has to ask for consent, and no page may be shown' },
  server_error: { kind: 'unreachable', why: 'it has an error of its own' },
  temporarily_unavailable: { kind: 'unreachable', why: 'it is not available now' },
  invalid_client: { kind: 'misconfigured', why: 'it does not take the client ID with this client secret' },
  // Keycloak says so of a wrong secret.
  unauthorized_client: {
    kind: 'misconfigured',
    why: 'it does not take the client ID with this client secret, or does not give this client authorization codes',
  },
  invalid_request: {
    kind: 'misconfigured',
    why: 'it does not take the request: compare the redirect URI that is registered there',
  },
  invalid_scope: { kind: 'misconfigured', why: 'it does not have, or does not give us, one of the scopes' },
  unsupported_response_type: { kind: 'misconfigured', why: 'it does not give authorization codes' },
  unsupported_grant_type: { kind: 'misconfigured', why: 'it does not redeem authorization codes' },
  request_not_supported: { kind: 'misconfigured', why: 'it does not take the request' },
  invalid_grant: {
    kind: 'bad_answer',
    why: 'the code has been used or has run out, or belongs to another client, redirect URI or browser',
  },
};

/** An error that the provider told. Of others than these nothing is repeated: the browser brings it. */
function problemOfError(where: 'authorization' | 'token', code: string): ProviderProblem {
  const known = Object.hasOwn(errors, code) ? errors[code] : undefined;
  return new ProviderProblem(
    known?.kind ?? 'bad_answer',
    known
      ? `The ${where} endpoint of the provider answered ${code}: ${known.why}.`
      : `The ${where} endpoint of the provider answered with an error that OpenID Connect does not have.`,
  );
}
