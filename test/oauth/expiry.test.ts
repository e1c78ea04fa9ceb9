import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Everything that ends by itself. The clock is moved; nothing sleeps.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  let client: OAuthClient;
  let observer: OAuthClient;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    client = new OAuthClient(app, web);
    const machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
    observer = new OAuthClient(app, machine);
  });
  after(() => app.close());

  /** A user whom no other test touches, in a browser that no other test uses. */
  async function someone(): Promise<{ person: Person; browser: Browser }> {
    return { person: await app.admin.createUser(), browser: app.browser() };
  }

  async function authorize(): Promise<{
    person: Person;
    browser: Browser;
    tokens: Tokens & { refresh_token: string };
  }> {
    const { person, browser } = await someone();
    return { person, browser, tokens: await client.authorize(browser, person) };
  }

  /** Sets the policy of the application for one test. */
  async function withPolicy(change: object, run: () => Promise<void>): Promise<void> {
    await app.admin.updateApplication(web.id, change);
    try {
      await run();
    } finally {
      await app.admin.updateApplication(web.id, {
        enabled: true,
        access_token_lifetime: 3600,
        refresh_token_rotation: true,
        refresh_token_absolute_lifetime: null,
        refresh_token_inactivity_lifetime: 15552000,
      });
    }
  }

  async function useAccount(browser: Browser): Promise<void> {
    const page = await browser.openPage('/account');
    assert.equal(page.path, '/account');
    assert.equal(page.status, 200);
  }

  describe('the absolute expiration of a refresh token', () => {
    test('ends it that long after it was issued, however active user and client were', () =>
      withPolicy({ refresh_token_absolute_lifetime: 3600 }, async () => {
        let { browser, tokens } = await authorize();
        for (let minutes = 0; minutes < 50; minutes += 10) {
          app.clock.advance(10 * MINUTE);
          await useAccount(browser);
          tokens = await client.refreshTokens(tokens.refresh_token);
        }
        app.clock.advance(9 * MINUTE);
        tokens = await client.refreshTokens(tokens.refresh_token);
        app.clock.advance(2 * MINUTE);
        assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      }));

    test('that is shortened bites at the next use, and lengthened again leaves the token unspent', () =>
      withPolicy({}, async () => {
        const { tokens } = await authorize();
        app.clock.advance(10 * MINUTE);
        await app.admin.updateApplication(web.id, { refresh_token_absolute_lifetime: 300 });
        assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
        await app.admin.updateApplication(web.id, { refresh_token_absolute_lifetime: null });
        await client.refreshTokens(tokens.refresh_token);
      }));

    test('of none lets a token live for years', () =>
      withPolicy(
        { refresh_token_absolute_lifetime: null, refresh_token_inactivity_lifetime: null },
        async () => {
          const { tokens } = await authorize();
          app.clock.advance(3 * 365 * DAY);
          await client.refreshTokens(tokens.refresh_token);
        },
      ));
  });

  describe('the inactivity expiration of a refresh token', () => {
    test('counts from the last activity of the user, not from refreshes of the client', () =>
      withPolicy({ refresh_token_inactivity_lifetime: 3600 }, async () => {
        let { tokens } = await authorize();
        for (let turn = 0; turn < 5; turn++) {
          app.clock.advance(11 * MINUTE);
          tokens = await client.refreshTokens(tokens.refresh_token);
        }
        app.clock.advance(6 * MINUTE);
        assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      }));

    test('is put off by any use of the browser session and by a sign-in elsewhere', () =>
      withPolicy({ refresh_token_inactivity_lifetime: 3600 }, async () => {
        const { browser, person, tokens } = await authorize();
        app.clock.advance(50 * MINUTE);
        await useAccount(browser);
        app.clock.advance(50 * MINUTE);
        const again = await client.refreshTokens(tokens.refresh_token);
        await app.browser().signIn(person);
        app.clock.advance(50 * MINUTE);
        const third = await client.refreshTokens(again.refresh_token);
        app.clock.advance(11 * MINUTE);
        assert.equal(outcome(await client.refresh(third.refresh_token)), '400 invalid_grant');
      }));

    test('of one user is not put off by the activity of another', () =>
      withPolicy({ refresh_token_inactivity_lifetime: 3600 }, async () => {
        const [idle, busy] = [await authorize(), await authorize()];
        app.clock.advance(50 * MINUTE);
        await useAccount(busy.browser);
        app.clock.advance(11 * MINUTE);
        await client.refreshTokens(busy.tokens.refresh_token);
        assert.equal(outcome(await client.refresh(idle.tokens.refresh_token)), '400 invalid_grant');
      }));

    test('is not put off by API calls or introspection with the access token', () =>
      withPolicy({ refresh_token_inactivity_lifetime: 3600 }, async () => {
        const { tokens } = await authorize();
        app.clock.advance(40 * MINUTE);
        await observer.isActive(tokens.access_token);
        await send(app, '/api/v1/me', { headers: { authorization: `Bearer ${tokens.access_token}` } });
        app.clock.advance(21 * MINUTE);
        assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      }));

    test('ends a token even when the absolute expiration is later, and the lists say which comes first', () =>
      withPolicy(
        { refresh_token_absolute_lifetime: 7200, refresh_token_inactivity_lifetime: 3600 },
        async () => {
          const { person } = await authorize();
          const because = async () => {
            const { data } = await app.admin.must<{
              data: { user: { id: string }; expires_because: string; expires_at: string }[];
            }>('GET', `/applications/${web.id}/authorizations?limit=100`);
            return data.find(({ user }) => user.id === person.id)?.expires_because;
          };
          assert.equal(await because(), 'inactivity');
          await app.admin.updateApplication(web.id, { refresh_token_absolute_lifetime: 1800 });
          assert.equal(await because(), 'absolute');
          await app.admin.updateApplication(web.id, {
            refresh_token_absolute_lifetime: null,
            refresh_token_inactivity_lifetime: null,
          });
          assert.equal(await because(), null);
        },
      ));
  });

  describe('an access token', () => {
    test('lives as long as the application says, an hour unless it says otherwise', () =>
      withPolicy({}, async () => {
        const { tokens } = await authorize();
        assert.equal(tokens.expires_in, 3600);
        app.clock.advance(59 * MINUTE);
        assert.equal(await observer.isActive(tokens.access_token), true);
        app.clock.advance(2 * MINUTE);
        assert.equal(await observer.isActive(tokens.access_token), false);
        await app.admin.updateApplication(web.id, { access_token_lifetime: 300 });
        const short = await client.refreshTokens(tokens.refresh_token);
        const { iat, exp } = claimsOf(short.access_token) as { iat: number; exp: number };
        assert.equal(short.expires_in, 300);
        assert.equal(exp - iat, 300);
        app.clock.advance(6 * MINUTE);
        assert.equal(await observer.isActive(short.access_token), false);
      }));
  });

  describe('an authorization code', () => {
    test('lives two minutes', async () => {
      const { person, browser } = await someone();
      const [soon, late] = [await client.code(browser, person), await client.code(browser, person)];
      app.clock.advance(118 * SECOND);
      assert.equal((await client.redeem(soon.code, soon.verifier)).status, 200);
      app.clock.advance(3 * SECOND);
      assert.equal(outcome(await client.redeem(late.code, late.verifier)), '400 invalid_grant');
    });

    test('lives as long as the instance says, which cannot be more than two minutes', async () => {
      await app.admin.updateInstance({ authorization_code_lifetime: 30 });
      const { person, browser } = await someone();
      const { code, verifier } = await client.code(browser, person);
      app.clock.advance(31 * SECOND);
      assert.equal(outcome(await client.redeem(code, verifier)), '400 invalid_grant');
      await app.admin.updateInstance({ authorization_code_lifetime: 120 });
      for (const lifetime of [29, 121, 0, -1, 60.5, '60', null])
        assert.equal(
          (await app.admin.call('PATCH', '/instance', { authorization_code_lifetime: lifetime })).status,
          422,
          String(lifetime),
        );
    });

    test('that is redeemed a second time ends what the first time gave', async () => {
      const { person, browser } = await someone();
      const other = await client.authorize(browser, person);
      const { code, verifier } = await client.code(browser, person);
      const tokens = success(await client.redeem(code, verifier)).json<Tokens & { refresh_token: string }>();
      assert.equal(outcome(await client.redeem(code, verifier)), '400 invalid_grant');
      assert.equal(await observer.isActive(tokens.access_token), false);
      assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      await client.refreshTokens(other.refresh_token);
      const [event] = await app.admin.auditEvents('authorization_code.reused');
      assert.equal(event?.['user_id'], person.id);
    });

    test('that comes with the wrong verifier is spent, with a wrong secret or from another client it is not', async () => {
      const { person, browser } = await someone();
      const first = await client.code(browser, person);
      assert.equal(outcome(await client.redeem(first.code, 'x'.repeat(43))), '400 invalid_grant');
      assert.equal(outcome(await client.redeem(first.code, first.verifier)), '400 invalid_grant');

      const second = await client.code(browser, person);
      const wrong = { authorization: basic(web.client_id, 'pcs_wrong') };
      const params = {
        grant_type: 'authorization_code',
        code: second.code,
        code_verifier: second.verifier,
        redirect_uri: redirectUri,
      };
      assert.equal(outcome(await client.token(params, wrong)), '401 invalid_client');
      const stranger = new OAuthClient(
        app,
        await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] }),
      );
      assert.equal(outcome(await stranger.token(params)), '400 invalid_grant');
      assert.equal((await client.token(params)).status, 200);
      await app.admin.deleteApplication(stranger.application.id);
    });
  });

  describe('a browser session', () => {
    const cases = [
      { who: 'a user', role: 'user', idle: 14 * DAY, absolute: 90 * DAY },
      { who: 'an administrator', role: 'administrator', idle: 30 * MINUTE, absolute: 12 * HOUR },
    ] as const;
    for (const { who, role, idle, absolute } of cases) {
      test(`of ${who} ends after ${idle / MINUTE} minutes without use`, async () => {
        const person = await app.admin.createUser({ role } as object);
        const browser = app.browser();
        await browser.signIn(person);
        app.clock.advance(idle - MINUTE);
        await useAccount(browser);
        app.clock.advance(idle - MINUTE);
        await useAccount(browser);
        app.clock.advance(idle + MINUTE);
        assert.match((await browser.openPage('/account')).path, /^\/login/);
      });

      test(`of ${who} ends after ${absolute / HOUR} hours of use`, async () => {
        const person = await app.admin.createUser({ role } as object);
        const browser = app.browser();
        await browser.signIn(person);
        const step = idle - MINUTE;
        let age = 0;
        for (; age + step < absolute; age += step) {
          app.clock.advance(step);
          await useAccount(browser);
        }
        app.clock.advance(absolute - age + MINUTE);
        assert.match((await browser.openPage('/account')).path, /^\/login/);
      });
    }

    test('of a user who became an administrator ends as one of an administrator', async () => {
      const { person, browser } = await someone();
      await browser.signIn(person);
      app.clock.advance(HOUR);
      await app.admin.updateUser(person.id, { role: 'administrator' });
      assert.match((await browser.openPage('/account')).path, /^\/login/);
    });

    test('ends with a sign-out, for whoever copied its cookie too', async () => {
      const { person, browser } = await someone();
      const page = await browser.signIn(person);
      const thief = app.browser();
      for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
      await useAccount(thief);
      await browser.submitForm(page, {}, { action: '/logout' });
      assert.match((await thief.openPage('/account')).path, /^\/login/);
    });
  });
});
