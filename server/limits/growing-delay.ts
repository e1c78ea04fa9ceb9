import { type Instant, SECOND } from '../base/units.ts';
import type { Counter } from '../store/rate-limits.ts';

/** So many failures are a matter of course; after them each has to wait twice as long as the one before. */
export interface Limit {
  /** Points that may be counted before the first delay. */
  readonly allowed: number;
  /** Milliseconds that failures count: from the first of them, and from the end of each delay. */
  readonly window: number;
  /** Milliseconds. */
  readonly firstDelay: number;
  /** Milliseconds. */
  readonly longestDelay: number;
}

/** So many failures are all that there may be in a window. */
export interface Quota {
  readonly allowed: number;
  /** Milliseconds, from the first failure. */
  readonly window: number;
}

/** The counter after one more failure of so many points. Not to be called while it blocks. */
export function raise(counter: Counter, limit: Limit | Quota, now: Instant, points = 1): Counter {
  const isFull = counter.points >= limit.allowed;
  // Many at one instant fill it, and begin the first delay; they do not make it the longest.
  const total = isFull ? counter.points + 1 : Math.min(counter.points + points, limit.allowed);
  const resetAt = counter.resetAt > now ? counter.resetAt : now + limit.window;
  if (total < limit.allowed) return { points: total, resetAt, blockedUntil: 0, refused: 0 };
  if (!('firstDelay' in limit)) return { points: total, resetAt, blockedUntil: resetAt, refused: 0 };
  const delay = Math.min(limit.longestDelay, limit.firstDelay * 2 ** Math.min(total - limit.allowed, 30));
  const blockedUntil = now + delay;
  return { points: total, resetAt: Math.max(resetAt, blockedUntil + limit.window), blockedUntil, refused: 0 };
}

/**
 * The counter without one failure that was none after all.
 * @param counted the counter before and after that failure. A delay that another one began stays, and a window that has begun
 *   since does not have it
 */
export function takeBack(
  counter: Counter,
  counted: { readonly before: Counter; readonly after: Counter },
  now: Instant,
): Counter {
  const { before, after } = counted;
  if (after.resetAt <= now) return counter;
  const points = Math.max(0, counter.points - 1);
  const isOwnDelay = after.blockedUntil > 0 && counter.blockedUntil === after.blockedUntil;
  return isOwnDelay ? { ...before, points } : { ...counter, points };
}

/** Whole seconds until a counter blocks no more; at least 1. */
export function secondsLeft(counter: Counter, now: Instant): number {
  return Math.max(1, Math.ceil((counter.blockedUntil - now) / SECOND));
}
