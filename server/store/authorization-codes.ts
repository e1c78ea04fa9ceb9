import { type Id, idBytes, idFrom, idFromOrNull } from '../base/ids.ts';
import { sha256 } from '../base/master-secret.ts';
import { type Instant, SECOND } from '../base/units.ts';
import type { AuthorizationKey } from '../model/authorization.ts';
import type { OpenidGrant } from '../model/openid.ts';
import { adminScope } from '../model/scopes.ts';
import type { Role } from '../model/user.ts';
import { Columns, type Reader, type Sql, type Transaction } from './engine/database.ts';
import { readOpenid, writeOpenid } from './openid-column.ts';
import { readWords, readWordsOrNull, writeWords, writeWordsOrNull } from './words-column.ts';

/** What a code is found by: the time that it tells, and its hash. Codes of 0.1.0 told no time. */
function keyOf(code: string): Buffer {
  const time = code.length === 52 ? code.slice(0, 8) : '';
  return Buffer.concat([Buffer.from(time, 'base64url'), sha256(code)]);
}

/** What an authorization code stands for. */
export interface AuthorizationCode {
  readonly instanceId: Id;
  readonly applicationId: Id;
  readonly userId: Id;
  /** As the request named it; null when it named none. */
  readonly redirectUri: string | null;
  /** PKCE challenge, S256; null without. */
  readonly codeChallenge: string | null;
  readonly scopes: readonly string[];
  /** Whether a remembered yes spared the question: then it is good as long as that yes is remembered. */
  readonly byConsent: boolean;
  /** What its ID tokens tell; null where `openid` was not asked for. */
  readonly openid: OpenidGrant | null;
  /** The identifiers of the APIs that its request named; null for none. */
  readonly resources: readonly string[] | null;
  readonly expiresAt: Instant;
  readonly spentAt: Instant | null;
  /** What its one use issued; null when it was spent in vain. */
  readonly authorizationId: Id | null;
}

interface Row {
  instance_id: Uint8Array;
  application_id: Uint8Array;
  user_id: Uint8Array;
  redirect_uri: string | null;
  code_challenge: string | null;
  scopes: string;
  by_consent: number;
  openid: string | null;
  resources: string | null;
  expires_at: number;
  spent_at: number | null;
  authorization_id: Uint8Array | null;
}

const columns = new Columns(
  `instance_id, application_id, user_id, redirect_uri, code_challenge, scopes, by_consent, openid, resources,
    expires_at, spent_at, authorization_id`,
);

/**
 * Keeps a code for the user of a browser session, as long as there is that session of an active user, who is an administrator if the
 * code is for `admin`: whoever lost that meanwhile gets no code.
 * @param write of the database, or `sql` of a transaction
 * @param tokenHash SHA-256 of the session cookie's value
 * @returns whether it was kept
 */
export async function insertAuthorizationCode(
  write: Sql,
  code: string,
  tokenHash: Buffer,
  data: Omit<AuthorizationCode, 'spentAt' | 'authorizationId'>,
): Promise<boolean> {
  const takesAdministrator = data.scopes.includes(adminScope) ? 1 : 0;
  const rows = await write`
    INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge,
      scopes, by_consent, openid, resources, expires_at)
    SELECT ${keyOf(code)}, ${idBytes(data.instanceId)}, ${idBytes(data.applicationId)}, u.id,
      ${data.redirectUri}, ${data.codeChallenge}, ${writeWords(data.scopes)},
      ${data.byConsent}, ${writeOpenid(data.openid)}, ${writeWordsOrNull(data.resources)}, ${data.expiresAt}
    FROM users u JOIN sessions s ON s.user_id = u.id AND s.instance_id = u.instance_id
    WHERE u.id = ${idBytes(data.userId)} AND u.instance_id = ${idBytes(data.instanceId)} AND s.token_hash = ${tokenHash}
      AND u.active = 1 AND (u.role = 'administrator' OR ${takesAdministrator} = 0)
    RETURNING user_id`;
  return rows.length === 1;
}

/**
 * A code as it is kept, spent ones too.
 * @param code as it was issued; its hash is what is looked up
 */
export async function findAuthorizationCode(
  db: Reader,
  instanceId: Id,
  code: string,
): Promise<AuthorizationCode | undefined> {
  const [row] = await db.sql<Row>`
    SELECT ${columns} FROM authorization_codes
    WHERE code_hash = ${keyOf(code)} AND instance_id = ${idBytes(instanceId)}`;
  return row && fromRow(row);
}

/** What a code that was just spent had stood for, and what its user may do now. */
export interface SpentCode extends Omit<AuthorizationCode, 'expiresAt' | 'spentAt' | 'authorizationId'> {
  /** What tokens call the user. */
  readonly subject: string;
  /** Null when the user is not active any more. */
  readonly userRole: Role | null;
}

