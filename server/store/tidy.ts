import { firstIdOf, type Id, idBytes, idFrom } from '../ids.ts';
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

/** So long after its policy ended it an authorization is kept, since a longer policy makes it good again. */
const expiredAuthorizationsStay = 90 * DAY;
const lookedAt = 1000;

/**
 * Deletes authorizations that their application's policy ended long ago. Policies change, so that no index knows which
 * these are: it looks at so many rows at a time, and goes on from there the next time.
 * @param after where it stopped before; undefined for the beginning
 * @returns where to go on; undefined when it came to the end
 */
export async function tidyExpiredAuthorizations(
  db: Database,
  now: Instant,
  after: Id | undefined,
): Promise<Id | undefined> {
  const begin = idBytes(after ?? firstIdOf(0));
  const rows = await db.sql<{ id: Uint8Array }>`
    SELECT id FROM authorizations WHERE id > ${begin} ORDER BY id LIMIT ${lookedAt}`;
  const end = rows.at(-1)?.id;
  if (!end) return undefined;
  const ended = now - expiredAuthorizationsStay;
  await db.write`
    DELETE FROM authorizations WHERE id IN (
      SELECT id FROM authorization_views
      WHERE id > ${begin} AND id <= ${end} AND (absolute_end < ${ended} OR inactivity_end < ${ended}))
    RETURNING created_at`;
  return rows.length < lookedAt ? undefined : idFrom(end);
}

/**
 * Deletes audit events of an instance from before an instant, in small batches.
 * @returns how many rows went; while it is not 0 there may be more
 */
export async function tidyAuditEvents(db: Database, instanceId: Id, before: Instant): Promise<number> {
  const rows = await db.write`
    DELETE FROM audit_events WHERE id IN (
      SELECT id FROM audit_events
      WHERE instance_id = ${idBytes(instanceId)} AND id < ${idBytes(firstIdOf(before))} ORDER BY id LIMIT ${batch})
    RETURNING time`;
  return rows.length;
}
