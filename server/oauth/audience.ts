import { type Api, apiOfIdentifier, apiOfScope } from '../model/api.ts';
import type { Instance } from '../model/instance.ts';
import { builtInScopes } from '../model/scopes.ts';
import { OAuthError } from './errors.ts';
import { requestedScopes } from './scope.ts';

/** What an access token is for: the APIs that are its `aud`, and the scopes that it carries there. */
export interface Audience {
  /** At least one; all have their tokens made in the same way. */
  readonly apis: readonly [Api, ...Api[]];
  readonly scopes: readonly string[];
}

/**
 * The APIs that the `resource` parameters of a request name (RFC 8707 2), each once.
 * @returns null where there are no such parameters
 * @throws OAuthError `invalid_target`
 */
export function readResources(instance: Instance, resources: readonly string[]): readonly Api[] | null {
  if (resources.length === 0) return null;
  return [...new Set(resources)].map((identifier) => {
    const api = apiOfIdentifier(instance, identifier);
    if (!api)
      throw new OAuthError(
        'invalid_target',
        'resource must be the identifier of an API of this server, byte for byte',
      );
    return api;
  });
}

/**
 * The scopes that a request asks for, as far as they are of the APIs that it names. It needs one of each: without, an application could
 * get tokens for an API that nobody has let it use.
 * @param text the `scope` parameter; undefined when there was none
 * @param named undefined or null for none
 * @param allowed what the application may have
 * @param otherwise what a request asks for that has no `scope` and names no API
 * @throws OAuthError `invalid_scope`
 */
export function scopesOfRequest(
  instance: Instance,
  text: string | undefined,
  named: readonly Api[] | null,
  allowed: readonly string[],
  otherwise: readonly string[],
): string[] {
  if (!named) return requestedScopes(text, allowed, otherwise);
  const usual = named.flatMap(({ scopes }) =>
    scopes.filter((scope) => scope.default).map(({ name }) => name),
  );
  const asked = requestedScopes(
    text,
    allowed,
    usual.filter((name) => allowed.includes(name)),
  );
  const scopes = withinApis(instance, named, asked);
  const used = apisOfScopes(instance, scopes);
  if (scopes.length === 0 || !named.every((api) => used.includes(api)))
    throw new OAuthError(
      'invalid_scope',
      'no scope that is asked for and allowed belongs to an API that resource names',
    );
  return scopes;
}

/** Those of the scopes that belong to these APIs, and those that are built in. */
export function withinApis(
  instance: Pick<Instance, 'apis'>,
  apis: readonly Api[],
  scopes: readonly string[],
): string[] {
  return scopes.filter((name) => {
    if (builtInScopes.includes(name)) return true;
    const api = apiOfScope(instance, name);
    return api !== undefined && apis.includes(api);
  });
}

/**
 * What a new access token is for: the APIs of its scopes, as far as the authorization request named them. A request may name some of these.
 * @param scopes that were granted and count now
 * @param granted the identifiers that the authorization request named; null for none
 * @param asked the APIs that this request names, as `readResources` gives them
 * @throws OAuthError `invalid_target` for more than was granted, and for APIs whose tokens are made in different ways; `invalid_grant`
 *   where nothing is left of what was granted
 */
export function audienceOf(
  instance: Instance,
  scopes: readonly string[],
  granted: readonly string[] | null,
  asked: readonly Api[] | null,
): Audience {
  const [only, ...more] = instance.apis;
  // As it is nearly everywhere: nothing to tell apart.
  if (more.length === 0 && !granted && !asked) return { apis: [only], scopes };
  const within = apisOfScopes(instance, scopes).filter(
    ({ identifier }) => !granted || granted.includes(identifier),
  );
  if (asked && !asked.every((api) => within.includes(api)))
    throw new OAuthError('invalid_target', 'resource must name nothing but APIs that were granted');
  const [first, ...others] = asked ?? within;
  if (!first)
    throw new OAuthError(
      'invalid_grant',
      'of the APIs that the user allowed this for, none is left that the application may use; ask the user again',
    );
  const apis: Audience['apis'] = [first, ...others];
  if (!areAlike(apis))
    throw new OAuthError(
      'invalid_target',
      'these APIs do not take the same tokens (signing algorithm, type); ask for one at a time by resource',
    );
  return { apis, scopes: withinApis(instance, apis, scopes) };
}

/** The APIs that scopes belong to; the default one where they belong to none. */
function apisOfScopes(instance: Instance, scopes: readonly string[]): readonly Api[] {
  const found = instance.apis.filter((api) => scopes.some((name) => apiOfScope(instance, name) === api));
  return found.length > 0 ? found : [instance.apis[0]];
}

/** Whether one token can be for all of these. */
export function areAlike(apis: readonly Api[]): boolean {
  return new Set(apis.map(({ signingAlg, tokenTyp }) => `${signingAlg} ${tokenTyp}`)).size <= 1;
}

/** The user's claims that these scopes put into tokens and userinfo. */
export function claimsOfScopes(
  { apis }: Pick<Instance, 'apis'>,
  scopes: readonly string[],
): readonly string[] {
  const names = apis.flatMap((api) =>
    api.scopes.flatMap(({ name, claims = [] }) => (scopes.includes(name) ? claims : [])),
  );
  return [...new Set(names)];
}
