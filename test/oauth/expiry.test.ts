import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, basic, send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Everything that ends by itself or by somebody's decision. The clock is moved; nothing sleeps.

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

  describe('a decision of an administrator bites at the next use:', () => {
    test('a deactivated user', async () => {
      const { person, browser, tokens } = await authorize();
      const { code, verifier } = await client.code(browser, person);
      await app.admin.updateUser(person.id, { active: false });
      assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await client.redeem(code, verifier)), '400 invalid_grant');
      assert.equal(await observer.isActive(tokens.access_token), false);
      assert.match((await browser.openPage('/account')).path, /^\/login/);
      assert.equal((await app.browser().signIn(person)).status, 401);
    });

    test('a disabled application, which works again when it is enabled', () =>
      withPolicy({}, async () => {
        const { person, browser, tokens } = await authorize();
        await app.admin.updateApplication(web.id, { enabled: false });
        assert.match(outcome(await client.refresh(tokens.refresh_token)), /invalid_client|invalid_grant/);
        assert.equal(await observer.isActive(tokens.access_token), false);
        const params = new URLSearchParams({
          response_type: 'code',
          client_id: web.client_id,
          redirect_uri: redirectUri,
        });
        const page = await browser.openPage(`/oauth2/authorize?${params}`);
        assert.equal(page.leftTo, null);
        assert.equal(page.status, 400);
        await app.admin.updateApplication(web.id, { enabled: true });
        await client.refreshTokens(tokens.refresh_token);
        await client.authorize(browser, person);
      }));

    test('a deleted application', async () => {
      const application = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
      const doomed = new OAuthClient(app, application);
      const { person, browser } = await someone();
      const tokens = await doomed.authorize(browser, person);
      const { code, verifier } = await doomed.code(browser, person);
      await app.admin.deleteApplication(application.id);
      assert.match(outcome(await doomed.refresh(tokens.refresh_token)), /invalid_client|invalid_grant/);
      assert.match(outcome(await doomed.redeem(code, verifier)), /invalid_client|invalid_grant/);
      assert.equal(await observer.isActive(tokens.access_token), false);
    });

    test('a deleted client secret, while the other one goes on working', async () => {
      const application = await app.admin.createApplication({ type: 'machine' });
      const path = `/applications/${application.id}/secrets`;
      const second = await app.admin.must<{ id: string; client_secret: string }>('POST', path);
      const credentials = (secret: string | undefined): Promise<Answer> =>
        send(app, '/oauth2/token', {
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
          headers: { authorization: basic(application.client_id, secret ?? '') },
        });
      assert.equal((await credentials(application.client_secret)).status, 200);
      assert.equal((await credentials(second.client_secret)).status, 200);
      assert.equal((await app.admin.call('POST', path)).status, 409);
      await app.admin.must('DELETE', `${path}/${application.secrets?.[0]?.id}`);
      const refused = await credentials(application.client_secret);
      assert.equal(outcome(refused), '401 invalid_client');
      assert.match(String(refused.headers['www-authenticate']), /^Basic/);
      assert.equal((await credentials(second.client_secret)).status, 200);
      await app.admin.deleteApplication(application.id);
    });

    test('a deleted public key', async () => {
      const application = await app.admin.createApplication({ type: 'machine' });
      const pair = rsaKeyPair();
      const key = await app.admin.addPublicKey(application.id, pair.publicPem);
      const now = () => Math.floor(app.clock.now() / 1000);
      const byKey = () =>
        send(app, '/oauth2/token', {
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: signRs256(pair.privateKey, {
              iss: application.client_id,
              sub: application.client_id,
              aud: app.url,
              exp: now() + 60,
            }),
          }),
        });
      const forUser = () =>
        send(app, '/oauth2/token', {
          body: new URLSearchParams({
            grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            assertion: signRs256(pair.privateKey, {
              iss: application.client_id,
              sub: app.administrator.id,
              aud: app.url,
              exp: now() + 60,
            }),
          }),
        });
      assert.equal((await byKey()).status, 200);
      assert.equal((await forUser()).status, 200);
      await app.admin.must('DELETE', `/applications/${application.id}/public-keys/${key.id}`);
      assert.equal(outcome(await byKey()), '401 invalid_client');
      assert.match(outcome(await forUser()), /invalid_client|invalid_grant/);
      await app.admin.deleteApplication(application.id);
    });

    test('an authorization ended by its user, who is then asked again', async () => {
      const { person, browser, tokens } = await authorize();
      const second = await client.authorize(browser, person);
      const { data } = (await browser.request('/api/v1/me/authorizations')).json<{
        data: { id: string }[];
      }>();
      assert.equal(data.length, 2);
      const [first] = data.map(({ id }) => id).sort();
      const ended = await browser.request(`/api/v1/me/authorizations/${first}`, {
        method: 'DELETE',
        headers: { origin: app.url },
      });
      assert.equal(ended.status, 204);
      assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      assert.equal(await observer.isActive(tokens.access_token), false);
      await client.refreshTokens(second.refresh_token);
      const params = new URLSearchParams({
        response_type: 'code',
        client_id: web.client_id,
        redirect_uri: redirectUri,
        scope: 'api',
      });
      assert.equal((await browser.openPage(`/oauth2/authorize?${params}`)).leftTo, null);
    });
  });

  test('when all authorizations of an application end, so do its codes; one that was redeemed before gives nothing again', async () => {
    const person = await app.admin.createUser();
    const [spent, unspent] = [
      await client.code(app.browser(), person),
      await client.code(app.browser(), person),
    ];
    const tokens = success(await client.redeem(spent.code, spent.verifier)).json<
      Tokens & { refresh_token: string }
    >();
    await app.admin.must('DELETE', `/applications/${web.id}/authorizations`);
    assert.equal(outcome(await client.redeem(unspent.code, unspent.verifier)), '400 invalid_grant');
    assert.equal(outcome(await client.redeem(spent.code, spent.verifier)), '400 invalid_grant');
    assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
    assert.equal(await observer.isActive(tokens.access_token), false);
    success(await client.refresh((await client.authorize(app.browser(), person)).refresh_token));
  });

  describe('a rotated refresh token', () => {
    test('gives the very same successor again within the grace period', async () => {
      const { tokens } = await authorize();
      const successor = await client.refreshTokens(tokens.refresh_token);
      app.clock.advance(9 * SECOND);
      const repeated = await client.refreshTokens(tokens.refresh_token);
      assert.equal(repeated.refresh_token, successor.refresh_token);
      await client.refreshTokens(successor.refresh_token);
    });

    test('used after the grace period ends that authorization and no other', async () => {
      const { person, browser, tokens } = await authorize();
      const other = await client.authorize(browser, person);
      const successor = await client.refreshTokens(tokens.refresh_token);
      app.clock.advance(11 * SECOND);
      assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await client.refresh(successor.refresh_token)), '400 invalid_grant');
      assert.equal(await observer.isActive(successor.access_token), false);
      await client.refreshTokens(other.refresh_token);

      const [event] = await app.admin.auditEvents('refresh_token.reused');
      assert.equal(event?.['user_id'], person.id);
      assert.equal(event?.['application_id'], web.id);
      const [revoked] = await app.admin.auditEvents('authorization.revoked');
      assert.equal(revoked?.['user_id'], person.id);
    });

    test('older than the one spent last ends the authorization, even within the grace period', async () => {
      const { tokens } = await authorize();
      const second = await client.refreshTokens(tokens.refresh_token);
      const third = await client.refreshTokens(second.refresh_token);
      assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await client.refresh(third.refresh_token)), '400 invalid_grant');
    });

    test('is single use in the strict sense when the grace period is 0', async () => {
      await app.admin.updateInstance({ refresh_token_grace: 0 });
      const { tokens } = await authorize();
      const successor = await client.refreshTokens(tokens.refresh_token);
      assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await client.refresh(successor.refresh_token)), '400 invalid_grant');
      await app.admin.updateInstance({ refresh_token_grace: 10 });
      for (const grace of [-1, 61, 1.5, '10', null])
        assert.equal(
          (await app.admin.call('PATCH', '/instance', { refresh_token_grace: grace })).status,
          422,
          String(grace),
        );
    });

    test('stays the same and good when the application does not rotate', () =>
      withPolicy({ refresh_token_rotation: false }, async () => {
        const { tokens } = await authorize();
        for (let turn = 0; turn < 3; turn++) {
          app.clock.advance(HOUR);
          const again = success(await client.refresh(tokens.refresh_token)).json<
            Tokens & { refresh_token: string }
          >();
          assert.equal(again.refresh_token ?? tokens.refresh_token, tokens.refresh_token);
          assert.notEqual(again.access_token, tokens.access_token);
        }
      }));

    test('is left unspent by every request that is refused', async () => {
      const { tokens } = await authorize();
      const refused = [
        await client.refresh(tokens.refresh_token, { scope: 'api admin' }),
        await client.refresh(tokens.refresh_token, { scope: 'no-such-scope' }),
        await client.token(
          { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
          { authorization: basic(web.client_id, 'pcs_wrong') },
        ),
        await observer.refresh(tokens.refresh_token),
      ];
      for (const answer of refused) assert.ok(answer.status === 400 || answer.status === 401, answer.text);
      app.clock.advance(MINUTE);
      const narrowed = success(await client.refresh(tokens.refresh_token, { scope: 'api' })).json<
        Tokens & { refresh_token: string }
      >();
      assert.equal(narrowed.scope, 'api');
      const widened = await client.refreshTokens(narrowed.refresh_token);
      assert.equal(widened.scope, 'api offline_access');
    });

    test('with a bit changed is refused and harms nobody', async () => {
      const { tokens } = await authorize();
      const bytes = Buffer.from(tokens.refresh_token.slice(4), 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 7) {
        const forged = Buffer.from(bytes);
        forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
        assert.equal(
          outcome(await client.refresh(`prt_${forged.toString('base64url')}`)),
          '400 invalid_grant',
        );
      }
      await client.refreshTokens(tokens.refresh_token);
    });
  });
});
