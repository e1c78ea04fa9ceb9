import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachEngine, freshDatabase } from '../support/engines.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';
import { Load, type Sample } from './load.ts';
import { dice, minutes, seed } from './options.ts';

// Seven tenths of what the server can do, for a long time: no error, no growing memory, no growing waiting times.

const second = 1_000;
const share = 0.7;
const administrator = {
  id: '',
  email: 'admin@example.com',
  name: 'Ada',
  password: 'the administrator of the tests',
};

forEachEngine((engine) => {
  test('at 70% of the most that it can do the server answers everything, as fast and in as much memory as in the beginning', async (t) => {
    const database = await freshDatabase(engine);
    const server = await ServerProcess.start({
      env: {
        POSTERN_DATABASE_URL: database.url,
        POSTERN_SECRET: testSecret,
        POSTERN_ADMIN_EMAIL: administrator.email,
        POSTERN_ADMIN_PASSWORD: administrator.password,
        POSTERN_LOG_LEVEL: 'warn',
        POSTERN_RATE_LIMITS: 'off',
      },
    });
    try {
      const load = new Load(server, server.pid, dice(seed));
      await load.prepare(administrator, minutes === null ? 3 : 20);
      // The first measurement warms up.
      await load.measureMaximum(minutes === null ? second : 10 * second);
      const most = await load.measureMaximum(minutes === null ? 2 * second : 20 * second);
      const rate = share * most;
      const stretch = minutes === null ? 2 * second : Math.min(60, minutes * 10) * second;
      const stretches = minutes === null ? 2 : Math.round((minutes * 60 * second) / stretch);
      t.diagnostic(`most: ${Math.round(most)} operations a second; from now on ${Math.round(rate)}`);
      const samples: Sample[] = [];
      for (let index = 0; index < stretches; index++) {
        const sample = await load.run(rate, stretch);
        samples.push(sample);
        t.diagnostic(
          `${Math.round(((index + 1) * stretch) / second)} s: ${sample.requests} operations, p50 ${sample.p50.toFixed(1)} ms, p99 ${sample.p99.toFixed(1)} ms, ${sample.memory} MiB`,
        );
      }
      assert.deepEqual(load.errors.slice(0, 5), [], `${load.errors.length} errors`);
      if (minutes !== null) judgeSteadiness(samples);
    } finally {
      await server.kill();
      await database.remove();
    }
  });
});

/** The last third beside the second; the first is for caches to fill and code to be compiled. */
function judgeSteadiness(samples: readonly Sample[]): void {
  const third = Math.floor(samples.length / 3);
  if (third === 0) return;
  const [before, after] = [samples.slice(third, 2 * third), samples.slice(-third)];
  const middle = (part: readonly Sample[], of: 'memory' | 'p99') =>
    part.map((sample) => sample[of]).sort((a, b) => a - b)[Math.floor(part.length / 2)] as number;
  const [memoryBefore, memoryAfter] = [middle(before, 'memory'), middle(after, 'memory')];
  assert.ok(
    memoryAfter <= memoryBefore * 1.15 + 10,
    `memory grew from ${memoryBefore} to ${memoryAfter} MiB`,
  );
  const [p99Before, p99After] = [middle(before, 'p99'), middle(after, 'p99')];
  // Other programs of the machine count in p99, so a small rise tells nothing.
  assert.ok(p99After <= p99Before * 2 + 20, `p99 grew from ${p99Before} to ${p99After} ms`);
}
