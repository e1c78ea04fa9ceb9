import { type Id, idBytes } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Database, Reader, Transaction } from './engine/database.ts';

/** Keeps the hash of a new set-up link's token; an earlier link of the instance is dead from now on. */
export async function replaceSetupLink(
  db: Database,
  instanceId: Id,
  tokenHash: Buffer,
  now: Instant,
): Promise<void> {
  await db.write`
    INSERT INTO setup_links (instance_id, token_hash, created_at)
    VALUES (${idBytes(instanceId)}, ${tokenHash}, ${now})
    ON CONFLICT (instance_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at`;
}

/** Whether a link would be good now; `spendSetupLink` is what decides. */
export async function isSetupLink(db: Reader, instanceId: Id, tokenHash: Buffer): Promise<boolean> {
  const rows = await db.sql`
    SELECT created_at FROM setup_links WHERE instance_id = ${idBytes(instanceId)} AND token_hash = ${tokenHash}`;
  return rows.length === 1;
}

/** The write that decides which of several uses of a link counts. */
export async function spendSetupLink(tx: Transaction, instanceId: Id, tokenHash: Buffer): Promise<boolean> {
  const rows = await tx.sql`
    DELETE FROM setup_links WHERE instance_id = ${idBytes(instanceId)} AND token_hash = ${tokenHash}
    RETURNING created_at`;
  return rows.length === 1;
}
