import type { Api } from '../../model/api.ts';
import type { Client } from '../../model/application.ts';
import { type Instance, offlineAccess } from '../../model/instance.ts';
import type { ClaimsByPlace } from '../../model/openid.ts';
import { adminScope, identityScopes, openidScope } from '../../model/scopes.ts';
import type { User } from '../../model/user.ts';
import { readResources, scopesOfRequest } from '../audience.ts';
import { OAuthError, type OAuthErrorCode, ToldOnPage } from '../errors.ts';
import type { Needs } from '../needs.ts';
import type { Profile } from '../profile.ts';
import { defaultScopes } from '../scope.ts';
import { readIdToken } from '../tokens/id-token.ts';
import { isReachable, readClaims, scopesOfClaims } from './claims.ts';
import { digestOf, type Parameters } from './parameters.ts';
import { readCodeChallenge } from './pkce.ts';
import { isRegistered } from './redirect.ts';
import { answerAskedFor } from './request-object.ts';

/** Where an answer may be sent, once client and redirect URI are known to belong together. */
export interface RedirectTarget {
  readonly client: Client;
  readonly redirectUri: string;
  /** What the token request must repeat: null when the authorization request left it out. */
  readonly redirectUriGiven: string | null;
  readonly state: string | undefined;
  readonly responseMode: ResponseMode;
}

/** How an answer travels: in the redirect URI's query, or in a form that the browser posts there. */
export const responseModes = ['query', 'form_post'] as const;
export type ResponseMode = (typeof responseModes)[number];

