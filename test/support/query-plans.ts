import type { Database, SqlPart } from '../../server/store/engine/database.ts';

/**
 * A database that runs nothing: it writes down, in `steps`, how SQLite would run each statement, and every one finds no rows.
 */
export function explaining(db: Database): { database: Pick<Database, 'sql' | 'write'>; steps: string[] } {
  const steps: string[] = [];
  const explain = async (text: TemplateStringsArray, ...values: SqlPart[]) => {
    const [first = '', ...rest] = text;
    const explained = Object.assign([`EXPLAIN QUERY PLAN ${first}`, ...rest], { raw: text.raw });
    for (const { detail } of await db.sql<{ detail: string }>(explained, ...values)) steps.push(detail);
    return [];
  };
  return { database: { sql: explain, write: explain }, steps };
}
