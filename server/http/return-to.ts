import type { Instance } from '../model/instance.ts';

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

const authorizePaths = ['/oauth2/authorize', '/integrations/oauth2/authorize'];

/** The parameters of the authorization request that waits behind the sign-in; none when none does. */
export function waitingRequest(returnTo: string, instance: Instance): URLSearchParams {
  const url = new URL(returnTo, instance.url);
  return authorizePaths.includes(url.pathname) ? url.searchParams : new URLSearchParams();
}
