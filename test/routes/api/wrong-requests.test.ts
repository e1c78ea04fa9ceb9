import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Admin } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { send } from '../../support/http.ts';
import { noId, refused } from '../../support/problem.ts';
import { runs } from '../../support/property-runs.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });
  after(() => app.close());

  const call = (method: string, path: string, body?: object | string | Uint8Array, headers = {}) =>
    admin.call(method, path, body, headers);

  describe('requests that nobody should send', () => {
    test('another method than a path has is a 405 that says which it has', async () => {
      for (const [method, path, allow] of [
        ['PUT', '/applications', 'GET, HEAD, POST'],
        ['POST', `/applications/${noId}`, 'DELETE, GET, HEAD, PATCH'],
        ['GET', `/applications/${noId}/secrets`, 'POST'],
        ['GET', `/applications/${noId}/logo`, 'DELETE, PUT'],
        ['DELETE', '/me', 'GET, HEAD, PATCH'],
        ['OPTIONS', '/applications', 'GET, HEAD, POST'],
        ['POST', '/openapi.json', 'GET, HEAD'],
      ] as const) {
        const answer = await call(method, path);
        refused(answer, 405, 'method_not_allowed');
        assert.equal(answer.headers.allow, allow);
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
    });

    test('a path that there is not is a 404, below /api also a problem document', async () => {
      refused(await call('GET', '/nope'), 404, 'not_found');
      refused(await send(app, '/api/v2/applications'), 404, 'not_found');
      refused(await send(app, '/api'), 404, 'not_found');
    });

    test('a body that is not JSON is a 400, or a 415 when it does not even say so', async () => {
      for (const body of ['{', '{"type":}', 'null null', Buffer.from('{"name":"\xff"}', 'latin1')])
        refused(
          await call('POST', '/applications', body, { 'content-type': 'application/json' }),
          400,
          'malformed_json',
        );
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])
        refused(
          await call('POST', '/applications', '{}', { 'content-type': type }),
          415,
          'unsupported_media_type',
        );
      refused(await call('POST', '/applications', '{}'), 415, 'unsupported_media_type');
    });

    test('a field that is called like a part of every object is unknown like any other, and sets nothing', async () => {
      const uri = 'https://client.example.com/callback';
      const web = await app.admin.createApplication({ type: 'web', redirect_uris: [uri] });
      const before = Object.getOwnPropertyNames(Object.prototype);
      const asJson = { 'content-type': 'application/json' };
      for (const [field, value] of [
        ['__proto__', '{"enabled":false}'],
        ['__proto__', '"text"'],
        ['__proto__', 'null'],
        ['constructor', '{"prototype":{"enabled":false}}'],
        ['prototype', '{}'],
        ['toString', '1'],
        ['hasOwnProperty', '1'],
      ] as const)
        for (const [method, path, right] of [
          ['POST', '/applications', `"type":"web","name":"X","redirect_uris":["${uri}"]`],
          ['PATCH', `/applications/${web.id}`, '"name":"X"'],
          ['POST', '/users', '"email":"p@example.com","name":"P","password":"a password of a test"'],
          ['PATCH', `/users/${app.user.id}`, '"name":"X"'],
          ['PATCH', '/me', '"name":"X"'],
          ['PATCH', '/instance', '"name":"X"'],
          [
            'POST',
            '/identity-providers',
            '"type":"saml","name":"X","metadata_url":"https://idp.example.com"',
          ],
          ['POST', `/applications/${web.id}/public-keys`, '"public_key":"x"'],
          ['POST', `/applications/${web.id}/secrets`, ''],
        ] as const) {
          const body = `{${right}${right && ','}"${field}":${value}}`;
          const answer = await call(method, path, body, asJson);
          assert.ok(
            refused(answer, 422, 'validation_failed')?.includes(field),
            `${method} ${path} ${body}: ${answer.text}`,
          );
        }
      const scopes = '[{"name":"api","description":"x","default":true,"__proto__":{"default":false}}]';
      const nested = await call('PATCH', '/instance', `{"scopes":${scopes}}`, asJson);
      assert.deepEqual(refused(nested, 422, 'validation_failed'), ['scopes.0.__proto__']);
      const jwk =
        '{"public_key":{"kty":"EC","__proto__":{"crv":"P-256"},"constructor":{"prototype":{"x":1}}}}';
      assert.equal((await call('POST', `/applications/${web.id}/public-keys`, jwk, asJson)).status, 422);
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
      assert.equal((await app.admin.must('GET', `/applications/${web.id}`))['enabled'], true);
      await app.admin.must('DELETE', `/applications/${web.id}`);
    });

    test('a body of no bytes is none, whatever its content type says', async () => {
      const web = await app.admin.createApplication({
        type: 'web',
        redirect_uris: ['https://client.example.com/callback'],
      });
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json'])
        for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
          const empty = (method: string, path: string) =>
            call(method, path, '', { 'content-type': type, ...headers });
          const added = await empty('POST', `/applications/${web.id}/secrets`);
          assert.equal(added.status, 201, added.text);
          const { id } = added.json<{ id: string }>();
          assert.equal((await empty('DELETE', `/applications/${web.id}/secrets/${id}`)).status, 204);
          refused(await empty('POST', '/applications'), 422, 'validation_failed');
        }
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      refused(await call('DELETE', `/applications/${web.id}`, 'x', form), 415, 'unsupported_media_type');
      await app.admin.must('DELETE', `/applications/${web.id}`);
    });

    test('a body of more than 64 KiB is a 413', async () => {
      const body = JSON.stringify({ type: 'web', name: 'X', description: 'x'.repeat(70_000) });
      refused(
        await call('POST', '/applications', body, { 'content-type': 'application/json' }),
        413,
        'body_too_large',
      );
    });

    test('a body that is no object is a 422', async () => {
      for (const body of ['null', '[]', '1', '"text"', 'true', ''])
        refused(
          await call('POST', '/applications', body, { 'content-type': 'application/json' }),
          422,
          'validation_failed',
        );
    });

    test('an ID that cannot be one is a 404, and so is one that is not there', async () => {
      for (const id of [noId, 'x', '1', '..', '%00', "'", noId.toUpperCase(), `${noId}0`, '%E0%A4%A']) {
        const path = `/applications/${id}`;
        for (const [method, below] of [
          ['GET', ''],
          ['PATCH', ''],
          ['DELETE', ''],
          ['POST', '/secrets'],
          ['POST', '/public-keys'],
          ['PUT', '/logo'],
          ['GET', '/authorizations'],
        ] as const) {
          const answer = await call(method, path + below, method === 'PATCH' ? {} : undefined);
          assert.ok([404, 400, 405].includes(answer.status), `${method} ${path}${below}: ${answer.status}`);
        }
        const user = await call('GET', `/users/${id}`);
        assert.ok([404, 400].includes(user.status), `${id}: ${user.status}`);
      }
      refused(await call('GET', `/applications/${noId}`), 404, 'application_not_found');
      refused(await call('GET', `/users/${noId}`), 404, 'user_not_found');
      refused(await call('PATCH', `/users/${noId}`, { name: 'X' }), 404, 'user_not_found');
      refused(await call('DELETE', `/me/authorizations/${noId}`), 404, 'authorization_not_found');
    });

    test('limits from 1 to 100 and cursors of ours are all that lists take', async () => {
      for (const list of ['/applications', '/users', '/audit-events', '/me/authorizations'])
        for (const query of [
          'limit=0',
          'limit=101',
          'limit=-1',
          'limit=1.5',
          'limit=x',
          'limit=',
          'limit=1e1',
          'limit=1&limit=2',
          'cursor=x',
          'cursor=',
          'cursor=%00',
        ])
          refused(await call('GET', `${list}?${query}`), 422, 'validation_failed');
    });

    test('whatever is sent as a field, nothing breaks', async () => {
      const before = await admin.must<Record<string, unknown>>('GET', '/instance');
      const names = [
        'type',
        'name',
        'description',
        'enabled',
        'redirect_uris',
        'require_pkce',
        'scopes',
        'access_token_lifetime',
        'refresh_token_absolute_lifetime',
        'client_uri',
        'developer_email',
        'public_key',
        'email',
        'role',
        'locale',
        'password',
        'refresh_token_grace',
        'domain',
        'sign_in',
        'issuer',
        'client_id',
        'client_secret',
        'email_domains',
        'claims',
        'metadata',
        'jwks',
        'jwks_uri',
        'login_url',
        'default',
      ];
      const type = fc.constantFrom('oidc', 'saml', 'handover', 'web', 'machine', null);
      const body = fc.dictionary(fc.constantFrom(...names, 'constructor', 'toString', ''), fc.jsonValue());
      const target = fc.constantFrom(
        'POST /applications',
        'PATCH /instance',
        'POST /users',
        'PATCH /me',
        'POST /identity-providers',
      );
      await fc.assert(
        fc.asyncProperty(target, type, body, async (request, ofType, fields) => {
          const [method = '', path = ''] = request.split(' ');
          const answer = await call(method, path, ofType === null ? fields : { ...fields, type: ofType });
          assert.ok(answer.status < 500, answer.text);
          if (answer.status === 201 && path !== '/users')
            await call('DELETE', `${path}/${answer.json()['id']}`);
        }),
        runs(80),
      );
      await admin.must('PATCH', '/me', { name: app.administrator.name, locale: null });
      const { name, domain, refresh_token_grace, scopes } = before;
      await admin.updateInstance({ name, domain, refresh_token_grace, scopes });
      assert.deepEqual(await admin.must('GET', '/instance'), before);
    });
  });
});
