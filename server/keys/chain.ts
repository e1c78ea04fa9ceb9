import { DAY, HOUR, type Instant, MINUTE } from '../base/units.ts';
import type { StoredSigningKey } from '../store/signing-keys.ts';

// Which key of a chain signs when: pure rules of what is stored of them.

const rotateAfter = 90 * DAY;
/** The longest life of what a key signs: an access token's (the registry's limit), and time for clocks that differ. */
export const longestToken = DAY + HOUR;
/**
 * How long a key is published before it signs, so that every copy of the JWKS has it: an API keeps one for ten minutes,
 * a cache on the way for five, and clocks differ.
 */
export const publishedAhead = 20 * MINUTE;

type Timed = Pick<StoredSigningKey, 'activeFrom'>;

/**
 * Of the keys whose time has come, the one whose time came last. Where the clock was set back to before all of them, the one
 * whose time comes first: tokens are signed whatever the clock did, by a key that is published.
 */
export function activeOf<Key extends Timed>(keys: readonly Key[], now: Instant): Key | undefined {
  let active: Key | undefined;
  for (const key of keys)
    if (key.activeFrom !== null && goesBefore(key.activeFrom, active, now)) active = key;
  return active;
}

/** Whether a key that signs from `activeFrom` on signs now rather than `other`. */
function goesBefore(activeFrom: Instant, other: Timed | undefined, now: Instant): boolean {
  if (!other || other.activeFrom === null) return true;
  if (activeFrom > now) return other.activeFrom > now && activeFrom < other.activeFrom;
  return other.activeFrom > now || activeFrom >= other.activeFrom;
}

/** Whether another key should sign: the active one has for 90 days, or none does. A chain that nobody has begun needs nothing. */
export function isDue(keys: readonly StoredSigningKey[], now: Instant): boolean {
  const active = activeOf(keys, now);
  return active ? (active.activeFrom ?? now) <= now - rotateAfter : keys.length > 0;
}

/** Whether a key is published to sign after the next rotation. */
export function isNext(key: Timed): boolean {
  return key.activeFrom === null;
}

/** Whether a key's time to sign is known and has not come. */
export function isScheduled(key: Timed, now: Instant): boolean {
  return key.activeFrom !== null && key.activeFrom > now;
}

/** Whether no JWKS was ever without this key: it is as old as every other. */
export function isKnownToAll(key: StoredSigningKey, keys: readonly StoredSigningKey[]): boolean {
  return keys.every((each) => key.createdAt <= each.createdAt);
}
