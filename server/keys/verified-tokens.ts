import { hash } from 'node:crypto';
import type { Id } from '../base/ids.ts';
import type { AccessTokenClaims } from '../model/claims.ts';
import { type JwtType, signerOf, verifyOwnJwt } from './jwt.ts';
import type { SigningKey } from './signing-key.ts';

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
   * @param types what its header may say that it is
   * @param keys those that the instance publishes at this moment: what a dropped key signed is good no longer
   * @returns null for everything else
   */
  read(token: string, types: readonly JwtType[], keys: readonly SigningKey[]): AccessTokenClaims | null {
    const digest = hash('sha256', token, 'base64url');
    const known = this.#known.get(digest);
    if (known && keys.some((key) => key.kid === known.kid)) return known.claims;
    if (known) this.#known.delete(digest);
    for (const type of types) {
      const key = signerOf(token, type, keys);
      const claims = key && (verifyOwnJwt(token, type, [key]) as AccessTokenClaims | null);
      if (claims) this.#keep(digest, key.kid, claims);
      if (key) return claims ?? null;
    }
    return null;
  }

  /** Keeps a token that was signed at this moment and is likely to come back soon, so that it is not verified at all. */
  keep(token: string, { kid }: SigningKey, claims: AccessTokenClaims): void {
    this.#keep(hash('sha256', token, 'base64url'), kid, claims);
  }

  #keep(digest: string, kid: Id, claims: AccessTokenClaims): void {
    if (this.#known.size >= most) this.#forgetOldest();
    this.#known.set(digest, { kid, claims });
  }

  #forgetOldest(): void {
    const oldest = this.#known.keys().next().value;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
