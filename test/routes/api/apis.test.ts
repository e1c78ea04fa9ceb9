import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Admin, ListPage } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { noId, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

interface ApiView {
  id: string;
  identifier: string;
  is_default: boolean;
  scopes: Record<string, unknown>[];
  [field: string]: unknown;
}

// What access tokens are for, as administrators register it.

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });

  let count = 0;
  const create = (fields: object = {}) =>
    admin.must<ApiView>('POST', '/apis', {
      identifier: `https://api${++count}.example.com`,
      name: 'Some API',
      ...fields,
    });
  const list = async () => (await admin.must<ListPage<ApiView>>('GET', '/apis')).data;

  describe('APIs', () => {
    test('the instance is the default one, with its scopes', async () => {
      const [own] = await list();
      assert.deepEqual(
        [own?.identifier, own?.is_default, own?.scopes.map((scope) => scope['name'])],
        [app.url, true, ['api', 'admin']],
      );
      const scopes = [
        ...(own?.scopes ?? []),
        { name: 'extra', description: 'More', claims: ['plan'], descriptions: { sv: 'Mer' } },
      ];
      const changed = await admin.must<ApiView>('PATCH', `/apis/${own?.id}`, {
        scopes,
        access_token_lifetime: 90,
      });
      assert.equal(changed['access_token_lifetime'], 90);
      const instance = await admin.must<{ scopes: { name: string }[] }>('GET', '/instance');
      assert.deepEqual(
        instance.scopes.map(({ name }) => name),
        ['api', 'admin', 'extra'],
      );
      await admin.must('PATCH', '/instance', { scopes: instance.scopes });
      const [after] = await list();
      assert.deepEqual(after?.scopes.at(-1)?.['claims'], ['plan'], 'what the instance does not show is kept');
      assert.deepEqual(after?.scopes.at(-1)?.['descriptions'], { sv: 'Mer' });
    });

    test('are found by ID, changed and deleted, each with an event', async () => {
      const api = await create({ scopes: [{ name: 'one', description: 'One' }] });
      assert.deepEqual(await admin.must('GET', `/apis/${api.id}`), api);
      const changed = await admin.must<ApiView>('PATCH', `/apis/${api.id}`, {
        signing_alg: 'RS256',
        token_typ: 'JWT',
      });
      assert.deepEqual([changed['signing_alg'], changed['token_typ']], ['RS256', 'JWT']);
      assert.deepEqual(changed.scopes, api.scopes);
      await admin.must('DELETE', `/apis/${api.id}`);
      refused(await admin.call('GET', `/apis/${api.id}`), 404, 'api_not_found');
      for (const type of ['api.created', 'api.updated', 'api.deleted'])
        assert.ok((await admin.auditEvents(type)).length > 0, type);
    });

    test('have names of scopes that no other has', async () => {
      await create({ scopes: [{ name: 'shared', description: 'Shared' }] });
      const other = await create();
      const scopes = [{ name: 'shared', description: 'Mine' }];
      refused(await admin.call('PATCH', `/apis/${other.id}`, { scopes }), 422, 'validation_failed');
      await refused(
        await admin.call('POST', '/apis', { identifier: 'urn:x', name: 'X', scopes }),
        422,
        'validation_failed',
      );
      const { scopes: own } = await admin.must<{ scopes: object[] }>('GET', '/instance');
      await refused(
        await admin.call('PATCH', '/instance', { scopes: [...own, ...scopes] }),
        422,
        'validation_failed',
      );
    });

    test('keep the scopes that applications have', async () => {
      const api = await create({ scopes: [{ name: 'kept', description: 'Kept' }] });
      const application = await admin.createApplication({ type: 'machine', scopes: ['kept'] });
      refused(await admin.call('DELETE', `/apis/${api.id}`), 409, 'scope_in_use');
      refused(await admin.call('PATCH', `/apis/${api.id}`, { scopes: [] }), 409, 'scope_in_use');
      await admin.must('DELETE', `/applications/${application.id}`);
      await admin.must('DELETE', `/apis/${api.id}`);
    });

    test('never change their identifier, and share it with none', async () => {
      const api = await create();
      await refused(
        await admin.call('PATCH', `/apis/${api.id}`, { identifier: 'urn:y' }),
        422,
        'validation_failed',
      );
      await refused(
        await admin.call('POST', '/apis', { identifier: api.identifier, name: 'Twin' }),
        409,
        'api_taken',
      );
      refused(await admin.call('POST', '/apis', { identifier: app.url, name: 'Twin' }), 409, 'api_taken');
    });

    test('are refused where something about them is wrong', async () => {
      const wrong: object[] = [
        ...[
          'orders',
          '/orders',
          'https://a.example.com/#part',
          'https://a b.example.com',
          '',
          'https://é.example',
        ].map((identifier) => ({ identifier })),
        { name: '' },
        { access_token_lifetime: 59 },
        { access_token_lifetime: 86_401 },
        { signing_alg: 'HS256' },
        { token_typ: 'at' },
        { scopes: [{ name: 'openid', description: 'X' }] },
        { scopes: [{ name: 'a b', description: 'X' }] },
        { scopes: [{ name: 'a', description: 'X', claims: ['sub'] }] },
        { scopes: [{ name: 'a', description: 'X', descriptions: { de: 'X' } }] },
        {
          scopes: [
            { name: 'a', description: 'X' },
            { name: 'a', description: 'X' },
          ],
        },
      ];
      for (const fields of wrong) {
        const body = { identifier: 'urn:wrong', name: 'Wrong', ...fields };
        refused(await admin.call('POST', '/apis', body), 422, 'validation_failed');
      }
      assert.ok(!(await list()).some(({ name }) => name === 'Wrong'));
    });

    test('of the instance itself cannot be deleted, nor lose the scope admin', async () => {
      const [own] = await list();
      refused(await admin.call('DELETE', `/apis/${own?.id}`), 409, 'default_api');
      refused(await admin.call('PATCH', `/apis/${own?.id}`, { scopes: [] }), 422, 'scope_required');
      refused(await admin.call('PATCH', `/apis/${noId}`, { name: 'X' }), 404, 'api_not_found');
    });

    test('are fifty at most', async () => {
      const { length } = await list();
      await Promise.all(Array.from({ length: 50 - length }, () => create()));
      await refused(
        await admin.call('POST', '/apis', { identifier: 'urn:more', name: 'More' }),
        409,
        'api_limit_reached',
      );
      await admin.deleteApis();
    });
  });
});
