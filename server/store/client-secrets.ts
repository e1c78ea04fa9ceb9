import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { ClientSecret } from '../model/application.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';

interface Row {
  id: Uint8Array;
  application_id: Uint8Array;
  secret_hash: Uint8Array;
  hint: string;
  created_at: number;
  last_used_at: number | null;
}

const columns = new Columns('id, application_id, secret_hash, hint, created_at, last_used_at');

/** The live secrets of an application, oldest first. */
export async function listClientSecrets(
  db: Reader,
  instanceId: Id,
  applicationId: Id,
): Promise<ClientSecret[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM client_secrets
    WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)} ORDER BY id`;
  return rows.map(fromRow);
}

/** The same for every application from the first ID to the last, both included. */
export async function listClientSecretsBetween(
  db: Reader,
  instanceId: Id,
  first: Id,
  last: Id,
): Promise<(ClientSecret & { applicationId: Id })[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM client_secrets
    WHERE instance_id = ${idBytes(instanceId)} AND application_id >= ${idBytes(first)}
      AND application_id <= ${idBytes(last)} ORDER BY id`;
  return rows.map((row) => ({ ...fromRow(row), applicationId: idFrom(row.application_id) }));
}

/** Keeps the hash of a secret that the caller hands out, in the clear, for the only time. */
export async function insertClientSecret(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  secret: Omit<ClientSecret, 'lastUsedAt'>,
): Promise<void> {
  await tx.sql`
    INSERT INTO client_secrets (id, instance_id, application_id, secret_hash, hint, created_at)
    VALUES (${idBytes(secret.id)}, ${idBytes(instanceId)}, ${idBytes(applicationId)}, ${secret.hash},
      ${secret.hint}, ${secret.createdAt})`;
}

/** False when that application has no such secret. */
export async function deleteClientSecretRow(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  id: Id,
): Promise<boolean> {
  const rows = await tx.sql`
    DELETE FROM client_secrets
    WHERE id = ${idBytes(id)} AND application_id = ${idBytes(applicationId)}
      AND instance_id = ${idBytes(instanceId)} RETURNING id`;
  return rows.length === 1;
}

function fromRow(row: Row): ClientSecret {
  return {
    id: idFrom(row.id),
    hash: Buffer.from(row.secret_hash),
    hint: row.hint,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
