import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE, SECOND } from '../../server/base/units.ts';
import { raise, takeBack } from '../../server/limits/growing-delay.ts';
import type { Counter } from '../../server/store/rate-limits.ts';
import type { Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What one address costs everybody else who comes from it.

const wrong = 'wrong wrong wrong';
let strangers = 0;

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    const config = { POSTERN_TRUST_PROXY: '127.0.0.1' };
    app = await startApp({ engine, config, clock: stoppedClock() });
  });
  after(() => app.close());

  const tryFrom = (address: string, { email, password }: Pick<Person, 'email' | 'password'>) =>
    send(app, '/login', {
      headers: { 'x-forwarded-for': address },
      body: new URLSearchParams({ email, password }),
    });
  /** Fails under a name of its own, so that the address alone can be too much. */
  const fail = (address: string) =>
    tryFrom(address, { email: `stranger-${++strangers}@example.com`, password: wrong });
  const failTimes = async (address: string, times: number) => {
    for (let n = 0; n < times; n++) assert.equal((await fail(address)).status, 401, `failure ${n}`);
  };

  describe('an address', () => {
    test('from which somebody guesses on and on is delayed for a minute at most', async () => {
      const address = '192.0.2.1';
      await failTimes(address, 100);
      for (let round = 0; round < 6; round++) {
        const refused = await tryFrom(address, app.user);
        assert.equal(refused.status, 429);
        assert.equal(refused.headers['retry-after'], '60');
        app.clock.advance(MINUTE);
        assert.equal((await fail(address)).status, 401);
      }
      app.clock.advance(MINUTE);
      assert.equal((await tryFrom(address, app.user)).status, 303);
    });

    test('does not get its tries back when somebody there signs in to an account of their own', async () => {
      const address = '192.0.2.2';
      for (let n = 0; n < 99; n++) {
        if (n % 9 === 0) assert.equal((await tryFrom(address, app.user)).status, 303);
        assert.equal((await fail(address)).status, 401);
      }
      assert.equal((await tryFrom(address, app.user)).status, 303, 'nor does that use one up');
      assert.equal((await fail(address)).status, 401);
      assert.equal((await fail(address)).status, 429);
      app.clock.advance(MINUTE);
      for (let n = 0; n < 3; n++) assert.equal((await tryFrom(address, app.user)).status, 303);
      assert.equal((await fail(address)).status, 401);
      assert.equal((await fail(address)).status, 429);
    });

    test('lets everybody in who comes with the right password, however many do at the same moment', async () => {
      const address = '192.0.2.3';
      await Promise.all(Array.from({ length: 85 }, () => fail(address)));
      const people = await Promise.all(Array.from({ length: 30 }, () => someone(app)));
      const answers = await Promise.all(people.map((person) => tryFrom(address, person)));
      assert.deepEqual(
        answers.filter(({ status }) => status !== 303).map(({ status }) => status),
        [],
      );
    });
  });
});

describe('a failure that was none', () => {
  const limit = { allowed: 3, window: 15 * MINUTE, firstDelay: MINUTE, longestDelay: MINUTE };
  const empty: Counter = { points: 0, resetAt: 0, blockedUntil: 0, refused: 0 };

  test('takes back its own point and its own delay', () => {
    const before = raise(raise(empty, limit, 0), limit, SECOND);
    const after = raise(before, limit, 2 * SECOND);
    assert.ok(after.blockedUntil > 0);
    assert.deepEqual(takeBack({ ...after, refused: 5 }, { before, after }, 3 * SECOND), before);
  });

  test('leaves the delay that another began', () => {
    const [before, after] = [empty, raise(empty, limit, 0)];
    const full = raise(raise(after, limit, SECOND), limit, SECOND);
    const left = takeBack(full, { before, after }, 2 * SECOND);
    assert.deepEqual(left, { ...full, points: full.points - 1 });
  });

  test('takes nothing from a window that it was not counted in', () => {
    const [before, after] = [empty, raise(empty, limit, 0)];
    const next = raise(empty, limit, 15 * MINUTE);
    assert.deepEqual(takeBack(next, { before, after }, 15 * MINUTE), next);
  });
});
