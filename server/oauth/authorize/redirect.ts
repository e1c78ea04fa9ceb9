const loopbackIp = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?((?:[/?].*)?)$/s;

/**
 * Whether a redirect URI is one of the registered ones: byte for byte (RFC 9700 2.1), except that the port of a
 * loopback IP literal may be any, since a native app takes what is free (RFC 8252 7.3).
 */
export function isRegistered(registered: readonly string[], given: string): boolean {
  if (registered.includes(given)) return true;
  const wanted = withoutPort(given);
  return wanted !== undefined && registered.some((uri) => withoutPort(uri) === wanted);
}

function withoutPort(uri: string): string | undefined {
  const match = loopbackIp.exec(uri);
  if (!match || Number(match[2] ?? 80) > 65535) return undefined;
  return `${match[1]}${match[3]}`;
}

/** The redirect URI with the response's parameters behind its own query (RFC 6749 4.1.2), its bytes unchanged. */
export function withParameters(uri: string, parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  if (given.length === 0) return uri;
  // Only the first question mark begins the query; one at the end of it belongs to a value.
  const separator = !uri.includes('?') ? '?' : /^[^?]*\?$|&$/.test(uri) ? '' : '&';
  // A space as %20 is read right by whoever decodes a form, and by whoever decodes a URL.
  return uri + separator + new URLSearchParams(given).toString().replaceAll('+', '%20');
}
