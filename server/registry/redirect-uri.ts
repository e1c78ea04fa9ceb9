import { maxUrlLength } from './text.ts';

/** Parameters of the authorization response: a redirect URI that has one of its own would confuse the client. */
const responseParameters = [
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'domain',
  'lane',
];

/** As written, not as a parser understands them: `127.1` and `2130706433` are other spellings of the same host. */
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether an application of this type may have its users sent there (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 4.1).
 * @returns a sentence naming the mistake, or null
 */
export function checkRedirectUri(uri: string, type: 'web' | 'spa'): string | null {
  if (uri === '') return 'must not be empty';
  if (uri.length > maxUrlLength) return `must have at most ${maxUrlLength} characters`;
  if (!/^[\x21-\x7e]+$/.test(uri) || /["<>\\^`{|}]/.test(uri))
    return 'must be a URI of ASCII characters: encode others, spaces and "<>\\^`{|} with %';
  if (uri.includes('#')) return 'must not have a fragment (#)';
  if (uri.includes('*')) return 'must not have a wildcard (*): register each address';

  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(uri)?.[1];
  if (scheme === undefined || !URL.canParse(uri))
    return 'must be an absolute URI that begins with its scheme in lower case, such as https://app.example.com/callback';
  const problem =
    scheme === 'https' || scheme === 'http' ? checkWeb(uri, scheme) : checkPrivateUse(uri, scheme, type);
  if (problem) return problem;
  if (/^[^/?]*\/\/[^/?]*@/.test(uri)) return 'must not have user information (@) before the host';

  const query = uri.split('?').slice(1).join('?');
  const taken = [...new URLSearchParams(query).keys()].find((name) => responseParameters.includes(name));
  return taken === undefined
    ? null
    : `must not have the parameter ${taken}, which the answer to the client uses`;
}

function checkWeb(uri: string, scheme: 'http' | 'https'): string | null {
  if (!/^https?:\/\/[^/?]/.test(uri)) return `must have two slashes and a host after ${scheme}:`;
  if (scheme === 'http' && !loopbackHosts.includes(hostAsWritten(uri)))
    return 'must be https: http is for localhost, 127.0.0.1 and [::1] only';
  return null;
}

function checkPrivateUse(uri: string, scheme: string, type: 'web' | 'spa'): string | null {
  if (type === 'web') return 'must be https, or http on localhost, 127.0.0.1 or [::1]';
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+$/.test(scheme))
    return 'must be https, http on localhost, 127.0.0.1 or [::1], or a scheme of the app’s own with a dot in its name, such as com.example.app:/callback';
  if (uri.length === scheme.length + 1) return `must have a path after ${scheme}:`;
  return null;
}

/** Whether any program on the device could receive what is sent there: a loopback address or a scheme of one's own. */
export function isClaimable(uri: string): boolean {
  return !uri.startsWith('https:') || loopbackHosts.includes(hostAsWritten(uri));
}

function hostAsWritten(uri: string): string {
  const authority = /^[^/?]*\/\/([^/?]*)/.exec(uri)?.[1] ?? '';
  return authority.replace(/:\d*$/, '');
}
