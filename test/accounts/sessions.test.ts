import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { updateUser } from '../../server/accounts/users.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import { actOfOperator } from '../../server/model/act.ts';
import type { Browser, Page } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { type Answer, send } from '../support/http.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// How long a browser stays signed in, and what its user can do about that.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  function tryToSignIn(email: string, password: string, from: Record<string, string> = {}): Promise<Answer> {
    return send(app, '/login', { body: new URLSearchParams({ email, password }), headers: from });
  }

  async function isSignedIn(browser: Browser): Promise<boolean> {
    return (await browser.request('/account')).status === 200;
  }

  describe('sessions', () => {
    test('each sign-in gives a new value, and the one before is dead', async () => {
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      const first = browser.cookies.get('postern') as string;
      await browser.signIn(person);
      assert.notEqual(browser.cookies.get('postern'), first);
      assert.ok(await isSignedIn(browser));
      const old = app.browser();
      old.cookies.set('postern', first);
      assert.ok(!(await isSignedIn(old)));
    });

    test('a value that somebody planted in the cookie before the sign-in does not become the session', async () => {
      const person = await someone(app);
      const browser = app.browser();
      browser.cookies.set('postern', 'A'.repeat(43));
      await browser.signIn(person);
      assert.notEqual(browser.cookies.get('postern'), 'A'.repeat(43));
    });

    test('signing out ends the session in the server, not only in the browser', async () => {
      const browser = app.browser();
      const page = await browser.signIn(await someone(app));
      const value = browser.cookies.get('postern') as string;
      const after = await browser.submitForm(page, {}, { action: '/logout' });
      assert.equal(after.path, '/login');
      assert.ok(!browser.cookies.has('postern'));
      browser.cookies.set('postern', value);
      assert.ok(!(await isSignedIn(browser)));
    });

    test('signing out takes a request without a body, from this origin only', async () => {
      const browser = app.browser();
      await browser.signIn(await someone(app));
      const signOut = (site: string) =>
        browser.request('/logout', { method: 'POST', headers: { 'sec-fetch-site': site } });
      assert.equal((await signOut('cross-site')).status, 403);
      assert.ok(await isSignedIn(browser));
      assert.equal((await signOut('same-origin')).status, 303);
      assert.ok(!(await isSignedIn(browser)));
    });

    test('an administrator is signed out after half an hour without a request, or after twelve hours in any case', async () => {
      const person = await someone(app, 'administrator');
      const browser = app.browser();
      await browser.signIn(person);
      app.clock.advance(29 * MINUTE);
      assert.ok(await isSignedIn(browser));
      app.clock.advance(31 * MINUTE);
      assert.ok(!(await isSignedIn(browser)));

      await browser.signIn(person);
      for (let passed = 0; passed < 12 * HOUR; passed += 29 * MINUTE) {
        assert.ok(await isSignedIn(browser));
        app.clock.advance(29 * MINUTE);
      }
      assert.ok(!(await isSignedIn(browser)));
    });

    test('everybody else stays for fourteen days without a request, and ninety days in all', async () => {
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      for (let passed = 0; passed < 90 * DAY; passed += 13 * DAY) {
        assert.ok(await isSignedIn(browser));
        app.clock.advance(13 * DAY);
      }
      assert.ok(!(await isSignedIn(browser)));

      await browser.signIn(person);
      app.clock.advance(14 * DAY + SECOND);
      assert.ok(!(await isSignedIn(browser)));
    });

    test('who becomes an administrator has an administrator’s session from then on', async () => {
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      app.clock.advance(HOUR);
      await updateUser(app.services, actOfOperator(app.instance), person.id as never, {
        role: 'administrator',
      });
      assert.ok(!(await isSignedIn(browser)));
    });

    test('a deactivated user is signed out everywhere at once', async () => {
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      await app.admin.updateUser(person.id, { active: false });
      assert.ok(!(await isSignedIn(browser)));
      await app.admin.updateUser(person.id, { active: true });
      assert.ok(!(await isSignedIn(browser)));
    });

    test('a new password ends the other sessions and keeps the one that chose it', async () => {
      const person = await someone(app);
      const here = app.browser();
      const there = app.browser();
      await there.signIn(person);
      const page = await here.signIn(person);
      const changed = await here.submitForm(page, {
        current_password: person.password,
        new_password: 'another long password',
      });
      assert.match(textOf(changed.html), /Your password has been changed/);
      assert.ok(await isSignedIn(here));
      assert.ok(!(await isSignedIn(there)));
      assert.equal((await tryToSignIn(person.email, person.password)).status, 401);
      assert.equal((await tryToSignIn(person.email, 'another long password')).status, 303);
    });

    test('a sign-in that races with a new password does not outlive it', async () => {
      const person = await someone(app);
      const signIns = Array.from({ length: 5 }, () => tryToSignIn(person.email, person.password));
      const change = updateUser(app.services, actOfOperator(app.instance), person.id as never, {
        password: 'another long password',
      });
      const answers = await Promise.all(signIns);
      await change;
      for (const answer of answers) {
        if (answer.status !== 303) continue;
        const cookie = (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] as string;
        assert.equal((await send(app, '/account', { headers: { cookie } })).status, 303);
      }
    });

    test('one session, or all others, can be ended from the account page', async () => {
      const person = await someone(app);
      const [a, b, c] = [
        app.browser(),
        app.browser({ 'user-agent': 'Mozilla/5.0 Firefox/140.0' }),
        app.browser(),
      ];
      await a.signIn(person);
      app.clock.advance(SECOND);
      await c.signIn(person);
      app.clock.advance(SECOND);
      const page = await b.signIn(person);
      const [, action = ''] = /action="(\/account\/sessions\/[0-9a-f]{32}\/end)"/.exec(page.html) ?? [];
      await b.submitForm(page, {}, { action });
      assert.deepEqual([await isSignedIn(a), await isSignedIn(b), await isSignedIn(c)], [true, true, false]);
      await b.submitForm(await b.openPage('/account'), {}, { action: '/account/sessions/end-others' });
      assert.deepEqual([await isSignedIn(a), await isSignedIn(b)], [false, true]);
    });

    test('nobody can end another user’s session', async () => {
      const victim = app.browser();
      await victim.signIn(await someone(app));
      const other = app.browser();
      await other.signIn(await someone(app));
      for (const { id } of await app.services.db.sql<{ id: Uint8Array }>`SELECT id FROM sessions`)
        await other.request(`/account/sessions/${Buffer.from(id).toString('hex')}/end`, {
          body: new URLSearchParams({ x: '1' }),
        });
      assert.ok(await isSignedIn(victim));
    });

    test('any use of a session counts as the user’s activity', async () => {
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      const lastActive = async () => {
        const user = await app.admin.must('GET', `/users/${person.id}`);
        return Date.parse(user['last_active_at'] as string);
      };
      const before = await lastActive();
      app.clock.advance(DAY);
      await browser.openPage('/account');
      assert.ok((await lastActive()) >= before + DAY);
    });
  });

  describe('the account page', () => {
    test('without a session leads to the sign-in and back', async () => {
      const answer = await send(app, '/account');
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.location, '/login?return_to=/account');
    });

    test('tries of the current password are limited like those of a sign-in', async () => {
      const person = await someone(app);
      const browser = app.browser();
      let page = await browser.signIn(person);
      const change = async (current: string): Promise<Page> =>
        browser.submitForm(page, { current_password: current, new_password: 'another long password' });
      for (let i = 0; i < 10; i++) {
        page = await change('not the password');
        assert.equal(page.status, 422);
        assert.match(page.html, /id="current_password"[^>]*aria-invalid="true"/);
      }
      page = await change(person.password);
      assert.equal(page.status, 429);
      assert.ok(Number(page.headers['retry-after']) > 0);
    });

    test('a new password that is too short is refused before the current one is looked at', async () => {
      const person = await someone(app);
      const browser = app.browser();
      const page = await browser.submitForm(await browser.signIn(person), {
        current_password: 'x',
        new_password: 'too short',
      });
      assert.equal(page.status, 422);
      assert.match(page.html, /id="new_password"[^>]*aria-invalid="true"/);
    });

    test('name and language can be changed, and the page comes in the new language', async () => {
      const browser = app.browser();
      const page = await browser.signIn(await someone(app));
      const changed = await browser.submitForm(page, { name: 'Åsa <b>Öberg</b>', locale: 'sv' });
      assert.match(changed.html, /<html lang="sv">/);
      assert.match(textOf(changed.html), /Åsa <b>Öberg<\/b>/);
      const wrong = await browser.submitForm(changed, { name: ' ', locale: 'sv' });
      assert.equal(wrong.status, 422);
      assert.equal((await browser.submitForm(changed, { name: 'A', locale: 'xx' })).status, 422);
    });

    test('its forms work only from this origin, or with their token where the browser says nothing of origins', async () => {
      const browser = app.browser();
      const page = await browser.signIn(await someone(app));
      const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(page.html) ?? [];
      const cookie = `postern=${browser.cookies.get('postern')}`;
      const post = async (fields: Record<string, string>, headers: Record<string, string>) =>
        (
          await send(app, '/account/profile', {
            body: new URLSearchParams({ name: 'A', ...fields }),
            headers: { cookie, ...headers },
          })
        ).status;
      assert.equal(await post({ form_token: token }, { 'sec-fetch-site': 'cross-site' }), 403);
      assert.equal(await post({ form_token: token }, { origin: 'https://evil.example' }), 403);
      assert.equal(await post({}, {}), 403);
      assert.equal(await post({ form_token: 'AAAA' }, {}), 403);
      assert.equal(await post({ form_token: token }, {}), 303);
      assert.equal(await post({}, { 'sec-fetch-site': 'same-origin' }), 303);
      const other = app.browser();
      const otherPage = await other.signIn(await someone(app));
      const [, otherToken = ''] = /name="form_token" value="([^"]+)"/.exec(otherPage.html) ?? [];
      assert.equal(await post({ form_token: otherToken }, {}), 403);
    });
  });
});
