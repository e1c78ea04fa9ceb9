import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import postgres from 'postgres';
import { migrate } from '../../server/store/engine/migrate.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { createPostgresDatabase } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// POSTERN_DATABASE_URL that leads into somebody else's tables, as the one database of a small product does.

async function run(database: FreshDatabase, statements: readonly string[]): Promise<void> {
  if (database.engine === 'sqlite') {
    const connection = new DatabaseSync(database.url.slice('sqlite:'.length));
    for (const statement of statements) connection.exec(statement);
    connection.close();
    return;
  }
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  for (const statement of statements) await sql.unsafe(statement);
  await sql.end();
}

async function refusalOf(url: string): Promise<string> {
  const server = await ServerProcess.spawn({
    env: { POSTERN_DATABASE_URL: url, POSTERN_SECRET: testSecret },
  });
  try {
    assert.equal(await server.exited(), 1, server.output);
    return server.output;
  } finally {
    await server.kill();
  }
}

const oneLine = /^postern: the database of POSTERN_DATABASE_URL cannot be used: [^\n]+ of its own[^\n]+\n$/;

forEachEngine((engine) => {
  for (const [what, statements] of [
    ['a table of users', ['CREATE TABLE users (id INTEGER)']],
    ['migrations of another form', ['CREATE TABLE migrations (id INTEGER, name TEXT)']],
    [
      'migrations with names in the place of numbers',
      ['CREATE TABLE migrations (number TEXT)', "INSERT INTO migrations VALUES ('2024_create_users')"],
    ],
  ] as const)
    test(`a start on a database with ${what} by another program says so in one line, and leaves it alone`, async () => {
      const database = await freshDatabase(engine);
      await run(database, statements);
      assert.match(await refusalOf(database.url), oneLine);
      const db = database.open();
      // What it would have made before it met the other's table.
      await assert.rejects(db.sql`SELECT id FROM instances`);
      await db.close();
      await database.remove();
    });
});

test('a PostgreSQL database that cannot hold every name is refused before there is anything in it', async () => {
  const url = new URL(await createPostgresDatabase());
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  const name = `latin_${process.pid}`;
  await sql.unsafe(`CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
  url.pathname = name;
  assert.match(await refusalOf(url.href), /^postern: [^\n]*encoding is LATIN1[^\n]*'UTF8'[^\n]*\n$/);
  await sql.end();
});

forEachEngine((engine) => {
  test('a database of ours is brought up to date beside tables with other names', async () => {
    const database = await freshDatabase(engine);
    await run(database, ['CREATE TABLE orders (id INTEGER)']);
    const db = database.open();
    assert.ok((await migrate(db)).length > 0);
    assert.deepEqual(await migrate(db), []);
    await db.close();
    await database.remove();
  });
});
