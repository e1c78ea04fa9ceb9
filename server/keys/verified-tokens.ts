import { hash, verify } from 'node:crypto';
import { fromBase64url } from '../base/base64url.ts';
import type { Id } from '../base/ids.ts';
import type { AccessTokenClaims } from '../model/claims.ts';
import type { SigningKey } from './signing-keys.ts';

/** Some eight megabytes; the tokens that are asked about again and again in one hour. */
const most = 10_000;

/**
 * The access tokens whose signature was verified a moment ago, so that a token that an API asks about with every call
 * is verified once. Says what a key of ours signed and nothing else: whether the token has expired, was revoked, or belongs
 * to somebody who may use it no longer is for the caller to find out each time.
 */
export class VerifiedTokens {
  /** By SHA-256 of the whole token, so that no good token lies about in memory. */
  readonly #known = new Map<string, { readonly kid: Id; readonly claims: AccessTokenClaims }>();

  /**
   * The claims of a token that one of these keys signed.
   * @param keys those that the instance publishes at this moment: what a dropped key signed is good no longer
   * @returns null for everything else
   */
  read(token: string, keys: readonly SigningKey[]): AccessTokenClaims | null {
    const digest = hash('sha256', token, 'base64url');
    const known = this.#known.get(digest);
    if (known && keys.some((key) => key.kid === known.kid)) return known.claims;
    if (known) this.#known.delete(digest);
    const signed = verifyToken(token, keys);
    if (!signed) return null;
    if (this.#known.size >= most) this.#forgetOldest();
    this.#known.set(digest, signed);
    return signed.claims;
  }

  #forgetOldest(): void {
    const oldest = this.#known.keys().next().value;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

function verifyToken(
  token: string,
  keys: readonly SigningKey[],
): { kid: Id; claims: AccessTokenClaims } | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  const [header, payload, signature] = parts as [string, string, string];
  const { alg, typ, kid } = decode(header) ?? {};
  if (alg !== 'ES256' || typ !== 'at+jwt') return null;
  const key = keys.find((each) => each.kid === kid);
  if (!key) return null;
  const bytes = fromBase64url(signature);
  if (bytes?.length !== 64) return null;
  const publicKey = { key: key.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, bytes)) return null;
  const claims = decode(payload) as AccessTokenClaims | null;
  return claims && { kid: key.kid, claims };
}

function decode(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
