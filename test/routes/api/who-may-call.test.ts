import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Admin } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { send } from '../../support/http.ts';
import { OAuthClient } from '../../support/oauth-client.ts';
import { noId, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });
  after(() => app.close());

  describe('who may call', () => {
    test('nobody who is not signed in', async () => {
      for (const [method, path] of [
        ['GET', '/instance'],
        ['GET', '/applications'],
        ['POST', '/applications'],
        ['GET', '/users'],
        ['GET', '/audit-events'],
        ['GET', '/me'],
        ['DELETE', `/applications/${noId}`],
      ] as const) {
        const answer = await send(app, `/api/v1${path}`, { method });
        refused(answer, 401, 'not_signed_in');
        assert.match(String(answer.headers['www-authenticate']), /^Bearer/);
        assert.equal(answer.headers['cache-control'], 'no-store');
      }
    });

    test('no user but an administrator, except their own data', async () => {
      const user = new Admin(app, app.user);
      refused(await user.call('GET', '/applications'), 403, 'not_administrator');
      refused(await user.call('POST', '/applications', { type: 'web', name: 'X' }), 403, 'not_administrator');
      refused(await user.call('GET', '/instance'), 403, 'not_administrator');
      const me = await user.must<{ id: string; role: string }>('GET', '/me');
      assert.deepEqual([me.id, me.role], [app.user.id, 'user']);
      assert.deepEqual(await user.must('GET', '/me/authorizations'), { data: [], next_cursor: null });
    });

    test('with the cookie, only requests of the same origin change anything', async () => {
      const browser = app.browser();
      await browser.signIn(app.administrator);
      const origin = new URL(app.url).origin;
      const post = (headers: Record<string, string>) => {
        const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        return send(app, '/api/v1/me', { method: 'PATCH', body: {}, headers: { cookie, ...headers } });
      };
      refused(await post({}), 403, 'cross_origin');
      refused(await post({ origin: 'https://evil.example' }), 403, 'cross_origin');
      refused(await post({ origin: 'null' }), 403, 'cross_origin');
      refused(await post({ 'sec-fetch-site': 'cross-site', origin }), 403, 'cross_origin');
      refused(await post({ 'sec-fetch-site': 'same-site' }), 403, 'cross_origin');
      refused(await post({ 'sec-fetch-site': 'none', origin: 'https://evil.example' }), 403, 'cross_origin');
      assert.equal((await post({ origin })).status, 200);
      assert.equal((await post({ 'sec-fetch-site': 'same-origin' })).status, 200);
    });

    test('an access token with the scope admin whose user is an administrator', async () => {
      const fields = {
        redirect_uris: ['https://script.example/cb'],
        scopes: ['api', 'admin', 'offline_access'],
      };
      await admin.withApplication({ type: 'web', ...fields }, async (application) => {
        const client = new OAuthClient(app, application);
        const get = (token: string, path = '/me') =>
          send(app, `/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
        const { access_token: good } = await client.authorize(app.browser(), app.administrator, {
          scope: 'admin',
        });
        assert.equal((await get(good)).json()['id'], app.administrator.id);
        const created = await send(app, '/api/v1/users', {
          body: { email: 'by-token@example.com', name: 'By Token', password: 'a password of a test' },
          headers: { authorization: `bearer ${good}` },
        });
        assert.equal(created.status, 201, 'no Origin needed: no cookie is used');

        const { access_token: withoutScope } = await client.authorize(app.browser(), app.administrator, {
          scope: 'api',
        });
        refused(await get(withoutScope), 403, 'insufficient_scope');
        for (const token of ['', 'x', 'a.b.c', `${good.slice(0, -4)}AAAA`, `${good}=`]) {
          const answer = await get(token);
          refused(answer, 401, 'invalid_token');
          assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"/);
        }
        await admin.updateApplication(application.id, { enabled: false });
        refused(await get(good), 401, 'invalid_token');
      });
    });

    test('everybody may read the OpenAPI document, and it knows every path', async () => {
      const answer = await send(app, '/api/v1/openapi.json');
      assert.equal(answer.status, 200);
      const document = answer.json<{
        openapi: string;
        paths: Record<string, Record<string, { operationId?: string; responses: Record<string, unknown> }>>;
      }>();
      assert.match(document.openapi, /^3\.1/);
      const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { operationId, responses }]) => {
          assert.ok(operationId, `${method} ${path}`);
          const refusals = [400, 401, 403, 421, 500, 503, ...(method === 'get' ? [] : [413, 415])];
          const untold = refusals.filter((status) => !(status in responses));
          if (path !== '/api/v1/openapi.json')
            assert.deepEqual(untold, [], `${method} ${path} may answer with these too`);
          return `${method.toUpperCase()} ${path.replace('/api/v1', '')}`;
        }),
      );
      for (const operation of [
        'GET /instance',
        'PATCH /instance',
        'GET /applications',
        'POST /applications',
        'PATCH /applications/{id}',
        'POST /applications/{id}/secrets',
        'DELETE /applications/{id}/secrets/{secret_id}',
        'POST /applications/{id}/public-keys',
        'DELETE /applications/{id}/public-keys/{key_id}',
        'PUT /applications/{id}/logo',
        'DELETE /applications/{id}/authorizations/{authorization_id}',
        'GET /users/{id}',
        'GET /audit-events',
        'PATCH /me',
        'DELETE /me/authorizations/{id}',
      ])
        assert.ok(operations.includes(operation), operation);
    });
  });
});
