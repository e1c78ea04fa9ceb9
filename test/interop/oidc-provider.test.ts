import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { hasField } from '../support/browser.ts';
import { launchChromium } from '../support/chromium.ts';
import { freePort } from '../support/postgres.ts';
import { startApp, type TestApp } from '../support/test-app.ts';
import { type Place, Traveller } from '../support/traveller.ts';
import { Program } from './program.ts';
import { type ProviderView, ReliesOn } from './provider.ts';

// node-oidc-provider as published, by which people sign in to Postern.

const secret = 'the secret of Postern at node-oidc-provider';
let app: TestApp;
let issuer: string;
let program: Program;
let there: ReliesOn;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  const port = await freePort();
  // Another host name than that of Postern: cookies do not know of ports.
  issuer = `http://127.0.0.1:${port}`;
  const provider = await app.admin.must<ProviderView>('POST', '/identity-providers', {
    type: 'oidc',
    name: 'node-oidc-provider',
    issuer,
    client_id: 'postern',
    client_secret: secret,
    claims: { copy: ['department'] },
  });
  there = new ReliesOn(app, provider);
  program = new Program({
    name: 'node-oidc-provider',
    folder: join(import.meta.dirname, 'oidc-provider'),
    command: [process.execPath, 'provider.mjs'],
    environment: {
      ISSUER: issuer,
      PORT: String(port),
      CLIENT_ID: 'postern',
      CLIENT_SECRET: secret,
      REDIRECT_URI: provider.redirect_uri,
    },
  });
  await program.answers(`${issuer}/jwks`);
});
after(async () => {
  await program?.end();
  await app?.close();
});

/** Goes through the pages of the provider, as far as it asks. */
async function passThrough(traveller: Traveller, place: Place, login: string): Promise<Place> {
  let now = place;
  if (hasField(now, 'login')) now = await traveller.submit(now, { login, password: 'whatever' });
  if (now.url.origin === issuer) now = await traveller.submit(now, {});
  return now;
}

test('a person signs in by it for the first time, in a browser', async () => {
  const context = await (await launchChromium()).newContext({ locale: 'en' });
  const page = await context.newPage();
  await page.goto(`${app.url}/login`);
  await page.getByRole('link', { name: /node-oidc-provider/ }).click();
  await page.getByPlaceholder('Enter any login').fill('ada');
  await page.getByPlaceholder('and password').fill('whatever');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${app.url}/account`);
  assert.ok(await page.getByText('ada of the provider').first().isVisible());
  const user = await there.user('ada@example.com');
  assert.deepEqual([user?.name, user?.locale], ['ada of the provider', 'sv']);
  assert.deepEqual(user?.claims, { department: 'Engines' });
  await context.close();
});

test('and without a page the next time, as the same user', async () => {
  const traveller = new Traveller();
  there.isIn(await passThrough(traveller, await there.begin(traveller), 'grace'));
  there.isIn(await there.begin(traveller));
  assert.equal(await there.meant('grace'), (await there.user('grace@example.com'))?.id);
});

test('it has them sign in again when Postern asks for that, and tells when they did', async () => {
  const traveller = new Traveller();
  there.isIn(await passThrough(traveller, await there.begin(traveller), 'grace'));
  const again = await there.begin(traveller, '&prompt=login');
  assert.ok(hasField(again, 'login'), again.html);
  there.isIn(await passThrough(traveller, again, 'grace'));
});

test('it is told whom Postern expects', async () => {
  const place = await there.begin(new Traveller(), '&login_hint=grace');
  assert.match(place.html, /value="grace"/);
});

test('who says no there reads so here, and nobody is signed in', async () => {
  const traveller = new Traveller();
  const place = await there.begin(traveller);
  const [, abort = ''] = /href="([^"]*\/abort)"/.exec(place.html) ?? [];
  const back = await traveller.open(new URL(abort, place.url));
  assert.equal(back.status, 403);
  assert.equal(back.url.origin, app.url);
  assert.equal(await there.lastError(), null);
});

test('a wrong client secret is told to the administrator', async () => {
  await there.change({ client_secret: 'another secret' });
  const traveller = new Traveller();
  const place = await passThrough(traveller, await there.begin(traveller), 'grace');
  assert.equal(place.status, 502);
  assert.match((await there.lastError()) ?? '', /client secret/);
  await there.change({ client_secret: secret });
  there.isIn(await there.begin(traveller));
});
