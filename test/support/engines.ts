import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import type { Database } from '../../server/store/engine/database.ts';
import { openPostgres } from '../../server/store/engine/postgres.ts';
import { openSqlite } from '../../server/store/engine/sqlite.ts';
import { createPostgresDatabase } from './postgres.ts';

export const engines = ['sqlite', 'postgres'] as const;
export type Engine = (typeof engines)[number];

/** Defines the same tests on both engines, grouped by the engine's name. */
export function forEachEngine(define: (engine: Engine) => void): void {
  for (const engine of engines) describe(engine, () => define(engine));
}

const directories = new Set<string>();

// Whatever a failed test left behind.
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** An empty database that only one test uses. */
export interface FreshDatabase {
  readonly engine: Engine;
  /** As in POSTERN_DATABASE_URL. */
  readonly url: string;
  /** Opens it anew, as another process would; the caller closes what it opened. */
  open(): Database;
  /** Removes it from the disk; every connection must be closed. */
  remove(): Promise<void>;
}

/** @param schema `migrated`: for whoever migrates it at once, which PostgreSQL has little left to do for then */
export async function freshDatabase(
  engine: Engine,
  schema: 'none' | 'migrated' = 'none',
): Promise<FreshDatabase> {
  if (engine === 'postgres') {
    const url = await createPostgresDatabase(schema);
    // It goes when the process's tests are over.
    return { engine, url, open: () => openPostgres(url), remove: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), 'postern-sqlite-'));
  directories.add(directory);
  const file = join(directory, 'postern.db');
  return {
    engine,
    url: `sqlite:${file}`,
    open: () => openSqlite(file),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
