import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { createPostgresDatabase } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// A process that waits at its start, here for another one that migrates. As the first of a container it would never be sent a
// signal that it does not listen for, and be killed after the patience of whoever runs it.

/** Runs while a start on this database would wait. */
async function whileAnotherMigrates(run: (url: string, isWaitedFor: () => Promise<void>) => Promise<void>) {
  const url = await createPostgresDatabase();
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(7206961)`;
      await run(url, async () => {
        for (;;) {
          const waiting = await sql`
            SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
            WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`;
          if (waiting.length > 0) return;
          await sleep(20);
        }
      });
    });
  } finally {
    await sql.end();
  }
}

for (const [args, signal, code] of [
  [['serve'], 'SIGTERM', 0],
  [['serve'], 'SIGINT', 0],
  [['migrate'], 'SIGTERM', 143],
] as const)
  test(`${signal} ends ${args[0]} at once that waits for a database, with the exit code ${code}`, () =>
    whileAnotherMigrates(async (url, isWaitedFor) => {
      const waiting = await ServerProcess.spawn({
        args: [...args],
        env: { POSTERN_DATABASE_URL: url, POSTERN_SECRET: testSecret },
      });
      try {
        await isWaitedFor();
        const since = performance.now();
        waiting.signal(signal);
        assert.equal(await waiting.exited(), code, waiting.output);
        assert.ok(performance.now() - since < 5000, 'it waited');
        assert.equal(waiting.output, '');
      } finally {
        await waiting.kill();
      }
    }));
