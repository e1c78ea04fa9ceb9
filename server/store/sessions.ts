import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import {
  type Authentication,
  byPassword,
  lastAuthenticatedAt,
  withAuthentication,
} from '../model/authentication.ts';
import type { Locale, Role, User } from '../model/user.ts';
import type { Database, Reader, Sql, Transaction } from './engine/database.ts';
import { fromRow as userFromRow } from './users.ts';

/** A browser session as it is kept. Its token exists only in the browser's cookie. */
export interface StoredSession {
  readonly id: Id;
  readonly instanceId: Id;
  readonly userId: Id;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
  /** How its user showed who they are: at the sign-in, and again for something dangerous. At least one. */
  readonly authentications: readonly Authentication[];
  /** Digest of the authorization request that the sign-in was made for and that has had no answer by it; null for none. */
  readonly signedInFor: Uint8Array | null;
  readonly ip: string;
  readonly userAgent: string;
}

interface Row {
  id: Uint8Array;
  instance_id: Uint8Array;
  user_id: Uint8Array;
  created_at: number;
  last_seen_at: number;
  authenticated_at: number;
  authentications: string | null;
  signed_in_for: Uint8Array | null;
  ip: string;
  user_agent: string;
}

interface RowWithUser extends Row {
  email: string;
  name: string;
  role: Role;
  active: number;
  locale: Locale | null;
  email_verified: number;
  subject: string | null;
  claims: string;
  has_password: number;
  last_active_at: number | null;
  user_created_at: number;
  updated_at: number | null;
}

/** @param tokenHash SHA-256 of the cookie's value, which is kept nowhere */
export async function insertSession(
  tx: Transaction,
  session: StoredSession,
  tokenHash: Buffer,
): Promise<void> {
  await tx.sql`
    INSERT INTO sessions (token_hash, id, instance_id, user_id, created_at, last_seen_at, authenticated_at,
      authentications, signed_in_for, ip, user_agent)
    VALUES (${tokenHash}, ${idBytes(session.id)}, ${idBytes(session.instanceId)}, ${idBytes(session.userId)},
      ${session.createdAt}, ${session.lastSeenAt}, ${lastAuthenticatedAt(session.authentications)},
      ${writeAuthentications(session.authentications)}, ${session.signedInFor}, ${session.ip}, ${session.userAgent})`;
}

/** The session of a token and its user, whatever their state: `accounts/sessions.ts` has the rules. */
export async function findStoredSession(
  db: Reader,
  instanceId: Id,
  tokenHash: Buffer,
): Promise<{ session: StoredSession; user: User } | undefined> {
  const [row] = await db.sql<RowWithUser>`
    SELECT s.id, s.instance_id, s.user_id, s.created_at, s.last_seen_at, s.authenticated_at, s.authentications, s.signed_in_for,
      s.ip, s.user_agent, u.subject, u.email, u.email_verified, u.name, u.role, u.active, u.locale, u.claims,
      CASE WHEN u.password_hash = '' THEN 0 ELSE 1 END AS has_password, u.last_active_at,
      u.created_at AS user_created_at, u.updated_at
    FROM sessions s JOIN users u ON u.id = s.user_id AND u.instance_id = s.instance_id
    WHERE s.token_hash = ${tokenHash} AND s.instance_id = ${idBytes(instanceId)}`;
  if (!row) return undefined;
  return {
    session: fromRow(row),
    user: userFromRow({ ...row, id: row.user_id, created_at: row.user_created_at }),
  };
}

/** Notes a use of the session and with it the user's activity. Neither ever goes back in time. */
export async function touchSession(
  db: Database,
  session: Pick<StoredSession, 'id' | 'instanceId' | 'userId'>,
  now: Instant,
): Promise<void> {
  await db.transaction(async (tx) => {
    // The user before the session, as in every other transaction that writes both.
    await tx.sql`
      UPDATE users SET last_active_at = ${now}
      WHERE id = ${idBytes(session.userId)} AND instance_id = ${idBytes(session.instanceId)}
        AND (last_active_at IS NULL OR last_active_at < ${now})`;
    await tx.sql`
      UPDATE sessions SET last_seen_at = ${now}
      WHERE id = ${idBytes(session.id)} AND instance_id = ${idBytes(session.instanceId)} AND last_seen_at < ${now}`;
  });
}

/**
 * Gives a session another token; the one before is dead.
 * @param authentication what its user proved themselves by for it, which the list then has too; null for nothing
 * @returns whether there is such a session of this user
 */
