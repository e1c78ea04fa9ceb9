import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createUser } from '../../../server/accounts/users.ts';
import { actOfOperator } from '../../../server/model/act.ts';
import { makeInstance } from '../../../server/registry/instances/make.ts';
import { Admin, type ApplicationView, type ListPage } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { send } from '../../support/http.ts';
import { png } from '../../support/images.ts';
import { rsaKeyPair } from '../../support/key-pairs.ts';
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

  const call = (method: string, path: string, body?: object | string | Uint8Array, headers = {}) =>
    admin.call(method, path, body, headers);

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
        'sign_in',
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
      await admin.withApplication({ type: 'web', scopes: ['projects:read'] }, async () => {
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
      const { id } = await createUser(services, actOfOperator(other), {
        role: 'administrator',
        ...person,
      });
      const stranger = new Admin({ url, port: app.port }, { id, ...person });
      await admin.withApplication({ type: 'web' }, async (application) => {
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
        const events = await stranger.must<ListPage>('GET', `/audit-events?application_id=${application.id}`);
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
});
