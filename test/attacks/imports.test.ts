import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';
import { Product, whoIsIn } from '../support/product.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// An administrator brings people along; somebody is here already who wants what is meant for another.

forEachEngine((engine) => {
  let app: TestApp;
  let product: Product;

  before(async () => {
    app = await startApp({ engine });
    product = await Product.register(app);
  });

  const importAll = async (...lines: object[]) => {
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    const answer = await app.admin.call('POST', '/users/import', body, {
      'content-type': 'application/x-ndjson',
    });
    return answer.json<{ created: number; updated: number; failed: { line: number; code: string }[] }>();
  };

  /** Makes a user with an address that is not shown to be theirs, and who can sign in again. */
  const squatters = {
    'signed in by a provider': async (email: string) => {
      await product.signIn(app.browser(), { sub: `squatter ${email}`, email, email_verified: true });
    },
    'was made by the directory of a provider': async (email: string) => {
      const path = `/identity-providers/${product.id}/scim-tokens`;
      const { token } = await app.admin.must<{ token: string }>('POST', path, { name: 'Directory' });
      const headers = { authorization: `Bearer ${token}` };
      const body = { userName: `squatter ${email}`, emails: [{ value: email }] };
      assert.equal(
        (await app.browser().request('/scim/v2/Users', { method: 'POST', body, headers })).status,
        201,
      );
    },
  };

  for (const [who, squat] of Object.entries(squatters))
    test(`whoever ${who} under the address of an administrator to be does not become one by the import of that`, async () => {
      const email = `boss-${who.length}@example.com`;
      await squat(email);
      const { updated, failed } = await importAll({ email, name: 'Boss', role: 'administrator' });
      assert.equal(updated, 0);
      assert.deepEqual(
        failed.map(({ line, code }) => `${line} ${code}`),
        ['1 email_taken'],
      );
      const browser = app.browser();
      await product.signIn(browser, { sub: `squatter ${email}`, email });
      assert.equal((await whoIsIn(browser))?.['role'], 'user');
    });

  test('an administrator whom a line names without a role stays one', async () => {
    const boss = await app.admin.createUser({ role: 'administrator' });
    const { updated } = await importAll({ email: boss.email, name: 'Boss', claims: { plan: 'pro' } });
    assert.equal(updated, 1);
    const after = await app.admin.must('GET', `/users/${boss.id}`);
    assert.deepEqual([after['name'], after['role']], ['Boss', 'administrator']);
  });
});
