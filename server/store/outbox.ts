import { firstIdOf, type Id, idBytes, idFrom, newId } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Database, Reader, Transaction } from './engine/database.ts';

/** What is sent to others: `logout`, that a session has ended (OpenID Connect Back-Channel Logout 1.0). */
export type OutboxKind = 'logout';

/** Something that is still to be sent to an application. */
export interface OutboxEntry {
  readonly id: Id;
  readonly instanceId: Id;
  readonly applicationId: Id;
  /** What the kind makes of it; nothing secret. */
  readonly payload: unknown;
  readonly createdAt: Instant;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

type Writer = Pick<Database, 'write'>;

/** Writes what is to be sent into the transaction of what it tells of. This process sends it when that is on disk. */
export async function insertOutboxEntries(
  tx: Transaction,
  now: Instant,
  kind: OutboxKind,
  entries: readonly Pick<OutboxEntry, 'instanceId' | 'applicationId' | 'payload'>[],
): Promise<void> {
  if (entries.length === 0) return;
  await Promise.all(
    entries.map(
      ({ instanceId, applicationId, payload }) => tx.sql`
        INSERT INTO outbox (id, instance_id, kind, application_id, payload, created_at, attempts, next_attempt_at)
        VALUES (${idBytes(newId(now))}, ${idBytes(instanceId)}, ${kind}, ${idBytes(applicationId)},
          ${JSON.stringify(payload)}, ${now}, 0, ${now})`,
    ),
  );
  tx.announce('outbox');
}

/** The applications for which something is due. One step in the index for each that there is anything for, however much it is. */
export async function listDueApplications(db: Reader, kind: OutboxKind, now: Instant): Promise<Id[]> {
  const rows = await db.sql<{ application_id: Uint8Array }>`
    WITH RECURSIVE found (application_id) AS (
      SELECT (SELECT application_id FROM outbox ORDER BY application_id LIMIT 1)
      UNION ALL
      SELECT (SELECT o.application_id FROM outbox o WHERE o.application_id > found.application_id
              ORDER BY o.application_id LIMIT 1)
      FROM found WHERE found.application_id IS NOT NULL)
    SELECT application_id FROM found
    WHERE application_id IS NOT NULL AND EXISTS (
      SELECT 1 FROM outbox o
      WHERE o.application_id = found.application_id AND o.next_attempt_at <= ${now} AND o.kind = ${kind})`;
  return rows.map(({ application_id }) => idFrom(application_id));
}

/**
 * Takes what is due for an application, the longest due first, so that no other process takes it.
 * @param until when it is due again if nobody says how the attempt went
 * @returns undefined when nothing is due
 */
export async function claimOutboxEntry(
  db: Reader & Writer,
  kind: OutboxKind,
  applicationId: Id,
  now: Instant,
  until: Instant,
): Promise<OutboxEntry | undefined> {
  for (;;) {
    const [due] = await db.sql<{ id: Uint8Array }>`
      SELECT id FROM outbox
      WHERE application_id = ${idBytes(applicationId)} AND kind = ${kind} AND next_attempt_at <= ${now}
      ORDER BY next_attempt_at LIMIT 1`;
    if (!due) return undefined;
    const [row] = await db.write<{
      id: Uint8Array;
      instance_id: Uint8Array;
      payload: string;
      created_at: number;
      attempts: number;
    }>`
      UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ${until}
      WHERE id = ${due.id} AND next_attempt_at <= ${now}
      RETURNING id, instance_id, payload, created_at, attempts`;
    // Another process may have been faster: then there may be something else.
    if (row)
      return {
        id: idFrom(row.id),
        instanceId: idFrom(row.instance_id),
        applicationId,
        payload: JSON.parse(row.payload),
        createdAt: row.created_at,
        attempts: row.attempts,
      };
  }
}

/** It was delivered, or is given up. */
export async function deleteOutboxEntry(db: Writer, { id, instanceId }: OutboxEntry): Promise<void> {
  await db.write`DELETE FROM outbox WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}

/** It was not delivered, and is due again later; where another process has taken it meanwhile, that one says when. */
export async function postponeOutboxEntry(
  db: Writer,
  { id, instanceId, attempts }: OutboxEntry,
  until: Instant,
): Promise<void> {
  await db.write`
    UPDATE outbox SET next_attempt_at = ${until}
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)} AND attempts = ${attempts}`;
}

/** Deletes a batch of what was written before an instant. @returns for whom each of them was */
export async function deleteOldOutboxEntries(
  db: Writer,
  kind: OutboxKind,
  before: Instant,
  limit: number,
): Promise<Id[]> {
  const rows = await db.write<{ application_id: Uint8Array }>`
    DELETE FROM outbox WHERE id IN (
      SELECT id FROM outbox WHERE id < ${idBytes(firstIdOf(before))} AND kind = ${kind} ORDER BY id LIMIT ${limit})
    RETURNING application_id`;
  return rows.map(({ application_id }) => idFrom(application_id));
}
