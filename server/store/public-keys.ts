import { createPublicKey, type webcrypto } from 'node:crypto';
import { type Id, idBytes, idBytesOrNull, idFrom, idFromOrNull } from '../base/ids.ts';
import type { KeyAlgorithm, PublicKey } from '../model/application.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';

interface Row {
  id: Uint8Array;
  application_id: Uint8Array;
  kid: string;
  name: string;
  algorithm: KeyAlgorithm;
  thumbprint: string;
  public_jwk: string;
  not_after: number | null;
  acts_as_user_id: Uint8Array | null;
  created_by: Uint8Array | null;
  created_at: number;
  last_used_at: number | null;
}

const columns = new Columns(
  `id, application_id, kid, name, algorithm, thumbprint, public_jwk, not_after, acts_as_user_id, created_by,
    created_at, last_used_at`,
);

/** The public keys of an application, oldest first. */
export async function listPublicKeys(db: Reader, instanceId: Id, applicationId: Id): Promise<PublicKey[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM public_keys
    WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)} ORDER BY id`;
  return rows.map(fromRow);
}

/** The same for every application from the first ID to the last, both included. */
export async function listPublicKeysBetween(
  db: Reader,
  instanceId: Id,
  first: Id,
  last: Id,
): Promise<(PublicKey & { applicationId: Id })[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM public_keys
    WHERE instance_id = ${idBytes(instanceId)} AND application_id >= ${idBytes(first)}
      AND application_id <= ${idBytes(last)} ORDER BY id`;
  return rows.map((row) => ({ ...fromRow(row), applicationId: idFrom(row.application_id) }));
}

/** @throws UniqueViolation when the application has a key of that thumbprint */
export async function insertPublicKey(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  key: Omit<PublicKey, 'lastUsedAt'>,
): Promise<void> {
  await tx.sql`
    INSERT INTO public_keys (id, instance_id, application_id, kid, name, algorithm, thumbprint, public_jwk,
      not_after, acts_as_user_id, created_by, created_at)
    VALUES (${idBytes(key.id)}, ${idBytes(instanceId)}, ${idBytes(applicationId)}, ${key.kid}, ${key.name},
      ${key.algorithm}, ${key.thumbprint}, ${JSON.stringify(key.key.export({ format: 'jwk' }))}, ${key.notAfter},
      ${idBytesOrNull(key.actsAsUserId)}, ${idBytesOrNull(key.createdBy)}, ${key.createdAt})`;
}

/** False when that application has no such key. */
export async function deletePublicKeyRow(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  id: Id,
): Promise<boolean> {
  const rows = await tx.sql`
    DELETE FROM public_keys
    WHERE id = ${idBytes(id)} AND application_id = ${idBytes(applicationId)}
      AND instance_id = ${idBytes(instanceId)} RETURNING id`;
  return rows.length === 1;
}

function fromRow(row: Row): PublicKey {
  return {
    id: idFrom(row.id),
    kid: row.kid,
    name: row.name,
    algorithm: row.algorithm,
    thumbprint: row.thumbprint,
    key: createPublicKey({ key: JSON.parse(row.public_jwk) as webcrypto.JsonWebKey, format: 'jwk' }),
    notAfter: row.not_after,
    actsAsUserId: idFromOrNull(row.acts_as_user_id),
    createdBy: idFromOrNull(row.created_by),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
