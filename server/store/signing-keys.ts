import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { SigningAlgorithm } from '../model/signing-algorithm.ts';
import { type Reader, Table, type Transaction } from './engine/database.ts';

/** A table for each algorithm: processes of 0.1.0 sign ES256 with whatever stands in `signing_keys`. */
const tables: Readonly<Record<SigningAlgorithm, Table>> = {
  ES256: new Table('signing_keys'),
  RS256: new Table('rsa_signing_keys'),
};

/** The signing keys of one algorithm that an instance has. */
export interface Chain {
  readonly instanceId: Id;
  readonly algorithm: SigningAlgorithm;
}

/** A signing key as it is stored: the private part sealed under the master secret. */
export interface StoredSigningKey {
  /** Also the `kid`. */
  readonly id: Id;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: string;
  readonly sealedPrivateKey: Uint8Array;
  readonly createdAt: Instant;
  /** Null: published ahead, to sign after the next rotation. To come: that rotation waits for copies of the JWKS. */
  readonly activeFrom: Instant | null;
  /** Not null: signs no more once another does, and is published until the last token that it signed has expired. */
  readonly publishedUntil: Instant | null;
}

interface Row {
  id: Uint8Array;
  algorithm: SigningAlgorithm;
  public_jwk: string;
  sealed_private_key: Uint8Array;
  created_at: number;
  active_from: number | null;
  published_until: number | null;
}

/** Those that are published: the next, the active one, and old ones that may still have tokens out. */
export async function listSigningKeys(
  db: Reader,
  { instanceId, algorithm }: Chain,
  now: Instant,
): Promise<StoredSigningKey[]> {
  const rows = await db.sql<Row>`
    SELECT id, algorithm, public_jwk, sealed_private_key, created_at, active_from, published_until FROM ${tables[algorithm]}
    WHERE instance_id = ${idBytes(instanceId)} AND (published_until IS NULL OR published_until > ${now}) ORDER BY id`;
  return rows.map((row) => ({
    id: idFrom(row.id),
    algorithm: row.algorithm,
    publicJwk: row.public_jwk,
    sealedPrivateKey: row.sealed_private_key,
    createdAt: row.created_at,
    activeFrom: row.active_from,
    publishedUntil: row.published_until,
  }));
}

/** Writes a new key, which is published from now on; its private half is sealed with the master secret. */
export async function insertSigningKey(
  tx: Transaction,
  instanceId: Id,
  key: StoredSigningKey,
): Promise<void> {
  await tx.sql`
    INSERT INTO ${tables[key.algorithm]} (id, instance_id, algorithm, public_jwk, sealed_private_key, created_at, active_from)
    VALUES (${idBytes(key.id)}, ${idBytes(instanceId)}, ${key.algorithm}, ${key.publicJwk}, ${key.sealedPrivateKey},
      ${key.createdAt}, ${key.activeFrom})`;
}

/**
 * The key that was published ahead signs from an instant on, and every other that does or did stops then. One whose time is later
 * than that (the clock was set back) is let sign before it, or it would come back.
 */
export async function advanceSigningKeys(
  tx: Transaction,
  chain: Chain,
  next: Id,
  signsFrom: Instant,
  publishedUntil: Instant,
): Promise<void> {
  const { instanceId, algorithm } = chain;
  await tx.sql`
    UPDATE ${tables[algorithm]} SET published_until = ${publishedUntil},
      active_from = CASE WHEN active_from < ${signsFrom} THEN active_from ELSE ${signsFrom - 1} END
    WHERE instance_id = ${idBytes(instanceId)} AND active_from IS NOT NULL AND published_until IS NULL`;
  await signFrom(tx, chain, next, signsFrom);
}

/** Lets a key sign from an instant on, with no end. */
export async function signFrom(
  tx: Transaction,
  { instanceId, algorithm }: Chain,
  id: Id,
  activeFrom: Instant,
): Promise<void> {
  await tx.sql`
    UPDATE ${tables[algorithm]} SET active_from = ${activeFrom}, published_until = NULL
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}

/** Takes a key out of the JWKS: what it signed verifies nowhere once caches of that have run out. */
export async function deleteSigningKey(
  tx: Transaction,
  { instanceId, algorithm }: Chain,
  id: Id,
): Promise<void> {
  await tx.sql`DELETE FROM ${tables[algorithm]} WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}

/** @param sealed the same private key, sealed with the master secret that writes now */
export async function resealSigningKey(
  tx: Transaction,
  { instanceId, algorithm }: Chain,
  id: Id,
  sealed: Uint8Array,
): Promise<void> {
  await tx.sql`
    UPDATE ${tables[algorithm]} SET sealed_private_key = ${sealed}
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}
