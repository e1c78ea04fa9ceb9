import { firstIdOf, type Id, idBytes, idFrom } from '../base/ids.ts';
import { DAY, HOUR, type Instant } from '../base/units.ts';
import type { Database } from './engine/database.ts';

/** Rows that one statement deletes: few enough that a request behind it waits a few milliseconds at most. */
const batch = 500;

/** A spent code stays this long, so that its second use is recognised and ends what the first one issued. */
const spentCodesStay = HOUR;
/** An ended authorization stays this long, so that its tokens are told "revoked" and not "unknown". */
const endedAuthorizationsStay = DAY;

type Writer = Pick<Database, 'write'>;

/** What no request can need any more: each deletes a batch of it, found by an index, and gives the rows that went. */
const deletions = {
  authorization_codes: (db: Writer, now: Instant) => db.write`
    DELETE FROM authorization_codes WHERE code_hash IN (
      SELECT code_hash FROM authorization_codes WHERE expires_at < ${now - spentCodesStay} LIMIT ${batch})
    RETURNING expires_at`,
  spent_assertions: (db: Writer, now: Instant) => db.write`
    DELETE FROM spent_assertions WHERE hash IN (
      SELECT hash FROM spent_assertions WHERE expires_at < ${now} LIMIT ${batch})
    RETURNING expires_at`,
  pushed_requests: (db: Writer, now: Instant) => db.write`
    DELETE FROM pushed_requests WHERE uri_hash IN (
      SELECT uri_hash FROM pushed_requests WHERE expires_at < ${now} LIMIT ${batch})
    RETURNING expires_at`,
  revoked_access_tokens: (db: Writer, now: Instant) => db.write`
    DELETE FROM revoked_access_tokens WHERE jti IN (
      SELECT jti FROM revoked_access_tokens WHERE expires_at < ${now} LIMIT ${batch})
    RETURNING expires_at`,
  // One that is too old is not used any more, so that this finds it too.
  sessions: (db: Writer, now: Instant, longestIdle: number) => db.write`
    DELETE FROM sessions WHERE token_hash IN (
      SELECT token_hash FROM sessions WHERE last_seen_at < ${now - longestIdle} LIMIT ${batch})
    RETURNING created_at`,
  ended_authorizations: (db: Writer, now: Instant) => db.write`
    DELETE FROM authorizations WHERE id IN (
      SELECT id FROM authorizations
      WHERE revoked_at IS NOT NULL AND revoked_at < ${now - endedAuthorizationsStay} LIMIT ${batch})
    RETURNING created_at`,
  single_authorizations: (db: Writer, now: Instant) => db.write`
    DELETE FROM authorizations WHERE id IN (
      SELECT id FROM authorizations
      WHERE expires_at IS NOT NULL AND expires_at < ${now - endedAuthorizationsStay} LIMIT ${batch})
    RETURNING created_at`,
  rate_limits: (db: Writer, now: Instant) => db.write`
    DELETE FROM rate_limits WHERE key IN (
      SELECT key FROM rate_limits WHERE expires_at < ${now} LIMIT ${batch})
    RETURNING points`,
  signing_keys: (db: Writer, now: Instant) => db.write`
    DELETE FROM signing_keys WHERE id IN (
      SELECT id FROM signing_keys WHERE published_until < ${now} LIMIT ${batch})
    RETURNING created_at`,
  rsa_signing_keys: (db: Writer, now: Instant) => db.write`
    DELETE FROM rsa_signing_keys WHERE id IN (
      SELECT id FROM rsa_signing_keys WHERE published_until < ${now} LIMIT ${batch})
    RETURNING created_at`,
};

export type Tidied = keyof typeof deletions;
/** Everything that `tidy` deletes. */
export const tidied = Object.keys(deletions) as readonly Tidied[];

/**
 * Deletes what no request can need any more of one kind, in small batches until there is no more.
 * @param longestIdle how long any session can lie unused, in milliseconds
 * @param stop ends it after the batch that is under way
 */
export async function tidy(
  db: Writer,
  what: Tidied,
  now: Instant,
  longestIdle: number,
  stop?: AbortSignal,
): Promise<void> {
  while (!stop?.aborted && (await deletions[what](db, now, longestIdle)).length === batch);
}

/** So long after its policy ended it an authorization is kept, since a longer policy makes it good again. */
const expiredAuthorizationsStay = 90 * DAY;
const lookedAt = 1000;

/**
 * Deletes authorizations that their application's policy ended long ago, and those whose user is deleted. Policies change, so that no index knows which
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
  // The view has none whose user is deleted: such as one that a code gave at that very moment.
  await db.write`
    DELETE FROM authorizations
    WHERE id > ${begin} AND id <= ${end} AND (
      NOT EXISTS (SELECT u.id FROM users u WHERE u.id = authorizations.user_id)
      OR id IN (
        SELECT id FROM authorization_views
        WHERE id > ${begin} AND id <= ${end} AND (absolute_end < ${ended} OR inactivity_end < ${ended})))
    RETURNING created_at`;
  return rows.length < lookedAt ? undefined : idFrom(end);
}

/**
 * Deletes audit events of an instance from before an instant, in small batches until there is no more.
 * @param stop ends it after the batch that is under way
 */
export async function tidyAuditEvents(
  db: Writer,
  instanceId: Id,
  before: Instant,
  stop?: AbortSignal,
): Promise<void> {
  const deleteBatch = () => db.write`
    DELETE FROM audit_events WHERE id IN (
      SELECT id FROM audit_events
      WHERE instance_id = ${idBytes(instanceId)} AND id < ${idBytes(firstIdOf(before))} ORDER BY id LIMIT ${batch})
    RETURNING time`;
  while (!stop?.aborted && (await deleteBatch()).length === batch);
}
