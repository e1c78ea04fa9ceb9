import type { Instant } from '../base/units.ts';
import type { Transaction } from './engine/database.ts';

/** Failures of somebody somewhere. */
export interface Counter {
  readonly points: number;
  /** When the counter begins anew. */
  readonly resetAt: Instant;
  /** Until when whatever it counts is turned away. */
  readonly blockedUntil: Instant;
  /** How many were turned away since the last failure. */
  readonly refused: number;
}

/**
 * Where a counter is: under a MAC over what is counted, the instance included, by each master secret. It is written under all
 * of them, so that no order of secrets, and no process that has not all of them yet, loses what was counted.
 */
export type CounterKeys = readonly Buffer[];

/** The counter of some keys, which nobody else reads or changes until the transaction ends. */
export async function lockCounter(tx: Transaction, keys: CounterKeys, now: Instant): Promise<Counter> {
  let strictest: Counter = { points: 0, resetAt: now, blockedUntil: 0, refused: 0 };
  for (const key of keys) {
    const counter = await lockOne(tx, key, now);
    const isStricter =
      counter.points > strictest.points ||
      (counter.points === strictest.points && counter.blockedUntil > strictest.blockedUntil);
    if (isStricter) strictest = counter;
  }
  // Also one that only blocks, and is not raised any more, must be there when the old secret goes.
  if (keys.length > 1) await writeCounter(tx, keys, strictest);
  return strictest;
}

async function lockOne(tx: Transaction, key: Buffer, now: Instant): Promise<Counter> {
  const [row] = await tx.sql<{
    points: number;
    expires_at: number;
    blocked_until: number;
    refused: number;
  }>`
    INSERT INTO rate_limits (key, points, expires_at) VALUES (${key}, 0, ${now})
    ON CONFLICT (key) DO UPDATE SET points = rate_limits.points
    RETURNING points, expires_at, blocked_until, refused`;
  if (!row || row.expires_at <= now) return { points: 0, resetAt: now, blockedUntil: 0, refused: 0 };
  return {
    points: row.points,
    resetAt: row.expires_at,
    blockedUntil: row.blocked_until,
    refused: row.refused,
  };
}

/** Writes a counter that this transaction has locked. */
export async function writeCounter(tx: Transaction, keys: CounterKeys, counter: Counter): Promise<void> {
  for (const key of keys)
    await tx.sql`
      UPDATE rate_limits SET points = ${counter.points}, expires_at = ${counter.resetAt},
        blocked_until = ${counter.blockedUntil}, refused = ${counter.refused}
      WHERE key = ${key}`;
}

/** Forgets a counter. */
export async function resetCounter(tx: Transaction, keys: CounterKeys): Promise<void> {
  for (const key of keys) await tx.sql`DELETE FROM rate_limits WHERE key = ${key}`;
}
