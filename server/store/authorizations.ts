import { type Id, idBytes, idFrom } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import { SECOND } from '../base/units.ts';
import {
  type Authorization,
  type AuthorizationOfUser,
  type AuthorizationView,
  earlierOf,
} from '../model/authorization.ts';
import type { Role } from '../model/user.ts';
import { Columns, type Reader, type Sql, type Transaction } from './engine/database.ts';
import { readOpenid, writeOpenid } from './openid-column.ts';
import { searchPattern, type UserColumns, userFrom } from './users.ts';
import { readWords, readWordsOrNull, writeWords, writeWordsOrNull } from './words-column.ts';

interface Row {
  id: Uint8Array;
  instance_id: Uint8Array;
  application_id: Uint8Array;
  user_id: Uint8Array;
  scopes: string;
  openid: string | null;
  resources: string | null;
  generation: number;
  created_at: number;
  rotated_at: number | null;
  last_used_at: number | null;
  expires_at: number | null;
  revoked_at: number | null;
}

const columns = new Columns(
  `id, instance_id, application_id, user_id, scopes, openid, resources, generation, created_at, rotated_at,
    last_used_at, expires_at, revoked_at`,
);

interface RowOfUser extends Row, UserColumns {
  subject: string | null;
}

/** Writes what a code was redeemed for, in the transaction that spends the code. */
export async function insertAuthorization(tx: Transaction, authorization: Authorization): Promise<void> {
  await tx.sql`
    INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, openid, resources, generation, created_at,
      expires_at)
    VALUES (${idBytes(authorization.id)}, ${idBytes(authorization.instanceId)},
      ${idBytes(authorization.applicationId)}, ${idBytes(authorization.userId)}, ${writeWords(authorization.scopes)},
      ${writeOpenid(authorization.openid)}, ${writeWordsOrNull(authorization.resources)}, ${authorization.generation}, ${authorization.createdAt}, ${authorization.expiresAt})`;
}

/** The authorization, revoked or not, with its user's state. */
export async function findAuthorization(
  db: Reader,
  instanceId: Id,
  id: Id,
): Promise<AuthorizationOfUser | undefined> {
  const [row] = await db.sql<RowOfUser>`
    SELECT a.id, a.instance_id, a.application_id, a.user_id, a.scopes, a.openid, a.resources, a.generation, a.created_at, a.rotated_at,
      a.last_used_at, a.expires_at, a.revoked_at, u.active AS user_active, u.role AS user_role,
      u.last_active_at AS user_last_active_at, u.subject
    FROM authorizations a LEFT JOIN users u ON u.id = a.user_id AND u.instance_id = a.instance_id
    WHERE a.id = ${idBytes(id)} AND a.instance_id = ${idBytes(instanceId)}`;
  if (!row) return undefined;
  const authorization = fromRow(row);
  const user = userFrom(row);
  return { ...authorization, user: user && { ...user, subject: row.subject ?? authorization.userId } };
}

interface RefreshedRow extends Pick<Row, 'user_id' | 'scopes' | 'openid'> {
  user_role: Role;
  subject: string | null;
}

/** What the tokens of a refresh are for, and what their user may do now. */
export interface Refreshed extends Pick<Authorization, 'userId' | 'scopes' | 'openid'> {
  /** What tokens call the user. */
  readonly subject: string;
  readonly userRole: Role;
}

/**
 * Spends the refresh token of this generation where nothing speaks against it: the authorization is this application's and
 * live, its user active, and neither of the policy's expirations reached (`livenessOf` in `authorizations/liveness.ts`). The one
 * write that decides which of several refreshes rotates, in one round trip.
 * @param resources `none`: of an authorization that is for no APIs in particular only
 * @returns undefined when something speaks against it, and nothing was spent
 */
