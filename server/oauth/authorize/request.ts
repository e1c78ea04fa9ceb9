import type { Client } from '../../model/application.ts';
import { type Instance, offlineAccess } from '../../model/instance.ts';
import { OAuthError } from '../errors.ts';
import type { Needs } from '../needs.ts';
import type { Profile } from '../profile.ts';
import { defaultScopes, requestedScopes } from '../scope.ts';
import { readCodeChallenge } from './pkce.ts';
import { isRegistered } from './redirect.ts';

/** The parameters of an authorization request by name (RFC 6749 4.1.1, 7636 4.3, OpenID Connect 3.1.2.1). */
export interface AuthorizationParameters {
  readonly clientId?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly responseType?: string | undefined;
  readonly responseMode?: string | undefined;
  readonly scope?: string | undefined;
  readonly state?: string | undefined;
  readonly codeChallenge?: string | undefined;
  readonly codeChallengeMethod?: string | undefined;
  readonly prompt?: string | undefined;
  readonly maxAge?: string | undefined;
  readonly request?: string | undefined;
  readonly requestUri?: string | undefined;
  /** The first parameter that came more than once. */
  readonly repeated?: string | undefined;
}

/** Where an answer may be sent, once client and redirect URI are known to belong together. */
export interface RedirectTarget {
  readonly client: Client;
  readonly redirectUri: string;
  /** What the token request must repeat: null when the authorization request left it out. */
  readonly redirectUriGiven: string | null;
  readonly state: string | undefined;
}

/** A checked authorization request: what the user is asked to allow. */
export interface AuthorizationRequest extends RedirectTarget {
  readonly profile: Profile;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | null;
  readonly prompt: ReadonlySet<Prompt>;
  /** Seconds since the user last signed in; undefined for any. */
  readonly maxAge: number | undefined;
}

export const prompts = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof prompts)[number];

/** Why a request must not be answered by a redirect: a page tells the user instead (RFC 6749 4.1.2.1). */
export type Unredirectable =
  | 'missing_client_id'
  | 'unknown_client'
  | 'disabled_client'
  | 'repeated_parameter'
  | 'missing_redirect_uri'
  | 'unregistered_redirect_uri';

/** An authorization request that gets a page, not a redirect. */
export class UnredirectableError extends Error {
  override name = 'UnredirectableError';
  readonly code: Unredirectable;

  constructor(code: Unredirectable) {
    super(code);
    this.code = code;
  }
}

/**
 * Finds out where an answer may go. Only after this may an error be sent by redirect.
 * @throws UnredirectableError
 */
export async function findRedirectTarget(
  needs: Needs,
  instance: Instance,
  parameters: AuthorizationParameters,
): Promise<RedirectTarget> {
  const { clientId, redirectUri, repeated, state } = parameters;
  if (repeated === 'client_id' || repeated === 'redirect_uri')
    throw new UnredirectableError('repeated_parameter');
  if (clientId === undefined) throw new UnredirectableError('missing_client_id');
  const client = await needs.clients.find(instance.id, clientId);
  if (!client) throw new UnredirectableError('unknown_client');
  if (!client.application.enabled) throw new UnredirectableError('disabled_client');
  const { redirectUris } = client.application;
  if (redirectUri === undefined) {
    const [only, another] = redirectUris;
    if (only === undefined || another !== undefined) throw new UnredirectableError('missing_redirect_uri');
    return {
      client,
      redirectUri: only,
      redirectUriGiven: null,
      state: repeated === 'state' ? undefined : state,
    };
  }
  if (!isRegistered(redirectUris, redirectUri)) throw new UnredirectableError('unregistered_redirect_uri');
  return {
    client,
    redirectUri,
    redirectUriGiven: redirectUri,
    state: repeated === 'state' ? undefined : state,
  };
}

/**
 * Checks the rest of an authorization request.
 * @throws OAuthError to be sent by redirect
 */
export function checkAuthorizationRequest(
  instance: Instance,
  profile: Profile,
  target: RedirectTarget,
  parameters: AuthorizationParameters,
): AuthorizationRequest {
  const { application } = target.client;
  if (parameters.repeated !== undefined)
    throw new OAuthError('invalid_request', 'a parameter came more than once');
  if (parameters.request !== undefined)
    throw new OAuthError(
      'request_not_supported',
      'request objects are not supported; send the parameters themselves',
    );
  if (parameters.requestUri !== undefined)
    throw new OAuthError(
      'request_uri_not_supported',
      'request_uri is not supported; send the parameters themselves',
    );
  if (parameters.responseType === undefined)
    throw new OAuthError('invalid_request', 'response_type is missing; it must be code');
  if (parameters.responseType !== 'code')
    throw new OAuthError('unsupported_response_type', 'response_type must be code');
  if (parameters.responseMode !== undefined && parameters.responseMode !== 'query')
    throw new OAuthError('invalid_request', 'response_mode must be query');
  const codeChallenge = readCodeChallenge(parameters.codeChallenge, parameters.codeChallengeMethod);
  if (codeChallenge === null && (application.type === 'spa' || application.requirePkce))
    throw new OAuthError(
      'invalid_request',
      'code_challenge is missing: this application must use PKCE with S256',
    );
  return {
    ...target,
    profile,
    codeChallenge,
    prompt: readPrompt(parameters.prompt),
    maxAge: readMaxAge(parameters.maxAge),
    scopes: readScopes(instance, profile, target, parameters.scope),
  };
}

function readPrompt(text: string | undefined): ReadonlySet<Prompt> {
  const wishes = new Set((text ?? '').split(' ').filter((wish) => wish !== ''));
  if (![...wishes].every((wish) => (prompts as readonly string[]).includes(wish)))
    throw new OAuthError('invalid_request', `prompt must be made of ${prompts.join(', ')}`);
  if (wishes.has('none') && wishes.size > 1)
    throw new OAuthError('invalid_request', 'prompt none cannot go with another prompt');
  return wishes as ReadonlySet<Prompt>;
}

function readMaxAge(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new OAuthError('invalid_request', 'max_age must be a whole number of seconds');
  return Number(text);
}

function readScopes(
  instance: Instance,
  profile: Profile,
  target: RedirectTarget,
  scope: string | undefined,
): string[] {
  const { scopes: allowed } = target.client.application;
  if (profile === 'workfront' && scope === undefined) return [...new Set([...allowed, offlineAccess])];
  return requestedScopes(scope, allowed, defaultScopes(instance, allowed));
}
