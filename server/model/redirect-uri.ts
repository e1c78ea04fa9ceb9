import { maxUrlLength } from '../base/text.ts';

/** Parameters of the authorization response: a redirect URI that has one of its own would confuse the client. */
const authorizationParameters = [
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'domain',
  'lane',
];
/** The same, of the way back after a sign-out. */
const signOutParameters = ['state'];

/** As written, not as a parser understands them: `127.1` and `2130706433` are other spellings of the same host. */
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/** The rules of a redirect URI, by name: the console has words for each in every language. */
export type RedirectUriRule =
  | 'empty'
  | 'too_long'
  | 'ascii'
  | 'fragment'
  | 'wildcard'
  | 'absolute'
  | 'host'
  | 'http'
  | 'web_scheme'
  | 'own_scheme'
  | 'own_path'
  | 'user_information'
  | 'parameter';

/** What is wrong with a redirect URI. */
export interface RedirectUriMistake {
  readonly rule: RedirectUriRule;
  /** A sentence for people, as the REST API answers it. */
  readonly message: string;
  /** The scheme or the parameter that is meant; empty where there is none. */
  readonly part: string;
}

/**
 * Whether an application of this type may have its users sent there (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 4.1).
 * @returns a sentence naming the mistake, or null
 */
export function checkRedirectUri(uri: string, type: 'web' | 'spa'): string | null {
  return findRedirectUriMistake(uri, type)?.message ?? null;
}

/**
 * Whether an application of this type may have its users sent there after they signed out (OpenID Connect RP-Initiated Logout 1.0, 3.1).
 * @returns a sentence naming the mistake, or null
 */
export function checkPostLogoutRedirectUri(uri: string, type: 'web' | 'spa'): string | null {
  return findPostLogoutRedirectUriMistake(uri, type)?.message ?? null;
}

/**
 * Whether this may be an address of an application's server that Postern itself calls: `https`, or `http` on this machine. Whether it
 * leads to where Postern may go is judged at each call.
 * @returns a sentence naming the mistake, or null
 */
export function checkCalledUri(uri: string): string | null {
  return findCalledUriMistake(uri)?.message ?? null;
}

/** The first rule that a redirect URI breaks, or null. The rules are those of checkRedirectUri. */
export function findRedirectUriMistake(uri: string, type: 'web' | 'spa'): RedirectUriMistake | null {
  return findMistake(uri, type, authorizationParameters);
}

/** The first rule that an address after a sign-out breaks, or null. The rules are those of checkPostLogoutRedirectUri. */
export function findPostLogoutRedirectUriMistake(
  uri: string,
  type: 'web' | 'spa',
): RedirectUriMistake | null {
  return findMistake(uri, type, signOutParameters);
}

/** The first rule that an address that Postern calls breaks, or null. The rules are those of checkCalledUri. */
export function findCalledUriMistake(uri: string): RedirectUriMistake | null {
  return findMistake(uri, 'web', []);
}

/** The first rule that an address breaks to which people are sent with these parameters added, or null: `https`, or `http` on this machine. */
export function findTargetMistake(uri: string, added: readonly string[]): RedirectUriMistake | null {
  return findMistake(uri, 'web', added);
}

/** @param taken the parameters of the answer that goes there */
function findMistake(uri: string, type: 'web' | 'spa', taken: readonly string[]): RedirectUriMistake | null {
  if (uri === '') return mistake('empty', 'must not be empty');
  if (uri.length > maxUrlLength) return mistake('too_long', `must have at most ${maxUrlLength} characters`);
  if (!/^[\x21-\x7e]+$/.test(uri) || /["<>\\^`{|}]/.test(uri))
    return mistake('ascii', 'must be a URI of ASCII characters: encode others, spaces and "<>\\^`{|} with %');
  if (uri.includes('#')) return mistake('fragment', 'must not have a fragment (#)');
  if (uri.includes('*')) return mistake('wildcard', 'must not have a wildcard (*): register each address');

  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(uri)?.[1];
  if (scheme === undefined || !URL.canParse(uri))
    return mistake(
      'absolute',
      'must be an absolute URI that begins with its scheme in lower case, such as https://app.example.com/callback',
    );
  const problem =
    scheme === 'https' || scheme === 'http' ? checkWeb(uri, scheme) : checkPrivateUse(uri, scheme, type);
  if (problem) return problem;
  if (/^[^/?]*\/\/[^/?]*@/.test(uri))
    return mistake('user_information', 'must not have user information (@) before the host');

  const query = uri.split('?').slice(1).join('?');
  const parameter = [...new URLSearchParams(query).keys()].find((name) => taken.includes(name));
  return parameter === undefined
    ? null
    : mistake('parameter', `must not have the parameter ${parameter}, which is added to it`, parameter);
}

function checkWeb(uri: string, scheme: 'http' | 'https'): RedirectUriMistake | null {
  if (!/^https?:\/\/[^/?]/.test(uri))
    return mistake('host', `must have two slashes and a host after ${scheme}:`, scheme);
  if (scheme === 'http' && !loopbackHosts.includes(hostAsWritten(uri)))
    return mistake('http', 'must be https: http is for localhost, 127.0.0.1 and [::1] only');
  return null;
}

function checkPrivateUse(uri: string, scheme: string, type: 'web' | 'spa'): RedirectUriMistake | null {
  if (type === 'web') return mistake('web_scheme', 'must be https, or http on localhost, 127.0.0.1 or [::1]');
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+$/.test(scheme))
    return mistake(
      'own_scheme',
      'must be https, http on localhost, 127.0.0.1 or [::1], or a scheme of the app’s own with a dot in its name, such as com.example.app:/callback',
    );
  if (uri.length === scheme.length + 1)
    return mistake('own_path', `must have a path after ${scheme}:`, scheme);
  return null;
}

function mistake(rule: RedirectUriRule, message: string, part = ''): RedirectUriMistake {
  return { rule, message, part };
}

/** Whether any program on the device could receive what is sent there: a loopback address or a scheme of one's own. */
export function isClaimable(uri: string): boolean {
  return !uri.startsWith('https:') || loopbackHosts.includes(hostAsWritten(uri));
}

function hostAsWritten(uri: string): string {
  const authority = /^[^/?]*\/\/([^/?]*)/.exec(uri)?.[1] ?? '';
  return authority.replace(/:\d*$/, '');
}
