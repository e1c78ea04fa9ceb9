import { type Id, idBytes, idFrom, idFromOrNull } from '../ids.ts';
import { sha256 } from '../master-secret.ts';
import type { Instant } from '../units.ts';
import type { Reader, Transaction } from './database.ts';

/** What an authorization code stands for (RFC 6749 4.1.2). Kept by the code's hash. */
export interface AuthorizationCode {
  readonly instanceId: Id;
  readonly applicationId: Id;
  readonly userId: Id;
  /** As the request named it; null when it named none. */
  readonly redirectUri: string | null;
  /** PKCE challenge, S256; null without. */
  readonly codeChallenge: string | null;
  readonly scopes: readonly string[];
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
  expires_at: number;
  spent_at: number | null;
  authorization_id: Uint8Array | null;
}

export async function insertAuthorizationCode(
  tx: Transaction,
  code: string,
  data: Omit<AuthorizationCode, 'spentAt' | 'authorizationId'>,
): Promise<void> {
  await tx.sql`
    INSERT INTO authorization_codes (code_hash, instance_id, application_id, user_id, redirect_uri, code_challenge,
      scopes, expires_at)
    VALUES (${sha256(code)}, ${idBytes(data.instanceId)}, ${idBytes(data.applicationId)}, ${idBytes(data.userId)},
      ${data.redirectUri}, ${data.codeChallenge}, ${data.scopes.join(' ')}, ${data.expiresAt})`;
}

export async function findAuthorizationCode(
  db: Reader,
  instanceId: Id,
  code: string,
): Promise<AuthorizationCode | undefined> {
  const [row] = await db.sql<Row>`
    SELECT * FROM authorization_codes WHERE code_hash = ${sha256(code)} AND instance_id = ${idBytes(instanceId)}`;
  return row && fromRow(row);
}

/**
 * Spends a code: the one write that decides which of several redemptions succeeds.
 * @param authorizationId what it is spent for; null when it is spent in vain
 * @returns false when it was spent before, or is gone
 */
export async function spendAuthorizationCode(
  tx: Transaction,
  instanceId: Id,
  code: string,
  now: Instant,
  authorizationId: Id | null,
): Promise<boolean> {
  const rows = await tx.sql`
    UPDATE authorization_codes
    SET spent_at = ${now}, authorization_id = ${authorizationId === null ? null : idBytes(authorizationId)}
    WHERE code_hash = ${sha256(code)} AND instance_id = ${idBytes(instanceId)} AND spent_at IS NULL
    RETURNING spent_at`;
  return rows.length === 1;
}

export async function deleteAuthorizationCodesOfApplication(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
): Promise<void> {
  await tx.sql`
    DELETE FROM authorization_codes
    WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)}`;
}

function fromRow(row: Row): AuthorizationCode {
  return {
    instanceId: idFrom(row.instance_id),
    applicationId: idFrom(row.application_id),
    userId: idFrom(row.user_id),
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
    scopes: row.scopes.split(' '),
    expiresAt: row.expires_at,
    spentAt: row.spent_at,
    authorizationId: idFromOrNull(row.authorization_id),
  };
}