export async function refreshAuthorization(
  write: Sql,
  instanceId: Id,
  applicationId: Id,
  token: { authorizationId: Id; generation: number },
  policy: { refreshTokenAbsoluteLifetime: number | null; refreshTokenInactivityLifetime: number | null },
  now: Instant,
  resources: 'none' | 'any',
): Promise<Refreshed | undefined> {
  const [row] = await write<RefreshedRow>`
    UPDATE authorizations SET generation = generation + 1, rotated_at = ${now}, last_used_at = ${now}
    WHERE id = ${idBytes(token.authorizationId)} AND instance_id = ${idBytes(instanceId)}
      AND application_id = ${idBytes(applicationId)} AND generation = ${token.generation}
      AND revoked_at IS NULL AND expires_at IS NULL
      AND (resources IS NULL OR ${resources === 'any' ? 1 : 0} = 1)
      AND created_at > ${startOf(now, policy.refreshTokenAbsoluteLifetime)}
      AND EXISTS (
        SELECT u.id FROM users u
        WHERE u.id = authorizations.user_id AND u.instance_id = authorizations.instance_id AND u.active = 1
          AND COALESCE(u.last_active_at, authorizations.created_at)
            > ${startOf(now, policy.refreshTokenInactivityLifetime)})
    RETURNING user_id, scopes, openid, (
      SELECT u.role FROM users u
      WHERE u.id = authorizations.user_id AND u.instance_id = authorizations.instance_id) AS user_role, (
      SELECT u.subject FROM users u
      WHERE u.id = authorizations.user_id AND u.instance_id = authorizations.instance_id) AS subject`;
  return (
    row && {
      userId: idFrom(row.user_id),
      subject: row.subject ?? idFrom(row.user_id),
      userRole: row.user_role,
      scopes: readWords(row.scopes),
      openid: readOpenid(row.openid),
    }
  );
}

/** What began after this has not reached the end of a lifetime now. */
function startOf(now: Instant, lifetime: number | null): Instant {
  return lifetime === null ? -1 : now - lifetime * SECOND;
}

/** Keeps an authorization from being ended until the transaction ends, if it was not before. */
export async function lockAuthorization(tx: Transaction, instanceId: Id, id: Id): Promise<void> {
  await tx.sql`
    UPDATE authorizations SET scopes = scopes WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}`;
}

/** @returns the authorization that this call ended; undefined when there was none or it had ended before */
export async function revokeAuthorization(
  tx: Transaction,
  instanceId: Id,
  id: Id,
  now: Instant,
): Promise<Authorization | undefined> {
  const [row] = await tx.sql<Row>`
    UPDATE authorizations SET revoked_at = ${now}
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)} AND revoked_at IS NULL
    RETURNING ${columns}`;
  return row && fromRow(row);
}

/**
 * @param except one that stays
 * @returns those that this call ended, at most `limit`
 */
export async function revokeAuthorizationsOfApplication(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  now: Instant,
  limit: number,
  except?: Id | null,
): Promise<Authorization[]> {
  const rows = await tx.sql<Row>`
    UPDATE authorizations SET revoked_at = ${now}
    WHERE revoked_at IS NULL AND id IN (
      SELECT id FROM authorizations
      WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)} AND revoked_at IS NULL
        AND id <> ${except ? idBytes(except) : new Uint8Array()}
      LIMIT ${limit})
    RETURNING ${columns}`;
  return rows.map(fromRow);
}

/**
 * Deletes the authorizations of a user.
 * @returns those that were live until now
 */
export async function deleteAuthorizationsOfUser(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
): Promise<Authorization[]> {
  const rows = await tx.sql<Row>`
    DELETE FROM authorizations
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
    RETURNING ${columns}`;
  return rows.map(fromRow).filter(({ revokedAt }) => revokedAt === null);
}

/**
 * Ends the live authorizations of a user that hold a scope.
 * @returns those that this call ended
 */
export async function revokeAuthorizationsWithScope(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  scope: string,
  now: Instant,
): Promise<Authorization[]> {
  const rows = await tx.sql<Row>`
    UPDATE authorizations SET revoked_at = ${now}
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)} AND revoked_at IS NULL
      AND replace(' ' || scopes || ' ', ${` ${scope} `}, '') <> ' ' || scopes || ' '
    RETURNING ${columns}`;
  return rows.map(fromRow);
}

interface ViewRow {
  id: Uint8Array;
  application_id: Uint8Array;
  application_name: string;
  user_id: Uint8Array;
  user_name: string;
  user_email: string;
  scopes: string;
  resources: string | null;
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
  absolute_end: number | null;
  inactivity_end: number | null;
}

const viewColumns = new Columns(
  `id, application_id, application_name, user_id, user_name, user_email, scopes, created_at, last_used_at,
    expires_at, absolute_end, inactivity_end,
    (SELECT a.resources FROM authorizations a WHERE a.id = authorization_views.id) AS resources`,
);

