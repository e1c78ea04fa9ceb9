import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instance, Scope } from '../model/instance.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';

interface Row {
  id: Uint8Array;
  /** The handle: what people read was here as well, before the two were told apart. */
  name: string;
  /** What people read; null when a process of the version before made the instance. */
  display_name: string | null;
  url: string;
  host: string;
  domain: string;
  lane: string;
  customer_id: string;
  max_applications: number;
  refresh_token_grace: number;
  authorization_code_lifetime: number;
  scopes: string;
  created_at: number;
}

const columns = new Columns(
  `id, name, display_name, url, host, domain, lane, customer_id, max_applications, refresh_token_grace,
    authorization_code_lifetime, scopes, created_at`,
);

/** @param host `host[:port]`, lower case: whose instance a request is for */
export async function findInstanceByHost(db: Reader, host: string): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE host = ${host}`;
  return row && fromRow(row);
}

/** @param handle what the command line's `--instance` says */
export async function findInstanceByHandle(db: Reader, handle: string): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE name = ${handle}`;
  return row && fromRow(row);
}

/** The instance of an ID, as it is at this moment; what requests see may be a second old (`registry/instances/instances.ts`). */
export async function findInstance(db: Reader, id: Id): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE id = ${idBytes(id)}`;
  return row && fromRow(row);
}

/** Every instance, the oldest first. */
export async function listInstances(db: Reader): Promise<Instance[]> {
  return (await db.sql<Row>`SELECT ${columns} FROM instances ORDER BY id`).map(fromRow);
}

/** The instance that POSTERN_URL is about, whatever it is called now. */
export async function findDefaultInstance(db: Reader): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE is_default = 1`;
  return row && fromRow(row);
}

/** @throws UniqueViolation when the handle, URL or host is taken, or there is a default instance already */
export async function insertInstance(tx: Transaction, instance: Instance, isDefault: boolean): Promise<void> {
  await tx.sql`
    INSERT INTO instances (id, is_default, name, display_name, url, host, domain, lane, customer_id, max_applications,
      refresh_token_grace, authorization_code_lifetime, scopes, created_at)
    VALUES (${idBytes(instance.id)}, ${isDefault}, ${instance.handle}, ${instance.name}, ${instance.url}, ${instance.host},
      ${instance.domain}, ${instance.lane}, ${instance.customerId}, ${instance.maxApplications}, ${instance.refreshTokenGrace},
      ${instance.authorizationCodeLifetime}, ${JSON.stringify(instance.scopes)}, ${instance.createdAt})`;
}

export interface InstanceChange {
  handle: string;
  name: string;
  url: string;
  host: string;
  domain: string;
  lane: string;
  customerId: string;
  maxApplications: number;
  refreshTokenGrace: number;
  authorizationCodeLifetime: number;
  scopes: readonly Scope[];
}

/**
 * Changes the fields that are given.
 * @throws UniqueViolation when the handle, URL or host is taken
 */
export async function updateInstance(
  tx: Transaction,
  id: Id,
  change: Partial<InstanceChange>,
): Promise<Instance | undefined> {
  const [row] = await tx.sql<Row>`
    UPDATE instances SET
      name = COALESCE(${change.handle ?? null}, name),
      display_name = COALESCE(${change.name ?? null}, display_name),
      url = COALESCE(${change.url ?? null}, url),
      host = COALESCE(${change.host ?? null}, host),
      domain = COALESCE(${change.domain ?? null}, domain),
      lane = COALESCE(${change.lane ?? null}, lane),
      customer_id = COALESCE(${change.customerId ?? null}, customer_id),
      max_applications = COALESCE(${change.maxApplications ?? null}, max_applications),
      refresh_token_grace = COALESCE(${change.refreshTokenGrace ?? null}, refresh_token_grace),
      authorization_code_lifetime = COALESCE(${change.authorizationCodeLifetime ?? null}, authorization_code_lifetime),
      scopes = COALESCE(${change.scopes ? JSON.stringify(change.scopes) : null}, scopes)
    WHERE id = ${idBytes(id)} RETURNING ${columns}`;
  return row && fromRow(row);
}

/**
 * Makes other transactions that need the same instance wait until this one ends: for the rules that look at
 * several rows of it, such as "the last active administrator stays".
 */
export async function lockInstance(tx: Transaction, id: Id): Promise<void> {
  await tx.sql`UPDATE instances SET application_count = application_count WHERE id = ${idBytes(id)}`;
}

/** Takes one of the places for applications; false when all are taken, also under concurrent creation. */
export async function takeApplicationPlace(tx: Transaction, id: Id): Promise<boolean> {
  const rows = await tx.sql`
    UPDATE instances SET application_count = application_count + 1
    WHERE id = ${idBytes(id)} AND application_count < max_applications RETURNING id`;
  return rows.length === 1;
}

/** Undoes `takeApplicationPlace` for an application that was deleted. */
export async function giveApplicationPlaceBack(tx: Transaction, id: Id): Promise<void> {
  await tx.sql`UPDATE instances SET application_count = application_count - 1 WHERE id = ${idBytes(id)}`;
}

function fromRow(row: Row): Instance {
  return {
    id: idFrom(row.id),
    handle: row.name,
    name: row.display_name ?? row.name,
    url: row.url,
    host: row.host,
    domain: row.domain,
    lane: row.lane,
    customerId: row.customer_id,
    maxApplications: row.max_applications,
    refreshTokenGrace: row.refresh_token_grace,
    authorizationCodeLifetime: row.authorization_code_lifetime,
    scopes: JSON.parse(row.scopes) as Scope[],
    createdAt: row.created_at,
  };
}
