import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Id, newId } from '../../server/base/ids.ts';
import { SECOND } from '../../server/base/units.ts';
import { type Delivery, Outbox } from '../../server/events/outbox.ts';
import { createLog } from '../../server/process/log.ts';
import type { Database } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { insertOutboxEntries, type OutboxEntry } from '../../server/store/outbox.ts';
import { type MovableClock, movableClock } from '../support/clock.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';

// What is still to be sent to others: at once, by one process, at least once, and nobody waits for those who do not answer.

const delivered: Delivery = { outcome: 'delivered' };

forEachEngine((engine) => {
  let database: FreshDatabase;
  let db: Database;
  let another: Database;
  let clock: MovableClock;
  const running: Outbox[] = [];
  /** What ends the attempts that a test leaves without an answer. */
  const hanging: (() => void)[] = [];
  const never = () => new Promise<Delivery>((resolve) => hanging.push(() => resolve(delivered)));

  before(async () => {
    database = await freshDatabase(engine);
    db = database.open();
    await migrate(db);
    another = database.open();
    clock = movableClock();
  });
  afterEach(async () => {
    for (const end of hanging.splice(0)) end();
    await Promise.all(running.splice(0).map((outbox) => outbox.stop()));
    await db.write`DELETE FROM outbox`;
  });
  after(async () => {
    await Promise.all([db.close(), another.close()]);
    await database.remove();
  });

  /** A process that sends, as if by this. */
  function outboxOf(process: Database, deliver: (entry: OutboxEntry) => Promise<Delivery>): Outbox {
    const outbox = new Outbox({ db: process, clock: clock.now, log: createLog('silent') }, 'logout', deliver);
    running.push(outbox);
    return outbox;
  }

  const write = (applicationId: Id, count = 1, from = db) =>
    from.transaction((tx) =>
      insertOutboxEntries(
        tx,
        clock.now(),
        'logout',
        Array.from({ length: count }, (_, number) => ({
          instanceId: newId(clock.now()),
          applicationId,
          payload: { number },
        })),
      ),
    );
  const someApplication = () => newId(clock.now());
  const left = async () => (await db.sql`SELECT id FROM outbox`).length;

  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      if (await what()) return;
      await sleep(10);
    }
    assert.fail('it did not happen within three seconds');
  }

  test('is sent as soon as it is on disk, and then it is gone', async () => {
    const sent: unknown[] = [];
    const outbox = outboxOf(db, async ({ payload }) => {
      sent.push(payload);
      return delivered;
    });
    outbox.start();
    await write(someApplication());
    await until(() => sent.length === 1);
    assert.deepEqual(sent, [{ number: 0 }]);
    await until(async () => (await left()) === 0);
  });

  test('is never sent when its transaction fails', async () => {
    let sent = 0;
    const outbox = outboxOf(db, async () => {
      sent++;
      return delivered;
    });
    outbox.start();
    const failing = db.transaction(async (tx) => {
      const entry = { instanceId: newId(1), applicationId: someApplication(), payload: {} };
      await insertOutboxEntries(tx, clock.now(), 'logout', [entry]);
      throw new Error('changed its mind');
    });
    await assert.rejects(failing, /changed its mind/);
    await outbox.sendDue();
    assert.equal(sent, 0);
  });

  test('is left to others by a process that has not begun to send, such as a command', async () => {
    let sent = 0;
    const outbox = outboxOf(db, async () => {
      sent++;
      return delivered;
    });
    await write(someApplication());
    await outbox.sendDue();
    assert.equal(sent, 0);
    outbox.start();
    await until(() => sent === 1);
  });

  test('is sent once, however many processes look for it', async () => {
    const sent: Id[] = [];
    const deliver = async ({ id }: OutboxEntry) => {
      sent.push(id);
      await sleep(1);
      return delivered;
    };
    const processes = [outboxOf(db, deliver), outboxOf(another, deliver)];
    await write(someApplication(), 100);
    await write(someApplication(), 20, another);
    for (const each of processes) each.start();
    await until(async () => (await left()) === 0);
    assert.equal(sent.length, 120);
    assert.equal(new Set(sent).size, 120);
  });

  test('is sent by another process when the one that took it does not finish', async () => {
    const killed = outboxOf(db, never);
    killed.start();
    await write(someApplication());
    await until(async () => {
      const [row] = await db.sql<{ attempts: number }>`SELECT attempts FROM outbox`;
      return row?.attempts === 1;
    });
    const attempts: number[] = [];
    const heir = outboxOf(another, async (entry) => {
      attempts.push(entry.attempts);
      return delivered;
    });
    heir.start();
    await heir.sendDue();
    assert.deepEqual(attempts, [], 'it may still be under way');
    clock.advance(10 * SECOND);
    await heir.sendDue();
    assert.deepEqual(attempts, [2]);
    assert.equal(await left(), 0);
  });

  test('does not wait for applications that do not answer, which are asked twice at a time', async () => {
    const [silent, quick] = [someApplication(), someApplication()];
    let asked = 0;
    let answered = 0;
    const outbox = outboxOf(db, async ({ applicationId }) => {
      if (applicationId === silent) {
        asked++;
        return never();
      }
      answered++;
      return delivered;
    });
    outbox.start();
    await write(silent, 300);
    await write(quick, 50);
    await until(() => answered === 50);
    assert.equal(asked, 2);
  });

  test('goes to an application that failed one at a time, at once when there is something new, and all when it answers again', async () => {
    const application = someApplication();
    let atATime = 0;
    let most = 0;
    let works = false;
    const outbox = outboxOf(db, async () => {
      most = Math.max(most, ++atATime);
      await sleep(50);
      atATime--;
      return works ? delivered : { outcome: 'failed', reason: 'not now' };
    });
    outbox.start();
    await write(application, 20);
    await until(async () => most === 2 && atATime === 0);
    await outbox.sendDue();
    most = 0;
    await write(application);
    await until(() => most > 0);
    await outbox.sendDue(); // what has failed is written down then, at this time and not a later one
    assert.equal(most, 1);
    works = true;
    clock.advance(5 * SECOND);
    await until(async () => {
      await outbox.sendDue();
      return (await left()) === 0;
    });
  });

  test('makes no more than 32 attempts at a time, and gets through all of them', async () => {
    let atATime = 0;
    let most = 0;
    const outbox = outboxOf(db, async () => {
      most = Math.max(most, ++atATime);
      await sleep(200);
      atATime--;
      return delivered;
    });
    for (let count = 0; count < 40; count++) await write(someApplication(), 3);
    outbox.start();
    await until(async () => (await left()) === 0);
    assert.equal(most, 32);
  });

  test('a stop begins nothing new, and does not wait for what does not end', async () => {
    const outbox = outboxOf(db, never);
    outbox.start();
    await write(someApplication(), 5);
    await until(async () => {
      const rows = await db.sql`SELECT id FROM outbox WHERE attempts = 1`;
      return rows.length === 2;
    });
    const began = performance.now();
    await outbox.stop();
    assert.ok(performance.now() - began < 3 * SECOND);
    await write(someApplication());
    await outbox.sendDue();
    assert.equal((await db.sql`SELECT id FROM outbox WHERE attempts > 0`).length, 2);
  });
});
