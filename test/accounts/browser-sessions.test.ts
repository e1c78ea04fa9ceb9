import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, send } from '../support/http.ts';
import { rsaKeyPair } from '../support/key-pairs.ts';
import { OAuthClient, outcome, pkcePair } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What a browser session is worth to whoever stole it, or wants to use it from another site.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  let machine: ApplicationView;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      scopes: ['api', 'admin', 'offline_access'],
    });
    machine = await app.admin.createApplication({ type: 'machine' });
  });
  after(() => app.close());

  /** An administrator of their own, so that nobody else's mistakes count for them. */
  async function administrator(): Promise<{ person: Person; browser: Browser }> {
    const person = await app.admin.createUser({ role: 'administrator' });
    const browser = app.browser();
    await browser.signIn(person);
    return { person, browser };
  }

  const call = (browser: Browser, method: string, path: string, body?: object): Promise<Answer> =>
    browser.request(`/api/v1${path}`, { method, ...(body && { body }) });
  const again = (browser: Browser, password: string) =>
    call(browser, 'POST', '/me/authentications', { password });
  const codeOf = (answer: Answer) => `${answer.status} ${answer.json<{ code?: string }>().code}`;
  const cookieOf = (browser: Browser) => browser.cookies.get('postern') ?? '';

  /** Everything that hands out power, each on something new. */
  async function dangerousActs(): Promise<Record<string, (browser: Browser) => Promise<Answer>>> {
    const fresh = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const disabled = await app.admin.createApplication({ type: 'machine', enabled: false });
    const user = await app.admin.createUser();
    const other = await app.admin.createUser();
    const rival = await app.admin.createUser({ role: 'administrator' });
    const sleeping = await app.admin.createUser({ role: 'administrator' });
    const dormant = await app.admin.createUser();
    for (const { id } of [sleeping, dormant])
      await app.admin.must('PATCH', `/users/${id}`, { active: false });
    const email = `${crypto.randomUUID()}@example.com`;
    const password = 'a password of twelve or more';
    return {
      'a new client secret': (browser) => call(browser, 'POST', `/applications/${fresh.id}/secrets`),
      'a new public key': (browser) =>
        call(browser, 'POST', `/applications/${machine.id}/public-keys`, {
          public_key: rsaKeyPair().publicPem,
        }),
      'a new application': (browser) =>
        call(browser, 'POST', '/applications', { type: 'machine', name: 'Newer' }),
      'a redirect URI': (browser) =>
        call(browser, 'PATCH', `/applications/${fresh.id}`, {
          redirect_uris: [redirectUri, `${redirectUri}/2`],
        }),
      'a scope': (browser) =>
        call(browser, 'PATCH', `/applications/${fresh.id}`, { scopes: ['api', 'admin'] }),
      'a look at all tokens': (browser) =>
        call(browser, 'PATCH', `/applications/${fresh.id}`, { can_introspect: true }),
      'an application that is enabled again': (browser) =>
        call(browser, 'PATCH', `/applications/${disabled.id}`, { enabled: true }),
      'a new user': (browser) =>
        call(browser, 'POST', '/users', { email: `a-${email}`, name: 'Eve', password }),
      'a user who is deactivated': (browser) =>
        call(browser, 'PATCH', `/users/${other.id}`, { active: false }),
      'an administrator who is demoted': (browser) =>
        call(browser, 'PATCH', `/users/${rival.id}`, { role: 'user' }),
      'a new administrator': (browser) =>
        call(browser, 'POST', '/users', { email, name: 'Eve', password, role: 'administrator' }),
      'a user who becomes administrator': (browser) =>
        call(browser, 'PATCH', `/users/${user.id}`, { role: 'administrator' }),
      'a deactivated user who would be one': (browser) =>
        call(browser, 'PATCH', `/users/${dormant.id}`, { role: 'administrator' }),
      'an administrator who is activated again': (browser) =>
        call(browser, 'PATCH', `/users/${sleeping.id}`, { active: true }),
      'a password for somebody else': (browser) => call(browser, 'PATCH', `/users/${user.id}`, { password }),
    };
  }

  describe('fifteen minutes after the password was given', () => {
    test('whatever hands out power asks for it again, once for fifteen minutes, and then does it', async () => {
      const { person, browser } = await administrator();
      const acts = await dangerousActs();
      app.clock.advance(15 * MINUTE);
      for (const [what, act] of Object.entries(acts))
        assert.equal(codeOf(await act(browser)), '403 reauthentication_required', what);
      assert.equal((await again(browser, person.password)).status, 204);
      app.clock.advance(15 * MINUTE - SECOND * 5);
      for (const [what, act] of Object.entries(acts)) {
        const answer = await act(browser);
        assert.ok(answer.status < 300, `${what}: ${answer.status} ${answer.text}`);
      }
    });

    test('everything else goes on, and so does what only looks dangerous', async () => {
      const { person, browser } = await administrator();
      app.clock.advance(20 * MINUTE);
      const user = await app.admin.createUser();
      const off = await app.admin.createApplication({ type: 'machine' });
      for (const [method, path, body] of [
        ['GET', '/applications', undefined],
        [
          'PATCH',
          `/applications/${web.id}`,
          { description: 'Another', enabled: true, redirect_uris: [redirectUri] },
        ],
        ['PATCH', `/applications/${off.id}`, { enabled: false }],
        ['DELETE', `/applications/${off.id}/secrets/${off.secrets?.[0]?.id}`, undefined],
        ['DELETE', `/applications/${off.id}`, undefined],
        ['PATCH', `/users/${user.id}`, { name: 'Another', role: 'user', active: true }],
        ['PATCH', `/users/${person.id}`, { role: 'administrator', active: true }],
        ['PATCH', '/me', { name: 'Another' }],
      ] as const) {
        const answer = await call(browser, method, path, body);
        assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
      }
    });

    test('nobody gives themselves a new password without the one that they have', async () => {
      const { person, browser } = await administrator();
      app.clock.advance(16 * MINUTE);
      const password = 'what the thief would like';
      assert.equal(
        codeOf(await call(browser, 'PATCH', `/users/${person.id}`, { password })),
        '403 reauthentication_required',
      );
      assert.equal(
        codeOf(await call(browser, 'PATCH', '/me', { password, current_password: 'a guess of the thief' })),
        '422 wrong_password',
      );
    });

    test('a request that is wrong anyway is told so before anybody is asked for a password', async () => {
      const { browser } = await administrator();
      app.clock.advance(16 * MINUTE);
      const spa = await app.admin.createApplication({ type: 'spa', redirect_uris: [redirectUri] });
      assert.equal(
        codeOf(await call(browser, 'POST', `/applications/${spa.id}/secrets`)),
        '422 not_for_type',
      );
      assert.equal(
        codeOf(await call(browser, 'POST', `/applications/${machine.id}/public-keys`, { key: 1 })),
        '422 validation_failed',
      );
      await app.admin.deleteApplication(spa.id);
    });

    test('a session gets no token for the REST API, neither by a new application nor by an approval that is remembered', async () => {
      const { person, browser } = await administrator();
      const client = new OAuthClient(app, web);
      await client.authorize(browser, person, { scope: 'admin' });
      const evil = await app.admin.createApplication({
        type: 'spa',
        redirect_uris: [redirectUri],
        scopes: ['admin'],
      });
      const ask = (application: ApplicationView, more: Record<string, string> = {}) => {
        const query = new URLSearchParams({
          response_type: 'code',
          client_id: application.client_id,
          redirect_uri: redirectUri,
          scope: 'admin',
          code_challenge: pkcePair().challenge,
          code_challenge_method: 'S256',
          ...more,
        });
        return browser.request(`/oauth2/authorize?${query}`);
      };
      const openConsentPage = await browser.openPage(
        `/oauth2/authorize?${new URLSearchParams({
          response_type: 'code',
          client_id: web.client_id,
          redirect_uri: redirectUri,
          scope: 'admin',
          prompt: 'consent',
        })}`,
      );
      app.clock.advance(15 * MINUTE);
      for (const application of [web, evil]) {
        assert.match((await ask(application)).headers.location ?? '', /^\/login\?/);
        const { location = '' } = (await ask(application, { prompt: 'none' })).headers;
        assert.equal(new URL(location).searchParams.get('error'), 'login_required');
      }
      assert.equal((await browser.submitForm(openConsentPage, {}, { button: 'decision=allow' })).status, 400);
      assert.equal((await ask(web, { scope: 'api' })).status, 200, 'other scopes are asked about as ever');

      assert.equal((await again(browser, person.password)).status, 204);
      const { location = '' } = (await ask(web)).headers;
      assert.ok(new URL(location).searchParams.get('code'));
      await app.admin.deleteApplication(evil.id);
    });

    test('an access token is never asked, and has no session to renew', async () => {
      const { person, browser } = await administrator();
      const client = new OAuthClient(app, web);
      const { access_token } = await client.authorize(browser, person, { scope: 'admin offline_access' });
      app.clock.advance(20 * MINUTE);
      const bearer = (method: string, path: string, body?: object) =>
        send(app, `/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${access_token}` },
          ...(body && { body }),
        });
      const user = await app.admin.createUser();
      assert.equal((await bearer('PATCH', `/users/${user.id}`, { role: 'administrator' })).status, 200);
      assert.equal(
        codeOf(await bearer('POST', '/me/authentications', { password: person.password })),
        '403 session_required',
      );
    });
  });

  describe('giving the password again', () => {
    test('gives the cookie a new value, and the one that somebody copied before is dead', async () => {
      const { person, browser } = await administrator();
      const thief = app.browser();
      for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
      assert.equal((await call(thief, 'GET', '/me')).status, 200);
      const before = cookieOf(browser);
      assert.equal((await again(browser, person.password)).status, 204);
      assert.notEqual(cookieOf(browser), before);
      assert.equal((await call(browser, 'GET', '/me')).status, 200);
      assert.equal((await call(thief, 'GET', '/me')).status, 401);
    });

    test('does not lengthen the twelve hours that an administrator’s session has', async () => {
      const { person, browser } = await administrator();
      for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
        assert.equal((await again(browser, person.password)).status, 204);
        app.clock.advance(20 * MINUTE);
      }
      assert.equal((await again(browser, person.password)).status, 401);
    });

    test('is for a password alone, from this origin alone, and only for who is signed in', async () => {
      const { person, browser } = await administrator();
      const { password } = person;
      for (const body of [{}, { password, role: 'administrator' }, { password: [password] }])
        assert.equal(
          codeOf(await call(browser, 'POST', '/me/authentications', body)),
          '422 validation_failed',
        );
      const cross = await browser.request('/api/v1/me/authentications', {
        body: { password },
        headers: { 'sec-fetch-site': 'same-site' },
      });
      assert.equal(codeOf(cross), '403 cross_origin');
      assert.equal(codeOf(await again(app.browser(), password)), '401 not_signed_in');
    });

    test('limits guesses like a sign-in, and a wrong one renews nothing', async () => {
      const { person, browser } = await administrator();
      app.clock.advance(16 * MINUTE);
      const before = cookieOf(browser);
      for (let guess = 0; guess < 10; guess++)
        assert.equal(codeOf(await again(browser, `wrong guess ${guess}`)), '422 wrong_password');
      const limited = await again(browser, person.password);
      assert.equal(codeOf(limited), '429 too_many_attempts');
      assert.ok(Number(limited.headers['retry-after']) > 0);
      assert.equal(cookieOf(browser), before);
      const { data } = await app.admin.must<{ data: { type: string; detail: object }[] }>(
        'GET',
        `/audit-events?user_id=${person.id}&limit=20`,
      );
      assert.equal(data.filter(({ type }) => type === 'login.locked').length, 1);
      assert.ok(data.some(({ detail }) => 'during' in detail && detail.during === 'reauthentication'));
    });

    test('counts as a sign-in for a client that asks for a recent one', async () => {
      const { person, browser } = await administrator();
      app.clock.advance(10 * MINUTE);
      const ask = async () => {
        const query = new URLSearchParams({
          response_type: 'code',
          client_id: web.client_id,
          redirect_uri: redirectUri,
          max_age: '60',
          prompt: 'none',
        });
        const { headers } = await browser.request(`/oauth2/authorize?${query}`);
        return new URL(headers.location ?? '').searchParams.get('error');
      };
      assert.equal(await ask(), 'login_required');
      assert.equal((await again(browser, person.password)).status, 204);
      assert.equal(await ask(), 'consent_required');
    });
  });

  describe('a new password', () => {
    test('that an administrator sets stays, whatever whoever knew the one before has under way', async () => {
      const { admin } = app;
      for (const [change, what] of [
        [
          (browser: Browser, person: Person, password: string) =>
            call(browser, 'PATCH', '/me', { password, current_password: person.password }),
          'by the REST API',
        ],
        [
          async (browser: Browser, person: Person, password: string) => {
            const page = await browser.openPage('/account');
            return browser.submitForm(page, { current_password: person.password, new_password: password });
          },
          'by the page',
        ],
        [
          (browser: Browser, person: Person, password: string) =>
            call(browser, 'PATCH', `/users/${person.id}`, { password }),
          'as an administrator',
        ],
      ] as const) {
        const { person, browser } = await administrator();
        // Passwords are hashed in turn, and a change of one's own takes two turns: the thief's come after the administrator's.
        const reset = 'set by an administrator';
        await Promise.all([
          admin.must('PATCH', `/users/${person.id}`, { password: reset }),
          ...Array.from({ length: 4 }, (_, index) =>
            change(browser, person, `the thief’s password ${index}`),
          ),
        ]);
        const page = await app.browser().signIn({ ...person, password: reset });
        assert.equal(`${page.status} ${page.path}`, '200 /account', what);
      }
    });

    test('ends every other session, and gives the one that chose it another value', async () => {
      for (const change of [
        (browser: Browser, person: Person, password: string) =>
          call(browser, 'PATCH', '/me', { password, current_password: person.password }),
        (browser: Browser, person: Person, password: string) =>
          call(browser, 'PATCH', `/users/${person.id}`, { password }),
        async (browser: Browser, person: Person, password: string) => {
          const page = await browser.openPage('/account');
          return browser.submitForm(page, { current_password: person.password, new_password: password });
        },
      ]) {
        const { person, browser } = await administrator();
        const elsewhere = app.browser();
        await elsewhere.signIn(person);
        const thief = app.browser();
        for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
        const answer = await change(browser, person, 'another long password');
        assert.equal(answer.status, 200);
        assert.equal((await call(browser, 'GET', '/me')).status, 200);
        assert.equal((await call(elsewhere, 'GET', '/me')).status, 401);
        assert.equal(
          (await call(thief, 'GET', '/me')).status,
          401,
          'a copy of the cookie is no copy any more',
        );
      }
    });

    test('that an administrator gives somebody leaves the administrator’s own session as it is', async () => {
      const { browser } = await administrator();
      const person = await app.admin.createUser();
      const theirs = app.browser();
      await theirs.signIn(person);
      const before = cookieOf(browser);
      const answer = await call(browser, 'PATCH', `/users/${person.id}`, {
        password: 'another long password',
      });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['set-cookie'], undefined);
      assert.equal(cookieOf(browser), before);
      assert.equal((await call(browser, 'GET', '/me')).status, 200);
      assert.equal((await call(theirs, 'GET', '/me')).status, 401);
    });
  });

  describe('another site', () => {
    test('cannot sign somebody in under another name', async () => {
      const person = await app.admin.createUser();
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example.com' },
        { origin: 'null' },
        { origin: `${app.url}.evil.example.com` },
      ]) {
        const answer = await send(app, '/login', {
          body: new URLSearchParams({ email: person.email, password: person.password }),
          headers,
        });
        assert.equal(answer.status, 403, JSON.stringify(headers));
        assert.equal(answer.headers['set-cookie'], undefined);
      }
    });

    test('cannot ride on a session, whatever it posts and wherever', async () => {
      const { browser } = await administrator();
      const paths = [
        '/account/password',
        '/account/profile',
        '/account/sessions/end-others',
        '/logout',
        '/consent',
      ];
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example.com' },
        { origin: 'null' },
      ]) {
        // Node's client sends no Sec-Fetch-Site by itself; the browser of the tests does unless it is told otherwise.
        const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
        for (const path of paths)
          for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json']) {
            const answer = await send(app, path, {
              body: 'name=Ridden',
              headers: { cookie, 'content-type': type, ...headers },
            });
            assert.equal(answer.status, 403, `${path} ${type} ${JSON.stringify(headers)}`);
          }
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
          assert.equal(
            codeOf(
              await send(
                app,
                `/api/v1/applications/${web.id}${method === 'PUT' ? '/logo' : ''}${method === 'POST' ? '/secrets' : ''}`,
                {
                  method,
                  headers: { cookie, ...headers },
                },
              ),
            ),
            '403 cross_origin',
            method,
          );
      }
      assert.equal((await call(browser, 'GET', '/me')).status, 200);
    });

    test('gets no page into a frame', async () => {
      const { browser } = await administrator();
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: web.client_id,
        redirect_uri: redirectUri,
        prompt: 'consent',
      });
      for (const path of [
        '/login',
        '/account',
        `/oauth2/authorize?${query}`,
        '/oauth2/authorize',
        '/nowhere',
      ]) {
        const { headers } = await browser.request(path, { headers: { accept: 'text/html' } });
        assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/, path);
      }
    });
  });

  test('the values of session cookies are random, long and never twice the same', async () => {
    const person = await app.admin.createUser();
    const seen = new Set<string>();
    for (let n = 0; n < 5; n++) {
      const browser = app.browser();
      await browser.signIn(person);
      assert.match(cookieOf(browser), /^[\w-]{43}$/);
      seen.add(cookieOf(browser));
    }
    assert.equal(seen.size, 5);
  });

  test('a client that was signed out by the end of a session keeps what its user allowed', async () => {
    const person = await app.admin.createUser();
    const client = new OAuthClient(app, web);
    const browser = app.browser();
    const tokens = await client.authorize(browser, person);
    await browser.request('/logout', { method: 'POST', body: new URLSearchParams() });
    assert.equal(outcome(await client.refresh(tokens.refresh_token)), '200');
  });
});
