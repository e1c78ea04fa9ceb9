import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isSetupLinkAlive, makeSetupLink } from '../../server/accounts/setup.ts';
import { createUser, updateUser } from '../../server/accounts/users.ts';
import type { Id } from '../../server/base/ids.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import { system } from '../../server/model/event.ts';
import { buildApp } from '../../server/process/app.ts';
import { parseConfig } from '../../server/process/config.ts';
import { createLog } from '../../server/process/log.ts';
import { closeServices, openServices } from '../../server/process/open-services.ts';
import { listAuditEvents } from '../../server/store/audit-events.ts';
import { countUsers } from '../../server/store/users.ts';
import { Browser, type Page, type Person } from '../support/browser.ts';
import { forEachEngine, freshDatabase } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { type Answer, send } from '../support/http.ts';
import { freePort } from '../support/postgres.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// Who gets in, how often one may try, and how long a browser stays signed in.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  /** A user whom no other test touches. Made without the REST API, which would sign the administrator in anew. */
  async function someone(role: 'administrator' | 'user' = 'user'): Promise<Person> {
    const person = {
      email: `${crypto.randomUUID()}@example.com`,
      name: 'Someone',
      password: 'once upon a midnight',
    };
    const user = await createUser(app.services, {
      instance: app.instance,
      role,
      ...person,
      actor: system,
      ip: null,
    });
    return { id: user.id, ...person };
  }

  test('a new user is of the moment in which they are added, not of that in which their password began to be hashed', async () => {
    const adding = someone();
    app.clock.advance(MINUTE);
    const since = app.clock.now();
    const { id } = await adding;
    const events = await listAuditEvents(
      app.services.db,
      app.instance.id,
      { userId: id as Id },
      undefined,
      10,
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['user.created'],
    );
    assert.ok(events.every(({ time }) => time >= since));
    const [newest] = await listAuditEvents(app.services.db, app.instance.id, {}, undefined, 1);
    assert.equal(newest?.userId, id, 'who reads the log from where they stopped finds the event');
  });

  function tryToSignIn(email: string, password: string, from: Record<string, string> = {}): Promise<Answer> {
    return send(app, '/login', { body: new URLSearchParams({ email, password }), headers: from });
  }

  async function isSignedIn(browser: Browser): Promise<boolean> {
    return (await browser.request('/account')).status === 200;
  }

  async function auditEvents(type: string, userId?: string): Promise<Record<string, unknown>[]> {
    const events = await app.admin.auditEvents(type);
    return userId === undefined ? events : events.filter((event) => event['user_id'] === userId);
  }

  describe('signing in', () => {
    test('the right password leads to where the user belongs, with a cookie that scripts cannot read', async () => {
      const person = await someone();
      const answer = await tryToSignIn(person.email, person.password);
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.location, '/');
      const [cookie = ''] = answer.headers['set-cookie'] ?? [];
      assert.match(cookie, /^postern=[\w-]{43}; /);
      assert.match(cookie, /; HttpOnly/);
      assert.match(cookie, /; SameSite=Lax/);
      assert.match(cookie, /; Path=\//);
      assert.match(cookie, new RegExp(`Max-Age=${90 * 24 * 3600}`));
      assert.doesNotMatch(cookie, /Secure|Domain/);
      const [event] = await auditEvents('login.succeeded', person.id);
      assert.deepEqual(event?.['actor'], { type: 'user', id: person.id });
    });

    test('letter case, spaces around and the way accents are composed do not matter in an email address', async () => {
      const email = `Ren\u00e9e.${crypto.randomUUID()}@Example.com`;
      const password = 'once upon a midnight';
      await createUser(app.services, {
        instance: app.instance,
        email,
        name: 'Renée',
        role: 'user',
        password,
        actor: system,
        ip: null,
      });
      assert.equal((await tryToSignIn(`  ${email.normalize('NFD').toUpperCase()} `, password)).status, 303);
    });

    test('an unknown user, a wrong password and a deactivated user get the same page with status 401', async () => {
      const person = await someone();
      const gone = await someone();
      await updateUser(app.services, {
        instance: app.instance,
        userId: gone.id as never,
        change: { active: false },
        actor: system,
        ip: null,
      });
      const email = 'same@example.com';
      const texts = await Promise.all(
        [
          tryToSignIn(email, 'wrong wrong wrong'),
          tryToSignIn(person.email, 'wrong wrong wrong'),
          tryToSignIn(gone.email, gone.password),
        ].map(async (answer) => {
          const { status, text, headers } = await answer;
          assert.equal(status, 401);
          assert.equal(headers['set-cookie'], undefined);
          return text.replaceAll(/value="[^"]*@[^"]*"/g, '');
        }),
      );
      assert.equal(texts[1], texts[0]);
      assert.equal(texts[2], texts[0]);
    });

    test('hostile email addresses are refused like wrong ones, never with an error of the server', async () => {
      for (const email of [
        '\0',
        'a\0b@example.com',
        'x'.repeat(60_000),
        "'; DROP TABLE users; --",
        '\ud800@x',
        'a b@c',
        '@',
        '',
      ])
        assert.equal(
          (await tryToSignIn(email, 'whatever it may be')).status,
          401,
          JSON.stringify(email.slice(0, 40)),
        );
    });

    test('any characters make a password, control characters and NUL among them', async () => {
      const password = 'a\0b\n\u{1f600}\u0007 – twelve';
      const email = `${crypto.randomUUID()}@example.com`;
      await createUser(app.services, {
        instance: app.instance,
        email,
        name: 'N',
        role: 'user',
        password,
        actor: system,
        ip: null,
      });
      assert.equal((await tryToSignIn(email, password)).status, 303);
      assert.equal((await tryToSignIn(email, 'a')).status, 401);
    });

    test('the log and the audit log hold no password and no session', async () => {
      const person = await someone();
      const browser = app.browser();
      await browser.signIn(person);
      await tryToSignIn('a password typed into the wrong field', person.password);
      const audit = JSON.stringify([await auditEvents('login.failed'), await auditEvents('login.succeeded')]);
      for (const text of [app.logText(), audit]) {
        assert.ok(!text.includes(person.password));
        assert.ok(!text.includes(browser.cookies.get('postern') ?? 'no cookie'));
        assert.ok(!text.includes('typed into the wrong field'));
      }
    });

    test('a form that comes twice over, as JSON, or from another site is refused', async () => {
      const person = await someone();
      const { email, password } = person;
      const form = new URLSearchParams({ email, password });
      const twice = new URLSearchParams([...form, ['email', email]]);
      const status = async (message: Parameters<typeof send>[2]) =>
        (await send(app, '/login', message)).status;
      assert.equal(await status({ body: twice }), 400);
      assert.equal(await status({ body: { email, password } }), 415);
      assert.equal(await status({ method: 'POST' }), 400);
      assert.equal(await status({ body: form, headers: { 'sec-fetch-site': 'cross-site' } }), 403);
      assert.equal(await status({ body: form, headers: { 'sec-fetch-site': 'same-site' } }), 403);
      assert.equal(await status({ body: form, headers: { origin: 'https://evil.example' } }), 403);
      assert.equal(await status({ body: form, headers: { origin: 'null' } }), 403);
      assert.equal(await status({ body: new URLSearchParams({ email, password: 'x'.repeat(70_000) }) }), 413);
      assert.equal(await status({ body: form, headers: { origin: new URL(app.url).origin } }), 303);
    });
  });

  describe('limits', () => {
    test('after ten failures in a quarter of an hour the next is told to wait a minute, and so is the right password', async () => {
      const person = await someone();
      for (let i = 0; i < 10; i++)
        assert.equal((await tryToSignIn(person.email, 'wrong wrong wrong')).status, 401);
      const refused = await tryToSignIn(person.email, person.password);
      assert.equal(refused.status, 429);
      const wait = Number(refused.headers['retry-after']);
      assert.ok(wait > 50 && wait <= 60, `Retry-After: ${wait}`);
      assert.match(textOf(refused.text), /Try again in 1 minute/);
      await tryToSignIn(person.email, person.password);
      assert.equal((await auditEvents('login.locked', person.id)).length, 1);
      assert.equal((await auditEvents('login.failed', person.id)).length, 10);

      app.clock.advance(MINUTE + SECOND);
      assert.equal((await tryToSignIn(person.email, person.password)).status, 303);
    });

    test('of many guesses at the same instant no more than ten are looked at', async () => {
      const person = await someone();
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) => tryToSignIn(person.email, `wrong guess ${i} of many`)),
      );
      const looked = answers.filter(({ status }) => status === 401);
      assert.equal(looked.length, 10);
      assert.ok(answers.every(({ status }) => status === 401 || status === 429));
      assert.equal((await auditEvents('login.locked', person.id)).length, 1);
    });

    test('a success between mistakes begins the count anew', async () => {
      const person = await someone();
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 6; i++)
          assert.equal((await tryToSignIn(person.email, 'wrong wrong wrong')).status, 401);
        assert.equal((await tryToSignIn(person.email, person.password)).status, 303);
      }
    });

    test('somebody who signs in with thirty browsers at once gets into all of them', async () => {
      const person = await someone();
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => tryToSignIn(person.email, person.password)),
      );
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
    });

    test('an email address that nobody has is counted like any other', async () => {
      const email = `${crypto.randomUUID()}@example.com`;
      for (let i = 0; i < 10; i++) assert.equal((await tryToSignIn(email, 'wrong wrong wrong')).status, 401);
      assert.equal((await tryToSignIn(email, 'wrong wrong wrong')).status, 429);
    });
  });

  describe('sessions', () => {
    test('each sign-in gives a new value, and the one before is dead', async () => {
      const person = await someone();
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
      const person = await someone();
      const browser = app.browser();
      browser.cookies.set('postern', 'A'.repeat(43));
      await browser.signIn(person);
      assert.notEqual(browser.cookies.get('postern'), 'A'.repeat(43));
    });

    test('signing out ends the session in the server, not only in the browser', async () => {
      const browser = app.browser();
      const page = await browser.signIn(await someone());
      const value = browser.cookies.get('postern') as string;
      const after = await browser.submitForm(page, {}, { action: '/logout' });
      assert.equal(after.path, '/login');
      assert.ok(!browser.cookies.has('postern'));
      browser.cookies.set('postern', value);
      assert.ok(!(await isSignedIn(browser)));
    });

    test('signing out takes a request without a body, from this origin only', async () => {
      const browser = app.browser();
      await browser.signIn(await someone());
      const signOut = (site: string) =>
        browser.request('/logout', { method: 'POST', headers: { 'sec-fetch-site': site } });
      assert.equal((await signOut('cross-site')).status, 403);
      assert.ok(await isSignedIn(browser));
      assert.equal((await signOut('same-origin')).status, 303);
      assert.ok(!(await isSignedIn(browser)));
    });

    test('an administrator is signed out after half an hour without a request, or after twelve hours in any case', async () => {
      const person = await someone('administrator');
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
      const person = await someone();
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
      const person = await someone();
      const browser = app.browser();
      await browser.signIn(person);
      app.clock.advance(HOUR);
      await updateUser(app.services, {
        instance: app.instance,
        userId: person.id as never,
        change: { role: 'administrator' },
        actor: system,
        ip: null,
      });
      assert.ok(!(await isSignedIn(browser)));
    });

    test('a deactivated user is signed out everywhere at once', async () => {
      const person = await someone();
      const browser = app.browser();
      await browser.signIn(person);
      await app.admin.updateUser(person.id, { active: false });
      assert.ok(!(await isSignedIn(browser)));
      await app.admin.updateUser(person.id, { active: true });
      assert.ok(!(await isSignedIn(browser)));
    });

    test('a new password ends the other sessions and keeps the one that chose it', async () => {
      const person = await someone();
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
      const person = await someone();
      const signIns = Array.from({ length: 5 }, () => tryToSignIn(person.email, person.password));
      const change = updateUser(app.services, {
        instance: app.instance,
        userId: person.id as never,
        change: { password: 'another long password' },
        actor: system,
        ip: null,
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
      const person = await someone();
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
      await victim.signIn(await someone());
      const other = app.browser();
      await other.signIn(await someone());
      for (const { id } of await app.services.db.sql<{ id: Uint8Array }>`SELECT id FROM sessions`)
        await other.request(`/account/sessions/${Buffer.from(id).toString('hex')}/end`, {
          body: new URLSearchParams({ x: '1' }),
        });
      assert.ok(await isSignedIn(victim));
    });

    test('any use of a session counts as the user’s activity', async () => {
      const person = await someone();
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
      const person = await someone();
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
      const person = await someone();
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
      const page = await browser.signIn(await someone());
      const changed = await browser.submitForm(page, { name: 'Åsa <b>Öberg</b>', locale: 'sv' });
      assert.match(changed.html, /<html lang="sv">/);
      assert.match(textOf(changed.html), /Åsa <b>Öberg<\/b>/);
      const wrong = await browser.submitForm(changed, { name: ' ', locale: 'sv' });
      assert.equal(wrong.status, 422);
      assert.equal((await browser.submitForm(changed, { name: 'A', locale: 'xx' })).status, 422);
    });

    test('its forms work only from this origin, or with their token where the browser says nothing of origins', async () => {
      const browser = app.browser();
      const page = await browser.signIn(await someone());
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
      const otherPage = await other.signIn(await someone());
      const [, otherToken = ''] = /name="form_token" value="([^"]+)"/.exec(otherPage.html) ?? [];
      assert.equal(await post({ form_token: otherToken }, {}), 403);
    });
  });

  describe('set-up', () => {
    /** A server whose instance has no user. */
    async function withEmptyServer(
      run: (
        target: { url: string; port: number },
        link: () => Promise<string>,
        users: () => Promise<number>,
        isAlive: (token: string) => Promise<boolean>,
      ) => Promise<void>,
    ) {
      const database = await freshDatabase(engine);
      const port = await freePort();
      const url = `http://localhost:${port}`;
      const config = parseConfig({
        POSTERN_URL: url,
        POSTERN_PORT: String(port),
        POSTERN_DATABASE_URL: database.url,
        POSTERN_SECRET: testSecret,
      });
      const services = await openServices(config, createLog('silent'), Date.now);
      const instance = await services.instances.byHost(new URL(url).host);
      assert.ok(instance);
      const server = await buildApp(services);
      await server.listen({ host: '127.0.0.1', port });
      try {
        await run(
          { url, port },
          async () => new URL(await makeSetupLink(services, instance)).searchParams.get('token') as string,
          () => countUsers(services.db, instance.id),
          (token) => isSetupLinkAlive(services, instance, token),
        );
      } finally {
        await server.close();
        await closeServices(services);
        await database.remove();
      }
    }
    const someAdmin = { email: 'first@example.com', name: 'First', password: 'the very first one' };

    test('the link makes the first administrator, signs them in, and works once', async () => {
      await withEmptyServer(async (target, link, users) => {
        const token = await link();
        const browser = new Browser(target);
        const form = await browser.openPage(`/setup?token=${token}`);
        assert.equal(form.status, 200);
        assert.equal(form.headers['referrer-policy'], 'no-referrer');
        const page = await browser.submitForm(form, someAdmin);
        assert.equal(page.path, '/console');
        assert.equal(page.status, 200);
        assert.equal((await browser.request('/api/v1/users')).status, 200);
        assert.equal((await browser.openPage(`/setup?token=${token}`)).status, 404);
        const again = await send(target, '/setup', {
          body: new URLSearchParams({ ...someAdmin, email: 'second@example.com', token }),
        });
        assert.equal(again.status, 404);
        assert.equal(await users(), 1);
      });
    });

    test('whoever made it there is not kept out of that browser by a stranger’s guesses', async () => {
      await withEmptyServer(async (target, link) => {
        const browser = new Browser(target);
        await browser.submitForm(await browser.openPage(`/setup?token=${await link()}`), someAdmin);
        await browser.request('/logout', { body: new URLSearchParams() });
        const { email, password } = someAdmin;
        const strangerTries = (password: string) =>
          send(target, '/login', { body: new URLSearchParams({ email, password }) });
        for (let n = 0; n < 10; n++) assert.equal((await strangerTries('wrong wrong wrong')).status, 401);
        assert.equal((await strangerTries(password)).status, 429);
        assert.equal((await browser.signIn(someAdmin)).path, '/account');
      });
    });

    test('of two who use the link at once one becomes administrator', async () => {
      await withEmptyServer(async (target, link, users) => {
        const token = await link();
        const answers = await Promise.all(
          [1, 2, 3].map((n) =>
            send(target, '/setup', {
              body: new URLSearchParams({ ...someAdmin, email: `admin${n}@example.com`, token }),
            }),
          ),
        );
        assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404]);
        assert.equal(await users(), 1);
      });
    });

    test('mistakes are told at their fields and leave the link alive; a newer link kills an older one', async () => {
      await withEmptyServer(async (target, link, users, isAlive) => {
        const old = await link();
        const token = await link();
        assert.ok(!(await isAlive(old)));
        const browser = new Browser(target);
        const form = await browser.openPage(`/setup?token=${token}`);
        const page = await browser.submitForm(form, { email: 'nobody', name: 'N', password: 'short' });
        assert.equal(page.status, 422);
        assert.match(page.html, /id="email"[^>]*aria-describedby="email-error"[^>]*aria-invalid="true"/);
        assert.match(page.html, /id="password"[^>]*aria-invalid="true"/);
        assert.doesNotMatch(page.html, /id="name"[^>]*aria-invalid/);
        assert.doesNotMatch(page.html, /value="short"/);
        assert.equal(await users(), 0);
        assert.equal((await send(target, `/setup?token=${old}`)).status, 404);
        assert.equal((await send(target, '/setup?token=%00')).status, 404);
        assert.equal((await send(target, '/setup')).status, 404);
        assert.equal((await browser.submitForm(page, someAdmin)).path, '/console');
      });
    });
  });
});

