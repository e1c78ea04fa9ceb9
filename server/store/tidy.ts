import { DAY, HOUR, type Instant } from '../units.ts';
import type { Database } from './database.ts';

/** Rows that one statement deletes: few enough that a request behind it waits a few milliseconds at most. */
const batch = 500;

/** A spent code stays this long, so that its second use is recognised and ends what the first one issued. */
const spentCodesStay = HOUR;
/** An ended authorization stays this long, so that its tokens are told "revoked" and not "unknown". */
const endedAuthorizationsStay = DAY;
/** The longest that any session can lie idle. */
const longestIdle = 14 * DAY;
const longestSession = 90 * DAY;

/**
 * Deletes what no request can need any more, in small batches.
 * @returns how many rows went; while it is not 0 there may be more
 */
export async function tidy(db: Database, now: Instant): Promise<number> {
  const gone = await Promise.all([
    db.write`
      DELETE FROM authorization_codes WHERE code_hash IN (
        SELECT code_hash FROM authorization_codes WHERE expires_at < ${now - spentCodesStay} LIMIT ${batch})
      RETURNING expires_at`,
    db.write`
      DELETE FROM spent_assertions WHERE hash IN (
        SELECT hash FROM spent_assertions WHERE expires_at < ${now} LIMIT ${batch})
      RETURNING expires_at`,
    db.write`
      DELETE FROM revoked_access_tokens WHERE jti IN (
        SELECT jti FROM revoked_access_tokens WHERE expires_at < ${now} LIMIT ${batch})
      RETURNING expires_at`,
    db.write`
      DELETE FROM sessions WHERE token_hash IN (
        SELECT token_hash FROM sessions
        WHERE last_seen_at < ${now - longestIdle} OR created_at < ${now - longestSession} LIMIT ${batch})
      RETURNING created_at`,
    db.write`
      DELETE FROM authorizations WHERE id IN (
        SELECT id FROM authorizations
        WHERE revoked_at IS NOT NULL AND revoked_at < ${now - endedAuthorizationsStay} LIMIT ${batch})
      RETURNING created_at`,
    db.write`
      DELETE FROM authorizations WHERE id IN (
        SELECT id FROM authorizations
        WHERE expires_at IS NOT NULL AND expires_at < ${now - endedAuthorizationsStay} LIMIT ${batch})
      RETURNING created_at`,
    db.write`
      DELETE FROM rate_limits WHERE key IN (
        SELECT key FROM rate_limits WHERE expires_at IS NOT NULL AND expires_at < ${now} LIMIT ${batch})
      RETURNING points`,
    db.write`
      DELETE FROM signing_keys WHERE published_until IS NOT NULL AND published_until < ${now} RETURNING created_at`,
  ]);
  return gone.reduce((sum, rows) => sum + rows.length, 0);
}
