import type { Instant } from '../units.ts';
import type { Transaction } from './database.ts';

/** A counter after it was raised. */
export interface Counted {
  readonly points: number;
  /** When the counter begins anew. */
  readonly resetAt: Instant;
}

/**
 * Raises a counter by one in a single write, so that of many at the same instant each sees another number.
 * @param key a MAC over what is counted, the instance included
 * @param resetAt when the counter begins anew, if this is its first point
 */
export async function countOne(
  tx: Transaction,
  key: Buffer,
  now: Instant,
  resetAt: Instant,
): Promise<Counted> {
  const [row] = await tx.sql<{ points: number; expires_at: number }>`
    INSERT INTO rate_limits (key, points, expires_at) VALUES (${key}, 1, ${resetAt})
    ON CONFLICT (key) DO UPDATE SET
      points = CASE WHEN rate_limits.expires_at <= ${now} THEN 1 ELSE rate_limits.points + 1 END,
      expires_at = CASE WHEN rate_limits.expires_at <= ${now} THEN excluded.expires_at ELSE rate_limits.expires_at END
    RETURNING points, expires_at`;
  return { points: row?.points ?? 1, resetAt: row?.expires_at ?? resetAt };
}

/** Takes one point back, from a counter that still counts. */
export async function countOneLess(tx: Transaction, key: Buffer, now: Instant): Promise<void> {
  await tx.sql`
    UPDATE rate_limits SET points = points - 1 WHERE key = ${key} AND points > 0 AND expires_at > ${now}`;
}

/** Forgets a counter. */
export async function resetCount(tx: Transaction, key: Buffer): Promise<void> {
  await tx.sql`DELETE FROM rate_limits WHERE key = ${key}`;
}
