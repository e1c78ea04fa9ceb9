import { type Id, idBytes } from '../base/ids.ts';
import { sha256 } from '../base/master-secret.ts';
import type { Instant } from '../base/units.ts';
import type { Reader, Transaction } from './engine/database.ts';

/**
 * Spends the `jti` of an assertion (RFC 7523 3): the one write that decides which of several uses counts.
 * @param expiresAt from when on the assertion is refused anyway, and the row can go
 * @returns false when this application presented that `jti` before
 */
export async function spendAssertion(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  jti: string,
  expiresAt: Instant,
): Promise<boolean> {
  const rows = await tx.sql`
    INSERT INTO spent_assertions (hash, instance_id, expires_at)
    VALUES (${sha256(`${applicationId} ${jti}`)}, ${idBytes(instanceId)}, ${expiresAt})
    ON CONFLICT (hash) DO NOTHING RETURNING expires_at`;
  return rows.length === 1;
}

/** Remembers, until it expires, that one access token was revoked (RFC 7009). */
export async function revokeAccessToken(
  tx: Transaction,
  instanceId: Id,
  jti: Id,
  expiresAt: Instant,
): Promise<void> {
  await tx.sql`
    INSERT INTO revoked_access_tokens (jti, instance_id, expires_at)
    VALUES (${idBytes(jti)}, ${idBytes(instanceId)}, ${expiresAt}) ON CONFLICT (jti) DO NOTHING`;
}

/** For access tokens without an authorization behind them; for the others see `isAuthorizedTokenLive`. */
export async function isAccessTokenRevoked(db: Reader, instanceId: Id, jti: Id): Promise<boolean> {
  const rows = await db.sql`
    SELECT jti FROM revoked_access_tokens WHERE jti = ${idBytes(jti)} AND instance_id = ${idBytes(instanceId)}`;
  return rows.length > 0;
}

/**
 * Whether an access token with an authorization behind it is good still: in one statement, since APIs ask with every
 * call whether it was revoked, its authorization has ended, or its user was deactivated.
 */
export async function isAuthorizedTokenLive(
  db: Reader,
  instanceId: Id,
  jti: Id,
  authorizationId: Id,
): Promise<boolean> {
  const rows = await db.sql`
    SELECT a.generation
    FROM authorizations a JOIN users u ON u.id = a.user_id AND u.instance_id = a.instance_id
    WHERE a.id = ${idBytes(authorizationId)} AND a.instance_id = ${idBytes(instanceId)} AND a.revoked_at IS NULL
      AND u.active = 1
      AND NOT EXISTS (
        SELECT r.jti FROM revoked_access_tokens r WHERE r.jti = ${idBytes(jti)} AND r.instance_id = a.instance_id)`;
  return rows.length > 0;
}
