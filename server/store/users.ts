import { type Id, idBytes, idFrom, parseId } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { OpenidGrant } from '../model/openid.ts';
import type { Locale, Role, User, UserClaims, UserStanding } from '../model/user.ts';
import { Columns, type Database, type Reader, type Transaction } from './engine/database.ts';
import { readOpenid } from './openid-column.ts';

interface Row {
  id: Uint8Array;
  instance_id: Uint8Array;
  email: string;
  name: string;
  role: Role;
  active: number;
  locale: Locale | null;
  email_verified: number;
  subject: string | null;
  claims: string;
  has_password: number;
  updated_at: number | null;
  password_hash: string;
  last_active_at: number | null;
  created_at: number;
}

/** What `fromRow` reads. */
export type UserRow = Omit<Row, 'password_hash'>;

/** In place of a hash where there is no password: what no password hashes to. */
export const noPassword = '';

/** A user with what their password is checked against; goes no further than `accounts/`. */
export interface UserWithPassword {
  readonly user: User;
  readonly passwordHash: string;
}

/** The columns of a user, also as part of a join in which no other table has columns of these names. */
export const userColumns = new Columns(
  `id, instance_id, subject, email, email_verified, name, role, active, locale, claims,
    CASE WHEN password_hash = '' THEN 0 ELSE 1 END AS has_password, last_active_at, created_at, updated_at`,
);

const firstId = '00000000000000000000000000000000' as Id;

/** A user's columns where a statement joins them to something else; all null when there is no such user. */
export interface UserColumns {
  user_active: number | null;
  user_role: Role | null;
  user_last_active_at: number | null;
}

/** What a statement told of a user beside something else; null when there is no such user. */
export function userFrom(row: UserColumns): UserStanding | null {
  return row.user_role === null
    ? null
    : { active: row.user_active === 1, role: row.user_role, lastActiveAt: row.user_last_active_at };
}

/** The user whom tokens call so, deactivated ones too. */
export async function findUserBySubject(
  db: Reader,
  instanceId: Id,
  subject: string,
): Promise<User | undefined> {
  // Each half by its own index, as no database does by itself with an OR.
  const [row] = await db.sql<UserRow>`
    SELECT ${userColumns} FROM users WHERE instance_id = ${idBytes(instanceId)} AND subject = ${subject}
    UNION ALL
    SELECT ${userColumns} FROM users
    WHERE id = ${subjectAsId(subject)} AND instance_id = ${idBytes(instanceId)} AND subject IS NULL`;
  return row && fromRow(row);
}

/** The ID that a user without a subject of their own would have; that of nobody where the text is no ID. */
export function subjectAsId(subject: string): Uint8Array {
  const id = parseId(subject);
  return id ? idBytes(id) : new Uint8Array();
}

/** The user of an ID, deactivated ones too. */
export async function findUser(db: Reader, instanceId: Id, id: Id): Promise<User | undefined> {
  const [row] = await db.sql<UserRow>`
    SELECT ${userColumns} FROM users WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
  return row && fromRow(row);
}

/**
 * The user whom tokens call so, with what their sign-in for an authorization tells.
 * @param authorizationId null for none
 */
export async function findUserWithOpenid(
  db: Reader,
  instanceId: Id,
  subject: string,
  authorizationId: Id | null,
): Promise<{ user: User; openid: OpenidGrant | null } | undefined> {
  const authorization = authorizationId && idBytes(authorizationId);
  const [row] = await db.sql<UserRow & { openid: string | null }>`
    SELECT ${userColumns}, (
      SELECT a.openid FROM authorizations a
      WHERE a.id = ${authorization} AND a.instance_id = users.instance_id AND a.user_id = users.id) AS openid
    FROM users WHERE instance_id = ${idBytes(instanceId)} AND subject = ${subject}
    UNION ALL
    SELECT ${userColumns}, (
      SELECT a.openid FROM authorizations a
      WHERE a.id = ${authorization} AND a.instance_id = users.instance_id AND a.user_id = users.id) AS openid
    FROM users WHERE id = ${subjectAsId(subject)} AND instance_id = ${idBytes(instanceId)} AND subject IS NULL`;
  return row && { user: fromRow(row), openid: readOpenid(row.openid) };
}

/** The user of an ID with the hash of the password, for whoever checks it. */
export async function findUserWithPassword(
  db: Reader,
  instanceId: Id,
  id: Id,
): Promise<UserWithPassword | undefined> {
  const [row] = await db.sql<Row>`
    SELECT ${userColumns}, password_hash FROM users
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
  return row && { user: fromRow(row), passwordHash: row.password_hash };
}

