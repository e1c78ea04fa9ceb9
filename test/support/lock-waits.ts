import type { Database } from '../../server/store/engine/database.ts';

/**
 * Returns when a statement waits for a row of a table that another transaction has locked (PostgreSQL).
 * @param stop looks no longer when it says so
 */
export async function someoneWaits(db: Database, table: string, stop = () => false): Promise<void> {
  const statement = `%UPDATE ${table}%`;
  while (!stop()) {
    const waiting = await db.sql`
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE ${statement}`;
    if (waiting.length > 0) return;
  }
}
