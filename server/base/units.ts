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

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** The instant that somebody wrote as RFC 3339; undefined for anything else, a day that there is not among it. */
export function fromRfc3339(text: string): Instant | undefined {
  const [, year, month, day] = rfc3339.exec(text) ?? [];
  const instant = day === undefined ? Number.NaN : Date.parse(text.toUpperCase());
  // Date.parse lets 31 February pass as 3 March.
  const isThere =
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return Number.isNaN(instant) || !isThere ? undefined : instant;
}
