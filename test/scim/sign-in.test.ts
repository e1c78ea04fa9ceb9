import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { Product, whoIsIn } from '../support/product.ts';
import { patchOf, ScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Accounts that the directory of a provider made before their people first sign in by it, and what becomes of both afterwards.

forEachEngine((engine) => {
  let app: TestApp;
  let product: Product;
  let scim: ScimClient;
  before(async () => {
    app = await startApp({ engine });
    product = await Product.register(app);
    scim = await clientOf(product);
  });
  after(() => app.close());

  async function clientOf({ id }: Product): Promise<ScimClient> {
    const { token } = await app.admin.must<{ token: string }>(
      'POST',
      `/identity-providers/${id}/scim-tokens`,
      {
        name: 'Directory',
      },
    );
    return new ScimClient(app, { id } as ScimClient['provider'], token);
  }
  const turnedAway = (page: Page, title: string) => {
    assert.equal(page.status, 403, page.html);
    assert.match(textOf(page.html), new RegExp(title));
  };

  test('somebody whom the directory made is let in by its ID of them, whatever their address, and without trust in addresses', async () => {
    const made = await scim.create({ externalId: 'customer:1' });
    const browser = app.browser();
    await product.signIn(browser, { sub: 'customer:1', email: 'elsewhere@example.com' });
    assert.equal((await whoIsIn(browser))?.['id'], made.id);
    // From then on by the identity, also when the directory calls them otherwise.
    await scim.patch(made.id, { op: 'replace', path: 'externalId', value: 'another' });
    const again = app.browser();
    await product.signIn(again, { sub: 'customer:1' });
    assert.equal((await whoIsIn(again))?.['id'], made.id);
  });

  test('somebody is let in by the name that the directory has for them, where that is what the provider calls them', async () => {
    const made = await scim.create({ userName: 'ada.lovelace', emails: [{ value: 'ada@example.com' }] });
    const browser = app.browser();
    await product.signIn(browser, { sub: 'ada.lovelace', email: undefined });
    assert.equal((await whoIsIn(browser))?.['id'], made.id);
  });

  test('the directory of another provider lets nobody in', async () => {
    const other = await Product.register(app, {
      name: 'Other',
      provisioning: 'existing',
      issuer: 'https://other.example.com',
    });
    await scim.create({ externalId: 'customer:2' });
    const browser = app.browser();
    turnedAway(
      await other.signIn(browser, {
        iss: 'https://other.example.com',
        sub: 'customer:2',
        email: 'c2@example.com',
      }),
      'no account here',
    );
    assert.equal(await whoIsIn(browser), null);
    await app.admin.must('DELETE', `/identity-providers/${other.id}`);
  });

  test('whom the directory has deactivated or deleted the provider does not let in, and their session is over', async () => {
    for (const [index, leave] of [
      (id: string) =>
        scim.must(200, 'PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } })),
      (id: string) => scim.must(204, 'DELETE', `/Users/${id}`),
    ].entries()) {
      const claims = { sub: `leaver:${index}`, email: `leaver-${index}@example.com` };
      const { id } = await scim.create({ externalId: claims.sub, userName: claims.email });
      const [before, never] = [app.browser(), app.browser()];
      await product.signIn(before, claims);
      assert.equal((await whoIsIn(before))?.['id'], id);
      await leave(id);
      assert.equal(await whoIsIn(before), null);
      turnedAway(await product.signIn(never, claims), 'switched off');
      assert.equal(await whoIsIn(never), null);
    }
  });

  test('no name of the directory makes somebody an administrator without the password that the account has', async () => {
    const made = await scim.create({ externalId: 'boss' });
    const password = 'the password of an administrator';
    await app.admin.must('PATCH', `/users/${made.id}`, { role: 'administrator', password });
    const browser = app.browser();
    const page = await product.signIn(browser, { sub: 'boss' });
    assert.equal(await whoIsIn(browser), null);
    assert.match(textOf(page.html), /password/i);
    await scim.must(204, 'DELETE', `/Users/${made.id}`);
  });

  test('the export of a user has what the directory says of them, and not where it came from', async () => {
    const made = await scim.create({ externalId: 'exported', title: 'Countess' });
    const exported = await app.admin.must<{
      scim: { attributes: object; external_id: string }[];
      audit_events: { ip: string | null }[];
    }>('GET', `/users/${made.id}/export`);
    assert.deepEqual(
      exported.scim.map(({ external_id, attributes }) => [external_id, attributes]),
      [['exported', { title: 'Countess' }]],
    );
    assert.deepEqual(
      exported.audit_events.map(({ ip }) => ip),
      [null],
    );
  });

  test('with the provider its tokens go, and what its directory knew of users, who stay', async () => {
    const gone = await Product.register(app, { name: 'Gone', issuer: 'https://gone.example.com' });
    const client = await clientOf(gone);
    const made = await client.create();
    await app.admin.must('DELETE', `/identity-providers/${gone.id}`);
    await client.refused(401, undefined, 'GET', '/Users');
    const exported = await app.admin.must<{ user: { active: boolean }; scim: object[] }>(
      'GET',
      `/users/${made.id}/export`,
    );
    assert.deepEqual([exported.user.active, exported.scim], [true, []]);
  });
});
