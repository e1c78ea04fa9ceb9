import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import postgres from 'postgres';
import type { FreshDatabase } from './engines.ts';

const folder = join(import.meta.dirname, '../releases');

/** Writes the database as the release left it. */
export async function restore(release: string, database: FreshDatabase): Promise<void> {
  const text = readFileSync(join(folder, `${release}.sql`), 'utf8');
  if (database.engine === 'sqlite') {
    const file = new DatabaseSync(database.url.slice('sqlite:'.length));
    file.exec(text);
    file.close();
    return;
  }
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  await sql.unsafe(
    text
      .replaceAll(/\bINTEGER\b/g, 'BIGINT')
      .replaceAll(/\bBLOB\b/g, 'BYTEA')
      .replaceAll(/\bWITHOUT ROWID\b/g, '')
      .replaceAll(/\bX'([0-9a-f]*)'/g, String.raw`'\x$1'`),
  );
  await sql.end();
}
