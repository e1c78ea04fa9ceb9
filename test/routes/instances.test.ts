import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createUser } from '../../server/accounts/users.ts';
import { actOfOperator } from '../../server/model/act.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import { Admin, type ApplicationView } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { send, type Target } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Two tenants in one server: whoever is somebody in one is nobody in the other.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let other: Target;
  let otherAdmin: Admin;
  let otherPerson: Person;
  let otherWeb: ApplicationView;
  let otherTokens: Tokens & { refresh_token: string };
  let otherBrowser: Browser;
  let web: ApplicationView;
  let client: OAuthClient;
  let tokens: Tokens & { refresh_token: string };

  before(async () => {
    app = await startApp({ engine });
    other = { url: `http://other.localhost:${app.port}`, port: app.port };
    const { services } = app;
    const instance = await services.db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), { name: 'other', url: other.url }),
    );
    // The same address and password as in the first instance: two people all the same.
    const { email, name, password } = app.administrator;
    const user = await createUser(services, actOfOperator(instance), {
      email,
      name,
      password,
      role: 'administrator',
    });
    otherPerson = { id: user.id, email, name, password };
    otherAdmin = new Admin(other, otherPerson);
    otherWeb = await otherAdmin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      can_introspect: true,
    });
    otherBrowser = new Browser(other);
    otherTokens = await new OAuthClient(other, otherWeb).authorize(otherBrowser, otherPerson);

    web = await app.admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      can_introspect: true,
    });
    client = new OAuthClient(app, web);
    tokens = await client.authorize(app.browser(), app.user);
  });
  after(() => app.close());

  test('each instance has an issuer, keys and labels of its own', async () => {
    const metadata = async (target: Target) =>
      (await send(target, '/.well-known/oauth-authorization-server')).json();
    assert.equal((await metadata(app))['issuer'], app.url);
    assert.equal((await metadata(other))['issuer'], other.url);
    const keys = async (target: Target) =>
      (await send(target, '/oauth2/jwks')).json<{ keys: { kid: string }[] }>().keys.map(({ kid }) => kid);
    const [ours, theirs] = [await keys(app), await keys(other)];
    assert.ok(!ours.some((kid) => theirs.includes(kid)));
    assert.equal((await otherAdmin.must('GET', '/instance'))['domain'], 'other');
  });

  test('a client of one is unknown in the other', async () => {
    const stranger = new OAuthClient(other, web);
    assert.equal(outcome(await stranger.refresh(tokens.refresh_token)), '401 invalid_client');
    assert.equal(outcome(await stranger.introspect(tokens.access_token)), '401 invalid_client');
    assert.equal(outcome(await stranger.revoke(tokens.refresh_token)), '401 invalid_client');
    const params = new URLSearchParams({
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
    });
    const page = await otherBrowser.openPage(`/oauth2/authorize?${params}`);
    assert.equal(page.status, 400);
    assert.equal(page.leftTo, null);
  });

  test('a token of one is worth nothing in the other, and cannot be revoked from there', async () => {
    const stranger = new OAuthClient(other, otherWeb);
    assert.equal(outcome(await stranger.refresh(tokens.refresh_token)), '400 invalid_grant');
    for (const token of [tokens.access_token, tokens.refresh_token])
      assert.deepEqual((await stranger.introspect(token)).json(), { active: false });
    assert.equal((await stranger.revoke(tokens.refresh_token)).status, 200);
    assert.equal((await stranger.revoke(tokens.access_token)).status, 200);
    assert.equal(await client.isActive(tokens.access_token), true);
    tokens = await client.refreshTokens(tokens.refresh_token);
  });

  test('a code of one is worth nothing in the other, and is not spent there', async () => {
    const { code, verifier } = await client.code(app.browser(), app.user);
    assert.equal(outcome(await new OAuthClient(other, otherWeb).redeem(code, verifier)), '400 invalid_grant');
    assert.equal((await client.redeem(code, verifier)).status, 200);
  });

  test('a session of one is no session in the other', async () => {
    const thief = new Browser(app);
    for (const [name, value] of otherBrowser.cookies) thief.cookies.set(name, value);
    assert.match((await thief.openPage('/account')).path, /^\/login/);
    assert.equal((await thief.request('/api/v1/me')).status, 401);
  });

  test('an administrator’s access token of one opens nothing in the other', async () => {
    const machine = await otherAdmin.createApplication({ type: 'machine', scopes: ['api', 'admin'] });
    const pair = rsaKeyPair();
    await otherAdmin.addPublicKey(machine.id, pair.publicPem);
    const exp = Math.floor(app.clock.now() / 1000) + 300;
    const assertion = signRs256(pair.privateKey, {
      iss: machine.client_id,
      sub: otherPerson.id,
      aud: other.url,
      exp,
    });
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
      scope: 'admin',
    });
    const { access_token } = (await send(other, '/oauth2/token', { body })).json<Tokens>();
    const headers = { authorization: `Bearer ${access_token}` };
    assert.equal((await send(other, '/api/v1/applications', { headers })).status, 200);
    assert.equal((await send(app, '/api/v1/applications', { headers })).status, 401);
    assert.notEqual((await send(app, '/oauth2/token', { body })).status, 200);
    await otherAdmin.deleteApplication(machine.id);
  });

  test('an ID of one is not found in the other by any call of the REST API', async () => {
    const authorization = (
      await otherAdmin.must<{ data: { id: string }[] }>('GET', `/applications/${otherWeb.id}/authorizations`)
    ).data[0]?.id;
    const secret = otherWeb.secrets?.[0]?.id;
    const calls: [string, string, object?][] = [
      ['GET', `/applications/${otherWeb.id}`],
      ['PATCH', `/applications/${otherWeb.id}`, { name: 'taken over' }],
      ['DELETE', `/applications/${otherWeb.id}`],
      ['POST', `/applications/${otherWeb.id}/secrets`],
      ['DELETE', `/applications/${otherWeb.id}/secrets/${secret}`],
      ['DELETE', `/applications/${web.id}/secrets/${secret}`],
      ['POST', `/applications/${otherWeb.id}/public-keys`, { public_key: rsaKeyPair().publicPem }],
      ['GET', `/applications/${otherWeb.id}/authorizations`],
      ['DELETE', `/applications/${otherWeb.id}/authorizations`],
      ['DELETE', `/applications/${otherWeb.id}/authorizations/${authorization}`],
      ['DELETE', `/applications/${web.id}/authorizations/${authorization}`],
      ['DELETE', `/me/authorizations/${authorization}`],
      ['DELETE', `/applications/${otherWeb.id}/logo`],
      ['GET', `/users/${otherPerson.id}`],
      ['PATCH', `/users/${otherPerson.id}`, { active: false }],
      ['PATCH', `/users/${otherPerson.id}`, { email: 'taken-over@example.com' }],
      ['PATCH', `/users/${otherPerson.id}`],
    ];
    for (const [method, path, body] of calls)
      assert.equal((await app.admin.call(method, path, body)).status, 404, `${method} ${path}`);
    const key = await app.admin.call('POST', `/applications/${web.id}/public-keys`, {
      public_key: rsaKeyPair().publicPem,
      acts_as_user_id: otherPerson.id,
    });
    assert.ok([404, 422].includes(key.status), key.text);
    // Nothing of it has happened.
    assert.equal(
      (await otherAdmin.must<ApplicationView>('GET', `/applications/${otherWeb.id}`)).name,
      otherWeb.name,
    );
    otherTokens = await new OAuthClient(other, otherWeb).refreshTokens(otherTokens.refresh_token);
  });

  test('no list and no log of one shows anything of the other', async () => {
    for (const path of [
      '/applications',
      '/users',
      '/audit-events?limit=100',
      '/instance',
      '/me',
      `/applications/${web.id}/authorizations`,
    ]) {
      const { text } = await app.admin.call('GET', path);
      for (const id of [otherWeb.id, otherWeb.client_id, otherPerson.id])
        assert.ok(!text.includes(id), `${path} shows ${id}`);
    }
    for (const filter of [`application_id=${otherWeb.id}`, `user_id=${otherPerson.id}`])
      assert.deepEqual((await app.admin.must<{ data: object[] }>('GET', `/audit-events?${filter}`)).data, []);
  });

  test('a sign-in with the other’s words signs in here as the person from here', async () => {
    const browser = new Browser(app);
    await browser.signIn(otherPerson);
    assert.equal((await browser.request('/api/v1/me')).json()['id'], app.administrator.id);
  });

  test('the limit of ten applications is counted for each', async () => {
    const { total } = await app.admin.must<{ total: number }>('GET', '/applications');
    for (let count = total; count < 10; count++) await app.admin.createApplication({ type: 'machine' });
    assert.equal(
      (await app.admin.call('POST', '/applications', { type: 'machine', name: 'One too many' })).status,
      409,
    );
    await otherAdmin.createApplication({ type: 'machine' });
  });
});
