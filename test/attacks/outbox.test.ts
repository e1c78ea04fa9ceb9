import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Id, newId } from '../../server/base/ids.ts';
import { type Delivery, Outbox } from '../../server/events/outbox.ts';
import { createLog } from '../../server/process/log.ts';
import type { Database } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { insertOutboxEntries } from '../../server/store/outbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/engines.ts';

// Tenants whose applications take their time on purpose, so that those of others hear of nothing.

let database: FreshDatabase;
let db: Database;
before(async () => {
  database = await freshDatabase('sqlite');
  db = database.open();
  await migrate(db);
});
after(async () => {
  await db.close();
  await database.remove();
});

const delivered: Delivery = { outcome: 'delivered' };
const failed: Delivery = { outcome: 'failed', reason: 'it took more than 5 s' };

// The last ones are as good as the honest one, which has its turn among them.
for (const [what, delivery, pause, longest] of [
  ['never answer', failed, 1200, 500],
  ['answer just in time', delivered, 1200, 500],
  ['answer well, but slower than they get something', delivered, 300, 2000],
] as const)
  test(`applications that ${what}, and always get something new, hold up no other`, async () => {
    const hostile = Array.from({ length: 50 }, () => newId(Date.now()));
    await sleep(2);
    const honest = newId(Date.now());
    const delays: number[] = [];
    const outbox = new Outbox(
      { db, clock: Date.now, log: createLog('silent') },
      'logout',
      async ({ applicationId, createdAt }) => {
        if (applicationId === honest) {
          delays.push(Date.now() - createdAt);
          return delivered;
        }
        await sleep(pause);
        return delivery;
      },
    );
    const write = (applicationId: Id, count = 1) =>
      db.transaction((tx) =>
        insertOutboxEntries(
          tx,
          Date.now(),
          'logout',
          Array.from({ length: count }, () => ({
            instanceId: newId(Date.now()),
            applicationId,
            payload: {},
          })),
        ),
      );
    for (const each of hostile) await write(each, 20);
    outbox.start();
    let isOver = false;
    const attack = async () => {
      for (let n = 0; !isOver; n++) {
        await write(hostile[n % hostile.length] as Id);
        await sleep(20);
      }
    };
    const attacking = attack();
    // They are known for what they are after their first answers.
    await sleep(5000);
    for (let n = 0; n < 5; n++) {
      await write(honest);
      await sleep(longest);
    }
    await sleep(longest);
    isOver = true;
    await attacking;
    await outbox.stop();
    await db.write`DELETE FROM outbox`;
    assert.equal(delays.length, 5, 'all arrived');
    assert.ok(Math.max(...delays) < longest, `after ${delays.join(', ')} ms`);
  });

test('an application that hangs up at once is not tried again at once, however much there is for it', async () => {
  let tried = 0;
  const outbox = new Outbox({ db, clock: Date.now, log: createLog('silent') }, 'logout', async () => {
    tried++;
    return failed;
  });
  outbox.start();
  const applicationId = newId(Date.now());
  await db.transaction((tx) =>
    insertOutboxEntries(
      tx,
      Date.now(),
      'logout',
      Array.from({ length: 200 }, () => ({ instanceId: newId(Date.now()), applicationId, payload: {} })),
    ),
  );
  await sleep(1000);
  await outbox.stop();
  assert.ok(tried <= 3, `${tried} attempts in a second`);
});
