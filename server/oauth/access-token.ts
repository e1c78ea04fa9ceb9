import { sign, verify } from 'node:crypto';
import { type Id, newId, parseId } from '../ids.ts';
import type { Application } from '../registry/application.ts';
import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { findAuthorization } from '../store/authorizations.ts';
import { isAccessTokenRevoked } from '../store/spent-tokens.ts';
import { findUser } from '../store/users.ts';
import { toUnixSeconds } from '../units.ts';
import { encodePart } from './jwt.ts';
import type { SigningKey } from './signing-keys.ts';

/** The claims of an access token (RFC 9068 2.2); times in Unix seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  /** The user's ID, or the client ID where no user is behind it. */
  readonly sub: Id;
  readonly aud: string;
  readonly client_id: Id;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: Id;
  readonly instance_id: Id;
  /** Present where an authorization is behind the token. */
  readonly authorization_id?: Id;
}

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
  services: Services,
  instance: Instance,
  grant: AccessTokenGrant,
): { accessToken: string; expiresIn: number } {
  const now = services.clock();
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
  services: Services,
  instance: Instance,
  token: string,
): Promise<AccessTokenClaims | null> {
  const parts = token.split('.');
  if (parts.length !== 3 || token.length > 8192) return null;
  const [header, payload, signature] = parts as [string, string, string];
  const { alg, typ, kid } = decode(header) ?? {};
  if (alg !== 'ES256' || typ !== 'at+jwt') return null;
  const key = (await services.signingKeys.published(instance.id)).find((each) => each.kid === kid);
  if (!key) return null;
  const bytes = Buffer.from(signature, 'base64url');
  // Base64 has several spellings of the same bytes; ours is the only one that was issued.
  if (bytes.length !== 64 || bytes.toString('base64url') !== signature) return null;
  if (
    !verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
      bytes,
    )
  )
    return null;
  const claims = decode(payload) as AccessTokenClaims | null;
  if (
    !claims ||
    claims.iss !== instance.url ||
    claims.aud !== instance.url ||
    claims.instance_id !== instance.id
  )
    return null;
  return claims.exp > toUnixSeconds(services.clock()) ? claims : null;
}

function decode(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/**
 * The claims of a token that is good at this moment: signed, not expired, not revoked, its authorization and user
 * live and its application enabled (what RFC 7662 calls active).
 * @returns null for everything else
 */
export async function verifyAccessToken(
  services: Services,
  instance: Instance,
  token: string,
): Promise<AccessTokenClaims | null> {
  const claims = await readAccessToken(services, instance, token);
  if (!claims) return null;
  const client = await services.clients.find(instance.id, claims.client_id);
  if (!client?.application.enabled) return null;
  if (await isAccessTokenRevoked(services.db, instance.id, claims.jti)) return null;
  if (claims.authorization_id !== undefined) {
    const authorization = await findAuthorization(services.db, instance.id, claims.authorization_id);
    return authorization && authorization.revokedAt === null && authorization.userActive ? claims : null;
  }
  if (claims.sub === claims.client_id) return claims;
  const userId = parseId(claims.sub);
  const user = userId && (await findUser(services.db, instance.id, userId));
  return user?.active ? claims : null;
}
