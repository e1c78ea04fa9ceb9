import { hash } from 'node:crypto';
import type { Id } from '../../base/ids.ts';
import { HOUR, type Instant, SECOND, toUnixSeconds } from '../../base/units.ts';
import { signJwt, verifyOwnJwt } from '../../keys/jwt.ts';
import type { SigningKey } from '../../keys/signing-key.ts';

import type { IdTokenClaims } from '../../model/claims.ts';
import type { Instance } from '../../model/instance.ts';
import { claimsAbout, type OpenidGrant } from '../../model/openid.ts';
import { signingAlgorithms } from '../../model/signing-algorithm.ts';
import type { User } from '../../model/user.ts';
import type { Needs } from '../needs.ts';

const lifetime = HOUR / SECOND;

/** What an ID token is about, besides what its authorization keeps. */
export interface IdTokenContent {
  readonly clientId: Id;
  readonly subject: string;
  readonly openid: OpenidGrant;
  /** Who is told of by the claims that the client asked for one by one; undefined where it asked for none. */
  readonly user: User | undefined;
  readonly accessToken: string;
}

/**
 * A new ID token (OpenID Connect Core 2, 3.1.3.3).
 * @param key of the algorithm that the application has chosen
 */
export function issueIdToken(
  instance: Instance,
  { clientId, subject, openid, user, accessToken }: IdTokenContent,
  key: SigningKey,
  now: Instant,
): string {
  const iat = toUnixSeconds(now);
  const claims: IdTokenClaims = {
    iss: instance.url,
    sub: subject,
    aud: clientId,
    exp: iat + lifetime,
    iat,
    ...(openid.authenticatedAt !== null && { auth_time: toUnixSeconds(openid.authenticatedAt) }),
    sid: openid.sessionId,
    amr: openid.methods,
    acr: openid.authenticationClass,
    at_hash: leftHalfOfHash(accessToken),
    ...(openid.nonce !== null && { nonce: openid.nonce }),
  };
  return signJwt(key, 'JWT', user ? { ...claimsAbout(user, openid.idToken), ...claims } : claims);
}

/** Of the hash that goes with ES256 and with RS256 (OpenID Connect Core 3.1.3.6). */
function leftHalfOfHash(text: string): string {
  return hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url');
}

/** Characters that no ID token of ours has. */
const longest = 8192;

/**
 * The claims of an ID token that this instance issued, whatever its age: what a client shows as a hint may have expired long ago.
 * @returns null for everything else, and for one whose key is published no longer
 */
export async function readIdToken(
  needs: Pick<Needs, 'signingKeys'>,
  instance: Instance,
  token: string,
): Promise<IdTokenClaims | null> {
  if (token.length > longest) return null;
  for (const algorithm of signingAlgorithms) {
    const keys = await needs.signingKeys.published(instance.id, algorithm);
    const claims = verifyOwnJwt(token, 'JWT', keys) as IdTokenClaims | null;
    if (claims) return claims.iss === instance.url ? claims : null;
  }
  return null;
}
