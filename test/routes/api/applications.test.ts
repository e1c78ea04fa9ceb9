import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Admin, type ApplicationView, type ListPage } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { png } from '../../support/images.ts';
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

  const call = (method: string, path: string, body?: object | string | Uint8Array, headers = {}) =>
    admin.call(method, path, body, headers);

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
      'backchannel_logout_session_required',
      'backchannel_logout_uri',
      'client_uri',
      'developer_email',
      'developer_name',
      'id_token_signed_response_alg',
      'logo_uri',
      'policy_uri',
      'post_logout_redirect_uris',
      'redirect_uris',
      'refresh_token_absolute_lifetime',
      'refresh_token_inactivity_lifetime',
      'refresh_token_rotation',
      'require_pkce',
      'require_pushed_authorization_requests',
    ];
    const confidential = ['can_introspect', 'jwks_uri', 'public_keys', 'secrets'];
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
        assert.deepEqual(
          application['scopes'],
          type === 'machine' ? ['api'] : ['openid', 'profile', 'email', 'api', 'offline_access'],
        );
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
        post_logout_redirect_uris: ['https://app.example.com/bye?code=1'],
        backchannel_logout_uri: 'https://app.example.com/logout',
        backchannel_logout_session_required: true,
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
        jwks_uri: 'https://app.example.com/keys',
      };
      await admin.withApplication({ type: 'web', ...fields }, async (application) => {
        for (const [name, value] of Object.entries(fields)) assert.deepEqual(application[name], value, name);
      });
      await admin.withApplication({ type: 'web' }, async ({ id }) => {
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
      await admin.withApplication({ type: 'web' }, async (application) => {
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
        await admin.withApplication({ type }, async ({ id }) => {
          assert.deepEqual(
            refused(await call('PATCH', `/applications/${id}`, { [field]: value }), 422, 'not_for_type'),
            [field],
          );
        });
      }
      await admin.withApplication({ type: 'spa' }, async ({ id }) => {
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
      await admin.withApplication({ type: 'machine' }, async ({ id }) => {
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
      const first = await admin.must<ListPage & { total: number; max_applications: number }>(
        'GET',
        '/applications?limit=4',
      );
      assert.deepEqual([first.data.length, first.total, first.max_applications], [4, 10, 10]);
      const second = await admin.must<ListPage>('GET', `/applications?limit=6&cursor=${first.next_cursor}`);
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
      await admin.withApplication({ type: 'web', name: 'Before' }, async ({ id }) => {
        const same = await admin.updateApplication(id, {
          name: 'Before',
          scopes: ['openid', 'profile', 'email', 'api', 'offline_access'],
          description: '',
        });
        assert.equal(same['updated_at'], same['created_at']);
        app.clock.advance(1000);
        const changed = await admin.updateApplication(id, { name: 'After', enabled: true });
        assert.notEqual(changed['updated_at'], changed['created_at']);
        await admin.deleteApplication(id);
        const { data } = await admin.must<ListPage>('GET', `/audit-events?application_id=${id}`);
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

  describe('authorizations', () => {
    test('who uses an application is listed, ended one by one or all at once, and gone with the application', async () => {
      await admin.withApplication(
        { type: 'web', redirect_uris: ['https://client.example/cb'] },
        async (application) => {
          const client = new OAuthClient(app, application);
          const path = `/applications/${application.id}/authorizations`;
          const tokens = await client.authorize(app.browser(), app.user);
          const { data } = await admin.must<ListPage>('GET', path);
          const [authorization] = data;
          assert.deepEqual(Object.keys(authorization ?? {}).sort(), [
            'application',
            'created_at',
            'expires_at',
            'expires_because',
            'id',
            'last_used_at',
            'resources',
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
          const listed = await admin.must<ListPage>('GET', '/applications?include=user_count');
          assert.equal(listed.data.find(({ id }) => id === application.id)?.['user_count'], 1);
          const plain = await admin.must<ListPage>('GET', '/applications');
          assert.ok(!plain.data.some((each) => 'user_count' in each));
          refused(await call('GET', '/applications?include=secrets'), 422, 'validation_failed');
          const mine = await new Admin(app, app.user).must<ListPage>('GET', '/me/authorizations');
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
          const paged = await admin.must<ListPage>('GET', `${path}?limit=1`);
          assert.equal(paged.data.length, 1);
          const rest = await admin.must<ListPage>('GET', `${path}?limit=1&cursor=${paged.next_cursor}`);
          assert.deepEqual([rest.data.length, rest.next_cursor], [1, null]);
          assert.equal((await call('DELETE', path)).status, 204);
          assert.deepEqual(await admin.must('GET', path), { data: [], next_cursor: null });
          for (const { refresh_token } of [second, third])
            assert.equal((await client.refresh(refresh_token)).status, 400);

          const last = await client.authorize(app.browser(), app.user);
          await admin.deleteApplication(application.id);
          assert.notEqual((await client.refresh(last.refresh_token)).status, 200);
          const events = await admin.must<ListPage>(
            'GET',
            `/audit-events?application_id=${application.id}&type=authorization.revoked`,
          );
          assert.equal(events.data.length, 4);
        },
      );
    });
  });
});
