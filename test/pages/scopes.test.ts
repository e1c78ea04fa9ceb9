import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { textOf } from '../support/html-form.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What people read of the scopes that an application asks for, and of those that it has.

const redirectUri = 'https://client.example.com/callback';

let app: TestApp;
let web: ApplicationView;
let browser: Browser;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
  const read = {
    name: 'orders:read',
    description: 'See your orders',
    descriptions: { sv: 'Se dina beställningar' },
  };
  await app.admin.must('POST', '/apis', {
    identifier: 'https://orders.example.com',
    name: 'Orders & <b>more</b>',
    scopes: [read, { name: 'orders:write', description: 'Place orders' }],
  });
  web = await app.admin.createApplication({
    type: 'web',
    name: 'ClientApp',
    redirect_uris: [redirectUri],
    scopes: ['offline_access', 'orders:write', 'orders:read', 'api', 'openid'],
  });
  browser = app.browser();
  await browser.signIn(app.user);
});
after(() => app.close());

const ask = (scope: string, more: Record<string, string> = {}) =>
  browser.openPage(
    `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: web.client_id, redirect_uri: redirectUri, scope, prompt: 'consent', ...more })}`,
  );

test('of several APIs stand below the name of their API, all the rest before them', async () => {
  const page = await ask('offline_access orders:read api openid orders:write');
  assert.match(
    textOf(page.html),
    /it can: Recognise you when you come back Stay connected while you are not using it Postern Read and change what you can, in your name Orders & <b>more<\/b> See your orders Place orders /,
  );
  assert.doesNotMatch(page.html, /<b>more/);
});

test('of one API have no heading, whichever it is', async () => {
  const page = await ask('orders:read orders:write openid');
  assert.match(textOf(page.html), /it can: Recognise you when you come back See your orders Place orders /);
  assert.ok(!page.html.includes('of-api'));
});

test('are in the reader’s language where the administrator has words in it, and else in the administrator’s', async () => {
  const page = await ask('orders:read orders:write', { ui_locales: 'sv' });
  assert.match(textOf(page.html), /Se dina beställningar Place orders/);
});

test('are told of in the same words on the account page', async () => {
  const page = await ask('orders:read api offline_access');
  await browser.submitForm(page, {}, { button: 'decision=allow' });
  const account = await browser.openPage('/account?ui_locales=sv');
  assert.match(textOf(account.html), /Orders & <b>more<\/b> Se dina beställningar/);
});
