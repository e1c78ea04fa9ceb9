import { firstIdOf, type Id, idBytes, idBytesOrNull, idFrom, idFromOrNull, newId } from '../ids.ts';
import type { Instant } from '../units.ts';
import { Columns, type Reader, type Transaction } from './database.ts';

export const auditEventTypes = [
  'application.created',
  'application.updated',
  'application.deleted',
  'client_secret.added',
  'client_secret.deleted',
  'public_key.added',
  'public_key.deleted',
  'user.created',
  'user.updated',
  'login.succeeded',
  'login.failed',
  'login.locked',
  'authorization.granted',
  'authorization.revoked',
  'refresh_token.reused',
  'authorization_code.reused',
  'signing_key.rotated',
  'instance.created',
  'instance.updated',
] as const;
export type AuditEventType = (typeof auditEventTypes)[number];

/** Who did it: a signed-in person, a client, or the server and its command line (without an ID). */
export type Actor =
  | { readonly type: 'user' | 'application'; readonly id: Id }
  | { readonly type: 'system'; readonly id: null };

export const system: Actor = { type: 'system', id: null };

export interface AuditEvent {
  readonly id: Id;
  readonly instanceId: Id;
  readonly time: Instant;
  readonly type: AuditEventType;
  readonly actor: Actor;
  readonly applicationId: Id | null;
  /** Whom it concerns, which need not be who did it. */
  readonly userId: Id | null;
  readonly ip: string | null;
  /** Nothing secret: field names and IDs, never a token, secret or password. */
  readonly detail: Record<string, unknown>;
}

/** What a caller says of an event; the rest is filled in here. */
export interface NewAuditEvent {
  instanceId: Id;
  type: AuditEventType;
  actor: Actor;
  applicationId?: Id | null;
  userId?: Id | null;
  ip: string | null;
  detail?: Record<string, unknown>;
}

/** Writes an event in the transaction of what it records. */
export async function recordAuditEvent(tx: Transaction, now: Instant, event: NewAuditEvent): Promise<void> {
  await tx.sql`
    INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail)
    VALUES (${idBytes(newId(now))}, ${idBytes(event.instanceId)}, ${now}, ${event.type}, ${event.actor.type},
      ${idBytesOrNull(event.actor.id)}, ${idBytesOrNull(event.applicationId ?? null)},
      ${idBytesOrNull(event.userId ?? null)}, ${event.ip}, ${JSON.stringify(event.detail ?? {})})`;
}

export interface AuditEventFilter {
  type?: string | undefined;
  applicationId?: Id | undefined;
  userId?: Id | undefined;
  /** Who did it. */
  actorId?: Id | undefined;
  /** Inclusive. */
  since?: Instant | undefined;
  /** Exclusive. */
  until?: Instant | undefined;
}

interface Row {
  id: Uint8Array;
  instance_id: Uint8Array;
  time: number;
  type: AuditEventType;
  actor_type: Actor['type'];
  actor_id: Uint8Array | null;
  application_id: Uint8Array | null;
  user_id: Uint8Array | null;
  ip: string | null;
  detail: string;
}

const columns = new Columns(
  'id, instance_id, time, type, actor_type, actor_id, application_id, user_id, ip, detail',
);

const lastId = 'ffffffffffffffffffffffffffffffff' as Id;

/**
 * Newest first. Absent filters become bounds that everything satisfies, so that a statement is one text; there is one for each
 * index by which few of many events are found. The times bound the IDs, which begin with them.
 * @param before the ID that the page before ended with; undefined for the first page
 */
export async function listAuditEvents(
  db: Reader,
  instanceId: Id,
  filter: AuditEventFilter,
  before: Id | undefined,
  limit: number,
): Promise<AuditEvent[]> {
  const instance = idBytes(instanceId);
  const { applicationId, userId, actorId, type } = filter;
  const first = idBytes(firstIdOf(filter.since ?? 0));
  const until = filter.until === undefined ? lastId : firstIdOf(filter.until);
  const end = idBytes(before === undefined || until < before ? until : before);
  const none = new Uint8Array();
  const user = userId ? idBytes(userId) : none;
  const anyUser = userId === undefined ? 1 : 0;
  const actor = actorId ? idBytes(actorId) : none;
  const anyActor = actorId === undefined ? 1 : 0;
  const anyType = type === undefined ? 1 : 0;
  const find = (): Promise<Row[]> => {
    if (applicationId !== undefined)
      return db.sql`
        SELECT ${columns} FROM audit_events
        WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${instance}
          AND id >= ${first} AND id < ${end}
          AND (${anyUser} = 1 OR user_id = ${user}) AND (${anyActor} = 1 OR actor_id = ${actor})
          AND (${anyType} = 1 OR type = ${type ?? ''})
        ORDER BY id DESC LIMIT ${limit}`;
    if (userId !== undefined)
      return db.sql`
        SELECT ${columns} FROM audit_events
        WHERE user_id = ${user} AND instance_id = ${instance} AND id >= ${first} AND id < ${end}
          AND (${anyActor} = 1 OR actor_id = ${actor}) AND (${anyType} = 1 OR type = ${type ?? ''})
        ORDER BY id DESC LIMIT ${limit}`;
    if (actorId !== undefined)
      return db.sql`
        SELECT ${columns} FROM audit_events
        WHERE user_id = ${actor} AND actor_id = ${actor} AND instance_id = ${instance}
          AND id >= ${first} AND id < ${end} AND (${anyType} = 1 OR type = ${type ?? ''})
        UNION ALL
        SELECT ${columns} FROM audit_events
        WHERE actor_id = ${actor} AND actor_id IS DISTINCT FROM user_id AND instance_id = ${instance}
          AND id >= ${first} AND id < ${end} AND (${anyType} = 1 OR type = ${type ?? ''})
        ORDER BY id DESC LIMIT ${limit}`;
    if (type !== undefined)
      return db.sql`
        SELECT ${columns} FROM audit_events
        WHERE instance_id = ${instance} AND type = ${type} AND id >= ${first} AND id < ${end}
        ORDER BY id DESC LIMIT ${limit}`;
    return db.sql`
      SELECT ${columns} FROM audit_events WHERE instance_id = ${instance} AND id >= ${first} AND id < ${end}
      ORDER BY id DESC LIMIT ${limit}`;
  };
  const rows = await find();
  return rows.map(fromRow);
}

function fromRow(row: Row): AuditEvent {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    time: row.time,
    type: row.type,
    actor: { type: row.actor_type, id: idFromOrNull(row.actor_id) } as Actor,
    applicationId: idFromOrNull(row.application_id),
    userId: idFromOrNull(row.user_id),
    ip: row.ip,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}
