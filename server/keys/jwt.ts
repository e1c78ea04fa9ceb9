import { fromBase64url } from '../base/base64url.ts';
import type { Id } from '../base/ids.ts';
import type { SigningAlgorithm } from '../model/signing-algorithm.ts';
import { signText, verifyText } from './signature.ts';
import type { SigningKey } from './signing-key.ts';

// The JWTs that an instance signs itself, and no others: written and read here alone.

/** What a JWT of ours is for, as its header says (`typ`): an access token (RFC 9068), an ID token, a logout token. */
export type JwtType = 'at+jwt' | 'JWT' | 'logout+jwt';

/** The encoded header of every JWT that a key signs, by what the JWT is for. */
export type JwtHeaders = Readonly<Record<JwtType, string>>;

/** Made once for each key, since they are the same in each of its JWTs. */
export function headersOf(algorithm: SigningAlgorithm, kid: Id): JwtHeaders {
  const header = (typ: JwtType) => encodePart({ alg: algorithm, typ, kid });
  return { 'at+jwt': header('at+jwt'), JWT: header('JWT'), 'logout+jwt': header('logout+jwt') };
}

/** Signs a JWT in its compact form (RFC 7515 7.1), by the algorithm of the key. @param claims whatever JSON can hold, written as it is */
export function signJwt(key: SigningKey, typ: JwtType, claims: object): string {
  const signed = `${key.headers[typ]}.${encodePart(claims)}`;
  return `${signed}.${signText(key.privateKey, key.algorithm, signed).toString('base64url')}`;
}

/**
 * The key that a JWT of this type says it is of. A header counts only when it is, letter for letter, one that we write: whatever
 * else a header can say (another `alg`, a key of its own, critical extensions) is then never read, and cannot mislead.
 */
export function signerOf(token: string, typ: JwtType, keys: readonly SigningKey[]): SigningKey | undefined {
  const header = token.slice(0, token.indexOf('.'));
  return keys.find((key) => key.headers[typ] === header);
}

/**
 * The claims of a JWT that one of these keys signed as this type, by the algorithm of that key. Says nothing about issuer, audience
 * and time.
 * @param keys those that the instance publishes, of one algorithm or of both
 * @returns null for everything else, another spelling of the same signature among it
 */
export function verifyOwnJwt(
  token: string,
  typ: JwtType,
  keys: readonly SigningKey[],
): Record<string, unknown> | null {
  const key = signerOf(token, typ, keys);
  const end = token.lastIndexOf('.');
  const signed = token.slice(0, end);
  const [header, payload, ...more] = signed.split('.');
  const signature = fromBase64url(token.slice(end + 1));
  if (!key || !header || !payload || more.length > 0 || !signature) return null;
  if (!verifyText(key.publicKey, key.algorithm, signed, signature)) return null;
  return decodePart(payload);
}

/** One part of a JWT: base64url of its JSON (RFC 7519 3). */
function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decodePart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