/**
 * Spends a code that is good and this application's: the one write that decides which of several redemptions succeeds.
 * @param authorizationId what it is spent for
 * @returns undefined when nothing was spent
 */
export async function spendAuthorizationCode(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  code: string,
  now: Instant,
  authorizationId: Id,
): Promise<SpentCode | undefined> {
  const [row] = await tx.sql<Row & { user_role: Role | null; subject: string | null }>`
    UPDATE authorization_codes SET spent_at = ${now}, authorization_id = ${idBytes(authorizationId)}
    WHERE code_hash = ${keyOf(code)} AND instance_id = ${idBytes(instanceId)}
      AND application_id = ${idBytes(applicationId)} AND spent_at IS NULL AND expires_at > ${now}
      AND (by_consent = 0 OR EXISTS (
        SELECT 1 FROM consents c
        WHERE c.user_id = authorization_codes.user_id AND c.application_id = authorization_codes.application_id
          AND c.instance_id = authorization_codes.instance_id))
    RETURNING ${columns}, (
      SELECT u.role FROM users u
      WHERE u.id = authorization_codes.user_id AND u.instance_id = authorization_codes.instance_id AND u.active = 1
    ) AS user_role, (
      SELECT u.subject FROM users u
      WHERE u.id = authorization_codes.user_id AND u.instance_id = authorization_codes.instance_id
    ) AS subject`;
  if (!row) return undefined;
  const spent = fromRow(row);
  return { ...spent, subject: row.subject ?? spent.userId, userRole: row.user_role };
}

/** Keeps of a code that was spent in vain that it issued nothing. */
export async function forgetIssued(tx: Transaction, instanceId: Id, code: string): Promise<void> {
  await tx.sql`
    UPDATE authorization_codes SET authorization_id = NULL
    WHERE code_hash = ${keyOf(code)} AND instance_id = ${idBytes(instanceId)}`;
}

/** A redemption that began when its code was good has ended by now: every answer comes within five seconds, and clocks differ. */
const underWay = 10 * SECOND;

/**
 * Deletes the codes of an application that could still be redeemed, and waits for redemptions under way. Those that were spent
 * stay, so that a second use is still recognised.
 */
export async function deleteRedeemableCodes(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  now: Instant,
): Promise<void> {
  await tx.sql`
    DELETE FROM authorization_codes
    WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)}
      AND spent_at IS NULL AND expires_at > ${now - underWay}`;
}

/** The same for the codes of a live authorization's user and application: they would bring back what is about to end. */
export async function deleteRedeemableCodesBeside(
  tx: Transaction,
  { id, instanceId, userId, applicationId }: AuthorizationKey & { readonly instanceId: Id },
  now: Instant,
): Promise<void> {
  await tx.sql`
    DELETE FROM authorization_codes
    WHERE user_id = ${idBytes(userId)} AND application_id = ${idBytes(applicationId)}
      AND instance_id = ${idBytes(instanceId)} AND spent_at IS NULL AND expires_at > ${now - underWay}
      AND EXISTS (
        SELECT a.id FROM authorizations a
        WHERE a.id = ${idBytes(id)} AND a.instance_id = ${idBytes(instanceId)} AND a.revoked_at IS NULL)`;
}

/** Deletes every code of a user, spent ones too: nothing is left for them to end. */
export async function deleteCodesOfUser(tx: Transaction, instanceId: Id, userId: Id): Promise<void> {
  await tx.sql`
    DELETE FROM authorization_codes
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}`;
}

/** The same for the codes of a user that would give a scope. */
export async function deleteRedeemableCodesWithScope(
  tx: Transaction,
  instanceId: Id,
  userId: Id,
  scope: string,
  now: Instant,
): Promise<void> {
  await tx.sql`
    DELETE FROM authorization_codes
    WHERE user_id = ${idBytes(userId)} AND instance_id = ${idBytes(instanceId)}
      AND spent_at IS NULL AND expires_at > ${now - underWay}
      AND replace(' ' || scopes || ' ', ${` ${scope} `}, '') <> ' ' || scopes || ' '`;
}

function fromRow(row: Row): AuthorizationCode {
  return {
    instanceId: idFrom(row.instance_id),
    applicationId: idFrom(row.application_id),
    userId: idFrom(row.user_id),
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
    scopes: readWords(row.scopes),
    byConsent: row.by_consent === 1,
    openid: readOpenid(row.openid),
    resources: readWordsOrNull(row.resources),
    expiresAt: row.expires_at,
    spentAt: row.spent_at,
    authorizationId: idFromOrNull(row.authorization_id),
  };
}