/** @param emailKey the email address as `emailKey` of `model/email.ts` makes it */
export async function findUserByEmail(
  db: Reader,
  instanceId: Id,
  emailKey: string,
): Promise<UserWithPassword | undefined> {
  const [row] = await db.sql<Row>`
    SELECT ${userColumns}, password_hash FROM users
    WHERE instance_id = ${idBytes(instanceId)} AND email_key = ${emailKey}`;
  return row && { user: fromRow(row), passwordHash: row.password_hash };
}

/** Which users a list has; an absent filter lets everybody in. */
export interface UserFilter {
  /** Part of the name or of the email address; letter case does not count. */
  search?: string | undefined;
  role?: Role | undefined;
  active?: boolean | undefined;
  /** What tokens call them: one user, or nobody (the empty one). */
  subject?: string | undefined;
}

/**
 * Oldest first.
 * @param after the ID that the page before ended with; undefined for the first page
 */
export async function listUsers(
  db: Reader,
  instanceId: Id,
  filter: UserFilter,
  after: Id | undefined,
  limit: number,
): Promise<User[]> {
  if (filter.subject !== undefined) return listByOwnSubject(db, instanceId, filter, after, limit);
  const search = filter.search ?? '';
  const part = searchPattern(search);
  const role = filter.role ?? '';
  const active = filter.active ?? 0;
  const rows = await db.sql<UserRow>`
    SELECT ${userColumns} FROM users
    WHERE instance_id = ${idBytes(instanceId)} AND id > ${idBytes(after ?? firstId)}
      AND (${search} = '' OR name_key LIKE ${part} ESCAPE '!' OR email_key LIKE ${part} ESCAPE '!')
      AND (${role} = '' OR role = ${role})
      AND (${filter.active === undefined ? 1 : 0} = 1 OR active = ${active})
    ORDER BY id LIMIT ${limit}`;
  return rows.map(fromRow);
}

/** The one user of a subject, where the rest of the filter has them too. */
async function listByOwnSubject(
  db: Reader,
  instanceId: Id,
  { subject, search = '', role, active }: UserFilter,
  after: Id | undefined,
  limit: number,
): Promise<User[]> {
  const user = await findUserBySubject(db, instanceId, subject ?? '');
  const isListed =
    user &&
    limit > 0 &&
    user.id > (after ?? firstId) &&
    [user.name, user.email].some((text) => searchKey(text).includes(searchKey(search))) &&
    (role === undefined || user.role === role) &&
    (active === undefined || user.active === active);
  return isListed ? [user] : [];
}

/** Names as they are searched: letter case and the way accents are composed do not count, as in email addresses. */
function searchKey(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}

/** What `name_key` and `email_key` are LIKE, with `!` as the escape, when they contain a text. */
export function searchPattern(text: string): string {
  return `%${searchKey(text).replace(/[!%_]/g, '!$&')}%`;
}

/** How many there are, deactivated ones included: none means that nobody has set the instance up. */
export async function countUsers(db: Reader, instanceId: Id): Promise<number> {
  const [row] = await db.sql<{ count: number }>`
    SELECT count(*) AS count FROM users WHERE instance_id = ${idBytes(instanceId)}`;
  return row?.count ?? 0;
}

/** How many active administrators there are besides this user; meaningful under `lockInstance` only. */
export async function countOtherAdministrators(tx: Transaction, instanceId: Id, id: Id): Promise<number> {
  const [row] = await tx.sql<{ count: number }>`
    SELECT count(*) AS count FROM users
    WHERE instance_id = ${idBytes(instanceId)} AND id <> ${idBytes(id)} AND role = 'administrator' AND active = 1`;
  return row?.count ?? 0;
}

/** @throws UniqueViolation when the instance has a user with that email address or subject */
export async function insertUser(
  tx: Transaction,
  user: User,
  emailKey: string,
  passwordHash: string,
): Promise<void> {
  await tx.sql`
    INSERT INTO users (id, instance_id, subject, email, email_key, name, name_key, role, active, locale, password_hash,
      email_verified, claims, last_active_at, created_at)
    VALUES (${idBytes(user.id)}, ${idBytes(user.instanceId)}, ${user.subject === user.id ? null : user.subject}, ${user.email}, ${emailKey}, ${user.name},
      ${searchKey(user.name)}, ${user.role}, ${user.active}, ${user.locale}, ${passwordHash},
      ${user.emailVerified}, ${JSON.stringify(user.claims)}, ${user.lastActiveAt}, ${user.createdAt})`;
}

/** The user, whom no other transaction changes until this one ends. */
export async function lockUser(
  tx: Transaction,
  instanceId: Id,
  id: Id,
): Promise<UserWithPassword | undefined> {
  const [row] = await tx.sql<Row>`
    UPDATE users SET email = email WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}
    RETURNING ${userColumns}, password_hash`;
  return row && { user: fromRow(row), passwordHash: row.password_hash };
}

