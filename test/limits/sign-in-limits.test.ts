import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE, SECOND } from '../../server/base/units.ts';
import { from, newAddress, retryAfter } from '../support/addresses.ts';
import type { Browser, Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine, freshDatabase } from '../support/engines.ts';
import { basic, send, type Target } from '../support/http.ts';
import { success } from '../support/oauth-client.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// What guessing passwords comes to, and that nobody’s guesses keep anybody else out. Addresses are what a trusted proxy says.

const wrong = 'wrong wrong wrong';
/** Small, so that the tests need not be long: 20 failed authentications of a client at an address, 40 of an address. */
const config = { POSTERN_TRUST_PROXY: '127.0.0.1', POSTERN_TOKEN_FAILURE_LIMIT: '20' };

forEachEngine((engine) => {
  let app: TestApp;

  before(async () => {
    // The clock stands still, so that a slow machine does not wait delays out.
    app = await startApp({ engine, config, clock: stoppedClock() });
  });
  after(() => app.close());

  const metric = async (name: string): Promise<number> => {
    const { text } = success(await send(app, '/metrics', { headers: from('127.0.0.1') }));
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };
  const locks = async (query = '') =>
    (
      await app.admin.must<{
        data: { detail: Record<string, unknown>; ip: string; user_id: string | null }[];
      }>('GET', `/audit-events?type=login.locked&limit=100${query}`)
    ).data;

  describe('a sign-in', () => {
    const tryFrom = (address: string, email: string, password: string, at: Target = app) =>
      send(at, '/login', { headers: from(address), body: new URLSearchParams({ email, password }) });
    const tryIn = (browser: Browser, email: string, password: string) =>
      browser.request('/login', { body: new URLSearchParams({ email, password }) });

    test('waits longer after each failure: a minute, two, four, eight, then fifteen', async () => {
      const { email } = await app.admin.createUser();
      const address = newAddress();
      for (let n = 0; n < 10; n++) assert.equal((await tryFrom(address, email, wrong)).status, 401);
      for (const minutes of [1, 2, 4, 8, 15, 15]) {
        const refused = await tryFrom(address, email, wrong);
        assert.equal(refused.status, 429);
        assert.ok(
          Math.abs(retryAfter(refused) - minutes * 60) <= 2,
          `${retryAfter(refused)} for ${minutes} minutes`,
        );
        app.clock.advance(retryAfter(refused) * SECOND);
        assert.equal((await tryFrom(address, email, wrong)).status, 401);
      }
    });

    test('is forgiven after a quiet quarter of an hour, or by the right password', async () => {
      for (const forgive of ['time', 'password']) {
        const { email, password } = await app.admin.createUser();
        const address = newAddress();
        for (let n = 0; n < 10; n++) await tryFrom(address, email, wrong);
        app.clock.advance(forgive === 'time' ? 16 * MINUTE + SECOND : MINUTE + SECOND);
        if (forgive === 'password') assert.equal((await tryFrom(address, email, password)).status, 303);
        for (let n = 0; n < 10; n++)
          assert.equal((await tryFrom(address, email, wrong)).status, 401, forgive);
        assert.equal((await tryFrom(address, email, wrong)).status, 429);
      }
    });

    test('that strangers hammer from very many addresses is kept from nobody in a known browser, and elsewhere for a minute', async () => {
      const person = await app.admin.createUser();
      const { email, password } = person;
      const home = newAddress();
      const known = app.browser(from(home));
      assert.equal((await tryIn(known, email, password)).status, 303);
      await known.request('/logout', { body: new URLSearchParams() });
      const signedIn = app.browser(from(newAddress()));
      await tryIn(signedIn, email, password);

      for (let n = 0; n < 10; n++) await tryFrom(home, email, wrong); // somebody in the same house, too
      assert.equal((await tryFrom(home, email, password)).status, 429);
      const strangers = () =>
        Promise.all(Array.from({ length: 15 }, () => tryFrom(newAddress(), email, wrong)));
      for (let tries = 10; !(await strangers()).some(({ status }) => status === 429); tries += 15)
        assert.ok(tries < 100, 'the account has a limit');
      for (let round = 0; round < 4; round++) {
        const refused = await tryFrom(newAddress(), email, password);
        assert.equal(refused.status, 429, 'the account as a whole has a limit for strangers');
        assert.ok(retryAfter(refused) <= 60, 'which stays short, however long they go on');
        app.clock.advance(retryAfter(refused) * SECOND);
        assert.equal((await tryFrom(newAddress(), email, wrong)).status, 401);
      }

      assert.equal((await tryIn(known, email, password)).status, 303);
      const again = await signedIn.request('/api/v1/me/authentications', { body: { password } });
      assert.equal(again.status, 204, 'who is signed in is counted in that session');
    });

    test('in a known browser is limited by itself, and the browser is known for its own user only', async () => {
      const [person, other] = [await app.admin.createUser(), await app.admin.createUser()];
      const browser = app.browser(from(newAddress()));
      await tryIn(browser, person.email, person.password);
      await browser.request('/logout', { body: new URLSearchParams() });
      for (let n = 0; n < 10; n++) assert.equal((await tryIn(browser, person.email, wrong)).status, 401);
      assert.equal((await tryIn(browser, person.email, person.password)).status, 429);
      assert.equal(
        (await tryFrom(newAddress(), person.email, person.password)).status,
        303,
        'elsewhere nothing was counted',
      );

      const thief = app.browser(from(newAddress()));
      for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
      for (let n = 0; n < 10; n++) assert.equal((await tryIn(thief, other.email, wrong)).status, 401);
      assert.equal((await tryIn(thief, other.email, other.password)).status, 429);
      assert.equal(
        (await tryIn(app.browser(thief.headers), other.email, wrong)).status,
        429,
        'counted by address',
      );
    });

    test('of somebody else in the same browser does not make it forget those who signed in there before', async () => {
      const people = [];
      for (let n = 0; n < 6; n++) people.push(await app.admin.createUser());
      const [first, ...others] = people as [Person, ...Person[]];
      const home = newAddress();
      const browser = app.browser(from(home));
      const signInAndOut = async ({ email, password }: Person) => {
        assert.equal((await tryIn(browser, email, password)).status, 303);
        await browser.request('/logout', { body: new URLSearchParams() });
      };
      await signInAndOut(first);
      const alone = browser.cookies.get('known-browser') ?? '';
      await signInAndOut(others[0] as Person);
      assert.ok(browser.cookies.get('known-browser')?.endsWith(alone), 'what it was known by stays');
      for (let n = 0; n < 10; n++) await tryFrom(home, first.email, wrong);
      assert.equal((await tryFrom(home, first.email, first.password)).status, 429);
      await signInAndOut(first);

      for (const person of others) await signInAndOut(person);
      const cookie = browser.cookies.get('known-browser') ?? '';
      assert.ok(cookie.length < 500, 'and the cookie stays small');
      for (const person of others) {
        for (let n = 0; n < 10; n++) await tryFrom(home, person.email, wrong);
        assert.equal((await tryFrom(home, person.email, person.password)).status, 429);
        assert.equal((await tryIn(browser, person.email, person.password)).status, 303);
      }
      assert.equal((await tryIn(browser, first.email, first.password)).status, 429, 'of six, five are kept');
    });

    test('gains nothing by a cookie that was made up, cut or given another end', async () => {
      const person = await app.admin.createUser();
      const browser = app.browser(from(newAddress()));
      await tryIn(browser, person.email, person.password);
      const genuine = browser.cookies.get('known-browser') ?? '';
      assert.match(genuine, /^[\w-]{43}\.[\w-]{43}$/);
      const address = newAddress();
      const forged = [
        genuine.slice(0, -1),
        `${genuine.slice(0, -2)}AA`,
        `${'A'.repeat(43)}.${genuine.slice(44)}`,
        `${genuine.slice(0, 43)}.`,
        'known',
        `${'A'.repeat(43)}.${'A'.repeat(43)}`,
        `${`${'A'.repeat(43)}.${'A'.repeat(43)}~`.repeat(5)}${genuine}`,
        `~${genuine}`,
      ];
      for (let n = 0; n < 10; n++) {
        const attacker = app.browser(from(address));
        attacker.cookies.set('known-browser', forged[n % forged.length] ?? '');
        assert.equal((await tryIn(attacker, person.email, wrong)).status, 401);
      }
      const last = app.browser(from(address));
      last.cookies.set('known-browser', forged[5] ?? '');
      assert.equal((await tryIn(last, person.email, person.password)).status, 429);
    });

    test('counts in every process, and after a restart', async () => {
      const { email, password } = await app.admin.createUser();
      const address = newAddress();
      const { database, url, clock } = app;
      const other = await startApp({ engine, config, database, url, clock });
      for (let n = 0; n < 10; n++)
        assert.equal((await tryFrom(address, email, wrong, n % 2 ? app : other)).status, 401);
      for (const at of [app, other]) assert.equal((await tryFrom(address, email, password, at)).status, 429);
      await other.close();
      const restarted = await startApp({ engine, config, database, url, clock });
      assert.equal((await tryFrom(address, email, password, restarted)).status, 429);
      await restarted.close();
    });

    test('of many addresses at one account is one event in the audit log for each lock, and counted in the metrics', async () => {
      const { email, id } = await app.admin.createUser();
      const address = newAddress();
      const before = await metric('postern_limited_requests_total{limit="account_and_address"}');
      for (let n = 0; n < 15; n++) await tryFrom(address, email, wrong);
      const [lock, ...more] = await locks(`&user_id=${id}`);
      assert.deepEqual(more, []);
      assert.equal(lock?.detail['limit'], 'account_and_address');
      assert.equal(lock.ip, address);
      assert.equal(await metric('postern_limited_requests_total{limit="account_and_address"}'), before + 5);
    });
  });

  test('a new POSTERN_SECRET forgets no limit, in whichever round of its introduction', async () => {
    const database = await freshDatabase(engine);
    const clock = stoppedClock();
    const newSecret = 'another master secret that only tests use and that is long enough';
    const startWith = (secrets: string) =>
      startApp({ engine, database, clock, url: app.url, config: { ...config, POSTERN_SECRET: secrets } });
    const address = newAddress();
    const first = await startWith(testSecret);
    const { client_id } = await first.admin.createApplication({ type: 'machine' });
    const fail = async (at: Target) => [
      (
        await send(at, '/login', {
          headers: from(address),
          body: new URLSearchParams({ email: 'nobody@example.com', password: wrong }),
        })
      ).status,
      (
        await send(at, '/oauth2/token', {
          headers: { ...from(address), authorization: basic(client_id, wrong) },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        })
      ).status,
    ];
    for (let n = 0; n < 10; n++) await fail(first);
    for (let n = 0; n < 10; n++) await fail(first);
    assert.deepEqual(await fail(first), [429, 429]);
    await first.close();

    const rounds = [`${testSecret},${newSecret}`, `${newSecret},${testSecret}`, newSecret];
    for (const secrets of rounds) {
      const next = await startWith(secrets);
      assert.deepEqual(await fail(next), [429, 429]);
      await next.close();
    }
    await database.remove();
  });

  test('of two processes in different rounds of a new POSTERN_SECRET each counts what the other has seen', async () => {
    const database = await freshDatabase(engine);
    const clock = stoppedClock();
    const newSecret = 'another master secret that only tests use and that is long enough';
    const startWith = (secrets: string) =>
      startApp({ engine, database, clock, url: app.url, config: { ...config, POSTERN_SECRET: secrets } });
    const [one, other] = [
      await startWith(`${testSecret},${newSecret}`),
      await startWith(`${newSecret},${testSecret}`),
    ];
    const address = newAddress();
    const tryAt = (at: TestApp, password: string) =>
      send(at, '/login', {
        headers: from(address),
        body: new URLSearchParams({ email: at.user.email, password }),
      });
    const tries = Array.from({ length: 12 }, (_, n) => tryAt(n % 2 ? one : other, wrong));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 2);
    clock.advance(MINUTE + SECOND);
    assert.equal((await tryAt(one, one.user.password)).status, 303);
    for (let n = 0; n < 10; n++) assert.equal((await tryAt(other, wrong)).status, 401, 'forgiven for both');
    for (const at of [one, other]) await at.close();
    await database.remove();
  });

  test('POSTERN_RATE_LIMITS=off takes all of these limits away', async () => {
    const off = await startApp({ engine, config: { ...config, POSTERN_RATE_LIMITS: 'off' } });
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'x',
      client_secret: 'y',
    });
    for (let n = 0; n < 60; n++) assert.equal((await send(off, '/oauth2/token', { body })).status, 401);
    const email = 'nobody@example.com';
    for (let n = 0; n < 15; n++)
      assert.equal(
        (await send(off, '/login', { body: new URLSearchParams({ email, password: wrong }) })).status,
        401,
      );
    const [row] = await off.services.db.sql<{ count: number }>`SELECT count(*) AS count FROM rate_limits`;
    assert.equal(row?.count, 0);
    await off.close();
  });
});