export async function replaceSessionToken(
  tx: Transaction,
  session: Pick<StoredSession, 'id' | 'instanceId' | 'userId'>,
  tokenHash: Buffer,
  authentication: Authentication | null,
): Promise<boolean> {
  const [row] = await tx.sql<Pick<Row, 'authenticated_at' | 'authentications'>>`
    UPDATE sessions SET token_hash = ${tokenHash}
    WHERE id = ${idBytes(session.id)} AND user_id = ${idBytes(session.userId)}
      AND instance_id = ${idBytes(session.instanceId)}
    RETURNING authenticated_at, authentications`;
  if (!row || !authentication) return row !== undefined;
  const authentications = withAuthentication(readAuthentications(row), authentication);
  await tx.sql`
    UPDATE sessions SET authenticated_at = ${lastAuthenticatedAt(authentications)},
      authentications = ${writeAuthentications(authentications)}
    WHERE id = ${idBytes(session.id)} AND instance_id = ${idBytes(session.instanceId)}`;
  return true;
}

/**
 * Uses up the sign-in of a session for the authorization request that it was made for.
 * @param write of the database, or `sql` of a transaction
 * @param signedInFor that request's digest
 * @returns false when it had been used up, or the session has ended
 */
export async function spendSignIn(write: Sql, instanceId: Id, id: Id, signedInFor: Buffer): Promise<boolean> {
  const rows = await write`
    UPDATE sessions SET signed_in_for = NULL
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)} AND signed_in_for = ${signedInFor}
    RETURNING id`;
  return rows.length === 1;
}

/**
 * The session of a token, which nobody ends or gives another token until the transaction does.
 * @returns undefined when that has happened
 */
export async function lockSession(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  tokenHash: Buffer,
): Promise<StoredSession | undefined> {
  const [row] = await tx.sql<Row>`
    UPDATE sessions SET ip = ip
    WHERE token_hash = ${tokenHash} AND user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
    RETURNING id, instance_id, user_id, created_at, last_seen_at, authenticated_at, authentications, signed_in_for,
      ip, user_agent`;
  return row && fromRow(row);
}

/** Every stored session of a user, the one used last first. */
export async function listSessions(db: Reader, instanceId: Id, userId: Id): Promise<StoredSession[]> {
  const rows = await db.sql<Row>`
    SELECT id, instance_id, user_id, created_at, last_seen_at, authenticated_at, authentications, signed_in_for, ip,
      user_agent
    FROM sessions WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
    ORDER BY last_seen_at DESC LIMIT 100`;
  return rows.map(fromRow);
}

/**
 * Ends the session of a cookie's value, whoever's it is.
 * @param tokenHash SHA-256 of that value
 * @returns whose it was; undefined when there was none
 */
export async function deleteSessionByToken(
  tx: Transaction,
  instanceId: Id,
  tokenHash: Buffer,
): Promise<Id | undefined> {
  const [row] = await tx.sql<Pick<Row, 'user_id'>>`
    DELETE FROM sessions WHERE token_hash = ${tokenHash} AND instance_id = ${idBytes(instanceId)} RETURNING user_id`;
  return row && idFrom(row.user_id);
}

/** Ends one session of this user. @returns how many that were */
export async function deleteSession(tx: Transaction, instanceId: Id, userId: Id, id: Id): Promise<number> {
  const rows = await tx.sql`
    DELETE FROM sessions
    WHERE id = ${idBytes(id)} AND user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
    RETURNING id`;
  return rows.length;
}

/** Ends every session of a user, but for one. @returns how many that were */
export async function deleteSessionsOfUser(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  except: Id | undefined,
): Promise<number> {
  const rows = await tx.sql`
    DELETE FROM sessions
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
      AND id <> ${except ? idBytes(except) : new Uint8Array()}
    RETURNING id`;
  return rows.length;
}

function fromRow(row: Row): StoredSession {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    userId: idFrom(row.user_id),
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    authentications: readAuthentications(row),
    signedInFor: row.signed_in_for,
    ip: row.ip,
    userAgent: row.user_agent,
  };
}

function writeAuthentications(authentications: readonly Authentication[]): string {
  return JSON.stringify(
    authentications.map(({ method, at, isUntold, credentialId, told }) => ({
      method,
      at,
      ...(isUntold && { untold: true }),
      credential_id: credentialId,
      ...(told && told.length > 0 && { amr: told }),
    })),
  );
}

/** With the password that a process of an earlier version was given, which notes nothing but when. */
function readAuthentications(row: Pick<Row, 'authenticated_at' | 'authentications'>): Authentication[] {
  const written = JSON.parse(row.authentications ?? '[]') as {
    method: Authentication['method'];
    at: Instant;
    untold?: true;
    credential_id: Id | null;
    amr?: readonly string[];
  }[];
  const list = written.map(({ method, at, untold, credential_id, amr }) => ({
    method,
    at,
    ...(untold && { isUntold: untold }),
    credentialId: credential_id,
    ...(amr && { told: amr }),
  }));
  const isComplete = list.length > 0 && lastAuthenticatedAt(list) >= row.authenticated_at;
  return isComplete ? list : withAuthentication(list, byPassword(row.authenticated_at));
}
