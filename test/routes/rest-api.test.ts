import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { createUser } from '../../server/accounts/users.ts';
import { system } from '../../server/model/event.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import type { ApplicationView } from '../support/admin.ts';
import { Admin } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, send } from '../support/http.ts';
import { opensslCertificate, rsaKeyPair } from '../support/key-pairs.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { runs } from '../support/property-runs.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { path: string; message: string }[];
}
interface Page<T = Record<string, unknown>> {
  data: T[];
  next_cursor: string | null;
}

/** The answer is a problem document of that status and code. @returns the paths of the fields that it names */
function refused(answer: Answer, status: number, code: string): string[] {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  const problem = answer.json<ProblemDocument & Record<string, unknown>>();
  assert.equal(problem.code, code, answer.text);
  assert.equal(problem.status, status);
  for (const field of ['type', 'title', 'detail']) assert.equal(typeof problem[field], 'string');
  return (problem.errors ?? []).map(({ path }) => path);
}

const noId = '0123456789abcdef0123456789abcdef';

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });
  after(() => app.close());

  /** Runs with an application that is gone afterwards, since there are only ten places. */
  async function withApplication(
    fields: { type: 'machine' | 'spa' | 'web'; [field: string]: unknown },
    work: (application: ApplicationView) => Promise<void>,
  ): Promise<void> {
    const application = await admin.createApplication(fields);
    try {
      await work(application);
    } finally {
      await admin.call('DELETE', `/applications/${application.id}`);
    }
  }

  const call = (method: string, path: string, body?: object | string | Uint8Array, headers = {}) =>
    admin.call(method, path, body, headers);

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
      await withApplication({ type: 'web', ...fields }, async (application) => {
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
        const { access_token: ofUser } = await client.authorize(app.browser(), app.user, { scope: 'admin' });
        refused(await get(ofUser), 403, 'not_administrator');
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
      ];
      const body = fc.dictionary(fc.constantFrom(...names, 'constructor', 'toString', ''), fc.jsonValue());
      const target = fc.constantFrom('POST /applications', 'PATCH /instance', 'POST /users', 'PATCH /me');
      await fc.assert(
        fc.asyncProperty(target, body, async (request, fields) => {
          const [method = '', path = ''] = request.split(' ');
          const answer = await call(method, path, fields);
          assert.ok(answer.status < 500, answer.text);
          if (answer.status === 201 && path === '/applications')
            await call('DELETE', `/applications/${answer.json()['id']}`);
        }),
        runs(60),
      );
      await admin.must('PATCH', '/me', { name: app.administrator.name, locale: null });
      const { name, domain, refresh_token_grace, scopes } = before;
      await admin.updateInstance({ name, domain, refresh_token_grace, scopes });
      assert.deepEqual(await admin.must('GET', '/instance'), before);
    });
  });

  describe('applications', () => {
    const everyType = [
      'access_token_lifetime',
      'client_id',
      'created_at',
      'created_by',
      'description',
      'enabled',
      'id',
      'last_used_at',
      'name',
      'scopes',
      'type',
      'updated_at',
    ];
    const users = [
      'client_uri',
      'developer_email',
      'developer_name',
      'logo_uri',
      'policy_uri',
      'redirect_uris',
      'refresh_token_absolute_lifetime',
      'refresh_token_inactivity_lifetime',
      'refresh_token_rotation',
      'require_pkce',
    ];
    const confidential = ['can_introspect', 'public_keys', 'secrets'];
    const fieldsOf = {
      machine: [...everyType, ...confidential],
      spa: [...everyType, ...users],
      web: [...everyType, ...users, ...confidential],
    };

    for (const type of ['machine', 'spa', 'web'] as const)
      test(`a ${type} application begins with the defaults and shows only what belongs to its type`, async () => {
        const made = await call('POST', '/applications', { type, name: 'Workfront for ClientApp' });
        assert.equal(made.status, 201);
        const application = made.json<ApplicationView>();
        const { client_secret: secret, ...rest } = application;
        assert.equal(made.headers.location, `/api/v1/applications/${application.id}`);
        assert.deepEqual(Object.keys(rest).sort(), fieldsOf[type].sort());
        assert.match(application.id, /^[0-9a-f]{32}$/);
        assert.match(application.client_id, /^[0-9a-f]{32}$/);
        assert.equal(application['enabled'], true);
        assert.equal(application['created_by'], app.administrator.id);
        assert.equal(application['access_token_lifetime'], 3600);
        assert.deepEqual(application['scopes'], type === 'machine' ? ['api'] : ['api', 'offline_access']);
        if (type !== 'machine') {
          assert.deepEqual(application.redirect_uris, []);
          assert.equal(application['require_pkce'], type === 'spa');
          assert.equal(application['refresh_token_rotation'], true);
          assert.equal(application['refresh_token_absolute_lifetime'], null);
          assert.equal(application['refresh_token_inactivity_lifetime'], 15_552_000);
          assert.equal(application['logo_uri'], null);
        }
        if (type === 'spa') assert.equal(secret, undefined);
        else {
          assert.match(String(secret), /^pcs_[A-Za-z0-9]{43}$/);
          assert.equal(application.secrets?.[0]?.hint, String(secret).slice(-4));
          assert.equal(application['can_introspect'], false);
        }
        const read = await admin.must('GET', `/applications/${application.id}`);
        assert.deepEqual(read, rest, 'and the secret is not shown again');
        assert.equal((await call('DELETE', `/applications/${application.id}`)).status, 204);
        refused(await call('GET', `/applications/${application.id}`), 404, 'application_not_found');
        refused(await call('DELETE', `/applications/${application.id}`), 404, 'application_not_found');
      });

    test('every field can be set in creating and in changing, and is kept', async () => {
      const fields = {
        name: '集成 “ClientApp” 😀',
        description: 'One line\nand another',
        enabled: false,
        redirect_uris: ['https://app.example.com/cb?a=b', 'http://127.0.0.1/cb'],
        require_pkce: true,
        scopes: ['api', 'admin'],
        access_token_lifetime: 60,
        refresh_token_rotation: false,
        refresh_token_absolute_lifetime: 86_400,
        refresh_token_inactivity_lifetime: null,
        client_uri: 'https://app.example.com/about',
        policy_uri: 'https://app.example.com/privacy',
        developer_name: 'Dana Developer',
        developer_email: 'dana@example.com',
        can_introspect: true,
      };
      await withApplication({ type: 'web', ...fields }, async (application) => {
        for (const [name, value] of Object.entries(fields)) assert.deepEqual(application[name], value, name);
      });
      await withApplication({ type: 'web' }, async ({ id }) => {
        const changed = await admin.updateApplication(id, fields);
        for (const [name, value] of Object.entries(fields)) assert.deepEqual(changed[name], value, name);
        const emptied = await admin.updateApplication(id, {
          description: '',
          client_uri: '',
          policy_uri: '',
          developer_name: '',
          developer_email: null,
        });
        for (const name of ['description', 'client_uri', 'policy_uri', 'developer_name', 'developer_email'])
          assert.equal(emptied[name], null, name);
      });
    });

    test('a wrong field is refused and named, and nothing is changed', async () => {
      await withApplication({ type: 'web' }, async (application) => {
        const wrong: [string, unknown][] = [
          ['name', ''],
          ['name', ' \u00a0'],
          ['name', null],
          ['name', 1],
          ['name', 'a\u0000b'],
          ['name', 'a'.repeat(201)],
          ['description', 'a'.repeat(2001)],
          ['description', '\u0000'],
          ['description', 1],
          ['enabled', null],
          ['enabled', 'true'],
          ['redirect_uris', null],
          ['redirect_uris', 'https://app.example.com/'],
          ['redirect_uris', ['http://app.example.com/']],
          ['redirect_uris', [1]],
          ['redirect_uris', ['https://a.example/', 'https://a.example/']],
          ['redirect_uris', Array.from({ length: 21 }, (_, index) => `https://a.example/${index}`)],
          ['redirect_uris', ['com.example.app:/cb']],
          ['require_pkce', 0],
          ['scopes', null],
          ['scopes', []],
          ['scopes', ['nope']],
          ['scopes', ['api', 'api']],
          ['scopes', 'api'],
          ['access_token_lifetime', 0],
          ['access_token_lifetime', 86_401],
          ['access_token_lifetime', 1.5],
          ['access_token_lifetime', '60'],
          ['access_token_lifetime', null],
          ['refresh_token_rotation', null],
          ['refresh_token_absolute_lifetime', 0],
          ['refresh_token_absolute_lifetime', -1],
          ['refresh_token_inactivity_lifetime', 3_153_600_001],
          ['refresh_token_inactivity_lifetime', 1e300],
          ['client_uri', 'javascript:alert(1)'],
          ['policy_uri', 'data:text/html,x'],
          ['client_uri', `https://a.example/${'a'.repeat(2000)}`],
          ['developer_name', 'a\nb'],
          ['developer_email', 'nobody'],
          ['can_introspect', null],
          ['type', 'spa'],
          ['type', 'web'],
          ['id', noId],
          ['client_id', noId],
          ['secrets', []],
          ['logo_uri', 'https://a.example/logo.png'],
          ['created_at', '2020-01-01T00:00:00Z'],
          ['no_such_field', 1],
        ];
        for (const [name, value] of wrong) {
          const paths = refused(
            await call('PATCH', `/applications/${application.id}`, {
              [name]: value,
              enabled: name === 'enabled' ? value : false,
            }),
            422,
            'validation_failed',
          );
          assert.ok(
            paths.some((path) => path === name || path.startsWith(`${name}.`)),
            `${name}: ${paths}`,
          );
        }
        const { client_secret: _, ...before } = application;
        assert.deepEqual(await admin.must('GET', `/applications/${application.id}`), before);
      });
      assert.deepEqual(refused(await call('POST', '/applications', {}), 422, 'validation_failed').sort(), [
        'name',
        'type',
      ]);
      refused(await call('POST', '/applications', { type: 'native', name: 'X' }), 422, 'validation_failed');
      refused(
        await call('POST', '/applications', { type: 'web', name: 'X', client_secret: 'mine' }),
        422,
        'validation_failed',
      );
    });

    test('a field of another type is refused as such, whatever it holds', async () => {
      for (const [type, field, value] of [
        ['machine', 'redirect_uris', ['https://a.example/']],
        ['machine', 'require_pkce', null],
        ['machine', 'refresh_token_rotation', true],
        ['machine', 'refresh_token_absolute_lifetime', null],
        ['machine', 'refresh_token_inactivity_lifetime', 'x'],
        ['machine', 'client_uri', 'https://a.example/'],
        ['machine', 'policy_uri', ''],
        ['machine', 'developer_name', 'X'],
        ['machine', 'developer_email', 'x@example.com'],
        ['spa', 'can_introspect', false],
      ] as const) {
        assert.deepEqual(
          refused(
            await call('POST', '/applications', { type, name: 'X', [field]: value }),
            422,
            'not_for_type',
          ),
          [field],
        );
        await withApplication({ type }, async ({ id }) => {
          assert.deepEqual(
            refused(await call('PATCH', `/applications/${id}`, { [field]: value }), 422, 'not_for_type'),
            [field],
          );
        });
      }
      await withApplication({ type: 'spa' }, async ({ id }) => {
        refused(await call('POST', `/applications/${id}/secrets`), 422, 'not_for_type');
        refused(await call('DELETE', `/applications/${id}/secrets/${noId}`), 422, 'not_for_type');
        refused(
          await call('POST', `/applications/${id}/public-keys`, { public_key: 'x' }),
          422,
          'not_for_type',
        );
        assert.equal((await admin.updateApplication(id, { require_pkce: true }))['require_pkce'], true);
        assert.deepEqual(
          refused(
            await call('PATCH', `/applications/${id}`, { require_pkce: false }),
            422,
            'validation_failed',
          ),
          ['require_pkce'],
        );
      });
      await withApplication({ type: 'machine' }, async ({ id }) => {
        refused(
          await call('PUT', `/applications/${id}/logo`, await png(10, 10), { 'content-type': 'image/png' }),
          422,
          'not_for_type',
        );
        refused(await call('DELETE', `/applications/${id}/logo`), 422, 'not_for_type');
        assert.deepEqual(
          refused(
            await call('PATCH', `/applications/${id}`, { scopes: ['api', 'offline_access'] }),
            422,
            'validation_failed',
          ),
          ['scopes.1'],
        );
      });
    });

    test('ten fit, however many are registered at once, and a deleted one makes room', async () => {
      const answers = await Promise.all(
        Array.from({ length: 14 }, (_, index) =>
          call('POST', '/applications', { type: 'spa', name: `Application ${index}` }),
        ),
      );
      const made = answers
        .filter(({ status }) => status === 201)
        .map((answer) => answer.json<ApplicationView>());
      assert.equal(made.length, 10);
      for (const answer of answers)
        if (answer.status !== 201) refused(answer, 409, 'application_limit_reached');
      const first = await admin.must<Page & { total: number; max_applications: number }>(
        'GET',
        '/applications?limit=4',
      );
      assert.deepEqual([first.data.length, first.total, first.max_applications], [4, 10, 10]);
      const second = await admin.must<Page>('GET', `/applications?limit=6&cursor=${first.next_cursor}`);
      assert.equal(second.next_cursor, null);
      assert.deepEqual(
        [...first.data, ...second.data].map(({ id }) => id),
        made.map(({ id }) => id).sort(),
      );
      await admin.deleteApplication(String(made[0]?.id));
      const another = await admin.createApplication({ type: 'machine' });
      refused(
        await call('POST', '/applications', { type: 'web', name: 'X' }),
        409,
        'application_limit_reached',
      );
      for (const { id } of [...made.slice(1), another]) await admin.deleteApplication(id);
    });

    test('an application deleted twice at once gives one place back', async () => {
      const { id } = await admin.createApplication({ type: 'web' });
      const statuses = (await Promise.all([1, 2, 3].map(() => call('DELETE', `/applications/${id}`)))).map(
        ({ status }) => status,
      );
      assert.deepEqual(statuses.sort(), [204, 404, 404]);
      assert.equal((await admin.must<{ total: number }>('GET', '/applications')).total, 0);
    });

    test('what changed is in the audit log, and what did not leaves no trace', async () => {
      await withApplication({ type: 'web', name: 'Before' }, async ({ id }) => {
        const same = await admin.updateApplication(id, {
          name: 'Before',
          scopes: ['api', 'offline_access'],
          description: '',
        });
        assert.equal(same['updated_at'], same['created_at']);
        app.clock.advance(1000);
        const changed = await admin.updateApplication(id, { name: 'After', enabled: true });
        assert.notEqual(changed['updated_at'], changed['created_at']);
        await admin.deleteApplication(id);
        const { data } = await admin.must<Page>('GET', `/audit-events?application_id=${id}`);
        assert.deepEqual(
          data.map(({ type }) => type),
          ['application.deleted', 'application.updated', 'application.created'],
        );
        assert.deepEqual(data[1]?.['detail'], {
          changed: ['name'],
          before: { name: 'Before' },
          after: { name: 'After' },
        });
        assert.deepEqual(data[1]?.['actor'], { type: 'user', id: app.administrator.id });
        assert.equal(data[1]?.['ip'], '127.0.0.1');
      });
    });
  });

  describe('client secrets', () => {
    test('two may live, so that one takes the place of the other', async () => {
      await withApplication({ type: 'web' }, async (application) => {
        const path = `/applications/${application.id}/secrets`;
        const added = await call('POST', path);
        assert.equal(added.status, 201);
        const secret = added.json<{ id: string; client_secret: string; hint: string }>();
        assert.deepEqual(Object.keys(secret).sort(), ['client_secret', 'created_at', 'hint', 'id']);
        assert.match(secret.client_secret, /^pcs_/);
        refused(await call('POST', path), 409, 'client_secret_limit_reached');
        const old = String(application.secrets?.[0]?.id);
        assert.equal((await call('DELETE', `${path}/${old}`)).status, 204);
        refused(await call('DELETE', `${path}/${old}`), 404, 'client_secret_not_found');
        refused(await call('DELETE', `${path}/x`), 404, 'client_secret_not_found');
        const { secrets } = await admin.must<ApplicationView>('GET', `/applications/${application.id}`);
        assert.deepEqual(
          secrets?.map(({ id, hint }) => [id, hint]),
          [[secret.id, secret.hint]],
        );
        assert.equal(
          (await call('DELETE', `${path}/${secret.id}`, '', { 'content-type': 'application/json' })).status,
          204,
        );
      });
    });

    test('two is the limit also when many are added at once', async () => {
      await withApplication({ type: 'machine' }, async ({ id }) => {
        const answers = await Promise.all(
          Array.from({ length: 6 }, () => call('POST', `/applications/${id}/secrets`)),
        );
        assert.equal(answers.filter(({ status }) => status === 201).length, 1);
        assert.equal((await admin.must<ApplicationView>('GET', `/applications/${id}`)).secrets?.length, 2);
      });
    });

    test('there is no body to send', async () => {
      await withApplication({ type: 'web' }, async ({ id }) => {
        assert.deepEqual(
          refused(
            await call('POST', `/applications/${id}/secrets`, { client_secret: 'mine' }),
            422,
            'validation_failed',
          ),
          ['client_secret'],
        );
        assert.equal((await call('POST', `/applications/${id}/secrets`, {})).status, 201);
      });
    });

    test('another application’s secret cannot be deleted through this one', async () => {
      await withApplication({ type: 'web' }, async (one) => {
        await withApplication({ type: 'web' }, async (other) => {
          refused(
            await call('DELETE', `/applications/${one.id}/secrets/${other.secrets?.[0]?.id}`),
            404,
            'client_secret_not_found',
          );
        });
      });
    });
  });

  describe('public keys', () => {
    test('a key is kept with whom it acts for and who added it', async () => {
      await withApplication({ type: 'machine' }, async ({ id }) => {
        const path = `/applications/${id}/public-keys`;
        const added = await call('POST', path, { public_key: rsaKeyPair().publicPem });
        assert.equal(added.status, 201);
        const key = added.json<Record<string, string>>();
        assert.deepEqual(Object.keys(key).sort(), [
          'acts_as_user_id',
          'algorithm',
          'created_at',
          'created_by',
          'id',
          'kid',
          'last_used_at',
          'name',
          'not_after',
          'thumbprint',
        ]);
        assert.deepEqual(
          [key['kid'], key['name'], key['algorithm']],
          [key['thumbprint'], 'RSA 2048', 'RS256'],
        );
        assert.deepEqual(
          [key['acts_as_user_id'], key['created_by']],
          [app.administrator.id, app.administrator.id],
        );
        const jwk = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'mine' };
        const other = await admin.must<Record<string, string>>('POST', path, {
          public_key: jwk,
          name: 'Laptop',
          acts_as_user_id: app.user.id,
        });
        assert.deepEqual(
          [other['kid'], other['name'], other['algorithm'], other['acts_as_user_id']],
          ['mine', 'Laptop', 'EdDSA', app.user.id],
        );
        refused(await call('POST', path, { public_key: JSON.stringify(jwk) }), 409, 'public_key_exists');
        const { certificatePem } = opensslCertificate();
        assert.match(
          String(
            (await admin.must<Record<string, string>>('POST', path, { public_key: certificatePem }))[
              'not_after'
            ],
          ),
          /Z$/,
        );
        assert.deepEqual(
          (await admin.must<ApplicationView>('GET', `/applications/${id}`)).public_keys?.length,
          3,
        );
        assert.equal((await call('DELETE', `${path}/${key['id']}`)).status, 204);
        refused(await call('DELETE', `${path}/${key['id']}`), 404, 'public_key_not_found');
        refused(await call('DELETE', `${path}/zzz`), 404, 'public_key_not_found');
      });
    });

    test('a private key is refused and stays out of the log', async () => {
      await withApplication({ type: 'machine' }, async ({ id }) => {
        const path = `/applications/${id}/public-keys`;
        const { privatePem } = opensslCertificate();
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const jwk = privateKey.export({ format: 'jwk' });
        for (const publicKey of [privatePem, jwk, JSON.stringify(jwk)]) {
          const answer = await call('POST', path, { public_key: publicKey });
          assert.deepEqual(refused(answer, 422, 'private_key_refused'), ['public_key']);
          assert.ok(!answer.text.includes(String(jwk.d)));
        }
        const log = app.logText();
        assert.ok(!log.includes(String(jwk.d)));
        assert.ok(!log.includes('PRIVATE KEY'));
        assert.ok(!log.includes(String(privatePem.split('\n')[3])));
      });
    });

    test('what cannot be a key, a name or a user is named', async () => {
      await withApplication({ type: 'web' }, async ({ id }) => {
        const path = `/applications/${id}/public-keys`;
        const { publicPem: public_key } = rsaKeyPair();
        refused(await call('POST', path, { public_key: 'hello' }), 422, 'invalid_public_key');
        refused(await call('POST', path, { public_key: { kty: 'RSA' } }), 422, 'invalid_public_key');
        for (const [fields, name] of [
          [{}, 'public_key'],
          [{ public_key: 1 }, 'public_key'],
          [{ public_key, name: 'a\u0000' }, 'name'],
          [{ public_key, name: 'a'.repeat(201) }, 'name'],
          [{ public_key, acts_as_user_id: noId }, 'acts_as_user_id'],
          [{ public_key, acts_as_user_id: 'x' }, 'acts_as_user_id'],
          [{ public_key, private_key: 'x' }, 'private_key'],
        ] as const)
          assert.deepEqual(refused(await call('POST', path, fields), 422, 'validation_failed'), [name]);
        const { id: gone } = await admin.createUser();
        await admin.updateUser(gone, { active: false });
        refused(await call('POST', path, { public_key, acts_as_user_id: gone }), 422, 'validation_failed');
      });
    });

    test('ten are the limit also when many are added at once, and the same key twice is one', async () => {
      await withApplication({ type: 'machine' }, async ({ id }) => {
        const keys = Array.from({ length: 13 }, () =>
          generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        );
        const first = await Promise.all(
          [1, 2, 3].map(() => call('POST', `/applications/${id}/public-keys`, { public_key: keys[0] })),
        );
        assert.deepEqual(first.map(({ status }) => status).sort(), [201, 409, 409]);
        const answers = await Promise.all(
          keys.slice(1).map((public_key) => call('POST', `/applications/${id}/public-keys`, { public_key })),
        );
        assert.equal(answers.filter(({ status }) => status === 201).length, 9);
        for (const answer of answers)
          if (answer.status !== 201) refused(answer, 409, 'public_key_limit_reached');
      });
    });
  });

  describe('logos', () => {
    test('a logo is drawn anew and served to everybody under a URL that changes with it', async () => {
      await withApplication({ type: 'spa' }, async ({ id }) => {
        const put = await call('PUT', `/applications/${id}/logo`, await png(600, 300), {
          'content-type': 'image/png',
        });
        assert.equal(put.status, 200, put.text);
        const uri = String(put.json<ApplicationView>()['logo_uri']);
        assert.ok(uri.startsWith(`${app.url}/logos/${id}/`));
        const path = uri.slice(app.url.length);
        const logo = await send(app, path);
        assert.equal(logo.status, 200);
        assert.match(String(logo.headers['content-type']), /^image\/png/);
        assert.match(String(logo.headers['cache-control']), /immutable/);
        assert.equal(logo.headers['x-content-type-options'], 'nosniff');

        const again = await admin.must<ApplicationView>('GET', `/applications/${id}`);
        assert.equal(again['logo_uri'], uri);
        const jpeg = await sharp(await png(30, 30))
          .flatten()
          .jpeg()
          .toBuffer();
        const other = await call('PUT', `/applications/${id}/logo`, jpeg, { 'content-type': 'image/png' });
        assert.equal(other.status, 200, 'the bytes say what it is');
        assert.notEqual(other.json<ApplicationView>()['logo_uri'], uri);
        assert.equal((await send(app, path)).status, 404);
        assert.equal(
          (await call('DELETE', `/applications/${id}/logo`, '', { 'content-type': 'application/json' }))
            .status,
          204,
        );
        assert.equal((await call('DELETE', `/applications/${id}/logo`)).status, 204);
        assert.equal((await admin.must<ApplicationView>('GET', `/applications/${id}`))['logo_uri'], null);
      });
      for (const path of ['/logos/x/y', `/logos/${noId}/0123456789abcdef`, '/logos/..%2f..%2f/etc'])
        assert.equal((await send(app, path)).status, 404);
    });

    test('more than 1 MiB is a 413, also in pieces without a length; anything but such an image is a 415', async () => {
      await withApplication({ type: 'web' }, async ({ id }) => {
        const path = `/applications/${id}/logo`;
        const type = { 'content-type': 'image/png' };
        refused(await call('PUT', path, Buffer.alloc(1024 * 1024 + 1), type), 413, 'body_too_large');
        refused(
          await call('PUT', path, Buffer.alloc(1024 * 1024 + 1), { ...type, 'transfer-encoding': 'chunked' }),
          413,
          'body_too_large',
        );
        refused(await call('PUT', path, Buffer.alloc(1024 * 1024), type), 415, 'unsupported_image');
        const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
        refused(await call('PUT', path, svg, type), 415, 'unsupported_image');
        refused(
          await call('PUT', path, svg, { 'content-type': 'image/svg+xml' }),
          415,
          'unsupported_media_type',
        );
        refused(await call('PUT', path, { logo: 'x' }), 415, 'unsupported_media_type');
        refused(
          await call(
            'PUT',
            path,
            await sharp(await png(9, 9))
              .gif()
              .toBuffer(),
            { 'content-type': 'image/gif' },
          ),
          415,
          'unsupported_media_type',
        );
        refused(await call('PUT', path, '', type), 415, 'unsupported_image');
        refused(await call('PUT', path), 415, 'unsupported_image');
      });
    });
  });

  describe('authorizations', () => {
    test('who uses an application is listed, ended one by one or all at once, and gone with the application', async () => {
      await withApplication(
        { type: 'web', redirect_uris: ['https://client.example/cb'] },
        async (application) => {
          const client = new OAuthClient(app, application);
          const path = `/applications/${application.id}/authorizations`;
          const tokens = await client.authorize(app.browser(), app.user);
          const { data } = await admin.must<Page>('GET', path);
          const [authorization] = data;
          assert.deepEqual(Object.keys(authorization ?? {}).sort(), [
            'application',
            'created_at',
            'expires_at',
            'expires_because',
            'id',
            'last_used_at',
            'scopes',
            'user',
          ]);
          assert.deepEqual(authorization?.['application'], { id: application.id, name: application.name });
          assert.deepEqual(authorization?.['user'], {
            id: app.user.id,
            name: app.user.name,
            email: app.user.email,
          });
          assert.equal(authorization?.['expires_because'], 'inactivity');
          const listed = await admin.must<Page>('GET', '/applications?include=user_count');
          assert.equal(listed.data.find(({ id }) => id === application.id)?.['user_count'], 1);
          const plain = await admin.must<Page>('GET', '/applications');
          assert.ok(!plain.data.some((each) => 'user_count' in each));
          refused(await call('GET', '/applications?include=secrets'), 422, 'validation_failed');
          const mine = await new Admin(app, app.user).must<Page>('GET', '/me/authorizations');
          assert.deepEqual(
            mine.data.map(({ id }) => id),
            data.map(({ id }) => id),
          );

          refused(
            await call('DELETE', `/me/authorizations/${authorization?.['id']}`),
            404,
            'authorization_not_found',
          );
          assert.equal((await call('DELETE', `${path}/${authorization?.['id']}`)).status, 204);
          refused(await call('DELETE', `${path}/${authorization?.['id']}`), 404, 'authorization_not_found');
          assert.equal((await client.refresh(tokens.refresh_token)).status, 400);

          const second = await client.authorize(app.browser(), app.user);
          const third = await client.authorize(app.browser(), app.administrator);
          const paged = await admin.must<Page>('GET', `${path}?limit=1`);
          assert.equal(paged.data.length, 1);
          const rest = await admin.must<Page>('GET', `${path}?limit=1&cursor=${paged.next_cursor}`);
          assert.deepEqual([rest.data.length, rest.next_cursor], [1, null]);
          assert.equal((await call('DELETE', path)).status, 204);
          assert.deepEqual(await admin.must('GET', path), { data: [], next_cursor: null });
          for (const { refresh_token } of [second, third])
            assert.equal((await client.refresh(refresh_token)).status, 400);

          const last = await client.authorize(app.browser(), app.user);
          await admin.deleteApplication(application.id);
          assert.notEqual((await client.refresh(last.refresh_token)).status, 200);
          const events = await admin.must<Page>(
            'GET',
            `/audit-events?application_id=${application.id}&type=authorization.revoked`,
          );
          assert.equal(events.data.length, 4);
        },
      );
    });
  });

  describe('the instance', () => {
    test('its settings can be read and changed within their bounds', async () => {
      const before = await admin.must<Record<string, unknown>>('GET', '/instance');
      assert.deepEqual(Object.keys(before).sort(), [
        'authorization_code_lifetime',
        'created_at',
        'customer_id',
        'domain',
        'handle',
        'id',
        'lane',
        'max_applications',
        'name',
        'refresh_token_grace',
        'scopes',
        'url',
      ]);
      const changed = await admin.updateInstance({
        domain: 'acme',
        lane: 'preview',
        customer_id: '12345ABC',
        refresh_token_grace: 0,
        authorization_code_lifetime: 30,
      });
      assert.deepEqual(await admin.must('GET', '/instance'), changed);
      assert.deepEqual(
        [changed['domain'], changed['refresh_token_grace'], changed['authorization_code_lifetime']],
        ['acme', 0, 30],
      );
      for (const [name, value] of [
        ['max_applications', 100],
        ['handle', 'mine'],
        ['url', 'https://evil.example'],
        ['id', noId],
        ['name', ''],
        ['name', 'a\nb'],
        ['domain', 'a b'],
        ['domain', null],
        ['lane', ''],
        ['customer_id', 'ä'],
        ['refresh_token_grace', 61],
        ['refresh_token_grace', -1],
        ['refresh_token_grace', null],
        ['authorization_code_lifetime', 29],
        ['authorization_code_lifetime', 121],
        ['scopes', null],
        ['scopes', [1]],
      ] as const) {
        const paths = refused(await call('PATCH', '/instance', { [name]: value }), 422, 'validation_failed');
        assert.ok(
          paths.some((path) => path.startsWith(name)),
          `${name}: ${paths}`,
        );
      }
      assert.deepEqual(await admin.must('GET', '/instance'), changed);
      const { domain, lane, customer_id, refresh_token_grace, authorization_code_lifetime } = before;
      await admin.updateInstance({
        domain,
        lane,
        customer_id,
        refresh_token_grace,
        authorization_code_lifetime,
      });
    });

    test('what changed of it is in the audit log, before and after, and what did not leaves no trace', async () => {
      const { scopes, name, refresh_token_grace } = await admin.must<{
        scopes: { name: string; description: string }[];
        name: string;
        refresh_token_grace: number;
      }>('GET', '/instance');
      const known = (await admin.auditEvents('instance.updated')).length;
      await admin.updateInstance({});
      await admin.updateInstance({ name, scopes, refresh_token_grace });
      assert.equal((await admin.auditEvents('instance.updated')).length, known);
      refused(await call('PATCH', '/instance', { refresh_token_grace: 61 }), 422, 'validation_failed');
      refused(await call('PATCH', '/instance', { scopes: scopes.slice(0, 1) }), 422, 'scope_required');
      assert.equal((await admin.auditEvents('instance.updated')).length, known);

      const harmless = scopes.map((scope) =>
        scope.name === 'admin' ? { ...scope, description: 'See your name' } : scope,
      );
      await admin.updateInstance({ name, scopes: harmless, refresh_token_grace: 60 });
      const [event] = await admin.auditEvents('instance.updated');
      assert.deepEqual(event?.['detail'], {
        changed: ['refresh_token_grace', 'scopes'],
        before: { refresh_token_grace, scopes },
        after: { refresh_token_grace: 60, scopes: harmless },
      });
      assert.deepEqual(event?.['actor'], { type: 'user', id: app.administrator.id });
      assert.equal(event?.['ip'], '127.0.0.1');
      await admin.updateInstance({ scopes, refresh_token_grace });
    });

    test('changes at the same moment are each recorded with what was there before', async () => {
      const { name } = await admin.must<{ name: string }>('GET', '/instance');
      const known = (await admin.auditEvents('instance.updated')).length;
      await Promise.all(['One', 'Two', 'Three'].map((each) => admin.updateInstance({ name: each })));
      const events = (await admin.auditEvents('instance.updated')).slice(0, -known || undefined);
      assert.equal(events.length, 3);
      const details = events.map(({ detail }) => detail as { before: object; after: object });
      const from = details.map(({ before }) => JSON.stringify(before));
      assert.equal(new Set(from).size, 3, 'each begins where another ended');
      assert.ok(from.includes(JSON.stringify({ name })));
      await admin.updateInstance({ name });
    });

    test('scopes can be added, and taken away only while nobody uses them', async () => {
      const { scopes } = await admin.must<{ scopes: object[] }>('GET', '/instance');
      const read = { name: 'projects:read', description: 'Read your projects', default: false };
      const changed = await admin.updateInstance({ scopes: [...scopes, read] });
      assert.deepEqual(changed['scopes'], [...scopes, read]);
      await withApplication({ type: 'web', scopes: ['projects:read'] }, async () => {
        refused(await call('PATCH', '/instance', { scopes }), 409, 'scope_in_use');
      });
      await admin.updateInstance({ scopes });
      refused(
        await call('POST', '/applications', { type: 'web', name: 'X', scopes: ['projects:read'] }),
        422,
        'validation_failed',
      );
      refused(
        await call('PATCH', '/instance', { scopes: [{ name: 'api', description: 'X', default: true }] }),
        422,
        'scope_required',
      );
      for (const extra of [
        { name: 'offline_access', description: 'X', default: true },
        { name: 'a b', description: 'X' },
        { name: 'api', description: 'X' },
        { name: 'x', description: '' },
        { name: 'x' },
        { name: 'x', description: 'X', secret: 1 },
      ])
        refused(await call('PATCH', '/instance', { scopes: [...scopes, extra] }), 422, 'validation_failed');
    });

    test('another instance’s applications, users, events and logos are not there', async () => {
      const url = `http://127.0.0.1:${app.port}`;
      const { services } = app;
      const other = await services.db.transaction((tx) =>
        makeInstance(tx, services.signingKeys, services.clock(), { name: 'other', url }),
      );
      const person = { email: 'admin@example.com', name: 'Other', password: 'the other administrator' };
      const { id } = await createUser(services, {
        instance: other,
        role: 'administrator',
        ...person,
        actor: system,
        ip: null,
      });
      const stranger = new Admin({ url, port: app.port }, { id, ...person });
      await withApplication({ type: 'web' }, async (application) => {
        const path = `/applications/${application.id}`;
        for (const [method, below, body] of [
          ['GET', '', undefined],
          ['PATCH', '', { name: 'Taken' }],
          ['DELETE', '', undefined],
          ['POST', '/secrets', undefined],
          ['DELETE', `/secrets/${application.secrets?.[0]?.id}`, undefined],
          ['POST', '/public-keys', { public_key: rsaKeyPair().publicPem }],
          ['GET', '/authorizations', undefined],
          ['DELETE', '/authorizations', undefined],
        ] as const)
          refused(await stranger.call(method, path + below, body), 404, 'application_not_found');
        const image = { 'content-type': 'image/png' };
        refused(
          await stranger.call('PUT', `${path}/logo`, await png(5, 5), image),
          404,
          'application_not_found',
        );
        const uri = String(
          (await call('PUT', `${path}/logo`, await png(5, 5), image)).json<ApplicationView>()['logo_uri'],
        );
        assert.equal((await send({ url, port: app.port }, new URL(uri).pathname)).status, 404);
        refused(await stranger.call('GET', `/users/${app.user.id}`), 404, 'user_not_found');
        refused(
          await stranger.call('PATCH', `/users/${app.user.id}`, { name: 'Taken' }),
          404,
          'user_not_found',
        );
        assert.equal((await stranger.must<{ total: number }>('GET', '/applications')).total, 0);
        const events = await stranger.must<Page>('GET', `/audit-events?application_id=${application.id}`);
        assert.equal(events.data.length, 0);
        const own = await stranger.createApplication({ type: 'machine' });
        refused(
          await stranger.call('POST', `/applications/${own.id}/public-keys`, {
            public_key: rsaKeyPair().publicPem,
            acts_as_user_id: app.user.id,
          }),
          422,
          'validation_failed',
        );
        assert.deepEqual(await stranger.must('GET', '/me/authorizations'), { data: [], next_cursor: null });
      });
      const cookieOfOther = app.browser();
      const page = await new Admin({ url, port: app.port }, { id, ...person }).call('GET', '/me');
      assert.equal(page.json()['id'], id);
      assert.equal(cookieOfOther.cookies.size, 0);
      refused(
        await send({ url: 'http://elsewhere.example', port: app.port }, '/api/v1/openapi.json'),
        421,
        'unknown_host',
      );
    });
  });

  describe('users', () => {
    test('a user is added, shown, changed, and never with the password', async () => {
      const fields = {
        email: 'Nina.New@example.com',
        name: 'Nina New',
        password: 'a password of a test',
        locale: 'sv',
      };
      const made = await call('POST', '/users', fields);
      assert.equal(made.status, 201, made.text);
      const user = made.json<Record<string, string>>();
      assert.deepEqual(Object.keys(user).sort(), [
        'active',
        'created_at',
        'email',
        'id',
        'last_active_at',
        'locale',
        'name',
        'role',
      ]);
      assert.deepEqual(
        [user['role'], user['active'], user['locale'], user['last_active_at']],
        ['user', true, 'sv', null],
      );
      refused(await call('POST', '/users', { ...fields, email: 'nina.new@EXAMPLE.com' }), 409, 'email_taken');
      const changed = await admin.updateUser(String(user['id']), {
        name: 'Nina Old',
        role: 'administrator',
        locale: null,
        active: false,
        password: 'another password of a test',
      });
      assert.deepEqual(
        [changed['name'], changed['role'], changed['locale'], changed['active']],
        ['Nina Old', 'administrator', null, false],
      );
      assert.deepEqual(await admin.must('GET', `/users/${user['id']}`), changed);
      const inactive = await admin.must<Record<string, unknown>>('POST', '/users', {
        ...fields,
        email: 'off@example.com',
        active: false,
      });
      assert.equal(inactive['active'], false);
    });

    test('wrong fields are named', async () => {
      const good = { email: 'x@example.com', name: 'X', password: 'a password of a test' };
      for (const [fields, name] of [
        [{ ...good, email: 'x' }, 'email'],
        [{ ...good, email: 'x\u0000@example.com' }, 'email'],
        [{ ...good, email: null }, 'email'],
        [{ ...good, name: '' }, 'name'],
        [{ ...good, name: 'a\u0000' }, 'name'],
        [{ ...good, name: 'a'.repeat(201) }, 'name'],
        [{ ...good, password: 'short' }, 'password'],
        [{ ...good, password: 'a'.repeat(257) }, 'password'],
        [{ ...good, role: 'root' }, 'role'],
        [{ ...good, locale: 'de' }, 'locale'],
        [{ ...good, id: noId }, 'id'],
        [{ name: 'X', password: good.password }, 'email'],
      ] as const) {
        const answer = await call('POST', '/users', fields);
        assert.equal(answer.status, 422, answer.text);
        assert.deepEqual(
          answer.json<ProblemDocument>().errors?.map(({ path }) => path),
          [name],
          answer.text,
        );
      }
      for (const fields of [
        { email: 'y@example.com' },
        { active: null },
        { role: null },
        { name: null },
        { password: 'short' },
      ])
        assert.equal(
          (await call('PATCH', `/users/${app.user.id}`, fields)).status,
          422,
          JSON.stringify(fields),
        );
    });

    test('a name or address that people cannot see as it is is refused for users as for applications', async () => {
      const good = { email: 'seen@example.com', name: 'Seen', password: 'a password of a test' };
      for (const name of ['\u200b', '\u00a0\u2060', 'Good \u202ekcart', '\ufeff']) {
        const added = await call('POST', '/users', { ...good, name });
        assert.deepEqual(refused(added, 422, 'invalid_name'), ['name']);
        const changed = await call('PATCH', '/me', { name });
        assert.deepEqual(refused(changed, 422, 'invalid_name'), ['name']);
      }
      const hidden = await call('POST', '/users', { ...good, email: 'se\u200ben@example.com' });
      assert.deepEqual(refused(hidden, 422, 'invalid_email'), ['email']);
      const user = await call('POST', '/users', { ...good, name: '👩‍💻 Åsa العربية 王' });
      assert.equal(user.status, 201, user.text);
    });

    test('users are found by a part of name or address, whatever the letter case', async () => {
      const password = 'a password of a test';
      for (const fields of [
        { email: 'asa.oberg@example.com', name: 'Åsa ÖBERG', role: 'administrator', active: false },
        { email: 'percent@example.com', name: '100% Åke_1!' },
        { email: 'wang@example.com', name: '王小明' },
      ])
        await admin.must('POST', '/users', { ...fields, password });
      const found = async (query: Record<string, string>) => {
        const answer = await admin.must<Page<{ email: string }>>(
          'GET',
          `/users?${new URLSearchParams(query)}`,
        );
        return answer.data.map(({ email }) => email);
      };
      assert.deepEqual(await found({ search: 'åsa ö' }), ['asa.oberg@example.com']);
      assert.deepEqual(
        await found({ search: 'A\u030aSA O\u0308' }),
        ['asa.oberg@example.com'],
        'composed otherwise',
      );
      assert.deepEqual(await found({ search: 'ASA.OBERG@' }), ['asa.oberg@example.com']);
      assert.deepEqual(await found({ search: '小' }), ['wang@example.com']);
      for (const search of ['0%', 'e_1', '1!', '%', '_', '!'])
        assert.deepEqual(await found({ search }), ['percent@example.com'], `${search} stands for itself`);
      assert.deepEqual(await found({ search: "' OR 1=1 --" }), []);
      assert.deepEqual(await found({ search: 'åsa ö', role: 'administrator', active: 'false' }), [
        'asa.oberg@example.com',
      ]);
      assert.deepEqual(await found({ search: 'åsa ö', role: 'user' }), []);
      assert.deepEqual(await found({ search: 'åsa ö', active: 'true' }), []);
      assert.deepEqual(await found({ search: '' }), await found({}));
      const first = await admin.must<Page>('GET', '/users?search=EXAMPLE.com&limit=1');
      const second = await admin.must<Page>(
        'GET',
        `/users?search=EXAMPLE.com&limit=1&cursor=${first.next_cursor}`,
      );
      assert.notDeepEqual(first.data, second.data);
      for (const query of [
        'search=a%00',
        `search=${'a'.repeat(255)}`,
        'role=root',
        'active=1',
        'search=a&search=b',
      ])
        refused(await call('GET', `/users?${query}`), 422, 'validation_failed');

      const wang = (await admin.must<Page<{ id: string }>>('GET', '/users?search=wang')).data[0]?.id;
      await admin.updateUser(String(wang), { name: 'Wáng Xiǎomíng' });
      assert.deepEqual(await found({ search: 'xiǎo' }), ['wang@example.com']);
      assert.deepEqual(await found({ search: '小' }), []);
    });

    test('the applications of a user are listed, and the users of an application searched', async () => {
      const fields = { type: 'web', redirect_uris: ['https://users.example/cb'] } as const;
      await withApplication(fields, async (application) => {
        const client = new OAuthClient(app, application);
        await client.authorize(app.browser(), app.user, { scope: 'api offline_access' });
        await client.authorize(app.browser(), app.administrator, { scope: 'api offline_access' });
        type Authorizations = Page<{ id: string; user: { id: string }; application: { id: string } }>;
        const ofUser = await admin.must<Authorizations>('GET', `/users/${app.user.id}/authorizations`);
        assert.deepEqual(
          ofUser.data.filter((each) => each.application.id === application.id).map(({ user }) => user.id),
          [app.user.id],
        );
        const path = `/applications/${application.id}/authorizations`;
        const search = async (text: string) =>
          (
            await admin.must<Authorizations>('GET', `${path}?${new URLSearchParams({ search: text })}`)
          ).data.map(({ user }) => user.id);
        assert.deepEqual(await search('UMA'), [app.user.id]);
        assert.deepEqual(await search('admin@'), [app.administrator.id]);
        assert.deepEqual(await search('%'), []);
        assert.equal((await search('')).length, 2);
        refused(await call('GET', `${path}?search=%01`), 422, 'validation_failed');
      });
      refused(await call('GET', `/users/${noId}/authorizations`), 404, 'user_not_found');
      refused(await call('GET', '/users/x/authorizations'), 404, 'user_not_found');
    });

    test('the audit log tells what somebody did from what concerns them', async () => {
      const { id } = await admin.createUser();
      const query = async (text: string) =>
        (await admin.must<Page<{ type: string }>>('GET', `/audit-events?${text}`)).data.map(
          ({ type }) => type,
        );
      assert.deepEqual(await query(`user_id=${id}`), ['user.created']);
      assert.deepEqual(await query(`actor_id=${id}`), []);
      assert.deepEqual(await query(`actor_id=${app.administrator.id}&user_id=${id}`), ['user.created']);
    });

    test('the last active administrator stays one', async () => {
      const { data } = await admin.must<Page<Record<string, string>>>('GET', '/users');
      const others = data.filter(
        (user) => user['role'] === 'administrator' && user['active'] && user['id'] !== app.administrator.id,
      );
      for (const { id } of others) await admin.updateUser(String(id), { role: 'user' });
      refused(
        await call('PATCH', `/users/${app.administrator.id}`, { active: false }),
        409,
        'last_administrator',
      );
      refused(
        await call('PATCH', `/users/${app.administrator.id}`, { role: 'user' }),
        409,
        'last_administrator',
      );
      const { data: page, next_cursor } = await admin.must<Page>('GET', '/users?limit=1');
      assert.equal(page.length, 1);
      assert.ok(next_cursor);
    });

    test('people change their own name, language and password, the last only with the current one', async () => {
      const person = await admin.createUser();
      const me = new Admin(app, person);
      assert.deepEqual((await me.must('PATCH', '/me', { name: 'Renamed', locale: 'fr' }))['name'], 'Renamed');
      assert.deepEqual(
        refused(
          await me.call('PATCH', '/me', { password: 'a new password for me' }),
          422,
          'validation_failed',
        ),
        ['current_password'],
      );
      refused(await me.call('PATCH', '/me', { current_password: person.password }), 422, 'validation_failed');
      refused(
        await me.call('PATCH', '/me', {
          password: 'a new password for me',
          current_password: 'wrong password',
        }),
        422,
        'wrong_password',
      );
      const both = { name: '', password: 'a new password for me', current_password: person.password };
      refused(await me.call('PATCH', '/me', both), 422, 'invalid_name');
      assert.equal((await app.browser().signIn(person)).status, 200, 'and the password is the old one');
      for (const fields of [
        { role: 'administrator' },
        { active: false },
        { email: 'z@example.com' },
        { name: null },
        { locale: 'xx' },
      ])
        refused(await me.call('PATCH', '/me', fields), 422, 'validation_failed');
      assert.equal(
        (
          await me.call('PATCH', '/me', {
            password: 'a new password for me',
            current_password: person.password,
          })
        ).status,
        200,
      );
      assert.equal((await me.call('GET', '/me')).status, 200, 'this session goes on');
      const page = await app.browser().signIn({ ...person, password: 'a new password for me' });
      assert.equal(page.status, 200);
    });
  });

  describe('audit events', () => {
    test('they come newest first, in pages, and can be filtered', async () => {
      const start = new Date(app.clock.now()).toISOString();
      app.clock.advance(10);
      const made: ApplicationView[] = [];
      for (const name of ['One', 'Two', 'Three']) {
        made.push(await admin.createApplication({ type: 'spa', name }));
        app.clock.advance(10);
      }
      const named = (page: Page) => page.data.map(({ detail }) => (detail as { name: string }).name);
      const query = `/audit-events?type=application.created&since=${start}`;
      const first = await admin.must<Page>('GET', `${query}&limit=2`);
      assert.deepEqual(named(first), ['Three', 'Two']);
      const second = await admin.must<Page>('GET', `${query}&limit=2&cursor=${first.next_cursor}`);
      assert.deepEqual([named(second), second.next_cursor], [['One'], null]);
      const [event] = first.data;
      assert.deepEqual(Object.keys(event ?? {}).sort(), [
        'actor',
        'application_id',
        'detail',
        'id',
        'ip',
        'time',
        'type',
        'user_id',
      ]);
      const until = encodeURIComponent(String(event?.['time']).replace('Z', '+00:00'));
      assert.deepEqual(named(await admin.must<Page>('GET', `${query}&until=${until}`)), ['Two', 'One']);
      assert.equal(
        (await admin.must<Page>('GET', `/audit-events?application_id=${made[0]?.id}`)).data.length,
        1,
      );
      const ofUser = await admin.must<Page>('GET', `/audit-events?user_id=${app.user.id}`);
      assert.ok(ofUser.data.every((each) => each['user_id'] === app.user.id));
      for (const { id } of made) await admin.deleteApplication(id);
    });

    test('filters that cannot be are named', async () => {
      for (const [name, value] of [
        ['type', 'no.such'],
        ['type', ''],
        ['application_id', 'x'],
        ['user_id', ''],
        ['since', 'yesterday'],
        ['since', '2026-01-01'],
        ['since', '2026-02-30T00:00:00Z'],
        ['until', '2026-01-01T00:00:00'],
        ['until', '2026-13-01T00:00:00Z'],
        ['until', '2026-01-01T25:00:00Z'],
      ] as const)
        assert.deepEqual(
          refused(await call('GET', `/audit-events?${name}=${value}`), 422, 'validation_failed'),
          [name],
          value,
        );
    });
  });
});

function png(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#c82020' } })
    .png()
    .toBuffer();
}
