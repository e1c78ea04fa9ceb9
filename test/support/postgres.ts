import { randomBytes } from 'node:crypto';
import { after } from 'node:test';
import postgres from 'postgres';
import { type Cluster, migrated, startCluster } from './cluster.ts';

export { freePort } from './free-port.ts';

/**
 * The PostgreSQL of this process's tests: that of the whole run, if there is one (one-postgres.ts), else one of its own, which is
 * started on the first use and gone when the process's tests are over.
 */
let running: Promise<Cluster> | undefined;
const databases: string[] = [];

after(leave);

/**
 * Makes a database that nobody else uses.
 * @param schema `migrated`: the newest one is there already
 * @returns its `postgres://` URL
 */
export async function createPostgresDatabase(schema: 'none' | 'migrated' = 'none'): Promise<string> {
  running ??= find();
  const { url } = await running;
  const name = `postern_${randomBytes(8).toString('hex')}`;
  const template = schema === 'migrated' ? migrated : 'template1';
  // By the files: the other way, through the log, takes twice the time.
  await administer(url, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  databases.push(name);
  return new URL(name, url).href;
}

async function find(): Promise<Cluster> {
  const url = process.env['TEST_POSTGRES'];
  if (url) return { url, stop: () => dropAll(url) };
  return startCluster({ durable: true });
}

async function leave(): Promise<void> {
  const leaving = running;
  running = undefined;
  await (await leaving)?.stop();
}

async function dropAll(url: string): Promise<void> {
  const statements = databases.splice(0).map((name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await administer(url, ...statements);
}

/** @param url of the database `postgres` */
async function administer(url: string, ...statements: string[]): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    for (const statement of statements) await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
