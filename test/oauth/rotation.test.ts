import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic } from '../support/http.ts';
import { OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What a refresh token is worth after it was used. The clock is moved; nothing sleeps.

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
