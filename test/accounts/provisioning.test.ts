import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { importUsers } from '../../server/accounts/import.ts';
import { actOfOperator } from '../../server/model/act.ts';
import type { Page } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { Product, userBySubject, whoIsIn } from '../support/product.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Whom a provider means, and what it may do: every way in which somebody could become somebody else.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });

  /** A product with these fields for the time of a test. */
  async function withProduct(fields: Record<string, unknown>, work: (product: Product) => Promise<void>) {
    const product = await Product.register(app, fields);
    try {
      await work(product);
    } finally {
      await app.admin.must('DELETE', `/identity-providers/${product.id}`);
    }
  }

  const turnedAway = (page: Page, title: string) => {
    assert.equal(page.status, 403, page.html);
    assert.match(textOf(page.html), new RegExp(title));
  };

  describe('somebody whom a provider means', () => {
    test('gets an account that tokens call what the product calls them, and is found by it from then on', () =>
      withProduct({}, async (product) => {
        const browser = app.browser();
        const claims = { sub: 'first:1', email: 'first@example.com', name: 'First', locale: 'sv-SE' };
        assert.equal((await product.signIn(browser, claims)).path, '/account');
        const me = await whoIsIn(browser);
        assert.deepEqual(
          [
            me?.['subject'],
            me?.['email'],
            me?.['name'],
            me?.['locale'],
            me?.['role'],
            me?.['email_verified'],
          ],
          ['first:1', 'first@example.com', 'First', 'sv', 'user', false],
        );
        await product.signIn(app.browser(), {
          ...claims,
          name: 'First of Names',
          email: 'other@example.com',
        });
        const user = await userBySubject(app.admin, 'first:1');
        assert.equal(user?.['id'], me?.['id']);
        assert.equal(user?.['name'], 'First of Names');
        assert.equal(
          user?.['email'],
          'first@example.com',
          'a provider that is not trusted with it changes no address',
        );
      }));

    test('is turned away where no account is made for strangers', () =>
      withProduct({ provisioning: 'existing' }, async (product) => {
        const browser = app.browser();
        turnedAway(
          await product.signIn(browser, { sub: 'stranger', email: 's@example.com' }),
          'no account here',
        );
        assert.equal(await whoIsIn(browser), null);
        assert.equal(await userBySubject(app.admin, 'stranger'), undefined);
      }));

    test('is turned away where the provider tells no address for a new account', () =>
      withProduct({}, async (product) => {
        turnedAway(await product.signIn(app.browser(), { sub: 'mute', email: undefined }), 'does not tell');
        assert.equal(await userBySubject(app.admin, 'mute'), undefined);
      }));

    test('is turned away when the account is switched off', () =>
      withProduct({}, async (product) => {
        const claims = { sub: 'off:1', email: 'off@example.com' };
        await product.signIn(app.browser(), claims);
        const user = await userBySubject(app.admin, 'off:1');
        await app.admin.must('PATCH', `/users/${user?.['id']}`, { active: false });
        const browser = app.browser();
        turnedAway(await product.signIn(browser, claims), 'switched off');
        assert.equal(await whoIsIn(browser), null);
      }));

    test('is one user when they come twice at the same moment for the first time', () =>
      withProduct({}, async (product) => {
        const claims = { sub: 'twins', email: 'twins@example.com' };
        const browsers = [app.browser(), app.browser(), app.browser(), app.browser()];
        const asked = await Promise.all(browsers.map((browser) => product.begin(browser)));
        const pages = await Promise.all(
          browsers.map((browser, index) => product.answer(browser, asked[index] as URLSearchParams, claims)),
        );
        assert.deepEqual(
          pages.map(({ path }) => path),
          browsers.map(() => '/account'),
        );
        const ids = await Promise.all(browsers.map(async (browser) => (await whoIsIn(browser))?.['id']));
        assert.equal(new Set(ids).size, 1);
      }));
  });

  describe('an account that is there already', () => {
    test('is not given to whoever says that its address is theirs', () =>
      withProduct({}, async (product) => {
        const { email } = await app.admin.createUser();
        const browser = app.browser();
        const page = await product.signIn(browser, { sub: 'thief', email, email_verified: true });
        assert.match(textOf(page.html), /Is this account yours/);
        assert.equal(await whoIsIn(browser), null);
        assert.equal(await userBySubject(app.admin, 'thief'), undefined);
      }));

    test('is given where the provider is trusted and the address verified there and here, and nowhere else', () =>
      withProduct({ trusts_email: true }, async (product) => {
        const user = await app.admin.createUser();
        const claims = { sub: 'owner', email: user.email.toUpperCase(), email_verified: true };
        for (const email_verified of [false, undefined, 'yes', 1]) {
          const page = await product.signIn(app.browser(), { ...claims, email_verified });
          assert.notEqual(page.path, '/account', `email_verified: ${email_verified}`);
        }
        await app.admin.must('PATCH', `/users/${user.id}`, { email_verified: false });
        assert.match((await product.signIn(app.browser(), claims)).html, /name="password"/);
        await app.admin.must('PATCH', `/users/${user.id}`, { email_verified: true });
        const browser = app.browser();
        assert.equal((await product.signIn(browser, claims)).path, '/account');
        const me = await whoIsIn(browser);
        assert.deepEqual(
          [me?.['id'], me?.['subject']],
          [user.id, user.id],
          'tokens call them what they did before',
        );
      }));

    test('of an administrator is given to nobody without its password, however far the provider is trusted', () =>
      withProduct({ trusts_email: true }, async (product) => {
        const { email, password } = app.administrator;
        const browser = app.browser();
        const page = await product.signIn(browser, { sub: 'boss', email, email_verified: true });
        assert.equal(await whoIsIn(browser), null);
        const wrong = await browser.submitForm(page, { password: 'not the password at all' });
        assert.equal(wrong.status, 401);
        assert.equal(await whoIsIn(browser), null);
        const right = await browser.submitForm(wrong, { password });
        assert.equal(right.path, '/console');
        assert.equal((await whoIsIn(browser))?.['id'], app.administrator.id);
        const again = app.browser();
        await product.signIn(again, { sub: 'boss', email, email_verified: true });
        assert.equal((await whoIsIn(again))?.['id'], app.administrator.id, 'once is enough');
      }));

    test('without a password is linked by an administrator or not at all', () =>
      withProduct({}, async (product) => {
        await app.admin.must('POST', '/users', { email: 'no-password@example.com', name: 'N', role: 'user' });
        const claims = { sub: 'no-password', email: 'no-password@example.com' };
        turnedAway(await product.signIn(app.browser(), claims), 'belongs to someone else');
      }));

    test('is found by the subject that the product gave it, and follows what the product says', () =>
      withProduct({ provisioning: 'existing' }, async (product) => {
        const lines = (async function* () {
          yield JSON.stringify({ email: 'imported@example.com', name: 'Imported', subject: 'crm:7' });
        })();
        const imported = await importUsers(app.services, actOfOperator(app.instance), lines, false);
        assert.equal(imported.created, 1);
        const browser = app.browser();
        await product.signIn(browser, {
          sub: 'crm:7',
          email: 'imported@example.com',
          claims: { plan: 'pro' },
        });
        assert.equal((await whoIsIn(browser))?.['subject'], 'crm:7');
        assert.deepEqual((await userBySubject(app.admin, 'crm:7'))?.['claims'], { plan: 'pro' });
        await product.signIn(app.browser(), { sub: 'crm:7', claims: { seats: 3 } });
        assert.deepEqual((await userBySubject(app.admin, 'crm:7'))?.['claims'], { seats: 3 });
        await product.signIn(app.browser(), { sub: 'crm:7', claims: undefined });
        assert.deepEqual((await userBySubject(app.admin, 'crm:7'))?.['claims'], { seats: 3 });
      }));

    test('is not found by the ID that it has here, nor by a subject that another provider speaks for', () =>
      withProduct({}, async (product) => {
        const user = await app.admin.createUser();
        turnedAway(
          await product.signIn(app.browser(), { sub: user.id, email: 'x1@example.com' }),
          'someone else',
        );
        await product.signIn(app.browser(), { sub: 'shared:1', email: 'x2@example.com' });
        await withProduct({ name: 'Another' }, async (another) => {
          const page = await another.signIn(app.browser(), { sub: 'shared:1', email: 'x3@example.com' });
          turnedAway(page, 'someone else');
        });
      }));

    test('of an administrator with a subject is not found by it without the password', () =>
      withProduct({}, async (product) => {
        await app.admin.must('POST', '/users', {
          email: 'root@example.com',
          name: 'Root',
          role: 'administrator',
          password: 'the password of the root',
          subject: 'root',
        });
        const browser = app.browser();
        const page = await product.signIn(browser, { sub: 'root', email: 'x4@example.com' });
        assert.match(page.html, /name="password"/);
        assert.equal(await whoIsIn(browser), null);
      }));
  });

  test('a provider that is deleted while people come by it leaves nothing of them behind', async () => {
    const product = await Product.register(app);
    const browsers = Array.from({ length: 6 }, () => app.browser());
    const asked = await Promise.all(browsers.map((browser) => product.begin(browser)));
    const arrivals = browsers.map((browser, index) => {
      const person = { sub: `leaving:${index}`, email: `leaving${index}@example.com` };
      return product.answer(browser, asked[index] as URLSearchParams, person);
    });
    await Promise.all([app.admin.must('DELETE', `/identity-providers/${product.id}`), ...arrivals]);
    const rows = await app.services.db.sql<{ count: number }>`
      SELECT count(*) AS count FROM identities i
      WHERE NOT EXISTS (SELECT 1 FROM identity_providers p WHERE p.id = i.provider_id)`;
    assert.equal(rows[0]?.count, 0);
  });

  describe('the role of an administrator', () => {
    const claims = { administrator: { claim: 'groups', values: ['admins', 'owners'] } };

    test('is given and taken back by the claim that says so, and by no other', () =>
      withProduct({ claims }, async (product) => {
        const person = { sub: 'role:1', email: 'role1@example.com' };
        const roleWith = async (own: unknown) => {
          await product.signIn(app.browser(), { ...person, claims: own });
          return (await userBySubject(app.admin, 'role:1'))?.['role'];
        };
        assert.equal(
          await roleWith({ groups: ['staff'], role: 'administrator', administrator: true }),
          'user',
        );
        assert.equal(await roleWith({ groups: ['staff', 'owners'] }), 'administrator');
        assert.equal(await roleWith({ groups: 'admins' }), 'administrator');
        assert.equal(await roleWith({ groups: ['administrators'] }), 'user');
        assert.equal(await roleWith({ groups: { admins: true } }), 'user');
      }));

    test('that somebody here gave is not taken by a provider', () =>
      withProduct({ claims }, async (product) => {
        const person = { sub: 'role:2', email: 'role2@example.com', claims: { groups: [] } };
        await product.signIn(app.browser(), person);
        const user = await userBySubject(app.admin, 'role:2');
        await app.admin.must('PATCH', `/users/${user?.['id']}`, { role: 'administrator' });
        await product.signIn(app.browser(), person);
        assert.equal((await userBySubject(app.admin, 'role:2'))?.['role'], 'administrator');
      }));

    test('ends with the sessions and connections that it opened', () =>
      withProduct({ claims }, async (product) => {
        const person = { sub: 'role:3', email: 'role3@example.com' };
        const first = app.browser();
        await product.signIn(first, { ...person, claims: { groups: ['admins'] } });
        assert.equal((await first.request('/api/v1/users')).status, 200);
        await product.signIn(app.browser(), { ...person, claims: { groups: [] } });
        assert.equal((await first.request('/api/v1/users')).status, 401);
      }));
  });

  test('claims that are to be copied come and go with what the provider says, and others stay', () =>
    withProduct({ claims: { copy: ['plan', 'teams'] } }, async (product) => {
      const person = { sub: 'copy:1', email: 'copy@example.com' };
      await product.signIn(app.browser(), {
        ...person,
        claims: { plan: 'pro', teams: ['a', 'b'], secret: 'x' },
      });
      const user = await userBySubject(app.admin, 'copy:1');
      assert.deepEqual(user?.['claims'], { plan: 'pro', teams: ['a', 'b'] });
      await app.admin.must('PATCH', `/users/${user?.['id']}`, { claims: { plan: 'pro', own: 1 } });
      await product.signIn(app.browser(), { ...person, claims: { teams: ['c'], nested: { a: 1 } } });
      assert.deepEqual((await userBySubject(app.admin, 'copy:1'))?.['claims'], { own: 1, teams: ['c'] });
    }));
});
