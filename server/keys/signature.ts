import { constants, type KeyObject, verify } from 'node:crypto';
import { fromBase64url } from '../base/base64url.ts';

type Options = Omit<Exclude<Parameters<typeof verify>[2], KeyObject | string | Buffer>, 'key'>;

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;
const p1363: Options = { dsaEncoding: 'ieee-p1363' };

/** The signature algorithms of JWTs that clients may sign with (RFC 7518 3, RFC 8037 3.1, RFC 9864). */
const algorithms: Record<string, { readonly digest: string | null; readonly options: Options }> = {
  RS256: { digest: 'sha256', options: { padding: RSA_PKCS1_PADDING } },
  PS256: {
    digest: 'sha256',
    options: { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST },
  },
  ES256: { digest: 'sha256', options: p1363 },
  ES384: { digest: 'sha384', options: p1363 },
  EdDSA: { digest: null, options: {} },
  Ed25519: { digest: null, options: {} },
};

/**
 * Whether this key signed this JWT (RFC 7515 5.2), by the algorithm that the JWT names, which must be one of `allowed`. A header
 * with critical extensions is refused, since none is understood here.
 */
export function isSignedBy(key: KeyObject, allowed: readonly string[], jwt: string): boolean {
  const end = jwt.lastIndexOf('.');
  const { alg, crit } = headerOf(jwt);
  if (typeof alg !== 'string' || !allowed.includes(alg) || crit !== undefined) return false;
  const algorithm = algorithms[alg];
  const bytes = fromBase64url(jwt.slice(end + 1));
  if (!algorithm || !bytes) return false;
  return verify(algorithm.digest, Buffer.from(jwt.slice(0, end)), { key, ...algorithm.options }, bytes);
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