/** A checked authorization request: what somebody is asked to allow. */
export interface AuthorizationRequest extends RedirectTarget {
  readonly profile: Profile;
  readonly parameters: Parameters;
  /** Tells it from other requests; `digestOf` in parameters.ts. */
  readonly digest: Buffer;
  readonly scopes: readonly string[];
  /** The identifiers of the APIs that access tokens may be for; null where the request named none. */
  readonly resources: readonly string[] | null;
  /** Whether the request named its scopes; else they are those that a request without `scope` asks for. */
  readonly scopesNamed: boolean;
  readonly codeChallenge: string | null;
  readonly prompt: ReadonlySet<Prompt>;
  /** Seconds since the user last signed in; undefined for any. */
  readonly maxAge: number | undefined;
  /** The only user whose answer will do (`id_token_hint`, or a `sub` in `claims`); undefined for any. */
  readonly subject: string | undefined;
  /** What the answer carries into the ID token; null where `openid` was not asked for. */
  readonly openid: { readonly nonce: string | null; readonly claims: ClaimsByPlace } | null;
  /** What the user is asked to allow: the scopes, and those of which single claims are asked for. */
  readonly allows: readonly string[];
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
  | 'unregistered_redirect_uri'
  | 'pushed_request_over';

/** An authorization request that gets a page, not a redirect. */
export class UnredirectableError extends ToldOnPage<Unredirectable> {
  override name = 'UnredirectableError';
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
    const hinted = await hintedSubject(needs, instance, target.client, parameters);
    return checkRequest(instance, profile, target, parameters, hinted);
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
  return { ...request, scopes, allows: request.allows.filter((scope) => scope !== adminScope) };
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
  const answer = { ...answerAskedFor(values.request), ...values };
  const state = repeated.has('state') ? undefined : answer.state;
  const responseMode = (uri: string) => responseModeFor(uri, answer.response_mode);
  const { name, redirectUris } = client.application;
  if (redirectUri === undefined) {
    const [only, another] = redirectUris;
    if (only === undefined || another !== undefined) throw new UnredirectableError('missing_redirect_uri');
    return { client, redirectUri: only, redirectUriGiven: null, state, responseMode: responseMode(only) };
  }
  if (!isRegistered(redirectUris, redirectUri))
    throw new UnredirectableError('unregistered_redirect_uri', { application: name, redirectUri });
  return {
    client,
    redirectUri,
    redirectUriGiven: redirectUri,
    state,
    responseMode: responseMode(redirectUri),
  };
}

/** The mode that was asked for, or else the usual one, which errors go by too. A browser posts no form to an app on the device. */
function responseModeFor(redirectUri: string, asked: string | undefined): ResponseMode {
  return asked === 'form_post' && /^https?:/i.test(redirectUri) ? 'form_post' : 'query';
}

/** @throws OAuthError to be sent by redirect */
function checkRequest(
  instance: Instance,
  profile: Profile,
  target: RedirectTarget,
  parameters: Parameters,
  hintedSubject: string | undefined,
): AuthorizationRequest {
  const { application } = target.client;
  const { values, repeated } = parameters;
  if (repeated.size > 0) throw new OAuthError('invalid_request', 'a parameter came more than once');
  if (application.requirePushedAuthorizationRequests && parameters.pushed === null)
    throw new OAuthError(
      'invalid_request',
      'this application must push its authorization requests (RFC 9126), to the pushed_authorization_request_endpoint of the metadata',
    );
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
  if (values.response_mode !== undefined && values.response_mode !== target.responseMode)
    throw new OAuthError(
      'invalid_request',
      `response_mode must be one of ${responseModes.join(', ')}; form_post only where the redirect URI is one of a web server`,
    );
  const codeChallenge = readCodeChallenge(values.code_challenge, values.code_challenge_method);
  if (codeChallenge === null && (application.type === 'spa' || application.requirePkce))
    throw new OAuthError(
      'invalid_request',
      'code_challenge is missing: this application must use PKCE with S256',
    );
  const named = readResources(instance, parameters.resources);
  const scopes = readScopes(instance, profile, target, values.scope, named);
  const isOpenid = scopes.includes(openidScope);
  const claims = readClaims(isOpenid ? values.claims : undefined, application.scopes);
  if (!isReachable(claims.essentialClasses))
    throw new OAuthError(
      'unmet_authentication_requirements',
      'nobody can sign in here in the way that acr in claims requires',
    );
  return {
    ...target,
    profile,
    parameters,
    digest: digestOf(profile, parameters),
    codeChallenge,
    prompt: readPrompt(values.prompt),
    maxAge: readMaxAge(values.max_age),
    scopes,
    resources: named?.map(({ identifier }) => identifier) ?? null,
    scopesNamed: values.scope !== undefined,
    subject: oneSubject(hintedSubject, claims.subject),
    openid: isOpenid ? { nonce: values.nonce ?? null, claims } : null,
    allows: [...new Set([...scopes, ...scopesOfClaims(claims)])],
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
  named: readonly Api[] | null,
): string[] {
  const { scopes: allowed } = target.client.application;
  if (profile === 'workfront' && scope === undefined && !named) {
    const forApi = allowed.filter((name) => !identityScopes.includes(name));
    return [...new Set([...forApi, offlineAccess])];
  }
  return scopesOfRequest(instance, scope, named, allowed, defaultScopes(instance, allowed));
}

/**
 * Whom the client expects, by an ID token that it got earlier, whatever its age (OpenID Connect Core 3.1.2.1).
 * @throws OAuthError `invalid_request` for an ID token that is not this client's
 */
async function hintedSubject(
  needs: Needs,
  instance: Instance,
  client: Client,
  { values }: Parameters,
): Promise<string | undefined> {
  if (values.id_token_hint === undefined) return undefined;
  const hint = await readIdToken(needs, instance, values.id_token_hint);
  if (hint?.aud !== client.application.clientId)
    throw new OAuthError(
      'invalid_request',
      'id_token_hint must be an ID token that was issued to this client',
    );
  return hint.sub;
}

function oneSubject(hinted: string | undefined, claimed: string | undefined): string | undefined {
  if (hinted !== undefined && claimed !== undefined && hinted !== claimed)
    throw new OAuthError('invalid_request', 'id_token_hint and sub in claims are about different users');
  return hinted ?? claimed;
}
