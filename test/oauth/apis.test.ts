import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { claimsOf, OAuthClient } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Which API an access token is for (RFC 8707), and that it carries nothing of another.

const orders = 'https://orders.example.com';
const ledger = 'urn:example:ledger';
const old = 'https://old.example.com/api';

forEachEngine((engine) => {
  let app: TestApp;
  let machine: OAuthClient;
  let web: OAuthClient;
  const scope = (name: string, more: object = {}) => ({ name, description: name, ...more });

  before(async () => {
    app = await startApp({ engine });
    const { admin } = app;
    for (const api of [
      {
        identifier: orders,
        name: 'Orders',
        scopes: [scope('orders:read', { default: true, claims: ['plan', 'seats'] }), scope('orders:write')],
        access_token_lifetime: 120,
      },
      { identifier: ledger, name: 'Ledger', scopes: [scope('ledger')] },
      { identifier: old, name: 'Old', scopes: [scope('old')], signing_alg: 'RS256', token_typ: 'JWT' },
    ])
      await admin.must('POST', '/apis', api);
    const scopes = ['api', 'orders:read', 'orders:write', 'ledger', 'old'];
    const make = async (fields: object) =>
      new OAuthClient(app, await admin.must<ApplicationView>('POST', '/applications', { ...fields, scopes }));
    machine = await make({ type: 'machine', name: 'Machine' });
    const redirect_uris = ['https://client.example.com/callback'];
    web = await make({ type: 'web', name: 'Web', redirect_uris });
    await admin.must('PATCH', `/applications/${web.application.id}`, {
      scopes: [...scopes, 'openid', 'offline_access', 'admin'],
    });
  });

  /** A request for a token of the machine. `resource` may come several times. */
  async function machineToken(resources: string[], scopes?: string) {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: machine.application.client_id,
      client_secret: machine.secret ?? '',
      ...(scopes !== undefined && { scope: scopes }),
    });
    for (const resource of resources) body.append('resource', resource);
    const answer = await send(app, '/oauth2/token', { body });
    const json = answer.json<{ access_token: string; error?: string; scope: string; expires_in: number }>();
    return { ...json, status: answer.status, claims: json.access_token ? claimsOf(json.access_token) : {} };
  }

  describe('an access token', () => {
    test('is for the API that was named, and carries its scopes alone', async () => {
      const token = await machineToken([orders], 'api orders:read ledger orders:write');
      assert.deepEqual(
        [token.claims['aud'], token.claims['scope'], token.scope, token.expires_in],
        [orders, 'orders:read orders:write', 'orders:read orders:write', 120],
      );
    });

    test('has the default scopes of the API where none is asked for', async () => {
      assert.equal((await machineToken([orders])).scope, 'orders:read');
      assert.equal((await machineToken([])).scope, 'api');
    });

    test('is for the APIs of its scopes where none is named, the default one among them', async () => {
      assert.equal((await machineToken([], 'api')).claims['aud'], app.url);
      assert.equal((await machineToken([], 'ledger')).claims['aud'], ledger);
      assert.deepEqual((await machineToken([], 'ledger api')).claims['aud'], [app.url, ledger]);
    });

    test('is for several that are named', async () => {
      const token = await machineToken([ledger, orders], 'ledger orders:read');
      assert.deepEqual(token.claims['aud'], [ledger, orders]);
    });

    test('is for no API that there is not, nor for one that is written in another way', async () => {
      for (const resource of [
        'https://nowhere.example.com',
        `${orders}/`,
        orders.toUpperCase(),
        'orders',
        `${app.url}/`,
      ])
        assert.equal((await machineToken([resource], 'orders:read')).error, 'invalid_target', resource);
      assert.equal((await machineToken([orders, 'https://nowhere.example.com'])).error, 'invalid_target');
    });

    test('has no scope of another API than those that are named', async () => {
      assert.equal((await machineToken([ledger], 'orders:read')).error, 'invalid_scope');
    });

    test('is not for APIs that do not take the same tokens', async () => {
      assert.equal((await machineToken([], 'old api')).error, 'invalid_target');
      assert.equal((await machineToken([old, ledger], 'old ledger')).error, 'invalid_target');
      assert.equal((await machineToken([old], 'old api')).claims['aud'], old);
    });

    test('is signed as its API takes it, verified by the published keys, and active at introspection', async () => {
      const { access_token: token } = await machineToken([old], 'old');
      const [head = ''] = token.split('.');
      const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, string>;
      assert.deepEqual([header['alg'], header['typ']], ['RS256', 'JWT']);
      const { keys } = (await send(app, '/oauth2/jwks')).json<{ keys: { kid: string }[] }>();
      assert.ok(keys.some(({ kid }) => kid === header['kid']));
      const active = (await machine.introspect(token)).json();
      assert.deepEqual([active['active'], active['aud']], [true, old]);
    });
  });

  describe('a user’s authorization', () => {
    const redeem = async (params: Record<string, string>, more: Record<string, string> = {}) => {
      const granted = await web.code(app.browser(), app.administrator, params);
      return web.token({
        grant_type: 'authorization_code',
        code: granted.code,
        redirect_uri: web.redirectUri,
        code_verifier: granted.verifier,
        ...more,
      });
    };
    const all = { scope: 'openid offline_access api orders:read ledger' };

    test('gives tokens for the APIs of its scopes, one at a time where a request says so, and refreshes as it began', async () => {
      const first = (await redeem(all)).json<{ access_token: string; refresh_token: string }>();
      assert.deepEqual(claimsOf(first.access_token)['aud'], [app.url, orders, ledger]);
      const narrowed = (
        await web.token({ grant_type: 'refresh_token', refresh_token: first.refresh_token, resource: ledger })
      ).json<{ access_token: string; refresh_token: string; scope: string }>();
      assert.deepEqual(claimsOf(narrowed.access_token)['aud'], ledger);
      assert.equal(narrowed.scope, 'openid offline_access ledger');
      const refused = await web.token({
        grant_type: 'refresh_token',
        refresh_token: narrowed.refresh_token,
        resource: old,
      });
      assert.equal(refused.json()['error'], 'invalid_target');
      const again = (
        await web.token({ grant_type: 'refresh_token', refresh_token: narrowed.refresh_token })
      ).json<{ access_token: string }>();
      assert.deepEqual(
        claimsOf(again.access_token)['aud'],
        [app.url, orders, ledger],
        'what failed spent nothing',
      );
    });

    test('for one API gives no token for another', async () => {
      const answer = await redeem({ ...all, resource: orders });
      const tokens = answer.json<{ access_token: string; refresh_token: string; scope: string }>();
      assert.equal(claimsOf(tokens.access_token)['aud'], orders);
      assert.equal(tokens.scope, 'openid offline_access orders:read');
      for (const resource of [ledger, app.url]) {
        const refused = await web.token({
          grant_type: 'refresh_token',
          refresh_token: tokens.refresh_token,
          resource,
        });
        assert.equal(refused.json()['error'], 'invalid_target', resource);
      }
      const page = await app.admin.must<{ data: { resources: string[] }[] }>(
        'GET',
        `/applications/${web.application.id}/authorizations`,
      );
      assert.ok(page.data.some(({ resources }) => resources.join() === orders));
    });

    test('is refused for an API that there is not, at its beginning and at its end', async () => {
      const refused = await app.browser().authorize(
        new URLSearchParams([
          ['response_type', 'code'],
          ['client_id', web.application.client_id],
          ['redirect_uri', web.redirectUri],
          ['resource', 'https://nowhere.example.com'],
        ]),
        app.administrator,
      );
      assert.equal(refused.searchParams.get('error'), 'invalid_target');
      const granted = await web.code(app.browser(), app.administrator, all);
      const request = {
        grant_type: 'authorization_code',
        code: granted.code,
        redirect_uri: web.redirectUri,
        code_verifier: granted.verifier,
      };
      assert.equal((await web.token({ ...request, resource: old })).json()['error'], 'invalid_target');
      assert.equal(
        (await web.token({ ...request, resource: orders })).status,
        200,
        'the code was not spent by it',
      );
    });

    test('has the claims of the user that a scope asks for, in the tokens with that scope and at userinfo', async () => {
      await app.admin.must('PATCH', `/users/${app.administrator.id}`, {
        claims: { plan: 'pro', seats: 3, secret: 'no' },
      });
      const tokens = (await redeem({ ...all, resource: orders })).json<{ access_token: string }>();
      const { plan, seats, secret } = claimsOf(tokens.access_token);
      assert.deepEqual([plan, seats, secret], ['pro', 3, undefined]);
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      const userinfo = (await send(app, '/oauth2/userinfo', { headers })).json();
      assert.deepEqual([userinfo['plan'], userinfo['secret']], ['pro', undefined]);
      const other = (await redeem({ ...all, resource: ledger })).json<{ access_token: string }>();
      assert.equal(claimsOf(other.access_token)['plan'], undefined);
    });
  });

  test('what the REST API is, and who gives tokens for it, is to be read (RFC 9728)', async () => {
    const metadata = (await send(app, '/.well-known/oauth-protected-resource')).json();
    assert.equal(metadata['resource'], app.url);
    assert.deepEqual(metadata['authorization_servers'], [app.url]);
    assert.deepEqual(metadata['scopes_supported'], ['api', 'admin']);
  });

  test('the REST API takes tokens of the default API only, whatever scope stands in them', async () => {
    const browser = app.browser();
    const granted = await web.code(browser, app.administrator, { scope: 'admin orders:read offline_access' });
    const tokens = (
      await web.token({
        grant_type: 'authorization_code',
        code: granted.code,
        redirect_uri: web.redirectUri,
        code_verifier: granted.verifier,
        resource: orders,
      })
    ).json<{ access_token: string; refresh_token: string }>();
    const call = (token: string) =>
      send(app, '/api/v1/users', { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await call(tokens.access_token)).status, 401);
    const own = (
      await web.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token, resource: app.url })
    ).json<{ access_token: string }>();
    assert.equal((await call(own.access_token)).status, 200);
  });
});
