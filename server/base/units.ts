/** Units and kinds that the whole server counts in. */

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Where the present comes from. Injected, so that tests move time instead of sleeping. */
export type Clock = () => Instant;

/** Milliseconds in each unit; durations in code are written `120 * SECOND`. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** An instant as the whole Unix seconds that tokens carry (RFC 7519 NumericDate). */
export function toUnixSeconds(instant: Instant): number {
  return Math.floor(instant / SECOND);
}

/** An instant as the REST API writes it: RFC 3339, UTC. */
export function toRfc3339(instant: Instant): string {
  return new Date(instant).toISOString();
}
