import type { Database } from '../../server/store/engine/database.ts';

/**
 * Returns when a statement that changes or deletes a row of a table waits for another transaction (PostgreSQL).
 * @param stop looks no longer when it says so
 */
export async function someoneWaits(db: Database, table: string, stop = () => false): Promise<void> {
  const [update, deletion] = [`%UPDATE ${table}%`, `%DELETE FROM ${table}%`];
  while (!stop()) {
    const waiting = await db.sql`
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND (query LIKE ${update} OR query LIKE ${deletion})`;
    if (waiting.length > 0) return;
  }
}
