import { readdirSync, readFileSync } from 'node:fs';
import {
  type Database,
  DatabaseTooNew,
  DatabaseUnavailable,
  DatabaseUnusable,
  type Reader,
  type Transaction,
} from './database.ts';

const folder = new URL('../migrations/', import.meta.url);

/**
 * Brings the schema to the newest version: forward only, all in one transaction, and safe when several
 * processes start at once. The SQL files are written for SQLite; `forPostgres` says what differs.
 * @returns the numbers that were applied by this call
 * @throws DatabaseTooNew when the database is newer than this program
 * @throws DatabaseUnusable when it is another program's, or of an encoding that does not hold every character
 */
export async function migrate(db: Database): Promise<number[]> {
  const files = readdirSync(folder)
    .filter((name) => /^\d{3}-.*\.sql$/.test(name))
    .sort();
  const numbers = files.map((name) => Number(name.slice(0, 3)));
  // Most starts have nothing to do, and need not wait for whoever writes at this moment.
  const missing = await findMissing(db, numbers).catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable || error instanceof DatabaseTooNew) throw error;
    return numbers; // there is no such table yet
  });
  if (missing.length === 0) return [];
  try {
    return await db.unhurried(async (tx) => {
      if (db.engine === 'postgres') await tx.sql`SELECT pg_advisory_xact_lock(7206961)`;
      await tx.sql`CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)`;
      const missing = await findMissing(tx, numbers);
      if (missing.length === numbers.length && db.engine === 'postgres') await refuseEncoding(tx);
      for (const number of missing) {
        const name = files[numbers.indexOf(number)] as string;
        const text = readFileSync(new URL(name, folder), 'utf8').replace(/--.*$/gm, '');
        for (const statement of (db.engine === 'postgres' ? forPostgres(text) : text).split(';'))
          if (statement.trim()) await execute(tx, statement);
        await tx.sql`INSERT INTO migrations (number) VALUES (${number})`;
      }
      return missing;
    });
  } catch (error) {
    if (refusals.some((kind) => error instanceof kind)) throw error;
    // Tables and columns that are not as our migrations left them.
    throw new DatabaseUnusable(
      `${(error as Error).message}; is it another program's? Postern takes a database of its own, or a schema (search_path)`,
      { cause: error },
    );
  }
}

const refusals = [DatabaseUnavailable, DatabaseTooNew, DatabaseUnusable];

/** @throws DatabaseUnusable where people's names would fail as soon as one has a character that is not in its encoding */
async function refuseEncoding(tx: Transaction): Promise<void> {
  const [row] = await tx.sql<{ encoding: string }>`SELECT current_setting('server_encoding') AS encoding`;
  if (row?.encoding !== 'UTF8')
    throw new DatabaseUnusable(`its encoding is ${row?.encoding}: make one with ENCODING 'UTF8'`);
}

/**
 * Which of these migrations the database does not have.
 * @throws DatabaseTooNew
 * @throws Error of the engine where there is no table of them, or another program's
 */
async function findMissing(db: Reader, numbers: readonly number[]): Promise<number[]> {
  const rows = await db.sql<{ number: number }>`SELECT number FROM migrations`;
  if (!rows.every(({ number }) => Number.isInteger(number)))
    throw new Error('the table migrations does not hold numbers');
  const applied = new Set(rows.map((row) => row.number));
  const unknown = [...applied].find((number) => !numbers.includes(number));
  if (unknown !== undefined)
    throw new DatabaseTooNew(
      `the database has migration ${unknown}, which this version of Postern does not know: start the newer version`,
    );
  return numbers.filter((number) => !applied.has(number));
}

/** Whether every migration of this program is in the database (a newer program's may be too): a part of readiness. */
export async function isMigrated(db: Database): Promise<boolean> {
  const files = readdirSync(folder).filter((name) => /^\d{3}-.*\.sql$/.test(name));
  const [row] = await db.sql<{ count: number }>`SELECT count(*) AS count FROM migrations`;
  return (row?.count ?? 0) >= files.length;
}

/**
 * Writes something that changes nothing: a full disk and a database that may only be read show themselves by nothing else.
 * @throws DatabaseUnavailable
 */
export async function tryWriting(db: Database): Promise<void> {
  await db.write`UPDATE migrations SET number = number WHERE number = 1`;
}

function forPostgres(text: string): string {
  return text
    .replaceAll(/\bINTEGER\b/g, 'BIGINT')
    .replaceAll(/\bBLOB\b/g, 'BYTEA')
    .replaceAll(/\bWITHOUT ROWID\b/g, '');
}

/** A statement that is text, not a template: only migrations have such, and they hold no values. */
function execute(tx: Transaction, statement: string): Promise<unknown> {
  return tx.sql(Object.assign([statement], { raw: [statement] }) as TemplateStringsArray);
}
