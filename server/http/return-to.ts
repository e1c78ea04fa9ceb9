import type { Core } from '../core.ts';
import type { Instance } from '../model/instance.ts';
import type { Parameters } from '../oauth/authorize/parameters.ts';
import { readParameters } from '../oauth/authorize/pushed.ts';
import { Form } from '../oauth/parameters.ts';
import { authorizePaths, type Profile } from '../oauth/profile.ts';

/** Where people go who did not come from anywhere in particular; it leads each of them to where they belong. */
export const home = '/';

/**
 * Where to send people after they signed in, from a parameter that anybody can write: a path of this origin, or
 * else `home`.
 */
export function safeReturnTo(text: string | undefined, instance: Instance): string {
  if (text === undefined || text.length > 16_000 || !isLocalPath(text)) return home;
  const { origin } = new URL(instance.url);
  if (!URL.canParse(text, origin)) return home;
  const url = new URL(text, origin);
  if (url.origin !== origin) return home;
  // Resolving dots can bring two slashes to the front: `/.//evil.example` becomes `//evil.example`.
  const path = url.pathname + url.search + url.hash;
  return isLocalPath(path) ? path : home;
}

/** Browsers take two slashes, or a slash and a backslash, for the beginning of another host's URL. */
function isLocalPath(text: string): boolean {
  return /^\/(?![/\\])/.test(text) && !/\p{Cc}/u.test(text);
}

/** An authorization request that waits behind the sign-in page. */
export interface WaitingRequest {
  readonly profile: Profile;
  readonly parameters: Parameters;
}

/** The authorization request that people go on with after they signed in; undefined when they go elsewhere. */
export function waitingRequest(core: Core, returnTo: string, instance: Instance): WaitingRequest | undefined {
  const { pathname, search } = new URL(returnTo, instance.url);
  const profile = profiles.find((each) => pathname === authorizePaths[each]);
  const parameters = profile && readParameters(core, instance, profile, Form.fromText(search.slice(1)));
  return parameters && { profile, parameters };
}

const profiles = Object.keys(authorizePaths) as Profile[];

/** Where an authorization request begins: path and query. */
export function authorizeUrl(profile: Profile, query: URLSearchParams): string {
  return `${authorizePaths[profile]}?${query}`;
}

/** The sign-in page, and then back to a path of this origin. */
export function signInUrl(returnTo: string): string {
  return `/login?${new URLSearchParams({ return_to: returnTo })}`;
}

/** Says in an authorization request that an identity provider was asked on its way: it is not asked again for the same request. */
const providerAsked = 'provider_asked';

/** The path of an authorization request for which an identity provider has been asked. */
export function withProviderAsked(returnTo: string): string {
  const [path = '', query = ''] = returnTo.split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  parameters.set(providerAsked, '1');
  return `${path}?${parameters}`;
}

/** Whether an authorization request says so. */
export function wasProviderAsked(query: URLSearchParams): boolean {
  return query.has(providerAsked);
}
