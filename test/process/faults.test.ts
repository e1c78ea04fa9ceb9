import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { OAuthError } from '../../server/oauth/errors.ts';
import { DatabaseUnavailable } from '../../server/store/engine/database.ts';
import { openPostgres } from '../../server/store/engine/postgres.ts';
import { DisturbablePostgres } from '../support/disturbable-postgres.ts';
import { send } from '../support/http.ts';
import {
  expectRecovery,
  expectUnavailable,
  type Holdings,
  prepare,
  requests,
  writes,
} from '../support/outage.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What can go wrong with a database that does not go away cleanly. `outage.test.ts` cuts the network to it.

/** What is remembered for a second is forgotten after this. */
const forgotten = 1_000;
const maxConnections = 25;
/** Connections of one server process at most (`server/store/engine/postgres.ts`). */
const poolSize = 10;

describe('PostgreSQL', () => {
  let cluster: DisturbablePostgres;
  let app: TestApp;
  let held: Holdings;

  before(async () => {
    cluster = await DisturbablePostgres.create([
      `max_connections=${maxConnections}`,
      'superuser_reserved_connections=0',
      'autovacuum=off',
    ]);
    app = await startApp({
      engine: 'postgres',
      database: {
        engine: 'postgres',
        url: cluster.url(),
        open: () => assert.fail('not needed'),
        remove: async () => {},
      },
      config: { POSTERN_RATE_LIMITS: 'off' },
    });
    held = await prepare(app);
  });
  after(async () => {
    await app.close();
    await cluster.remove();
  });

  async function countConnections(): Promise<number> {
    const [row] = await cluster.query(
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'postern'",
    );
    return row?.['count'] as number;
  }

  const terminateAll = () =>
    cluster.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'postern'",
    );

  for (const ending of ['fast', 'immediate', 'kill'] as const)
    test(`that was stopped (${ending}) is a 503 everywhere, and all works by itself when it is started again`, async () => {
      await cluster.stop(ending);
      await sleep(forgotten);
      await expectUnavailable(requests(held));
      assert.equal((await send(app, '/healthz')).status, 200);
      await cluster.start();
      await expectRecovery(held);
      assert.ok((await countConnections()) <= poolSize);
    });

  test('that stands still is a 503 everywhere, and all works by itself when it goes on', async () => {
    await sleep(forgotten);
    cluster.pause();
    await expectUnavailable(requests(held));
    // A client that keeps asking waits no longer the second time.
    await expectUnavailable(requests(held));
    cluster.resume();
    await expectRecovery(held);
    await settles(countConnections, poolSize);
  });

  test('that stands still in the middle of a transaction keeps nothing of it once it was refused', async () => {
    const db = openPostgres(cluster.url());
    const name = `half ${performance.now()}`;
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.sql`UPDATE users SET name = ${name} WHERE email = ${app.user.email}`;
        cluster.pause();
        await tx.sql`UPDATE users SET name = ${name} WHERE email = ${app.administrator.email}`;
      }),
      DatabaseUnavailable,
    );
    // All connections are waiting, and these statements for one of them.
    const waiting = Array.from(
      { length: 20 },
      () => db.write`UPDATE users SET name = ${name} WHERE email = ${app.user.email} AND active = ${2}`,
    );
    for (const each of await Promise.allSettled(waiting)) assert.equal(each.status, 'rejected');
    cluster.resume();
    await expectRecovery(held);
    assert.deepEqual(await db.sql`SELECT id FROM users WHERE name = ${name}`, []);
    await db.close();
  });

  test('keeps its connections when a rule refuses something in a transaction', async () => {
    const db = openPostgres(cluster.url());
    const whoAnswers = () => db.sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`;
    const before = await whoAnswers();
    const refusal = new OAuthError('invalid_grant', 'an assertion with this jti was used before');
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.sql`SELECT 1`;
        throw refusal;
      }),
      refusal,
    );
    assert.deepEqual(await whoAnswers(), before);
    await db.close();
  });

  for (const [name, strike] of [
    ['was terminated by its administrator', () => terminateAll()],
    ['died', () => cluster.stop('kill')],
  ] as const)
    test(`whose connection ${name} in the middle of a transaction takes nothing along but that transaction`, async () => {
      const db = openPostgres(cluster.url());
      await db.sql`SELECT 1`;
      const sleeping = Array.from({ length: poolSize }, () =>
        db.transaction((tx) => tx.sql`SELECT pg_sleep(${3})`),
      );
      const settled = Promise.allSettled(sleeping);
      await sleep(500);
      await strike();
      for (const each of await settled)
        assert.ok(each.status === 'rejected' && each.reason instanceof DatabaseUnavailable);
      await cluster.start();
      await Promise.all(Array.from({ length: 4 * poolSize }, () => db.transaction((tx) => tx.sql`SELECT 1`)));
      await db.close();
      await expectRecovery(held);
    });

  test('that was restarted under way fails nobody for longer than the restart', async () => {
    await cluster.stop('fast');
    await cluster.start();
    await expectRecovery(held);
  });

  test('whose connections are all taken by others is a 503, and all works by itself when some are free', async () => {
    const others: postgres.Sql[] = [];
    const take = async () => {
      const other = postgres(cluster.url(), { max: 1, onnotice: () => {}, connect_timeout: 5 });
      await other`SELECT 1`;
      others.push(other);
    };
    try {
      const first = postgres(cluster.url(), { max: 1, onnotice: () => {} });
      others.push(first);
      await first`SELECT 1`;
      // Whoever comes first gets the connections that the server loses.
      for (let round = 0; round < 20; round++) {
        await Promise.all(Array.from({ length: maxConnections }, () => take().catch(() => {})));
        const [row] = await first<{ left: number }[]>`
          SELECT count(pg_terminate_backend(pid))::int AS left FROM pg_stat_activity WHERE application_name = 'postern'`;
        if (row?.left === 0) break;
      }
      await sleep(forgotten);
      await expectUnavailable(requests(held));
    } finally {
      await Promise.all(others.map((other) => other.end({ timeout: 1 })));
    }
    await expectRecovery(held);
    await settles(countConnections, poolSize);
  });

  for (const [name, begin, end] of [
    [
      'became read-only',
      ['ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()'],
      ['ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()'],
    ],
    [
      'was replaced by a read-only one',
      ['ALTER DATABASE postern SET default_transaction_read_only = on'],
      ['ALTER DATABASE postern RESET default_transaction_read_only'],
    ],
  ] as const)
    test(`that ${name} is a 503 for whatever writes, and all works by itself when it can be written again`, async () => {
      for (const statement of begin) await cluster.query(statement);
      if (name.startsWith('was')) await terminateAll();
      await sleep(forgotten);
      await expectUnavailable(writes(held));
      assert.equal(await held.client.isActive(held.tokens.access_token), true);
      for (const statement of end) await cluster.query(statement, 'postgres');
      await expectRecovery(held);
      await settles(countConnections, poolSize);
    });

  test('is asked over no more connections after all that than before', async () => {
    await terminateAll();
    await expectRecovery(held);
    await settles(countConnections, poolSize);
    assert.deepEqual(
      await cluster.query(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'postern' AND state LIKE 'idle in%'",
      ),
      [],
    );
  });
});

describe('SQLite', () => {
  test('on a full disk is a 503 for whatever writes, and all works by itself when there is room again', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'postern-full-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', directory]);
    if (mounted.status !== 0) {
      await rm(directory, { recursive: true });
      t.skip('only root may make a small disk');
      return;
    }
    try {
      const app = await startApp({
        engine: 'sqlite',
        database: {
          engine: 'sqlite',
          url: `sqlite:${join(directory, 'postern.db')}`,
          open: () => assert.fail('not needed'),
          remove: async () => {},
        },
        config: { POSTERN_RATE_LIMITS: 'off' },
      });
      const held = await prepare(app);
      const filler = join(directory, 'filler');
      const { bavail, bsize } = await statfs(directory);
      await writeFile(filler, Buffer.alloc(bavail * bsize)).catch(() => {});
      // What the log of the database has room for already is used up by honest work.
      for (let count = 0; count < 5_000; count++)
        if ((await held.client.refresh(held.tokens.refresh_token)).status === 503) break;
      await expectUnavailable(writes(held));
      assert.equal(await held.client.isActive(held.tokens.access_token), true);
      await rm(filler);
      await expectRecovery(held);
      await app.close();
    } finally {
      spawnSync('umount', ['-l', directory]);
      await rm(directory, { recursive: true, force: true });
    }
  });
});

/** Waits until the number is at most `most`, for fifteen seconds. */
async function settles(count: () => Promise<number>, most: number): Promise<void> {
  const deadline = performance.now() + 15_000;
  let seen = await count();
  while (seen > most && performance.now() < deadline) {
    await sleep(100);
    seen = await count();
  }
  assert.ok(seen <= most, `${seen} connections`);
}