const firstId = '00000000000000000000000000000000' as Id;

/**
 * The live authorizations of an application, oldest first.
 * @param after the ID that the page before ended with; undefined for the first page
 * @param search part of the name or email address of the users to list; everybody without it
 */
export async function listAuthorizationsOfApplication(
  db: Reader,
  instanceId: Id,
  applicationId: Id,
  after: Id | undefined,
  limit: number,
  now: Instant,
  search = '',
): Promise<AuthorizationView[]> {
  const part = searchPattern(search);
  const rows = await db.sql<ViewRow>`
    SELECT ${viewColumns} FROM authorization_views
    WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)}
      AND (${search} = '' OR user_id IN (
        SELECT id FROM users
        WHERE instance_id = ${idBytes(instanceId)}
          AND (name_key LIKE ${part} ESCAPE '!' OR email_key LIKE ${part} ESCAPE '!')))
      AND id > ${idBytes(after ?? firstId)} AND revoked_at IS NULL
      AND COALESCE(expires_at > ${now}, absolute_end > ${now}, TRUE) AND COALESCE(inactivity_end > ${now}, TRUE)
    ORDER BY id LIMIT ${limit}`;
  return rows.map(viewFromRow);
}

/** The live authorizations of a user, oldest first; `after` as above. */
export async function listAuthorizationsOfUser(
  db: Reader,
  instanceId: Id,
  userId: Id,
  after: Id | undefined,
  limit: number,
  now: Instant,
): Promise<AuthorizationView[]> {
  const rows = await db.sql<ViewRow>`
    SELECT ${viewColumns} FROM authorization_views
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
      AND id > ${idBytes(after ?? firstId)} AND revoked_at IS NULL
      AND COALESCE(expires_at > ${now}, absolute_end > ${now}, TRUE) AND COALESCE(inactivity_end > ${now}, TRUE)
    ORDER BY id LIMIT ${limit}`;
  return rows.map(viewFromRow);
}

/** The newest live authorizations of a user, the newest first. */
export async function listNewestAuthorizationsOfUser(
  db: Reader,
  instanceId: Id,
  userId: Id,
  limit: number,
  now: Instant,
): Promise<AuthorizationView[]> {
  const rows = await db.sql<ViewRow>`
    SELECT ${viewColumns} FROM authorization_views
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)} AND revoked_at IS NULL
      AND COALESCE(expires_at > ${now}, absolute_end > ${now}, TRUE) AND COALESCE(inactivity_end > ${now}, TRUE)
    ORDER BY id DESC LIMIT ${limit}`;
  return rows.map(viewFromRow);
}

/**
 * How many users have a live authorization of an application.
 * @param most where counting stops, so that very many users cost no more than that. Few users with very many authorizations are
 *   all read: to stop earlier would tell too few.
 */
export async function countUsersOfApplication(
  db: Reader,
  instanceId: Id,
  applicationId: Id,
  now: Instant,
  most: number,
): Promise<number> {
  const [row] = await db.sql<{ count: number }>`
    SELECT count(*) AS count FROM (
      SELECT DISTINCT user_id FROM authorization_views
      WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)} AND revoked_at IS NULL
        AND COALESCE(expires_at > ${now}, absolute_end > ${now}, TRUE) AND COALESCE(inactivity_end > ${now}, TRUE)
      LIMIT ${most}
    ) AS users`;
  return row?.count ?? 0;
}

function viewFromRow(row: ViewRow): AuthorizationView {
  const expiry = earlierOf(row.expires_at ?? row.absolute_end, row.inactivity_end);
  return {
    id: idFrom(row.id),
    application: { id: idFrom(row.application_id), name: row.application_name },
    user: { id: idFrom(row.user_id), name: row.user_name, email: row.user_email },
    scopes: readWords(row.scopes),
    resources: readWordsOrNull(row.resources),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: expiry?.expiresAt ?? null,
    expiresBecause: expiry?.because ?? null,
  };
}

function fromRow(row: Row): Authorization {
  return {
    id: idFrom(row.id),
    instanceId: idFrom(row.instance_id),
    applicationId: idFrom(row.application_id),
    userId: idFrom(row.user_id),
    scopes: readWords(row.scopes),
    openid: readOpenid(row.openid),
    resources: readWordsOrNull(row.resources),
    generation: row.generation,
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