/**
 * Writes everything that can change about a user, whom the caller has locked.
 * @param emailKey the email address as `emailKey` of `model/email.ts` makes it
 * @throws UniqueViolation when another user of the instance has that email address
 */
export async function updateUserRow(
  tx: Transaction,
  user: User,
  emailKey: string,
  passwordHash: string,
): Promise<void> {
  await tx.sql`
    UPDATE users SET email = ${user.email}, email_key = ${emailKey}, email_verified = ${user.emailVerified},
      name = ${user.name}, name_key = ${searchKey(user.name)}, role = ${user.role}, claims = ${JSON.stringify(user.claims)},
      active = ${user.active}, locale = ${user.locale}, updated_at = ${user.updatedAt}, password_hash = ${passwordHash}
    WHERE id = ${idBytes(user.id)} AND instance_id = ${idBytes(user.instanceId)}`;
}

/**
 * Tells PostgreSQL that there are many more users now: until it looks by itself, a minute later perhaps, it would read all of them for each
 * look at one. SQLite's indices need no telling.
 */
export async function tellOfManyUsers(db: Database): Promise<void> {
  if (db.engine === 'postgres') await db.write`ANALYZE users`;
}

/** Keeps the same password under another hash, for a transaction that has seen it to be right. */
export async function writePasswordHash(
  tx: Transaction,
  instanceId: Id,
  id: Id,
  passwordHash: string,
): Promise<void> {
  await tx.sql`
    UPDATE users SET password_hash = ${passwordHash}
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}

/** A user by the ID here, or by what tokens call them. */
export type UserNamed =
  | { readonly id: Id; readonly subject?: undefined }
  | { readonly id?: undefined; readonly subject: string };

/**
 * Notes that a user was active at a moment, unless they were later.
 * @returns whether there is such a user
 */
export async function noteActivity(
  tx: Transaction,
  instanceId: Id,
  { id, subject }: UserNamed,
  at: Instant,
): Promise<boolean> {
  const instance = idBytes(instanceId);
  if (subject !== undefined) {
    const rows = await tx.sql`
      UPDATE users SET last_active_at = CASE WHEN last_active_at > ${at} THEN last_active_at ELSE ${at} END
      WHERE instance_id = ${instance} AND subject = ${subject} RETURNING id`;
    if (rows.length === 1) return true;
  }
  const rows = await tx.sql`
    UPDATE users SET last_active_at = CASE WHEN last_active_at > ${at} THEN last_active_at ELSE ${at} END
    WHERE id = ${id === undefined ? subjectAsId(subject) : idBytes(id)} AND instance_id = ${instance}
      AND (${id === undefined ? 0 : 1} = 1 OR subject IS NULL)
    RETURNING id`;
  return rows.length === 1;
}

/** Deletes the row of a user, and nothing that hangs on it. */
export async function deleteUserRow(tx: Transaction, instanceId: Id, id: Id): Promise<void> {
  await tx.sql`DELETE FROM identities WHERE user_id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
  await tx.sql`DELETE FROM scim_users WHERE user_id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
  await tx.sql`DELETE FROM users WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}

/** What came of a sign-in; *gone*: there is no such user, or not any more. */
export type SignInNoted = 'entered' | 'refused' | 'gone';

/**
 * Notes that the user is active now, provided that nobody deactivated them or changed their password meanwhile:
 * the write that decides whether a sign-in succeeds. Whoever is not gone stays until the transaction ends.
 * @param passwordHash what the password was checked against; null when it was wrong, and then nothing is noted
 */
export async function noteSignIn(
  tx: Transaction,
  instanceId: Id,
  id: Id,
  passwordHash: string | null,
  now: Instant,
): Promise<SignInNoted> {
  const [row] = await tx.sql<{ enters: number }>`
    UPDATE users SET last_active_at =
      CASE WHEN active = 1 AND password_hash = ${passwordHash} THEN ${now} ELSE last_active_at END
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}
    RETURNING CASE WHEN active = 1 AND password_hash = ${passwordHash} THEN 1 ELSE 0 END AS enters`;
  if (!row) return 'gone';
  return row.enters === 1 ? 'entered' : 'refused';
}

/** A row of `users`, also as part of a join that names these columns. */
export function fromRow(row: UserRow): User {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    subject: row.subject ?? idFrom(row.id),
    email: row.email,
    emailVerified: row.email_verified === 1,
    name: row.name,
    role: row.role,
    active: row.active === 1,
    locale: row.locale,
    claims: JSON.parse(row.claims) as UserClaims,
    hasPassword: row.has_password === 1,
    lastActiveAt: row.last_active_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
