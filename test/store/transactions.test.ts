import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../../server/base/ids.ts';
import { spendAuthorizationCode } from '../../server/store/authorization-codes.ts';
import { findAuthorization, refreshAuthorization } from '../../server/store/authorizations.ts';
import { type Database, DatabaseUnavailable, UniqueViolation } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { openPostgres } from '../../server/store/engine/postgres.ts';
import { insertInstance, takeApplicationPlace } from '../../server/store/instances.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { runs } from '../support/property-runs.ts';
import { insert, now, pointsOf, someGrant, someInstance, someKey } from '../support/rows.ts';

// What both databases promise alike of transactions, writers and values, and while they cannot be reached.

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

  describe('a transaction', () => {
    test('gives back what its work gave', async () => {
      assert.deepEqual(await db.transaction(async () => ({ some: 'value' })), { some: 'value' });
    });

    test('leaves no trace of any of its statements when one of them fails', async () => {
      const [first, second] = [someKey(), someKey()];
      const failure = new Error('on purpose');
      const attempt = db.transaction(async (tx) => {
        await insert(tx, first, 1);
        await insert(tx, second, 2);
        throw failure;
      });
      await assert.rejects(attempt, (error) => error === failure);
      assert.equal(await pointsOf(other, first), undefined);
      assert.equal(await pointsOf(other, second), undefined);
    });

    test('reads what it wrote itself', async () => {
      const key = someKey();
      await db.transaction(async (tx) => {
        await insert(tx, key, 1);
        await tx.sql`UPDATE rate_limits SET points = points + 1 WHERE key = ${key}`;
        assert.equal(await pointsOf(tx, key), 2);
      });
    });

    test('is not seen by anybody before it is committed', async () => {
      const key = someKey();
      await db.transaction(async (tx) => {
        await insert(tx, key, 1);
        assert.equal(await pointsOf(db, key), undefined);
        assert.equal(await pointsOf(other, key), undefined);
      });
      assert.equal(await pointsOf(db, key), 1);
    });

    test('is seen by every process as soon as its promise resolves', async () => {
      for (let round = 0; round < 100; round++) {
        const key = someKey();
        if (round % 2) await db.transaction((tx) => insert(tx, key, round));
        else await db.write`INSERT INTO rate_limits (key, points) VALUES (${key}, ${round})`;
        assert.equal(await pointsOf(other, key), round);
      }
    });

    test('that fails leaves alone the others that were asked for in the same moment', async () => {
      const keys = Array.from({ length: 60 }, someKey);
      const results = await Promise.allSettled(
        keys.map((key, index) =>
          db.transaction(async (tx) => {
            await insert(tx, key, index);
            if (index % 3 === 0) throw new Error('on purpose');
            if (index % 3 === 1) await tx.sql`SELECT points FROM rate_limits WHERE key = ${key}`;
            return index;
          }),
        ),
      );
      for (const [index, key] of keys.entries()) {
        const fails = index % 3 === 0;
        assert.equal(results[index]?.status, fails ? 'rejected' : 'fulfilled');
        assert.equal(await pointsOf(other, key), fails ? undefined : index);
      }
    });

    test('that breaks a rule of the schema leaves alone the others of the same moment', async () => {
      const taken = someKey();
      await db.transaction((tx) => insert(tx, taken, 1));
      const keys = Array.from({ length: 10 }, someKey);
      const [collision, ...rest] = await Promise.allSettled([
        db.transaction((tx) => insert(tx, taken, 2)),
        ...keys.map((key) => db.transaction((tx) => insert(tx, key, 3))),
      ]);
      assert.equal(collision?.status, 'rejected');
      assert.ok(rest.every(({ status }) => status === 'fulfilled'));
      for (const key of keys) assert.equal(await pointsOf(other, key), 3);
      assert.equal(await pointsOf(other, taken), 1);
    });

    test('or a statement of its own that fails leaves no trace and leaves alone the others of the same moment', async () => {
      const [taken, ...keys] = Array.from({ length: 31 }, someKey) as [Buffer, ...Buffer[]];
      await db.write`INSERT INTO rate_limits (key, points) VALUES (${taken}, ${1})`;
      const others = keys.map(someKey);
      const results = await Promise.allSettled(
        keys.map((key, index) => {
          if (index % 3 === 0) return db.transaction((tx) => insert(tx, key, index));
          const second = index % 3 === 1 ? taken : (others[index] as Buffer);
          return db.write`
            INSERT INTO rate_limits (key, points) VALUES (${key}, ${index}), (${second}, ${index}) RETURNING points`;
        }),
      );
      for (const [index, key] of keys.entries()) {
        const fails = index % 3 === 1;
        assert.equal(results[index]?.status, fails ? 'rejected' : 'fulfilled');
        assert.equal(await pointsOf(other, key), fails ? undefined : index);
      }
      assert.equal(await pointsOf(other, taken), 1);
    });

    test('that was asked for before the database closed is still carried out', async () => {
      const closing = place.open();
      const keys = Array.from({ length: 10 }, someKey);
      const writes = keys.map((key) => closing.transaction((tx) => insert(tx, key, 1)));
      await Promise.all([...writes, closing.close()]);
      for (const key of keys) assert.equal(await pointsOf(db, key), 1);
    });

    if (engine === 'sqlite') {
      test('that waits for something other than SQL is refused, and holds nobody up', async () => {
        const [waiting, working] = [someKey(), someKey()];
        const refused = db.transaction(async (tx) => {
          await insert(tx, waiting, 1);
          await new Promise((resolve) => setTimeout(resolve, 20));
        });
        const done = db.transaction((tx) => insert(tx, working, 1));
        await assert.rejects(refused, /waited for something other than SQL/);
        await done;
        assert.equal(await pointsOf(other, waiting), undefined);
        assert.equal(await pointsOf(other, working), 1);
      });

      test('that was refused can write nothing afterwards', async () => {
        const [early, late] = [someKey(), someKey()];
        let finished: Promise<unknown> = Promise.resolve();
        const refused = db.transaction((tx) => {
          finished = (async () => {
            await insert(tx, early, 1);
            await new Promise((resolve) => setTimeout(resolve, 20));
            await insert(tx, late, 1);
          })();
          return finished;
        });
        await assert.rejects(refused);
        await finished.catch(() => {});
        assert.equal(await pointsOf(other, early), undefined);
        assert.equal(await pointsOf(other, late), undefined);
      });
    }
  });

  describe('of parallel writers', () => {
    test('one wins a conditional update, from whatever process', async () => {
      for (let round = 0; round < 50; round++) {
        const key = someKey();
        await db.transaction((tx) => insert(tx, key, 0));
        const winners = await Promise.all(
          Array.from({ length: 20 }, (_, index) => {
            const process = index % 2 ? db : other;
            if (index % 4 < 2)
              return process.write`UPDATE rate_limits SET points = 1 WHERE key = ${key} AND points = 0 RETURNING points`;
            return process.transaction(
              (tx) =>
                tx.sql`UPDATE rate_limits SET points = 1 WHERE key = ${key} AND points = 0 RETURNING points`,
            );
          }),
        );
        assert.equal(winners.filter((rows) => rows.length === 1).length, 1);
      }
    });

    test('none loses an increment', async () => {
      const key = someKey();
      await db.transaction((tx) => insert(tx, key, 0));
      await Promise.all(
        Array.from(
          { length: 200 },
          (_, index) =>
            (index % 2 ? db : other).write`UPDATE rate_limits SET points = points + 1 WHERE key = ${key}`,
        ),
      );
      assert.equal(await pointsOf(db, key), 200);
    });

    test('one spends an authorization code and one rotates a refresh token', async () => {
      for (let round = 0; round < 25; round++) {
        const { instanceId, applicationId, authorizationId, code } = await someGrant(db);
        const spends = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 ? db : other).transaction((tx) =>
              spendAuthorizationCode(tx, instanceId, applicationId, code, now, authorizationId),
            ),
          ),
        );
        assert.equal(spends.filter(Boolean).length, 1);
        const first = { authorizationId, generation: 1 };
        const policy = { refreshTokenAbsoluteLifetime: null, refreshTokenInactivityLifetime: null };
        const rotations = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            refreshAuthorization(
              (index % 2 ? db : other).write,
              instanceId,
              applicationId,
              first,
              policy,
              now,
              'any',
            ),
          ),
        );
        assert.equal(rotations.filter(Boolean).length, 1);
        assert.equal((await findAuthorization(db, instanceId, authorizationId))?.generation, 2);
      }
    });

    test('no more than the limit allows take a place for an application', async () => {
      const instance = await someInstance(db);
      const taken = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (index % 2 ? db : other).transaction((tx) => takeApplicationPlace(tx, instance.id)),
        ),
      );
      assert.equal(taken.filter(Boolean).length, 10);
    });
  });

  describe('a value', () => {
    const values = {
      text: fc.string({ unit: 'grapheme' }),
      integer: fc.maxSafeInteger(),
      bytes: fc.uint8Array({ maxLength: 2000 }),
    };

    test('comes back as it was written: text in every script, integers to 2^53-1, bytes, null', async () => {
      await fc.assert(
        fc.asyncProperty(
          values.text,
          values.integer,
          values.bytes,
          fc.option(values.integer),
          async (text, integer, bytes, nullable) => {
            const id = someKey();
            await db.write`
            INSERT INTO application_logos (application_id, instance_id, version, media_type, image)
            VALUES (${id}, ${id}, ${text}, ${''}, ${bytes})`;
            const [logo] = await other.sql<{ version: string; image: Uint8Array }>`
            SELECT version, image FROM application_logos WHERE application_id = ${id}`;
            assert.equal(logo?.version, text);
            assert.deepEqual(Buffer.from(logo?.image ?? []), Buffer.from(bytes));

            await db.write`INSERT INTO rate_limits (key, points, expires_at) VALUES (${id}, ${integer}, ${nullable})`;
            const [row] = await other.sql`SELECT points, expires_at FROM rate_limits WHERE key = ${id}`;
            assert.deepEqual({ ...(row as object) }, { points: integer, expires_at: nullable });
          },
        ),
        runs(60),
      );
    });

    for (const text of [
      '',
      ' ',
      "'; DROP TABLE users; --",
      '中文 Åäö é 🗝️ \u{10ffff}',
      '\\x00',
      '{"a":1}',
      'x'.repeat(100_000),
    ])
      test(`${JSON.stringify(text.slice(0, 30))} comes back as it was written`, async () => {
        const [row] = await db.sql<{ value: string }>`SELECT COALESCE(${text}, '') AS value`;
        assert.equal(row?.value, text);
      });

    for (const integer of [0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
      test(`${integer} comes back as it was written`, async () => {
        const key = someKey();
        const rows =
          await db.write`INSERT INTO rate_limits (key, points) VALUES (${key}, ${integer}) RETURNING points`;
        assert.equal((rows[0] as { points: number }).points, integer);
      });

    test('that is true or false is stored as 1 or 0', async () => {
      for (const value of [true, false]) {
        const key = someKey();
        await db.write`INSERT INTO rate_limits (key, points) VALUES (${key}, ${value})`;
        assert.equal(await pointsOf(db, key), Number(value));
      }
    });

    test('that counts rows is a number', async () => {
      const [row] = await db.sql<{ count: unknown; sum: unknown }>`SELECT count(*) AS count FROM migrations`;
      assert.equal(typeof row?.count, 'number');
    });
  });

  test('a row that must be unique and is there already is told apart from every other error', async () => {
    const key = someKey();
    await db.transaction((tx) => insert(tx, key, 1));
    await assert.rejects(
      db.transaction((tx) => insert(tx, key, 2)),
      UniqueViolation,
    );
    await assert.rejects(db.write`INSERT INTO rate_limits (key, points) VALUES (${key}, 3)`, UniqueViolation);
    const instance = await someInstance(db);
    const twin = { ...instance, id: newId(now), name: 'another', url: 'https://another.example.com' };
    await assert.rejects(
      db.transaction((tx) => insertInstance(tx, twin, false)),
      UniqueViolation,
    );
    await assert.rejects(
      db.sql`SELECT nothing FROM nowhere`,
      (error) => !(error instanceof UniqueViolation) && !(error instanceof DatabaseUnavailable),
    );
  });
});

describe('a PostgreSQL', () => {
  test('that nobody runs is unavailable within five seconds', async () => {
    await expectUnavailable('postgres://postern:postern@127.0.0.1:1/postern');
  });

  test('that accepts connections and never answers is unavailable within five seconds', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      await expectUnavailable(
        `postgres://postern:postern@127.0.0.1:${(silent.address() as { port: number }).port}/postern`,
      );
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  async function expectUnavailable(url: string): Promise<void> {
    const db = openPostgres(url);
    try {
      const started = performance.now();
      await Promise.all([
        assert.rejects(db.sql`SELECT 1`, DatabaseUnavailable),
        assert.rejects(db.write`SELECT 1`, DatabaseUnavailable),
        assert.rejects(
          db.transaction((tx) => tx.sql`SELECT 1`),
          DatabaseUnavailable,
        ),
      ]);
      assert.ok(performance.now() - started < 5000, 'it took longer than five seconds to say so');
    } finally {
      await db.close();
    }
  }
});
