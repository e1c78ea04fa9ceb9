import { constants, type KeyObject, sign, verify } from 'node:crypto';
import { fromBase64url } from '../base/base64url.ts';

type Options = Omit<Exclude<Parameters<typeof verify>[2], KeyObject | string | Buffer>, 'key'>;

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
const p1363: Options = { dsaEncoding: 'ieee-p1363' };

interface Algorithm {
  readonly digest: string | null;
  readonly options: Options;
}

/** The signature algorithms of JWTs, ours and those of clients (RFC 7518 3, RFC 8037 3.1, RFC 9864). */
const algorithms = {
  RS256: { digest: 'sha256', options: { padding: RSA_PKCS1_PADDING } },
  PS256: {
    digest: 'sha256',
    options: { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST },
  },
  ES256: { digest: 'sha256', options: p1363 },
  ES384: { digest: 'sha384', options: p1363 },
  EdDSA: { digest: null, options: {} },
  Ed25519: { digest: null, options: {} },
} satisfies Record<string, Algorithm>;

/** The signature of a text, by a private key that suits the algorithm. */
export function signText(key: KeyObject, algorithm: keyof typeof algorithms, text: string): Buffer {
  const { digest, options } = algorithms[algorithm];
  return sign(digest, Buffer.from(text), { key, ...options });
}

/** Whether these bytes are the signature of a text, by a public key that suits the algorithm. */
export function verifyText(
  key: KeyObject,
  algorithm: keyof typeof algorithms,
  text: string,
  signature: Buffer,
): boolean {
  const { digest, options } = algorithms[algorithm];
  return verify(digest, Buffer.from(text), { key, ...options }, signature);
}

/**
 * Whether this key signed this JWT (RFC 7515 5.2), by the algorithm that the JWT names, which must be one of `allowed`. A header
 * with critical extensions is refused, since none is understood here.
 */
export function isSignedBy(key: KeyObject, allowed: readonly string[], jwt: string): boolean {
  const end = jwt.lastIndexOf('.');
  const { alg, crit } = headerOf(jwt);
  if (typeof alg !== 'string' || !allowed.includes(alg) || crit !== undefined) return false;
  const bytes = fromBase64url(jwt.slice(end + 1));
  if (!isKnown(alg) || !bytes) return false;
  return verifyText(key, alg, jwt.slice(0, end), bytes);
}

function isKnown(alg: string): alg is keyof typeof algorithms {
  return Object.hasOwn(algorithms, alg);
}

/** The header of a JWT as somebody wrote it; empty when it is none. */
export function headerOf(jwt: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(Buffer.from(jwt.slice(0, jwt.indexOf('.')), 'base64url').toString());
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
