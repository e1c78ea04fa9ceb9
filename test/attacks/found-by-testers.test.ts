import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Id, idBytes, newId } from '../../server/base/ids.ts';
import { insertAuthorization } from '../../server/store/authorizations.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What testers who knew nothing but the contract found, each as the request that showed it.

const redirectUri = 'https://client.example.com/callback';
const tokenDoor = '/integrations/oauth2/api/v1/token';

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let machine: ApplicationView;
  let client: OAuthClient;
  let pair: KeyPair;

  before(async () => {
    app = await startApp({ engine });
    browser = app.browser();
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    machine = await app.admin.createApplication({ type: 'machine' });
    pair = rsaKeyPair();
    await app.admin.addPublicKey(machine.id, pair.publicPem);
    client = new OAuthClient(app, web);
  });
  after(() => app.close());

  test('an assertion whose exp has a fraction of a millisecond is taken, once', async () => {
    const assertion = signRs256(pair.privateKey, {
      iss: machine.client_id,
      sub: app.administrator.id,
      aud: app.url,
      exp: Math.floor(app.clock.now() / 1000) + 60.00051,
      jti: 'exp with a fraction',
    });
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const present = () =>
      send(app, '/oauth2/token', { body: new URLSearchParams({ grant_type, assertion }) });
    assert.equal(outcome(await present()), '200');
    assert.equal(outcome(await present()), '400 invalid_grant');
  });

  test('a content type that is none, or two, is a 400 invalid_request like every other wrong one', async () => {
    const form = 'application/x-www-form-urlencoded';
    for (const type of ['', ';;;/', `${form}, application/json`])
      for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect', tokenDoor]) {
        const answer = await send(app, path, {
          body: 'grant_type=client_credentials',
          headers: { 'content-type': type },
        });
        assert.equal(outcome(answer), '400 invalid_request', `${path} with the type "${type}"`);
      }
  });

  describe('a JSON body', () => {
    const parameters = async () => ({
      grant_type: 'authorization_code',
      code: (await client.code(browser, app.user, { code_challenge: '', code_challenge_method: '' })).code,
      redirect_uri: redirectUri,
      client_id: web.client_id,
      client_secret: web.client_secret,
    });

    test('may have members that nobody asks for, of whatever type', async () => {
      const body = { ...(await parameters()), remember: true, device: { code: 'x', ids: [1, 'code'] } };
      assert.equal(outcome(await send(app, tokenDoor, { body })), '200');
    });

    test('with a member that is asked for and is no text is refused by its name', async () => {
      for (const name of ['grant_type', 'code', 'client_secret', 'redirect_uri', 'code_verifier'])
        for (const value of [{}, [], ['x'], true]) {
          const answer = await send(app, tokenDoor, { body: { ...(await parameters()), [name]: value } });
          assert.equal(outcome(answer), '400 invalid_request', `${name}: ${JSON.stringify(value)}`);
          assert.match(answer.json<{ error_description: string }>().error_description, new RegExp(name));
        }
    });

    test('with the same member twice is refused, however its name is written, and spends nothing', async () => {
      const sent = await parameters();
      const text = JSON.stringify(sent);
      const headers = { 'content-type': 'application/json' };
      for (const again of ['"code":"x",', '"\\u0063ode" : "x",']) {
        const answer = await send(app, tokenDoor, { body: text.replace('{', `{${again}`), headers });
        assert.equal(outcome(answer), '400 invalid_request');
      }
      assert.equal(outcome(await send(app, tokenDoor, { body: text, headers })), '200');
    });
  });

  test('spaces in a state come back so that a form’s and a URL’s decoding both read them', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
      scope: 'nothing of this name',
      state: 'a b+c%20d',
    });
    const answer = await browser.request(`/oauth2/authorize?${query}`);
    const { location = '' } = answer.headers;
    assert.equal(new URL(location).searchParams.get('state'), 'a b+c%20d');
    assert.match(location, /[?&]state=a%20b%2Bc%2520d(&|$)/);
  });

  test('a max_age longer than any session is a whole number of seconds too', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
      max_age: '99999999999',
      prompt: 'none',
    });
    const answer = await app.browser().request(`/oauth2/authorize?${query}`);
    assert.equal(new URL(answer.headers.location ?? '').searchParams.get('error'), 'login_required');
  });

  describe('a request for a new sign-in', () => {
    const ask = (more: Record<string, string>, clientId = web.client_id) =>
      `/oauth2/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: 'api',
        ...more,
      })}`;
    test('does not offer to go on as who is signed in, which would lead back to itself', async () => {
      const visitor = app.browser();
      await visitor.signIn(app.user);
      const asked = await visitor.openPage(ask({ prompt: 'login' }));
      assert.match(asked.path, /^\/login\?/);
      assert.doesNotMatch(asked.html, />Continue</);
      const plain = await visitor.openPage(`/login?${new URLSearchParams({ return_to: ask({}) })}`);
      assert.match(plain.html, />Continue</);
    });
  });

  test('an application that very many use is ended whole: each authorization with its event, consents, and itself', async () => {
    const popular = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const tokens = await new OAuthClient(app, popular).authorize(app.browser(), app.user);
    const { db, clock, instance } = { ...app.services, instance: app.instance };
    const count = 1_203;
    const fill = async () => {
      const applicationId = popular.id as Id;
      for (let done = 0; done < count; done += 401)
        await db.transaction((tx) =>
          Promise.all(
            Array.from({ length: 401 }, () =>
              insertAuthorization(tx, {
                id: newId(clock()),
                instanceId: instance.id,
                applicationId,
                userId: app.user.id as Id,
                scopes: ['api', 'offline_access'],
                openid: null,
                resources: null,
                generation: 1,
                createdAt: clock(),
                rotatedAt: null,
                lastUsedAt: null,
                expiresAt: null,
                revokedAt: null,
              }),
            ),
          ),
        );
    };
    const ended = async () =>
      Number(
        (
          await db.sql<{ count: number }>`
            SELECT count(*) AS count FROM audit_events
            WHERE type = 'authorization.revoked' AND application_id = ${idBytes(popular.id as Id)}`
        )[0]?.count,
      );
    await fill();
    const all = await app.admin.call('DELETE', `/applications/${popular.id}/authorizations`);
    assert.equal(all.status, 204);
    assert.equal(await ended(), count + 1);
    assert.equal(
      outcome(await new OAuthClient(app, popular).refresh(tokens.refresh_token)),
      '400 invalid_grant',
    );
    await fill();
    await app.admin.deleteApplication(popular.id);
    assert.equal(await ended(), 2 * count + 1);
    const [live] = await db.sql<{ count: number }>`
      SELECT count(*) AS count FROM authorizations
      WHERE application_id = ${idBytes(popular.id as Id)} AND revoked_at IS NULL`;
    assert.equal(Number(live?.count), 0);
  });

  test('a sign-in with thousands of accents takes no longer than another', async () => {
    const accents = '\u0300'.repeat(12_000) + '\u0316'.repeat(12_000);
    const took = async (email: string, password: string) => {
      const began = performance.now();
      const answer = await send(app, '/login', {
        // As it is: the form encoding of URLSearchParams would make it longer than a body may be.
        body: `email=${email}&password=${password}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: app.url },
      });
      assert.equal(answer.status, 401);
      return performance.now() - began;
    };
    const least = async (email: string, password: string) =>
      Math.min(await took(email, password), await took(email, password), await took(email, password));
    const usual = await least('nobody1@example.com', 'a wrong password');
    assert.ok((await least(`a${accents}`, 'a wrong password')) < 10 * usual);
    assert.ok((await least(app.user.email, accents)) < 10 * usual);
  });

  test('without a grace period a second use ends the authorization, though another process’s clock was ahead', async () => {
    await app.admin.updateInstance({ refresh_token_grace: 0 });
    const tokens = await client.authorize(browser, app.user);
    await client.refreshTokens(tokens.refresh_token);
    await app.services.db
      .write`UPDATE authorizations SET rotated_at = rotated_at + 5000 WHERE rotated_at > 0`;
    assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
    assert.equal(await client.isActive(tokens.access_token), false);
    await app.admin.updateInstance({ refresh_token_grace: 10 });
  });

  test('CORS answers any origin on what is public, preflights too, but never a page without an origin', async () => {
    const documents = ['oauth-authorization-server', 'openid-configuration'];
    for (const path of ['/oauth2/jwks', ...documents.map((name) => `/.well-known/${name}`)])
      for (const method of ['GET', 'OPTIONS']) {
        const ask = async (origin: string) =>
          (await send(app, path, { method, headers: { origin, 'access-control-request-method': 'GET' } }))
            .headers['access-control-allow-origin'];
        assert.equal(await ask('https://anybody.example.com'), '*', `${method} ${path}`);
        assert.equal(await ask('null'), undefined, `${method} ${path}`);
      }
    // A page that looks for another document must be able to read that there is none.
    const missing = await send(app, '/.well-known/webfinger', {
      headers: { origin: 'https://anybody.example.com' },
    });
    assert.equal(missing.status, 404);
    assert.equal(missing.headers['access-control-allow-origin'], '*');
  });

  test('the metrics are not for whom a proxy on this machine brings, unless it says who and is trusted', async () => {
    const url = 'https://login.example.com';
    const ask = async (target: TestApp, headers: Record<string, string>) =>
      (await send(target, '/metrics', { headers })).status;
    for (const name of ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'])
      assert.equal(await ask(app, { [name]: '127.0.0.1' }), 403, name);
    assert.equal(await ask(app, {}), 200);

    const behind = await startApp({ engine, url, config: { POSTERN_TRUST_PROXY: '127.0.0.1' } });
    assert.equal(await ask(behind, { 'x-forwarded-for': '127.0.0.1' }), 200);
    assert.equal(await ask(behind, { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }), 403);
    assert.equal(await ask(behind, { 'x-forwarded-proto': 'https' }), 403);
    assert.equal(await ask(behind, { forwarded: 'for=203.0.113.9' }), 403);
    await behind.close();
  });

  test('nobody gets more tries of a password from another port, or another half of an IPv6 network', async () => {
    const behind = await startApp({ engine, config: { POSTERN_TRUST_PROXY: '127.0.0.1' } });
    const tryFrom = async (address: string) =>
      (
        await send(behind, '/login', {
          headers: { 'x-forwarded-for': address },
          body: new URLSearchParams({ email: behind.user.email, password: 'wrong wrong wrong' }),
        })
      ).status;
    for (const [addressOf, other] of [
      [(n: number) => `203.0.113.9:${40_000 + n}`, '203.0.113.10'],
      [(n: number) => `2001:db8:1:2:${n}::1`, '2001:db8:1:3::1'],
      [(n: number) => `[2001:db8:2:2::1]:${40_000 + n}`, '[2001:db8:2:3::1]:40001'],
    ] as const) {
      for (let n = 1; n <= 10; n++) assert.equal(await tryFrom(addressOf(n)), 401);
      assert.equal(await tryFrom(addressOf(11)), 429);
      assert.equal(await tryFrom(other), 401);
    }
    await behind.close();
  });

  test('HEAD of the authorization endpoint is refused, since it would issue a code that nobody gets', async () => {
    const query = new URLSearchParams({ client_id: web.client_id, response_type: 'code' });
    assert.equal((await send(app, `/oauth2/authorize?${query}`, { method: 'HEAD' })).status, 405);
  });
});
