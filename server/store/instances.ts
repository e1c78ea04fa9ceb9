import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import { type Api, type ApiTokens, initialTokens } from '../model/api.ts';
import type { ValuesOf } from '../model/fields.ts';
import type { Instance } from '../model/instance.ts';
import { instanceFieldLines, type instanceFields } from '../model/instance-fields.ts';
import { builtInScopes } from '../model/scopes.ts';
import { listApis } from './apis.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';
import { FieldColumns, type Row as FieldRow } from './field-columns.ts';

interface Row extends FieldRow {
  readonly id: Uint8Array;
  readonly host: string;
  readonly default_api: string;
  readonly created_at: number;
}

const fields = new FieldColumns<ValuesOf<typeof instanceFields>>(instanceFieldLines);
const columns = new Columns(`id, host, ${fields.names}, default_api, created_at`);

/** How tokens of the default API are made, and what it is called, where somebody has said so. */
export type DefaultApiSettings = Partial<ApiTokens> & {
  readonly name?: string;
  readonly updatedAt?: Instant;
};

/** @param host `host[:port]`, lower case: whose instance a request is for */
export async function findInstanceByHost(db: Reader, host: string): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE host = ${host}`;
  return row && withApis(db, row);
}

/** @param handle what the command line's `--instance` says */
export async function findInstanceByHandle(db: Reader, handle: string): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE name = ${handle}`;
  return row && withApis(db, row);
}

/** The instance of an ID, as it is at this moment; what requests see may be a second old (`registry/instances/instances.ts`). */
export async function findInstance(db: Reader, id: Id): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE id = ${idBytes(id)}`;
  return row && withApis(db, row);
}

/** Every instance, the oldest first. */
export async function listInstances(db: Reader): Promise<Instance[]> {
  const rows = await db.sql<Row>`SELECT ${columns} FROM instances ORDER BY id`;
  return Promise.all(rows.map((row) => withApis(db, row)));
}

/** The instance that POSTERN_URL is about, whatever it is called now. */
export async function findDefaultInstance(db: Reader): Promise<Instance | undefined> {
  const [row] = await db.sql<Row>`SELECT ${columns} FROM instances WHERE is_default = 1`;
  return row && withApis(db, row);
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

/** Writes how tokens of the default API are made; call `lockInstance` first. */
export async function updateDefaultApi(tx: Transaction, id: Id, settings: DefaultApiSettings): Promise<void> {
  await tx.sql`UPDATE instances SET default_api = ${JSON.stringify(settings)} WHERE id = ${idBytes(id)}`;
}

async function withApis(db: Reader, row: Row): Promise<Instance> {
  const values = fields.read(row);
  const id = idFrom(row.id);
  const instance = {
    id,
    host: row.host,
    ...values,
    // Null where a process of the version before made the instance.
    name: values.name ?? values.handle,
    // A version before 0.2 let administrators list a scope of that name.
    scopes: values.scopes.filter(({ name }) => !builtInScopes.includes(name)),
    createdAt: row.created_at,
  };
  const settings = JSON.parse(row.default_api) as DefaultApiSettings;
  return { ...instance, apis: [defaultApi(instance, settings), ...(await listApis(db, id))] };
}

/** The API that an instance is itself. */
export function defaultApi(instance: Omit<Instance, 'apis'>, settings: DefaultApiSettings = {}): Api {
  const { id, url, name, scopes, createdAt } = instance;
  const own = { id, instanceId: id, identifier: url, name, isDefault: true, scopes, createdAt };
  return { ...initialTokens, ...own, updatedAt: createdAt, ...settings };
}
