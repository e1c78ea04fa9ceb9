import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createUser, updateUser } from '../../server/accounts/users.ts';
import { MINUTE, SECOND } from '../../server/base/units.ts';
import { actOfOperator } from '../../server/model/act.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { type Answer, send } from '../support/http.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Who gets in, and how often one may try.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  function tryToSignIn(email: string, password: string, from: Record<string, string> = {}): Promise<Answer> {
    return send(app, '/login', { body: new URLSearchParams({ email, password }), headers: from });
  }

  describe('signing in', () => {
    test('the right password leads to where the user belongs, with a cookie that scripts cannot read', async () => {
      const person = await someone(app);
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
      const [event] = await app.admin.auditEvents('login.succeeded', person.id);
      assert.deepEqual(event?.['actor'], { type: 'user', id: person.id });
    });

    test('letter case, spaces around and the way accents are composed do not matter in an email address', async () => {
      const email = `Ren\u00e9e.${crypto.randomUUID()}@Example.com`;
      const password = 'once upon a midnight';
      await createUser(app.services, actOfOperator(app.instance), {
        email,
        name: 'Renée',
        role: 'user',
        password,
      });
      assert.equal((await tryToSignIn(`  ${email.normalize('NFD').toUpperCase()} `, password)).status, 303);
    });

    test('an unknown user, a wrong password and a deactivated user get the same page with status 401', async () => {
      const person = await someone(app);
      const gone = await someone(app);
      await updateUser(app.services, actOfOperator(app.instance), gone.id as never, { active: false });
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
      await createUser(app.services, actOfOperator(app.instance), {
        email,
        name: 'N',
        role: 'user',
        password,
      });
      assert.equal((await tryToSignIn(email, password)).status, 303);
      assert.equal((await tryToSignIn(email, 'a')).status, 401);
    });

    test('the log and the audit log hold no password and no session', async () => {
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      await tryToSignIn('a password typed into the wrong field', person.password);
      const audit = JSON.stringify([
        await app.admin.auditEvents('login.failed'),
        await app.admin.auditEvents('login.succeeded'),
      ]);
      for (const text of [app.logText(), audit]) {
        assert.ok(!text.includes(person.password));
        assert.ok(!text.includes(browser.cookies.get('postern') ?? 'no cookie'));
        assert.ok(!text.includes('typed into the wrong field'));
      }
    });

    test('a form that comes twice over, as JSON, or from another site is refused', async () => {
      const person = await someone(app);
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
      const person = await someone(app);
      for (let i = 0; i < 10; i++)
        assert.equal((await tryToSignIn(person.email, 'wrong wrong wrong')).status, 401);
      const refused = await tryToSignIn(person.email, person.password);
      assert.equal(refused.status, 429);
      const wait = Number(refused.headers['retry-after']);
      assert.ok(wait > 50 && wait <= 60, `Retry-After: ${wait}`);
      assert.match(textOf(refused.text), /Try again in 1 minute/);
      await tryToSignIn(person.email, person.password);
      assert.equal((await app.admin.auditEvents('login.locked', person.id)).length, 1);
      assert.equal((await app.admin.auditEvents('login.failed', person.id)).length, 10);

      app.clock.advance(MINUTE + SECOND);
      assert.equal((await tryToSignIn(person.email, person.password)).status, 303);
    });

    test('of many guesses at the same instant no more than ten are looked at', async () => {
      const person = await someone(app);
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) => tryToSignIn(person.email, `wrong guess ${i} of many`)),
      );
      const looked = answers.filter(({ status }) => status === 401);
      assert.equal(looked.length, 10);
      assert.ok(answers.every(({ status }) => status === 401 || status === 429));
      assert.equal((await app.admin.auditEvents('login.locked', person.id)).length, 1);
    });

    test('a success between mistakes begins the count anew', async () => {
      const person = await someone(app);
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 6; i++)
          assert.equal((await tryToSignIn(person.email, 'wrong wrong wrong')).status, 401);
        assert.equal((await tryToSignIn(person.email, person.password)).status, 303);
      }
    });

    test('somebody who signs in with thirty browsers at once gets into all of them', async () => {
      const person = await someone(app);
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
