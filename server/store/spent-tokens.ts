import { type Id, idBytes } from '../base/ids.ts';
import { sha256 } from '../base/master-secret.ts';
import type { Instant } from '../base/units.ts';
import type { Authorization } from '../model/authorization.ts';
import type { UserStanding } from '../model/user.ts';
import type { Reader, Transaction } from './engine/database.ts';
import { subjectAsId, type UserColumns, userFrom } from './users.ts';

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

/**
 * Keeps an access token from being revoked until the transaction ends, if it was not before. A row that is not there cannot be locked:
 * it is written and taken away again, and whoever writes the same waits for that.
 */
export async function lockRevocation(tx: Transaction, instanceId: Id, jti: Id): Promise<void> {
  const rows = await tx.sql`
    INSERT INTO revoked_access_tokens (jti, instance_id, expires_at)
    VALUES (${idBytes(jti)}, ${idBytes(instanceId)}, 0) ON CONFLICT (jti) DO NOTHING RETURNING jti`;
  if (rows.length === 1)
    await tx.sql`
      DELETE FROM revoked_access_tokens WHERE jti = ${idBytes(jti)} AND instance_id = ${idBytes(instanceId)}`;
}

/** Whether an access token that nobody stands behind, neither an authorization nor a user, was revoked. */
export async function isAccessTokenRevoked(db: Reader, instanceId: Id, jti: Id): Promise<boolean> {
  const rows = await db.sql`
    SELECT jti FROM revoked_access_tokens WHERE jti = ${idBytes(jti)} AND instance_id = ${idBytes(instanceId)}`;
  return rows.length > 0;
}

/** What stands behind an access token, beside its client. */
export interface BehindToken {
  /** Whether the token itself was revoked. */
  readonly revoked: boolean;
  /** Null where nobody was asked to allow anything. */
  readonly authorization: Pick<Authorization, 'createdAt' | 'expiresAt' | 'revokedAt'> | null;
  /** Null when there is no such user any more; undefined where the application acts for itself. */
  readonly user: UserStanding | null | undefined;
}

interface BehindRow extends UserColumns {
  revoked_jti: Uint8Array | null;
}

/**
 * What stands behind an access token that an authorization gave: in one statement, since APIs ask with every call.
 * @returns undefined when there is no such authorization
 */
export async function findBehindAuthorization(
  db: Reader,
  instanceId: Id,
  jti: Id,
  authorizationId: Id,
): Promise<BehindToken | undefined> {
  const [row] = await db.sql<
    BehindRow & { created_at: number; expires_at: number | null; revoked_at: number | null }
  >`
    SELECT a.created_at, a.expires_at, a.revoked_at, u.active AS user_active, u.role AS user_role,
      u.last_active_at AS user_last_active_at, r.jti AS revoked_jti
    FROM authorizations a
    LEFT JOIN users u ON u.id = a.user_id AND u.instance_id = a.instance_id
    LEFT JOIN revoked_access_tokens r ON r.jti = ${idBytes(jti)} AND r.instance_id = a.instance_id
    WHERE a.id = ${idBytes(authorizationId)} AND a.instance_id = ${idBytes(instanceId)}`;
  return (
    row && {
      revoked: row.revoked_jti !== null,
      authorization: { createdAt: row.created_at, expiresAt: row.expires_at, revokedAt: row.revoked_at },
      user: userFrom(row),
    }
  );
}

/**
 * The same for an access token that a key of an application got for a user, without an authorization.
 * @param userId whom the key acts for; undefined where the token does not tell which key it was
 * @returns undefined when there is no such user, or the subject is somebody else's by now
 */
export async function findBehindUser(
  db: Reader,
  instanceId: Id,
  jti: Id,
  subject: string,
  userId: Id | undefined,
): Promise<BehindToken | undefined> {
  const anyUser = userId === undefined ? 1 : 0;
  const user = userId ? idBytes(userId) : new Uint8Array();
  const [row] = await db.sql<BehindRow>`
    SELECT u.active AS user_active, u.role AS user_role, u.last_active_at AS user_last_active_at,
      r.jti AS revoked_jti
    FROM users u LEFT JOIN revoked_access_tokens r ON r.jti = ${idBytes(jti)} AND r.instance_id = u.instance_id
    WHERE u.instance_id = ${idBytes(instanceId)} AND u.subject = ${subject} AND (${anyUser} = 1 OR u.id = ${user})
    UNION ALL
    SELECT u.active, u.role, u.last_active_at, r.jti
    FROM users u LEFT JOIN revoked_access_tokens r ON r.jti = ${idBytes(jti)} AND r.instance_id = u.instance_id
    WHERE u.id = ${subjectAsId(subject)} AND u.instance_id = ${idBytes(instanceId)} AND u.subject IS NULL
      AND (${anyUser} = 1 OR u.id = ${user})`;
  return row && { revoked: row.revoked_jti !== null, authorization: null, user: userFrom(row) };
}
