import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { ValuesOf } from '../model/fields.ts';
import type { Instance } from '../model/instance.ts';
import { instanceFieldLines, type instanceFields } from '../model/instance-fields.ts';
import { builtInScopes } from '../model/scopes.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';
import { FieldColumns, type Row as FieldRow } from './field-columns.ts';

interface Row extends FieldRow {
  readonly id: Uint8Array;
  readonly host: string;
  readonly created_at: number;
}

const fields = new FieldColumns<ValuesOf<typeof instanceFields>>(instanceFieldLines);
const columns = new Columns(`id, host, ${fields.names}, created_at`);

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
    INSERT INTO instances (id, is_default, host, ${fields.columns}, created_at)
    VALUES (${idBytes(instance.id)}, ${isDefault}, ${instance.host}, ${fields.values(instance)}, ${instance.createdAt})`;
}

/**
 * Writes every field that can change; call `lockInstance` first.
 * @throws UniqueViolation when the handle, URL or host is taken
 */
export async function updateInstance(tx: Transaction, instance: Instance): Promise<void> {
  await tx.sql`
    UPDATE instances SET (host, ${fields.columns}) = (${instance.host}, ${fields.values(instance)})
    WHERE id = ${idBytes(instance.id)}`;
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
  const values = fields.read(row);
  return {
    id: idFrom(row.id),
    host: row.host,
    ...values,
    // Null where a process of the version before made the instance.
    name: values.name ?? values.handle,
    // A version before 0.2 let administrators list a scope of that name.
    scopes: values.scopes.filter(({ name }) => !builtInScopes.includes(name)),
    createdAt: row.created_at,
  };
}
