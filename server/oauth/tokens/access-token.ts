import { sign } from 'node:crypto';
import { type Id, newId, parseId } from '../../base/ids.ts';
import { toUnixSeconds } from '../../base/units.ts';
import { encodePart } from '../../keys/jwt.ts';
import type { SigningKey } from '../../keys/signing-keys.ts';
import type { Application } from '../../model/application.ts';
import type { AccessTokenClaims } from '../../model/claims.ts';
import type { Instance } from '../../model/instance.ts';
import { isAccessTokenRevoked, isAuthorizedTokenLive } from '../../store/spent-tokens.ts';
import { findUser } from '../../store/users.ts';
import type { Needs } from '../needs.ts';

/** Whom and what a new token is for. */
export interface AccessTokenGrant {
  readonly application: Application;
  /** Null where the client acts for itself (RFC 6749 4.4). */
  readonly userId: Id | null;
  readonly scopes: readonly string[];
  readonly authorizationId: Id | null;
  /** Read before anything is spent: a spent token without an answer would be lost. */
  readonly signingKey: SigningKey;
}

/** A new access token: a JWT of RFC 9068, signed ES256. @returns the token and its lifetime in seconds */
export function issueAccessToken(
  needs: Needs,
  instance: Instance,
  grant: AccessTokenGrant,
): { accessToken: string; expiresIn: number } {
  const now = needs.clock();
  const iat = toUnixSeconds(now);
  const expiresIn = grant.application.accessTokenLifetime;
  const claims: AccessTokenClaims = {
    iss: instance.url,
    sub: grant.userId ?? grant.application.clientId,
    aud: instance.url,
    client_id: grant.application.clientId,
    scope: grant.scopes.join(' '),
    iat,
    exp: iat + expiresIn,
    jti: newId(now),
    instance_id: instance.id,
    ...(grant.authorizationId && { authorization_id: grant.authorizationId }),
  };
  return { accessToken: signJwt(grant.signingKey, claims), expiresIn };
}

function signJwt(key: SigningKey, claims: AccessTokenClaims): string {
  const signed = `${key.tokenHeader}.${encodePart(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/**
 * The claims of a token that this instance signed and that has not expired. Says nothing about revocation.
 * @returns null for everything else
 */
export async function readAccessToken(
  needs: Needs,
  instance: Instance,
  token: string,
): Promise<AccessTokenClaims | null> {
  if (token.length > 8192) return null;
  const keys = await needs.signingKeys.published(instance.id);
  const claims = needs.verifiedTokens.read(token, keys);
  if (
    !claims ||
    claims.iss !== instance.url ||
    claims.aud !== instance.url ||
    claims.instance_id !== instance.id
  )
    return null;
  return claims.exp > toUnixSeconds(needs.clock()) ? claims : null;
}

/**
 * The claims of a token that is good at this moment: signed, not expired, not revoked, its authorization and user
 * live and its application enabled (what RFC 7662 calls active).
 * @returns null for everything else
 */
export async function verifyAccessToken(
  needs: Needs,
  instance: Instance,
  token: string,
): Promise<AccessTokenClaims | null> {
  const claims = await readAccessToken(needs, instance, token);
  if (!claims) return null;
  const client = await needs.clients.find(instance.id, claims.client_id);
  if (!client?.application.enabled) return null;
  if (claims.authorization_id !== undefined)
    return (await isAuthorizedTokenLive(needs.db, instance.id, claims.jti, claims.authorization_id))
      ? claims
      : null;
  if (await isAccessTokenRevoked(needs.db, instance.id, claims.jti)) return null;
  if (claims.sub === claims.client_id) return claims;
  const userId = parseId(claims.sub);
  const user = userId && (await findUser(needs.db, instance.id, userId));
  return user?.active ? claims : null;
}
