import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';
import { readWords, writeWords } from './words-column.ts';

/** A user's remembered yes to an application: what it may be given again without asking. */
export interface Consent {
  readonly instanceId: Id;
  readonly userId: Id;
  readonly applicationId: Id;
  readonly scopes: readonly string[];
  readonly createdAt: Instant;
}

interface Row {
  instance_id: Uint8Array;
  user_id: Uint8Array;
  application_id: Uint8Array;
  scopes: string;
  created_at: number;
}

const columns = new Columns('instance_id, user_id, application_id, scopes, created_at');

/** What a user has allowed an application before; undefined when nothing, or when it was forgotten. */
export async function findConsent(
  db: Reader,
  instanceId: Id,
  userId: Id,
  applicationId: Id,
): Promise<Consent | undefined> {
  const [row] = await db.sql<Row>`
    SELECT ${columns} FROM consents
    WHERE user_id = ${idBytes(userId)} AND application_id = ${idBytes(applicationId)}
      AND instance_id = ${idBytes(instanceId)}`;
  return row && fromRow(row);
}

/** All that a user has allowed, the oldest first. */
export async function listConsentsOfUser(db: Reader, instanceId: Id, userId: Id): Promise<Consent[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM consents WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
    ORDER BY created_at`;
  return rows.map(fromRow);
}

/** Remembers a yes; scopes that were allowed before stay remembered. */
export async function rememberConsent(tx: Transaction, consent: Consent): Promise<void> {
  // The update changes nothing: it locks the row that is there, so that two approvals at once lose no scope.
  const [row] = await tx.sql<{ scopes: string }>`
    INSERT INTO consents (user_id, application_id, instance_id, scopes, created_at)
    VALUES (${idBytes(consent.userId)}, ${idBytes(consent.applicationId)}, ${idBytes(consent.instanceId)},
      ${writeWords(consent.scopes)}, ${consent.createdAt})
    ON CONFLICT (user_id, application_id) DO UPDATE SET created_at = consents.created_at
    RETURNING scopes`;
  const remembered = readWords(row?.scopes ?? '');
  if (consent.scopes.every((scope) => remembered.includes(scope))) return;
  const scopes = [...new Set([...remembered, ...consent.scopes])].join(' ');
  await tx.sql`
    UPDATE consents SET scopes = ${scopes}, created_at = ${consent.createdAt}
    WHERE user_id = ${idBytes(consent.userId)} AND application_id = ${idBytes(consent.applicationId)}
      AND instance_id = ${idBytes(consent.instanceId)}`;
}

/** @returns false when there was none */
export async function deleteConsent(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  applicationId: Id,
): Promise<boolean> {
  const rows = await tx.sql`
    DELETE FROM consents
    WHERE user_id = ${idBytes(userId)} AND application_id = ${idBytes(applicationId)}
      AND instance_id = ${idBytes(instanceId)}
    RETURNING user_id`;
  return rows.length === 1;
}

/** Forgets all that a user has allowed. */
export async function deleteConsentsOfUser(tx: Transaction, instanceId: Id, userId: Id): Promise<void> {
  await tx.sql`
    DELETE FROM consents WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}`;
}

/** Forgets what a user has allowed, where a scope is a part of it: the applications ask again. */
export async function deleteConsentsWithScope(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  scope: string,
): Promise<void> {
  await tx.sql`
    DELETE FROM consents
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
      AND replace(' ' || scopes || ' ', ${` ${scope} `}, '') <> ' ' || scopes || ' '`;
}

/** @returns how many this call deleted, at most `limit` */
export async function deleteConsentsOfApplication(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  limit: number,
): Promise<number> {
  const rows = await tx.sql`
    DELETE FROM consents
    WHERE application_id = ${idBytes(applicationId)} AND user_id IN (
      SELECT user_id FROM consents
      WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)} LIMIT ${limit})
    RETURNING user_id`;
  return rows.length;
}

function fromRow(row: Row): Consent {
  return {
    instanceId: idFrom(row.instance_id),
    userId: idFrom(row.user_id),
    applicationId: idFrom(row.application_id),
    scopes: readWords(row.scopes),
    createdAt: row.created_at,
  };
}
