import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Admin, type ListPage } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { OAuthClient } from '../../support/oauth-client.ts';
import { noId, type ProblemDocument, refused } from '../../support/problem.ts';
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
        'claims',
        'created_at',
        'email',
        'email_verified',
        'has_password',
        'id',
        'identities',
        'last_active_at',
        'locale',
        'name',
        'role',
        'subject',
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
        { email: 'y' },
        { subject: 'y' },
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
        const answer = await admin.must<ListPage<{ email: string }>>(
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
      const first = await admin.must<ListPage>('GET', '/users?search=EXAMPLE.com&limit=1');
      const second = await admin.must<ListPage>(
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

      const wang = (await admin.must<ListPage<{ id: string }>>('GET', '/users?search=wang')).data[0]?.id;
      await admin.updateUser(String(wang), { name: 'Wáng Xiǎomíng' });
      assert.deepEqual(await found({ search: 'xiǎo' }), ['wang@example.com']);
      assert.deepEqual(await found({ search: '小' }), []);
    });

    test('the applications of a user are listed, and the users of an application searched', async () => {
      const fields = { type: 'web', redirect_uris: ['https://users.example/cb'] } as const;
      await admin.withApplication(fields, async (application) => {
        const client = new OAuthClient(app, application);
        await client.authorize(app.browser(), app.user, { scope: 'api offline_access' });
        await client.authorize(app.browser(), app.administrator, { scope: 'api offline_access' });
        type Authorizations = ListPage<{ id: string; user: { id: string }; application: { id: string } }>;
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
        (await admin.must<ListPage<{ type: string }>>('GET', `/audit-events?${text}`)).data.map(
          ({ type }) => type,
        );
      assert.deepEqual(await query(`user_id=${id}`), ['user.created']);
      assert.deepEqual(await query(`actor_id=${id}`), []);
      assert.deepEqual(await query(`actor_id=${app.administrator.id}&user_id=${id}`), ['user.created']);
    });

    test('the last active administrator stays one', async () => {
      const { data } = await admin.must<ListPage<Record<string, string>>>('GET', '/users');
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
      const { data: page, next_cursor } = await admin.must<ListPage>('GET', '/users?limit=1');
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
});