test('an address has at most 254 characters, of which each counts once', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const email = `${'🦊'.repeat(249)}@e.se`;
  const person = await app.admin.createUser({ email });
  const browser = app.browser();
  const refused = await browser.signIn({ email, password: 'wrong wrong wrong' });
  assert.ok(refused.html.includes(`value="${email}"`), 'what was typed is there to correct');
  assert.equal((await browser.signIn(person)).path, '/account');
  const longer = await app.admin.call('POST', '/users', {
    email: `🦊${email}`,
    name: 'Longer',
    password: 'a password of a test',
  });
  assert.equal(longer.status, 422);
  await app.close();
});

test('on https the cookie is Secure and bound to this host', async () => {
  const app = await startApp({ engine: 'sqlite', url: 'https://login.example.com' });
  const browser = app.browser();
  const answer = await browser.request('/login', {
    body: new URLSearchParams({ email: app.administrator.email, password: app.administrator.password }),
  });
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  assert.match(cookie, /^__Host-postern=/);
  assert.match(cookie, /; Secure/);
  assert.match(cookie, /Max-Age=43200/);
  assert.match(cookie, /; Path=\//);
  assert.doesNotMatch(cookie, /Domain/);
  assert.equal((await browser.request('/account')).status, 200);
  await app.close();
});
