import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, basic, send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Everything that ends by somebody’s decision, at its next use.

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
});
