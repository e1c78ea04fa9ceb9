import { type Id, idBytes, idBytesOrNull, idFrom, idFromOrNull } from '../base/ids.ts';
import type { IdentityProvider } from '../model/identity-provider.ts';
import type { ScimToken } from '../model/scim-token.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';
import { type ProviderRow, providerColumns, providerFrom } from './identity-providers.ts';

interface Row {
  id: Uint8Array;
  instance_id: Uint8Array;
  provider_id: Uint8Array;
  name: string;
  created_by: Uint8Array | null;
  created_at: number;
  last_used_at: number | null;
}

const columns = new Columns('id, instance_id, provider_id, name, created_by, created_at, last_used_at');

/** The SCIM tokens of a provider, oldest first. */
export async function listScimTokenRows(db: Reader, instanceId: Id, providerId: Id): Promise<ScimToken[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM scim_tokens
    WHERE provider_id = ${idBytes(providerId)} AND instance_id = ${idBytes(instanceId)} ORDER BY id`;
  return rows.map(fromRow);
}

/**
 * Whose SCIM client shows a token: the token's ID and the provider, a disabled one too.
 * @param tokenHash SHA-256 of the token
 * @returns undefined when no provider of this instance has such a token
 */
export async function findScimToken(
  db: Reader,
  instanceId: Id,
  tokenHash: Uint8Array,
): Promise<{ tokenId: Id; provider: IdentityProvider } | undefined> {
  const [row] = await db.sql<ProviderRow & { token_id: Uint8Array }>`
    SELECT ${providerColumns}, token_id
    FROM (
      SELECT id AS token_id, provider_id AS token_of FROM scim_tokens
      WHERE token_hash = ${tokenHash} AND instance_id = ${idBytes(instanceId)}) AS shown
    JOIN identity_providers ON id = token_of
    WHERE instance_id = ${idBytes(instanceId)}`;
  return row && { tokenId: idFrom(row.token_id), provider: providerFrom(row) };
}

/** Keeps a token from being deleted until the transaction ends. @returns false when the provider has no such token */
export async function lockScimToken(
  tx: Transaction,
  instanceId: Id,
  providerId: Id,
  id: Id,
): Promise<boolean> {
  const rows = await tx.sql`
    UPDATE scim_tokens SET name = name
    WHERE id = ${idBytes(id)} AND provider_id = ${idBytes(providerId)} AND instance_id = ${idBytes(instanceId)}
    RETURNING id`;
  return rows.length === 1;
}

/** Keeps the hash of a token that the caller hands out, in the clear, for the only time. */
export async function insertScimToken(
  tx: Transaction,
  token: Omit<ScimToken, 'lastUsedAt'>,
  tokenHash: Uint8Array,
): Promise<void> {
  await tx.sql`
    INSERT INTO scim_tokens (id, instance_id, provider_id, token_hash, name, created_by, created_at)
    VALUES (${idBytes(token.id)}, ${idBytes(token.instanceId)}, ${idBytes(token.providerId)}, ${tokenHash},
      ${token.name}, ${idBytesOrNull(token.createdBy)}, ${token.createdAt})`;
}

/** @returns false when the provider has no such token */
export async function deleteScimTokenRow(
  tx: Transaction,
  instanceId: Id,
  providerId: Id,
  id: Id,
): Promise<boolean> {
  const rows = await tx.sql`
    DELETE FROM scim_tokens
    WHERE id = ${idBytes(id)} AND provider_id = ${idBytes(providerId)} AND instance_id = ${idBytes(instanceId)}
    RETURNING id`;
  return rows.length === 1;
}

function fromRow(row: Row): ScimToken {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    providerId: idFrom(row.provider_id),
    name: row.name,
    createdBy: idFromOrNull(row.created_by),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
