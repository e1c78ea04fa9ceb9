import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cuttable, cuttableWay } from '../support/cuttable.ts';
import { freshDatabase } from '../support/engines.ts';
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

// While the database cannot be reached everything that needs it says so, soon, and nothing pretends to have worked.

describe('PostgreSQL', () => {
  let way: Cuttable;
  let app: TestApp;
  let held: Holdings;

  before(async () => {
    const database = await freshDatabase('postgres');
    const url = new URL(database.url);
    way = await cuttableWay(Number(url.port));
    url.port = String(way.port);
    app = await startApp({ engine: 'postgres', database: { ...database, url: url.href } });
    held = await prepare(app);
  });
  after(async () => {
    way.mend();
    await app.close();
    await way.close();
  });

  for (const [name, trouble] of [
    ['cut off', () => way.cut()],
    ['silent', () => way.freeze()],
  ] as const)
    test(`that is ${name} is a 503 within five seconds on every surface, and nothing is lost by it`, async () => {
      await sleep(1_000); // what is remembered for a second is forgotten
      trouble();
      await expectUnavailable(requests(held));
      assert.equal((await send(app, '/healthz')).status, 200);
      way.mend();
      await expectRecovery(held);
    });
});

describe('SQLite', () => {
  test('that another program keeps locked is a 503 for whatever writes, and reads go on', async () => {
    const app = await startApp({ engine: 'sqlite' });
    const held = await prepare(app);
    const locker = new DatabaseSync(app.database.url.slice('sqlite:'.length));
    locker.exec('BEGIN IMMEDIATE');
    try {
      // Several sign-ins of one person at once, which go one after the other.
      const signIns = writes(held).filter(([name]) => name === 'a sign-in');
      assert.equal(signIns.length, 1);
      await expectUnavailable([...writes(held), ...Array.from({ length: 3 }, () => signIns).flat()]);
      assert.equal(await held.client.isActive(held.tokens.access_token), true);
    } finally {
      locker.exec('ROLLBACK');
      locker.close();
    }
    await expectRecovery(held);
    await app.close();
  });
});

test('PostgreSQL that comes back after a long time is found again within a second', async () => {
  const database = await freshDatabase('postgres');
  const url = new URL(database.url);
  const way = await cuttableWay(Number(url.port));
  url.port = String(way.port);
  const app = await startApp({ engine: 'postgres', database: { ...database, url: url.href } });
  way.cut();
  for (let attempt = 0; attempt < 4; attempt++) assert.equal((await send(app, '/readyz')).status, 503);
  way.mend();
  const back = performance.now();
  while ((await send(app, '/readyz')).status !== 200) {
    assert.ok(performance.now() - back < 1_500, 'the server did not find its database again');
    await sleep(20);
  }
  await app.close();
  await way.close();
});
