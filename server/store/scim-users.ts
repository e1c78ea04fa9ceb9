import { type Id, idBytes, idFrom } from '../base/ids.ts';
import { type ScimAttributes, type ScimUser, userNameKey } from '../model/scim-user.ts';
import type { User } from '../model/user.ts';
import { Columns, type Reader, type Transaction } from './engine/database.ts';
import { type UserRow, userColumns, fromRow as userFromRow } from './users.ts';

type Row = UserRow & {
  scim_provider_id: Uint8Array;
  scim_user_name: string;
  scim_external_id: string | null;
  scim_attributes: string;
  scim_created_at: number;
  scim_updated_at: number;
  scim_deleted_at: number | null;
};

/** What SCIM knows, under names that the columns of a user do not have. */
const scimColumns = new Columns(
  `provider_id AS scim_provider_id, user_id AS scim_user_id, user_name AS scim_user_name, external_id AS scim_external_id,
    attributes AS scim_attributes, created_at AS scim_created_at, updated_at AS scim_updated_at, deleted_at AS scim_deleted_at`,
);
const columns = new Columns(
  `${userColumns.names}, scim_provider_id, scim_user_name, scim_external_id, scim_attributes, scim_created_at,
    scim_updated_at, scim_deleted_at`,
);

/** What finds one user, or a few, by an index. */
export type ScimKey =
  | { readonly by: 'id'; readonly id: Id }
  | { readonly by: 'userName'; readonly userName: string }
  | { readonly by: 'externalId'; readonly externalId: string }
  /** @property emailKey as `emailKey` of `model/email.ts` makes it */
  | { readonly by: 'email'; readonly emailKey: string };

/** The users of a provider that have that key, those included whom its client deleted. */
export async function findScimUsers(
  db: Reader,
  instanceId: Id,
  providerId: Id,
  key: ScimKey,
): Promise<ScimUser[]> {
  const [instance, provider] = [idBytes(instanceId), idBytes(providerId)];
  return (await findRows()).map(fromRow);

  function findRows(): Promise<Row[]> {
    switch (key.by) {
      case 'id':
        return db.sql<Row>`
          SELECT ${columns} FROM (
            SELECT ${scimColumns} FROM scim_users
            WHERE provider_id = ${provider} AND user_id = ${idBytes(key.id)} AND instance_id = ${instance}) AS known
          JOIN users ON id = scim_user_id WHERE instance_id = ${instance}`;
      case 'userName':
        return db.sql<Row>`
          SELECT ${columns} FROM (
            SELECT ${scimColumns} FROM scim_users
            WHERE provider_id = ${provider} AND user_name_key = ${userNameKey(key.userName)}
              AND instance_id = ${instance}) AS known
          JOIN users ON id = scim_user_id WHERE instance_id = ${instance}`;
      case 'externalId':
        return db.sql<Row>`
          SELECT ${columns} FROM (
            SELECT ${scimColumns} FROM scim_users
            WHERE provider_id = ${provider} AND external_id = ${key.externalId} AND instance_id = ${instance}) AS known
          JOIN users ON id = scim_user_id WHERE instance_id = ${instance}`;
      case 'email':
        return db.sql<Row>`
          SELECT ${columns} FROM (
            SELECT ${scimColumns} FROM scim_users
            WHERE provider_id = ${provider} AND instance_id = ${instance}
              AND user_id = (
                SELECT id FROM users WHERE instance_id = ${instance} AND email_key = ${key.emailKey})) AS known
          JOIN users ON id = scim_user_id WHERE instance_id = ${instance}`;
    }
  }
}

/**
 * The user whom a provider's SCIM client calls so, unless it has deleted them: for a sign-in by that provider, whose subjects the client
 * may have told before anybody signed in.
 * @param name its ID of the user goes before its name
 */
export async function findScimUser(
  db: Reader,
  instanceId: Id,
  providerId: Id,
  name: { readonly externalId?: string | undefined; readonly userName?: string | undefined },
): Promise<User | undefined> {
  const keys: ScimKey[] = [];
  if (name.externalId !== undefined) keys.push({ by: 'externalId', externalId: name.externalId });
  if (name.userName !== undefined) keys.push({ by: 'userName', userName: name.userName });
  for (const key of keys) {
    const found = (await findScimUsers(db, instanceId, providerId, key)).find(
      ({ deletedAt }) => deletedAt === null,
    );
    if (found) return found.user;
  }
  return undefined;
}

/**
 * A part of a provider's users, oldest first, without those whom its client deleted.
 * @param active undefined for all of them
 * @param offset how many come before
 */
