import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Role } from '../model/user.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';

/** An application that got an ID token in a browser session. */
export interface SessionClient {
  readonly sessionId: Id;
  readonly applicationId: Id;
  readonly instanceId: Id;
  readonly userId: Id;
}

/** The same, taken out because the session is over. */
export interface ClientOfEndedSession extends SessionClient {
  /** What tokens called the user; null when the user is deleted, and nobody knows any more. */
  readonly subject: string | null;
  /** Whether the application wants to be told, and is enabled. */
  readonly isTold: boolean;
}

interface Row {
  readonly session_id: Uint8Array;
  readonly application_id: Uint8Array;
  readonly instance_id: Uint8Array;
  readonly user_id: Uint8Array;
}

interface TakenRow extends Row {
  readonly told: number;
  /** Empty for a user who has none of their own. */
  readonly subject: string | null;
}

/**
 * Keeps that an application got an ID token in a session, whose end it is told of. The session may have ended since the code was issued:
 * then the end is told soon after.
 */
export async function noteSessionClient(tx: Transaction, client: SessionClient): Promise<void> {
  await tx.sql`
    INSERT INTO session_clients (session_id, application_id, instance_id, user_id)
    VALUES (${idBytes(client.sessionId)}, ${idBytes(client.applicationId)}, ${idBytes(client.instanceId)},
      ${idBytes(client.userId)})
    ON CONFLICT (session_id, application_id) DO NOTHING`;
}

const takenColumns = new Columns(
  `session_id, application_id, instance_id, user_id,
    (SELECT count(*) FROM applications a
     WHERE a.id = session_clients.application_id AND a.instance_id = session_clients.instance_id
       AND a.enabled = 1 AND a.backchannel_logout_uri IS NOT NULL) AS told,
    (SELECT COALESCE(u.subject, '') FROM users u
     WHERE u.id = session_clients.user_id AND u.instance_id = session_clients.instance_id) AS subject`,
);

/** Takes out the applications of those sessions of a user that are not there any more. */
export async function takeClientsOfGoneSessions(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
): Promise<ClientOfEndedSession[]> {
  const rows = await tx.sql<TakenRow>`
    DELETE FROM session_clients
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
      AND NOT EXISTS (
        SELECT 1 FROM sessions s
        WHERE s.id = session_clients.session_id AND s.instance_id = session_clients.instance_id)
    RETURNING ${takenColumns}`;
  return rows.map(taken);
}

/** Takes out the applications of a session that is over. */
export async function takeClientsOfSession(
  tx: Transaction,
  instanceId: Id,
  sessionId: Id,
): Promise<ClientOfEndedSession[]> {
  const rows = await tx.sql<TakenRow>`
    DELETE FROM session_clients
    WHERE session_id = ${idBytes(sessionId)} AND instance_id = ${idBytes(instanceId)}
    RETURNING ${takenColumns}`;
  return rows.map(taken);
}

/** A session that an application got an ID token in, as far as it says whether it is over. */
export interface SessionToLookAt {
  readonly id: Id;
  readonly instanceId: Id;
  /** Null when it is not there any more, or its user is not, or is deactivated. */
  readonly live: {
    readonly createdAt: Instant;
    readonly lastSeenAt: Instant;
    readonly role: Role;
  } | null;
}

/** Sessions that may be over by now, of all instances. @param limit rows; a session has one for each application */
export async function listSessionsToLookAt(
  db: Reader,
  now: Instant,
  limit: number,
): Promise<SessionToLookAt[]> {
  const rows = await db.sql<{
    session_id: Uint8Array;
    instance_id: Uint8Array;
    created_at: number | null;
    last_seen_at: number | null;
    role: Role | null;
  }>`
    SELECT c.session_id, c.instance_id, s.created_at, s.last_seen_at, u.role
    FROM session_clients c
    LEFT JOIN sessions s ON s.id = c.session_id AND s.instance_id = c.instance_id
    LEFT JOIN users u ON u.id = s.user_id AND u.instance_id = s.instance_id AND u.active = 1
    WHERE c.look_again_at <= ${now}
    ORDER BY c.look_again_at LIMIT ${limit}`;
  const sessions = rows.map(({ session_id, instance_id, created_at, last_seen_at, role }) => ({
    id: idFrom(session_id),
    instanceId: idFrom(instance_id),
    live:
      created_at === null || last_seen_at === null || role === null
        ? null
        : { createdAt: created_at, lastSeenAt: last_seen_at, role },
  }));
  return [...new Map(sessions.map((session) => [session.id, session])).values()];
}

/** Puts off the next look at a session. @param lookAgainAt when it may be over at the earliest */
export async function lookAgainAt(
  tx: Transaction,
  { id, instanceId }: Pick<SessionToLookAt, 'id' | 'instanceId'>,
  lookAgainAt: Instant,
): Promise<void> {
  await tx.sql`
    UPDATE session_clients SET look_again_at = ${lookAgainAt}
    WHERE session_id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}

/** The sessions of a user are to be looked at anew: another rule says from now on when they are over. */
export async function lookAgainAtSessionsOf(tx: Transaction, instanceId: Id, userId: Id): Promise<void> {
  await tx.sql`
    UPDATE session_clients SET look_again_at = 0
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}`;
}

function taken(row: TakenRow): ClientOfEndedSession {
  return {
    sessionId: idFrom(row.session_id),
    applicationId: idFrom(row.application_id),
    instanceId: idFrom(row.instance_id),
    userId: idFrom(row.user_id),
    subject: row.subject === '' ? idFrom(row.user_id) : row.subject,
    isTold: row.told > 0,
  };
}
