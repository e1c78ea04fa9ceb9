import { type Id, idBytes, idBytesOrNull, idFrom, idFromOrNull } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { Application, ApplicationType, Client } from '../model/application.ts';
import { applicationFieldLines, type applicationFields } from '../model/application-fields.ts';
import type { ValuesOf } from '../model/fields.ts';
import { listClientSecrets, listClientSecretsBetween } from './client-secrets.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';
import { FieldColumns, type Row as FieldRow } from './field-columns.ts';
import { listPublicKeys, listPublicKeysBetween } from './public-keys.ts';

interface Row extends FieldRow {
  readonly id: Uint8Array;
  readonly instance_id: Uint8Array;
  readonly type: ApplicationType;
  readonly client_id: Uint8Array;
  readonly created_by: Uint8Array | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly last_used_at: number | null;
}

const fields = new FieldColumns<ValuesOf<typeof applicationFields>>(applicationFieldLines);
const columns = new Columns(
  `id, instance_id, type, client_id, ${fields.names}, created_by, created_at, updated_at, last_used_at`,
);

const firstId = '00000000000000000000000000000000' as Id;

/** The application of a client ID with what it authenticates by; disabled ones too. */
export async function findClient(db: Reader, instanceId: Id, clientId: Id): Promise<Client | undefined> {
  const [row] = await db.sql<Row>`
    SELECT ${columns} FROM applications WHERE client_id = ${idBytes(clientId)} AND instance_id = ${idBytes(instanceId)}`;
  return row && withCredentials(db, fromRow(row));
}

/** The application of an ID with what it authenticates by. */
export async function findClientOfApplication(
  db: Reader,
  instanceId: Id,
  id: Id,
): Promise<Client | undefined> {
  const application = await findApplication(db, instanceId, id);
  return application && withCredentials(db, application);
}

/** The application of an ID, disabled ones too, without what it authenticates by. */
export async function findApplication(db: Reader, instanceId: Id, id: Id): Promise<Application | undefined> {
  const [row] = await db.sql<Row>`
    SELECT ${columns} FROM applications WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
  return row && fromRow(row);
}

/**
 * The applications of an instance with what they authenticate by, oldest first.
 * @param after the ID that the page before ended with; undefined for the first page
 */
export async function listClients(
  db: Reader,
  instanceId: Id,
  after: Id | undefined,
  limit: number,
): Promise<Client[]> {
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM applications WHERE instance_id = ${idBytes(instanceId)} AND id > ${idBytes(after ?? firstId)}
    ORDER BY id LIMIT ${limit}`;
  const applications = rows.map(fromRow);
  const [first, last] = [applications[0], applications.at(-1)];
  if (!first || !last) return [];
  const [secrets, keys] = await Promise.all([
    listClientSecretsBetween(db, instanceId, first.id, last.id),
    listPublicKeysBetween(db, instanceId, first.id, last.id),
  ]);
  return applications.map((application) => ({
    application,
    secrets: secrets.filter((secret) => secret.applicationId === application.id),
    publicKeys: keys.filter((key) => key.applicationId === application.id),
  }));
}

/** Every application of an instance, without what they authenticate by: for rules over all of them. */
export async function listApplications(db: Reader, instanceId: Id): Promise<Application[]> {
  const rows =
    await db.sql<Row>`SELECT ${columns} FROM applications WHERE instance_id = ${idBytes(instanceId)} ORDER BY id`;
  return rows.map(fromRow);
}

/** How many there are; `takeApplicationPlace` is what holds the limit. */
export async function countApplications(db: Reader, instanceId: Id): Promise<number> {
  const [row] = await db.sql<{ count: number }>`
    SELECT count(*) AS count FROM applications WHERE instance_id = ${idBytes(instanceId)}`;
  return row?.count ?? 0;
}

/** The redirect URIs of enabled `spa` applications: CORS answers their origins. */
export async function listSpaRedirectUris(db: Reader, instanceId: Id): Promise<string[]> {
  const rows = await db.sql<{ redirect_uris: string }>`
    SELECT redirect_uris FROM applications
    WHERE instance_id = ${idBytes(instanceId)} AND type = 'spa' AND enabled = 1`;
  return rows.flatMap((row) => JSON.parse(row.redirect_uris) as string[]);
}

/** Writes a new application, whose place the caller has taken (`takeApplicationPlace`). */
export async function insertApplication(tx: Transaction, application: Application): Promise<void> {
  await tx.sql`
    INSERT INTO applications (id, instance_id, type, client_id, ${fields.columns}, created_by, created_at, updated_at)
    VALUES (${idBytes(application.id)}, ${idBytes(application.instanceId)}, ${application.type},
      ${idBytes(application.clientId)}, ${fields.values(application)}, ${idBytesOrNull(application.createdBy)},
      ${application.createdAt}, ${application.updatedAt})`;
}

/**
 * The application, and until the transaction ends nobody else changes it or what hangs on it: for the rules
 * that look before they write ("at most two secrets").
 */
export async function lockApplication(
  tx: Transaction,
  instanceId: Id,
  id: Id,
): Promise<Application | undefined> {
  const [row] = await tx.sql<Row>`
    UPDATE applications SET updated_at = updated_at
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)} RETURNING ${columns}`;
  return row && fromRow(row);
}

/** Writes every field that can change; call `lockApplication` first. */
export async function updateApplicationRow(tx: Transaction, application: Application): Promise<void> {
  await tx.sql`
    UPDATE applications SET (${fields.columns}, updated_at) = (${fields.values(application)}, ${application.updatedAt})
    WHERE id = ${idBytes(application.id)} AND instance_id = ${idBytes(application.instanceId)}`;
}

/** Deletes the row with its secrets, keys and logo; false when it is gone already. */
export async function deleteApplicationRow(tx: Transaction, instanceId: Id, id: Id): Promise<boolean> {
  const [key, instance] = [idBytes(id), idBytes(instanceId)];
  const rows =
    await tx.sql`DELETE FROM applications WHERE id = ${key} AND instance_id = ${instance} RETURNING id`;
  await tx.sql`DELETE FROM client_secrets WHERE application_id = ${key} AND instance_id = ${instance}`;
  await tx.sql`DELETE FROM public_keys WHERE application_id = ${key} AND instance_id = ${instance}`;
  await tx.sql`DELETE FROM application_logos WHERE application_id = ${key} AND instance_id = ${instance}`;
  return rows.length === 1;
}

async function withCredentials(db: Reader, application: Application): Promise<Client> {
  const [secrets, publicKeys] = await Promise.all([
    listClientSecrets(db, application.instanceId, application.id),
    listPublicKeys(db, application.instanceId, application.id),
  ]);
  return { application, secrets, publicKeys };
}

function fromRow(row: Row): Application {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    type: row.type,
    clientId: idFrom(row.client_id),
    ...fields.read(row),
    createdBy: idFromOrNull(row.created_by),
    createdAt: row.created_at as Instant,
    updatedAt: row.updated_at as Instant,
    lastUsedAt: row.last_used_at,
  };
}