export async function listScimUsers(
  db: Reader,
  instanceId: Id,
  providerId: Id,
  active: boolean | undefined,
  offset: number,
  limit: number,
): Promise<ScimUser[]> {
  const [instance, provider] = [idBytes(instanceId), idBytes(providerId)];
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM (
      SELECT ${scimColumns} FROM scim_users
      WHERE provider_id = ${provider} AND instance_id = ${instance} AND deleted_at IS NULL) AS known
    JOIN users ON id = scim_user_id
    WHERE instance_id = ${instance} AND (${active === undefined ? 1 : 0} = 1 OR active = ${active ?? false})
    ORDER BY scim_user_id LIMIT ${limit} OFFSET ${offset}`;
  return rows.map(fromRow);
}

/** How many `listScimUsers` has. */
export async function countScimUsers(
  db: Reader,
  instanceId: Id,
  providerId: Id,
  active: boolean | undefined,
): Promise<number> {
  const [instance, provider] = [idBytes(instanceId), idBytes(providerId)];
  const [row] = await db.sql<{ count: number }>`
    SELECT count(*) AS count FROM scim_users AS known JOIN users ON users.id = known.user_id
    WHERE known.provider_id = ${provider} AND known.instance_id = ${instance} AND known.deleted_at IS NULL
      AND users.instance_id = ${instance} AND (${active === undefined ? 1 : 0} = 1 OR users.active = ${active ?? false})`;
  return row?.count ?? 0;
}

/** What SCIM knows of a user at each provider, oldest first, where its client deleted them too. */
export async function listScimUsersOfUser(db: Reader, instanceId: Id, userId: Id): Promise<ScimUser[]> {
  const instance = idBytes(instanceId);
  const rows = await db.sql<Row>`
    SELECT ${columns} FROM (
      SELECT ${scimColumns} FROM scim_users WHERE user_id = ${idBytes(userId)} AND instance_id = ${instance}) AS known
    JOIN users ON id = scim_user_id WHERE instance_id = ${instance} ORDER BY scim_provider_id`;
  return rows.map(fromRow);
}

/**
 * Writes what SCIM knows of a user, whom the caller has locked, in place of what it knew.
 * @throws UniqueViolation when another user of the provider has that user name or external ID
 */
export async function writeScimUser(tx: Transaction, scimUser: ScimUser): Promise<void> {
  const { user, providerId, userName, externalId, createdAt, updatedAt, deletedAt } = scimUser;
  const attributes = JSON.stringify(scimUser.attributes);
  await tx.sql`
    INSERT INTO scim_users (provider_id, user_id, instance_id, user_name, user_name_key, external_id, attributes,
      created_at, updated_at, deleted_at)
    VALUES (${idBytes(providerId)}, ${idBytes(user.id)}, ${idBytes(user.instanceId)}, ${userName},
      ${userNameKey(userName)}, ${externalId}, ${attributes}, ${createdAt}, ${updatedAt}, ${deletedAt})
    ON CONFLICT (provider_id, user_id) DO UPDATE SET user_name = excluded.user_name,
      user_name_key = excluded.user_name_key, external_id = excluded.external_id, attributes = excluded.attributes,
      updated_at = excluded.updated_at, deleted_at = excluded.deleted_at`;
}

/**
 * Lets another user have the name of one whom the provider's client deleted: what it is compared by becomes something that no name is, since
 * names have no line breaks.
 */
export async function freeUserName(tx: Transaction, { user, providerId }: ScimUser): Promise<void> {
  await tx.sql`
    UPDATE scim_users SET user_name_key = ${`\n${user.id}`}
    WHERE provider_id = ${idBytes(providerId)} AND user_id = ${idBytes(user.id)}
      AND instance_id = ${idBytes(user.instanceId)} AND deleted_at IS NOT NULL`;
}

/** Lets another user have the client's own ID of one whom it deleted. */
export async function freeExternalId(tx: Transaction, { user, providerId }: ScimUser): Promise<void> {
  await tx.sql`
    UPDATE scim_users SET external_id = NULL
    WHERE provider_id = ${idBytes(providerId)} AND user_id = ${idBytes(user.id)}
      AND instance_id = ${idBytes(user.instanceId)} AND deleted_at IS NOT NULL`;
}

function fromRow(row: Row): ScimUser {
  return {
    user: userFromRow(row),
    providerId: idFrom(row.scim_provider_id),
    userName: row.scim_user_name,
    externalId: row.scim_external_id,
    attributes: JSON.parse(row.scim_attributes) as ScimAttributes,
    createdAt: row.scim_created_at,
    updatedAt: row.scim_updated_at,
    deletedAt: row.scim_deleted_at,
  };
}
