import type { Client } from '../../model/application.ts';
import { type Instance, offlineAccess } from '../../model/instance.ts';
import { adminScope } from '../../model/scopes.ts';
import type { User } from '../../model/user.ts';
import { OAuthError, type OAuthErrorCode } from '../errors.ts';
import type { Needs } from '../needs.ts';
import type { Profile } from '../profile.ts';
import { defaultScopes, requestedScopes } from '../scope.ts';
import { digestOf, type Parameters } from './parameters.ts';
import { readCodeChallenge } from './pkce.ts';
import { isRegistered } from './redirect.ts';

/** Where an answer may be sent, once client and redirect URI are known to belong together. */
export interface RedirectTarget {
  readonly client: Client;
  readonly redirectUri: string;
  /** What the token request must repeat: null when the authorization request left it out. */
  readonly redirectUriGiven: string | null;
  readonly state: string | undefined;
}

/** A checked authorization request: what somebody is asked to allow. */
export interface AuthorizationRequest extends RedirectTarget {
  readonly profile: Profile;
  readonly parameters: Parameters;
  /** Tells it from other requests; `digestOf` in parameters.ts. */
  readonly digest: Buffer;
  readonly scopes: readonly string[];
  /** Whether the request named its scopes; else they are those that a request without `scope` asks for. */
  readonly scopesNamed: boolean;
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
  /** What the page may tell of a redirect URI that is not registered: whose it is not, and the URI as it was sent. */
  readonly unregistered: { readonly application: string; readonly redirectUri: string } | undefined;

  constructor(code: Unredirectable, unregistered?: { application: string; redirectUri: string }) {
    super(code);
    this.code = code;
    this.unregistered = unregistered;
  }
}

/** What is wrong with a request whose client may be told by a redirect (RFC 6749 4.1.2.1). */
export class RedirectableError extends OAuthError {
  override name = 'RedirectableError';
  readonly target: RedirectTarget;

  constructor(target: RedirectTarget, code: OAuthErrorCode, description: string) {
    super(code, description);
    this.target = target;
  }
}

/**
 * Checks an authorization request: the one list of rules, wherever the parameters come from and as often as somebody goes on with them.
 * @throws UnredirectableError, RedirectableError
 */
export async function requestOf(
  needs: Needs,
  instance: Instance,
  profile: Profile,
  parameters: Parameters,
): Promise<AuthorizationRequest> {
  const target = await findRedirectTarget(needs, instance, parameters);
  try {
    return checkRequest(instance, profile, target, parameters);
  } catch (error) {
    if (error instanceof OAuthError) throw new RedirectableError(target, error.code, error.message);
    throw error;
  }
}

/**
 * The request as this person is asked: `admin` is for administrators to give. Where the request has not named its scopes, others are
 * asked for the rest.
 * @throws RedirectableError `invalid_scope`
 */
export function requestFor(request: AuthorizationRequest, user: Pick<User, 'role'>): AuthorizationRequest {
  if (user.role === 'administrator' || !request.scopes.includes(adminScope)) return request;
  const scopes = request.scopesNamed ? [] : request.scopes.filter((scope) => scope !== adminScope);
  if (scopes.length === 0)
    throw new RedirectableError(
      request,
      'invalid_scope',
      `the scope ${adminScope} is granted to administrators only, and the user is none`,
    );
  return { ...request, scopes };
}

/**
 * Finds out where an answer may go. Only after this may an error be sent by redirect, or the application be named.
 * @throws UnredirectableError
 */
export async function findRedirectTarget(
  needs: Pick<Needs, 'clients'>,
  instance: Instance,
  { values, repeated }: Parameters,
): Promise<RedirectTarget> {
  const { client_id: clientId, redirect_uri: redirectUri } = values;
  if (repeated.has('client_id') || repeated.has('redirect_uri'))
    throw new UnredirectableError('repeated_parameter');
  if (clientId === undefined) throw new UnredirectableError('missing_client_id');
  const client = await needs.clients.find(instance.id, clientId);
  if (!client) throw new UnredirectableError('unknown_client');
  if (!client.application.enabled) throw new UnredirectableError('disabled_client');
  const state = repeated.has('state') ? undefined : values.state;
  const { name, redirectUris } = client.application;
  if (redirectUri === undefined) {
    const [only, another] = redirectUris;
    if (only === undefined || another !== undefined) throw new UnredirectableError('missing_redirect_uri');
    return { client, redirectUri: only, redirectUriGiven: null, state };
  }
  if (!isRegistered(redirectUris, redirectUri))
    throw new UnredirectableError('unregistered_redirect_uri', { application: name, redirectUri });
  return { client, redirectUri, redirectUriGiven: redirectUri, state };
}

/** @throws OAuthError to be sent by redirect */
function checkRequest(
  instance: Instance,
  profile: Profile,
  target: RedirectTarget,
  parameters: Parameters,
): AuthorizationRequest {
  const { application } = target.client;
  const { values, repeated } = parameters;
  if (repeated.size > 0) throw new OAuthError('invalid_request', 'a parameter came more than once');
  if (values.request !== undefined)
    throw new OAuthError(
      'request_not_supported',
      'request objects are not supported; send the parameters themselves',
    );
  if (values.request_uri !== undefined)
    throw new OAuthError(
      'request_uri_not_supported',
      'request_uri is not supported; send the parameters themselves',
    );
  if (values.response_type === undefined)
    throw new OAuthError('invalid_request', 'response_type is missing; it must be code');
  if (values.response_type !== 'code')
    throw new OAuthError('unsupported_response_type', 'response_type must be code');
  if (values.response_mode !== undefined && values.response_mode !== 'query')
    throw new OAuthError('invalid_request', 'response_mode must be query');
  const codeChallenge = readCodeChallenge(values.code_challenge, values.code_challenge_method);
  if (codeChallenge === null && (application.type === 'spa' || application.requirePkce))
    throw new OAuthError(
      'invalid_request',
      'code_challenge is missing: this application must use PKCE with S256',
    );
  return {
    ...target,
    profile,
    parameters,
    digest: digestOf(profile, parameters),
    codeChallenge,
    prompt: readPrompt(values.prompt),
    maxAge: readMaxAge(values.max_age),
    scopes: readScopes(instance, profile, target, values.scope),
    scopesNamed: values.scope !== undefined,
  };
}

/** Whether the client wants its answer without anybody seeing a page, however wrong the rest of its request is. */
export function isSilent({ values }: Parameters): boolean {
  return (values.prompt ?? '').split(' ').includes('none');
}

function readPrompt(text: string | undefined): ReadonlySet<Prompt> {
  const words = new Set((text ?? '').split(' ').filter((word) => word !== ''));
  if (![...words].every((word) => (prompts as readonly string[]).includes(word)))
    throw new OAuthError('invalid_request', `prompt must be made of ${prompts.join(', ')}`);
  if (words.has('none') && words.size > 1)
    throw new OAuthError('invalid_request', 'prompt none cannot go with another prompt');
  return words as ReadonlySet<Prompt>;
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
