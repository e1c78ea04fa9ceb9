import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR, SECOND } from '../../server/base/units.ts';
import type { Browser, Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, type Headers, send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What the cookies of known browsers are worth to somebody who collects them.

const wrong = 'wrong wrong wrong';
let addresses = 0;
const newAddress = () => `203.0.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
const from = (address: string): Headers => ({ 'x-forwarded-for': address });
const retryAfter = (answer: Answer) => Number(answer.headers['retry-after']);

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    const config = { POSTERN_TRUST_PROXY: '127.0.0.1' };
    app = await startApp({ engine, config, clock: stoppedClock() });
  });
  after(() => app.close());

  const tryFrom = (address: string, email: string, password: string) =>
    send(app, '/login', { headers: from(address), body: new URLSearchParams({ email, password }) });
  const tryIn = (browser: Browser, email: string, password: string) =>
    browser.request('/login', { body: new URLSearchParams({ email, password }) });
  const knownBrowser = async ({ email, password }: Person, address = newAddress()) => {
    const browser = app.browser(from(address));
    assert.equal((await tryIn(browser, email, password)).status, 303);
    return browser;
  };

  describe('a known browser', () => {
    for (const who of ['its user', 'an administrator'])
      test(`is one like any other after ${who} has set another password`, async () => {
        const person = await app.admin.createUser();
        const address = newAddress();
        const browser = await knownBrowser(person, address);
        for (let n = 0; n < 10; n++) await tryFrom(address, person.email, wrong);
        assert.equal((await tryFrom(address, person.email, wrong)).status, 429);
        assert.equal((await tryIn(browser, person.email, wrong)).status, 401, 'it is counted by itself');

        const password = 'a password that nobody knew before';
        if (who === 'an administrator') await app.admin.updateUser(person.id, { password });
        else {
          const body = { password, current_password: person.password };
          assert.equal((await browser.request('/api/v1/me', { method: 'PATCH', body })).status, 200);
        }
        assert.equal((await tryIn(browser, person.email, wrong)).status, 429, 'it is counted by its address');

        const elsewhere = await knownBrowser({ ...person, password });
        const cookie = elsewhere.cookies.get('known-browser') ?? assert.fail();
        browser.cookies.set('known-browser', cookie);
        assert.equal((await tryIn(browser, person.email, password)).status, 303, 'known for the new one');
      });

    test('has no more tries together with all others of its user than a hundred failures an hour', async () => {
      const person = await app.admin.createUser();
      const { email, password } = person;
      const browsers = [];
      for (let n = 0; n < 13; n++) browsers.push(await knownBrowser(person));
      const [owners, signedIn, last] = browsers.splice(0, 3);
      assert.ok(owners && signedIn && last);
      let failures = 0;
      for (const browser of browsers) {
        // What succeeds counts for nothing, and takes nothing back.
        assert.equal((await tryIn(owners, email, password)).status, 303);
        for (let n = 0; n < 10 && failures < 100; n++, failures++)
          assert.equal((await tryIn(browser, email, wrong)).status, 401, `failure ${failures}`);
      }
      assert.equal(failures, 100);

      for (const attempt of [wrong, password]) {
        const refused = await tryIn(last, email, attempt);
        assert.equal(refused.status, 429);
        assert.equal(retryAfter(refused), HOUR / SECOND);
      }
      const again = await signedIn.request('/api/v1/me/authentications', { body: { password } });
      assert.equal(again.status, 429, 'nor has whoever copied a session');
      assert.equal(
        (await tryFrom(newAddress(), email, password)).status,
        303,
        'elsewhere nothing was counted',
      );
      const events = await app.admin.auditEvents('login.locked');
      assert.deepEqual(
        events
          .filter(({ user_id }) => user_id === person.id)
          .map(({ detail }) => (detail as { limit: string }).limit),
        ['known_browsers'],
      );

      const next = { ...person, password: 'a password after the attack' };
      await app.admin.updateUser(person.id, { password: next.password });
      const cleared = await knownBrowser(next);
      assert.equal((await tryIn(cleared, email, next.password)).status, 303, 'a new password begins anew');
    });

    test('is let in again when the hour is over', async () => {
      const person = await app.admin.createUser();
      const browsers = [];
      for (let n = 0; n < 10; n++) browsers.push(await knownBrowser(person));
      const another = await knownBrowser(person);
      for (let n = 0; n < 100; n++) {
        if (n === 50) app.clock.advance(HOUR / 2); // an hour from the first failure
        await tryIn(browsers[n % 10] ?? assert.fail(), person.email, wrong);
      }
      assert.equal((await tryIn(another, person.email, person.password)).status, 429);
      app.clock.advance(HOUR / 2 - SECOND);
      assert.equal((await tryIn(another, person.email, person.password)).status, 429);
      app.clock.advance(SECOND);
      assert.equal((await tryIn(another, person.email, person.password)).status, 303);
    });
  });
});
