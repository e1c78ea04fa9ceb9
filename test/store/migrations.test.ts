import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { newId } from '../../server/base/ids.ts';
import { deleteRedeemableCodes } from '../../server/store/authorization-codes.ts';
import { type Database, DatabaseUnavailable, type Transaction } from '../../server/store/engine/database.ts';
import { isMigrated, migrate } from '../../server/store/engine/migrate.ts';
import { findInstance } from '../../server/store/instances.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { explaining } from '../support/query-plans.ts';
import { insert, now, someInstance, someKey } from '../support/rows.ts';

// Migrations on both databases, and what only a database file has.

forEachEngine((engine) => {
  let place: FreshDatabase;
  let db: Database;
  /** The same database as another process of the server sees it. */
  let other: Database;

  before(async () => {
    place = await freshDatabase(engine);
    db = place.open();
    await migrate(db);
    other = place.open();
  });
  after(async () => {
    await db.close();
    await other.close();
    await place.remove();
  });

  describe('migrations', () => {
    test('applied again change nothing', async () => {
      const instance = await someInstance(db);
      assert.deepEqual(await migrate(db), []);
      assert.equal(await isMigrated(db), true);
      assert.deepEqual(await findInstance(db, instance.id), instance);
    });

    test('are applied once when several processes start at once', async () => {
      const fresh = await freshDatabase(engine);
      const starters = Array.from({ length: 6 }, () => fresh.open());
      try {
        const applied = (await Promise.all(starters.map((starter) => migrate(starter)))).filter(
          (numbers) => numbers.length > 0,
        );
        assert.equal(applied.length, 1);
        for (const starter of starters) assert.equal(await isMigrated(starter), true);
      } finally {
        await Promise.all(starters.map((starter) => starter.close()));
        await fresh.remove();
      }
    });

    test('wait for another process that takes longer with them than a request may take', async () => {
      const fresh = await freshDatabase(engine);
      const starter = fresh.open();
      const letGo = await lockMigrations(fresh);
      try {
        const applied = migrate(starter);
        setTimeout(letGo, 4_500);
        assert.ok((await applied).length > 0);
      } finally {
        await starter.close();
        await fresh.remove();
      }
    });

    test('of a newer version stop a start with a sentence, and leave a process that runs ready', async () => {
      const fresh = await freshDatabase(engine);
      const newer = fresh.open();
      try {
        await migrate(newer);
        await newer.write`INSERT INTO migrations (number) VALUES (999)`;
        await assert.rejects(migrate(newer), /999.*newer version/);
        assert.equal(await isMigrated(newer), true);
      } finally {
        await newer.close();
        await fresh.remove();
      }
    });
  });

  if (engine === 'sqlite') {
    test('the database file and its folder are for the server alone', async () => {
      const file = place.url.slice('sqlite:'.length);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      for (const suffix of ['-wal', '-shm'])
        assert.equal((await stat(file + suffix)).mode & 0o077, 0, `${suffix} can be read by others`);
    });

    test('a start with nothing to migrate does not wait for whoever writes', async () => {
      const letGo = await lockMigrations(place);
      assert.deepEqual(await migrate(db), []);
      letGo();
    });

    test('ending what an application has looks at the codes that could still be redeemed, and at no others', async () => {
      const { database, steps } = explaining(db);
      await deleteRedeemableCodes(database as unknown as Transaction, newId(now), newId(now), now);
      assert.deepEqual(steps, [
        'SEARCH authorization_codes USING INDEX authorization_codes_by_expiry (expires_at>?)',
      ]);
    });

    test('a backup taken while others write is a whole database, for the server alone', async () => {
      const target = `${place.url.slice('sqlite:'.length)}.backup`;
      let writing = true;
      const writer = (async () => {
        while (writing) {
          const [first, second] = [someKey(), someKey()];
          await db.transaction(async (tx) => {
            await insert(tx, first, 7_000_001);
            await insert(tx, second, 7_000_001);
          });
        }
      })();
      await db.backup(target);
      writing = false;
      await writer;
      const copy = new DatabaseSync(target, { readOnly: true });
      assert.equal(copy.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
      const pairs = copy.prepare('SELECT count(*) AS count FROM rate_limits WHERE points = 7000001').get()?.[
        'count'
      ] as number;
      assert.equal(pairs % 2, 0);
      copy.close();
      assert.equal((await stat(target)).mode & 0o777, 0o600);
    });

    test('a database that another program keeps locked is unavailable, not broken', async () => {
      const locker = new DatabaseSync(place.url.slice('sqlite:'.length));
      locker.exec('BEGIN IMMEDIATE');
      try {
        await assert.rejects(
          db.transaction((tx) => insert(tx, someKey(), 1)),
          DatabaseUnavailable,
        );
      } finally {
        locker.exec('ROLLBACK');
        locker.close();
      }
      await db.transaction((tx) => insert(tx, someKey(), 1));
    });
  }
});

/** Does what another process does that is in the middle of migrating. @returns how to end it */
async function lockMigrations({ engine, url }: FreshDatabase): Promise<() => void> {
  if (engine === 'sqlite') {
    const other = new DatabaseSync(url.slice('sqlite:'.length));
    other.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
    return () => other.close();
  }
  const other = postgres(url, { max: 1, onnotice: () => {} });
  await other`SELECT pg_advisory_lock(7206961)`;
  return () => void other.end();
}
