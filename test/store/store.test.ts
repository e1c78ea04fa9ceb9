import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import postgres from 'postgres';
import { type Id, newId, randomId } from '../../server/base/ids.ts';
import { HOUR } from '../../server/base/units.ts';
import { recordAuditEvent } from '../../server/events/record.ts';
import { system } from '../../server/model/event.ts';
import { type Instance, initialScopes } from '../../server/model/instance.ts';
import { newAuthorizationCode } from '../../server/oauth/tokens/code.ts';
import { listAuditEvents } from '../../server/store/audit-events.ts';
import {
  deleteRedeemableCodes,
  findAuthorizationCode,
  insertAuthorizationCode,
  spendAuthorizationCode,
} from '../../server/store/authorization-codes.ts';
import {
  findAuthorization,
  insertAuthorization,
  revokeAuthorization,
  rotateAuthorization,
} from '../../server/store/authorizations.ts';
import {
  type Database,
  DatabaseUnavailable,
  type Reader,
  type Transaction,
  UniqueViolation,
} from '../../server/store/engine/database.ts';
import { isMigrated, migrate } from '../../server/store/engine/migrate.ts';
import { openPostgres } from '../../server/store/engine/postgres.ts';
import {
  findInstance,
  insertInstance,
  takeApplicationPlace,
  updateInstance,
} from '../../server/store/instances.ts';
import { LastUsed } from '../../server/store/last-used.ts';
import { isAccessTokenRevoked, revokeAccessToken } from '../../server/store/spent-tokens.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { runs } from '../support/property-runs.ts';
import { explaining } from '../support/query-plans.ts';

const now = Date.UTC(2030, 0, 1);

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
        const rotations = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            rotateAuthorization((index % 2 ? db : other).write, instanceId, authorizationId, 1, now),
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

  describe('data of one instance', () => {
    test('is not found, spent, changed or ended by way of another', async () => {
      const { instanceId, applicationId, authorizationId, code } = await someGrant(db);
      const stranger = (await someInstance(db)).id;
      assert.equal(await findAuthorization(db, stranger, authorizationId), undefined);
      assert.equal(await rotateAuthorization(db.write, stranger, authorizationId, 1, now), false);
      assert.equal(
        await db.transaction((tx) => revokeAuthorization(tx, stranger, authorizationId, now)),
        undefined,
      );
      assert.equal(await findAuthorizationCode(db, stranger, code), undefined);
      assert.equal(
        await db.transaction((tx) =>
          spendAuthorizationCode(tx, stranger, applicationId, code, now, authorizationId),
        ),
        undefined,
      );
      assert.equal(
        await db.transaction((tx) =>
          spendAuthorizationCode(tx, instanceId, newId(now), code, now, authorizationId),
        ),
        undefined,
      );

      const still = await findAuthorization(db, instanceId, authorizationId);
      assert.equal(still?.generation, 1);
      assert.equal(still?.revokedAt, null);
      assert.equal((await findAuthorizationCode(db, instanceId, code))?.spentAt, null);
    });

    test('keeps the last of its uses, from whichever process, and none that was noted for another instance', async () => {
      const { instanceId, authorizationId } = await someGrant(db);
      const stranger = (await someInstance(db)).id;
      const processes = [new LastUsed(db), new LastUsed(other)] as const;
      const [first, second] = processes;
      const lastUse = async () => (await findAuthorization(db, instanceId, authorizationId))?.lastUsedAt;
      first.note('authorizations', stranger, authorizationId, now + 5);
      await first.flush();
      assert.equal(await lastUse(), null);
      first.note('authorizations', instanceId, authorizationId, now + 3);
      first.note('authorizations', instanceId, authorizationId, now + 2);
      second.note('authorizations', instanceId, authorizationId, now + 1);
      await first.flush();
      await second.flush();
      assert.equal(await lastUse(), now + 3);
      for (const process of processes) await process.stop();
    });

    test('does not show in the audit log or the revocations of another', async () => {
      const [instance, stranger] = [await someInstance(db), await someInstance(db)];
      const jti = randomId();
      await db.transaction(async (tx) => {
        await recordAuditEvent(tx, now, {
          instanceId: instance.id,
          type: 'signing_key.rotated',
          actor: system,
          ip: null,
        });
        await revokeAccessToken(tx, instance.id, jti, now + HOUR);
      });
      assert.equal((await listAuditEvents(db, instance.id, {}, undefined, 10)).length, 1);
      assert.deepEqual(await listAuditEvents(db, stranger.id, {}, undefined, 10), []);
      assert.equal(await isAccessTokenRevoked(db, instance.id, jti), true);
      assert.equal(await isAccessTokenRevoked(db, stranger.id, jti), false);
    });

    test('is changed field by field, and what is not named stays', async () => {
      const instance = await someInstance(db);
      const changed = await db.transaction((tx) =>
        updateInstance(tx, instance.id, { lane: 'preview', refreshTokenGrace: 0 }),
      );
      assert.deepEqual(changed, { ...instance, lane: 'preview', refreshTokenGrace: 0 });
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

function someKey(): Buffer {
  return randomBytes(16);
}

async function insert(tx: Transaction, key: Buffer, points: number): Promise<void> {
  await tx.sql`INSERT INTO rate_limits (key, points) VALUES (${key}, ${points})`;
}

async function pointsOf(db: Reader, key: Buffer): Promise<number | undefined> {
  const [row] = await db.sql<{ points: number }>`SELECT points FROM rate_limits WHERE key = ${key}`;
  return row?.points;
}

async function someInstance(db: Database): Promise<Instance> {
  const id = newId(now);
  const host = `${id}.example.com`;
  const instance: Instance = {
    id,
    handle: id,
    name: id,
    url: `https://${host}`,
    host,
    domain: 'ourdomain',
    lane: 'production',
    customerId: randomId(),
    maxApplications: 10,
    refreshTokenGrace: 10,
    authorizationCodeLifetime: 120,
    scopes: initialScopes,
    createdAt: now,
  };
  await db.transaction((tx) => insertInstance(tx, instance, false));
  return instance;
}

/** A code and an authorization of generation 1, of an instance of their own. */
async function someGrant(
  db: Database,
): Promise<{ instanceId: Id; applicationId: Id; authorizationId: Id; code: string }> {
  const { id: instanceId } = await someInstance(db);
  const [applicationId, userId, authorizationId] = [newId(now), newId(now), newId(now)];
  const code = newAuthorizationCode(now);
  await db.transaction(async (tx) => {
    await insertAuthorizationCode(tx.sql, code, {
      instanceId,
      applicationId,
      userId,
      redirectUri: null,
      codeChallenge: null,
      scopes: ['api'],
      expiresAt: now + HOUR,
    });
    await insertAuthorization(tx, {
      id: authorizationId,
      instanceId,
      applicationId,
      userId,
      scopes: ['api', 'offline_access'],
      generation: 1,
      createdAt: now,
      rotatedAt: null,
      lastUsedAt: null,
      expiresAt: null,
      revokedAt: null,
    });
  });
  return { instanceId, applicationId, authorizationId, code };
}

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
