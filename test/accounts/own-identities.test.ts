import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import type { Browser, Page } from '../support/browser.ts';
import { textOf } from '../support/html-form.ts';
import { Product, whoIsIn } from '../support/product.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// People connect identity providers with the account that they are signed in to: nobody does it for them.

let app: TestApp;
let product: Product;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
  product = await Product.register(app, { provisioning: 'existing' });
});

let count = 0;
const stranger = () => ({ sub: `own:${++count}`, email: `own${count}@example.com` });

/** Presses the button of the account page that connects the product. */
async function connect(browser: Browser): Promise<Page> {
  const page = await browser.openPage('/account');
  return browser.submitForm(page, {}, { action: `/account/identities/${product.id}/link` });
}

test('somebody connects a provider from their account page, and signs in by it from then on', async () => {
  const person = stranger();
  const user = await app.admin.createUser();
  const browser = app.browser();
  await browser.signIn(user);
  const { leftTo } = await connect(browser);
  const page = await product.answer(browser, leftTo?.searchParams ?? new URLSearchParams(), person);
  assert.match(textOf(page.html), /you can now sign in that way/);
  const later = app.browser();
  await product.signIn(later, person);
  assert.equal((await whoIsIn(later))?.['id'], user.id);
  const events = await app.admin.auditEvents('identity.linked', user.id);
  assert.deepEqual(
    events.map(({ actor }) => actor),
    [{ type: 'user', id: user.id }],
  );
});

test('no link and no form of another site connects one', async () => {
  const browser = app.browser();
  await browser.signIn(app.user);
  const asked = await product.begin(browser, { link: '1', purpose: 'link', return_to: '/account' });
  assert.equal((await product.answer(browser, asked, stranger())).status, 403);
  const forged = await browser.request(`/account/identities/${product.id}/link`, {
    method: 'POST',
    body: new URLSearchParams(),
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  });
  assert.equal(forged.status, 403);
});

test('a trip that one user began connects nobody who signed in meanwhile', async () => {
  const browser = app.browser();
  await browser.signIn(await app.admin.createUser());
  const { leftTo } = await connect(browser);
  await browser.signIn(app.user);
  const person = stranger();
  const page = await product.answer(browser, leftTo?.searchParams ?? new URLSearchParams(), person);
  assert.equal(page.status, 400);
  assert.equal((await product.signIn(app.browser(), person)).status, 403, 'nobody is known by it');
});

test('what is connected with one user is not taken over by another', async () => {
  const person = stranger();
  const owner = await app.admin.createUser();
  for (const user of [owner, await app.admin.createUser()]) {
    const browser = app.browser();
    await browser.signIn(user);
    const { leftTo } = await connect(browser);
    const page = await product.answer(browser, leftTo?.searchParams ?? new URLSearchParams(), person);
    assert.equal(page.status, user === owner ? 200 : 403);
  }
  const browser = app.browser();
  await product.signIn(browser, person);
  assert.equal((await whoIsIn(browser))?.['id'], owner.id);
});

test('a session whose sign-in is long ago connects and disconnects nothing', async () => {
  const browser = app.browser();
  await browser.signIn(await app.admin.createUser());
  const begun = await connect(browser);
  app.clock.advance(14 * MINUTE);
  const user = await app.admin.createUser();
  const linked = app.browser();
  await linked.signIn(user);
  const { leftTo } = await connect(linked);
  await product.answer(linked, leftTo?.searchParams ?? new URLSearchParams(), stranger());
  app.clock.advance(15 * MINUTE);
  const late = await connect(browser);
  assert.equal(late.status, 403);
  assert.match(textOf(late.html), /too long ago/);
  assert.ok(begun.leftTo);
  const page = await linked.openPage('/account');
  const action = /\/account\/identities\/[0-9a-f]{32}\/unlink/.exec(page.html)?.[0] ?? '';
  assert.equal((await linked.submitForm(page, {}, { action })).status, 403);
  assert.match((await linked.openPage('/account')).html, /unlink/);
});

test('a provider of an administrator connects no other provider with them; their password does', async () => {
  const creating = await Product.register(app, {
    name: 'Other product',
    claims: { administrator: { claim: 'role', values: ['admin'] } },
  });
  const browser = app.browser();
  await creating.signIn(browser, { ...stranger(), claims: { role: 'admin' } });
  assert.equal((await whoIsIn(browser))?.['role'], 'administrator');
  const refused = await connect(browser);
  assert.equal(refused.status, 403);
  assert.match(textOf(refused.html), /began with the password/);
  const own = app.browser();
  await own.signIn(app.administrator, '/account');
  assert.ok((await connect(own)).leftTo);
  await app.admin.must('DELETE', `/identity-providers/${creating.id}`);
});

test('the only way in stays; another can be taken away', async () => {
  const creating = await Product.register(app, { name: 'Maker' });
  const browser = app.browser();
  const person = stranger();
  await creating.signIn(browser, person);
  const unlink = async (from: Browser) => {
    const page = await from.openPage('/account');
    const action = /\/account\/identities\/[0-9a-f]{32}\/unlink/.exec(page.html)?.[0] ?? '';
    return from.submitForm(page, {}, { action });
  };
  const refused = await unlink(browser);
  assert.equal(refused.status, 409);
  assert.match(textOf(refused.html), /only way to sign in/);
  assert.doesNotMatch(refused.html, /name="current_password"/, 'there is no password to change');
  const { leftTo } = await connect(browser);
  await product.answer(browser, leftTo?.searchParams ?? new URLSearchParams(), stranger());
  assert.match(textOf((await unlink(browser)).html), /no longer sign in that way/);
  assert.equal(
    (await creating.signIn(app.browser(), { ...person, email: 'elsewhere@example.com' })).status,
    403,
  );
  await app.admin.must('DELETE', `/identity-providers/${creating.id}`);
});

test('who takes a provider away is signed out wherever it had signed them in, but here', async () => {
  const person = stranger();
  const user = await app.admin.createUser();
  const browser = app.browser();
  await browser.signIn(user);
  const { leftTo } = await connect(browser);
  await product.answer(browser, leftTo?.searchParams ?? new URLSearchParams(), person);
  const elsewhere = app.browser();
  await product.signIn(elsewhere, person);
  assert.equal((await whoIsIn(elsewhere))?.['id'], user.id);
  const page = await browser.openPage('/account');
  const action = /\/account\/identities\/[0-9a-f]{32}\/unlink/.exec(page.html)?.[0] ?? '';
  await browser.submitForm(page, {}, { action });
  assert.equal(await whoIsIn(elsewhere), null);
  assert.equal((await whoIsIn(browser))?.['id'], user.id);
});
