import { firstIdOf, type Id, idBytes, idBytesOrNull, idFrom, idFromOrNull } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Actor, AuditEvent, AuditEventType, Via } from '../model/event.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';

/** Writes an event in the transaction of what it records. */
export async function insertAuditEvent(tx: Transaction, event: AuditEvent): Promise<void> {
  await tx.sql`
    INSERT INTO audit_events (id, instance_id, time, type, actor_type, actor_id, via_application_id, via_authorization_id,
      via_public_key_id, application_id, user_id, ip, detail)
    VALUES (${idBytes(event.id)}, ${idBytes(event.instanceId)}, ${event.time}, ${event.type}, ${event.actor.type},
      ${idBytesOrNull(event.actor.id)}, ${idBytesOrNull(event.via?.applicationId ?? null)},
      ${idBytesOrNull(event.via?.authorizationId ?? null)}, ${idBytesOrNull(event.via?.publicKeyId ?? null)},
      ${idBytesOrNull(event.applicationId)}, ${idBytesOrNull(event.userId)}, ${event.ip}, ${JSON.stringify(event.detail)})`;
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
  via_application_id: Uint8Array | null;
  via_authorization_id: Uint8Array | null;
  via_public_key_id: Uint8Array | null;
  application_id: Uint8Array | null;
  user_id: Uint8Array | null;
  ip: string | null;
  detail: string;
}

const columns = new Columns(
  `id, instance_id, time, type, actor_type, actor_id, via_application_id, via_authorization_id, via_public_key_id,
    application_id, user_id, ip, detail`,
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

/** Events that may name a person: those about a user, or those by them about others. */
export const eventsThatName = ['about', 'by'] as const;
export type EventsThatName = (typeof eventsThatName)[number];

/** Of an event, what `forgetPersonInEvents` has to know. */
export interface EventThatNames {
  readonly id: Id;
  readonly detail: string;
}

/** The oldest of the events that may name a user, as far as they have greater IDs than one. */
export async function listEventsThatName(
  db: Reader,
  instanceId: Id,
  userId: Id,
  events: EventsThatName,
  after: Id,
  limit: number,
): Promise<EventThatNames[]> {
  const [user, instance, begin] = [idBytes(userId), idBytes(instanceId), idBytes(after)];
  const rows = await (events === 'about'
    ? db.sql<Pick<Row, 'id' | 'detail'>>`
        SELECT id, detail FROM audit_events
        WHERE user_id = ${user} AND instance_id = ${instance} AND id > ${begin} ORDER BY id LIMIT ${limit}`
    : db.sql<Pick<Row, 'id' | 'detail'>>`
        SELECT id, detail FROM audit_events
        WHERE actor_id = ${user} AND actor_id IS DISTINCT FROM user_id AND instance_id = ${instance}
          AND id > ${begin} ORDER BY id LIMIT ${limit}`);
  return rows.map(({ id, detail }) => ({ id: idFrom(id), detail }));
}

/** Takes what names a person out of all that a list gave: email addresses, and the addresses that they came from. */
export async function forgetPersonInEvents(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  events: EventsThatName,
  list: readonly EventThatNames[],
): Promise<void> {
  const [first, last] = [list.at(0), list.at(-1)];
  if (!first || !last) return;
  const [user, instance, begin, end] = [userId, instanceId, first.id, last.id].map(idBytes) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  if (events === 'by') {
    await tx.sql`
      UPDATE audit_events SET ip = NULL
      WHERE actor_id = ${user} AND actor_id IS DISTINCT FROM user_id AND instance_id = ${instance}
        AND id >= ${begin} AND id <= ${end} AND ip IS NOT NULL`;
    return;
  }
  await tx.sql`
    UPDATE audit_events SET ip = NULL
    WHERE user_id = ${user} AND instance_id = ${instance} AND id >= ${begin} AND id <= ${end}
      AND (actor_id = ${user} OR actor_type = 'system') AND ip IS NOT NULL`;
  const named = list.filter(({ detail }) => detail.includes('"email":'));
  // All on their way at once: PostgreSQL is asked once.
  await Promise.all(
    named.map(({ id, detail }) => {
      const { email: _email, ...rest } = JSON.parse(detail) as Record<string, unknown>;
      return tx.sql`
        UPDATE audit_events SET detail = ${JSON.stringify(rest)}
        WHERE id = ${idBytes(id)} AND instance_id = ${instance}`;
    }),
  );
}

function fromRow(row: Row): AuditEvent {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    time: row.time,
    type: row.type,
    actor: { type: row.actor_type, id: idFromOrNull(row.actor_id) } as Actor,
    via: viaFromRow(row),
    applicationId: idFromOrNull(row.application_id),
    userId: idFromOrNull(row.user_id),
    ip: row.ip,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}

function viaFromRow(row: Row): Via | null {
  const applicationId = idFromOrNull(row.via_application_id);
  return (
    applicationId && {
      applicationId,
      authorizationId: idFromOrNull(row.via_authorization_id),
      publicKeyId: idFromOrNull(row.via_public_key_id),
    }
  );
}
