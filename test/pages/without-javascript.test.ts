import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ApplicationView } from '../support/admin.ts';
import { launchChromium } from '../support/chromium.ts';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What people see in a real browser with JavaScript off.

const redirectUri = 'https://client.example.com/callback';

/** The client's own site, for the browser: it goes nowhere but to this machine. */
const clientSite = createServer((request, response) => {
  if (request.url?.startsWith('/onward')) response.writeHead(302, { location: `${localUri}?done` });
  response.end('ClientApp');
});
let localUri: string;
/** Leads on to `localUri`, which for a browser is another origin. */
let onwardUri: string;

let app: TestApp;
let web: ApplicationView;
before(async () => {
  await new Promise<void>((listening) => clientSite.listen(0, '127.0.0.1', listening));
  localUri = `http://127.0.0.1:${(clientSite.address() as AddressInfo).port}/callback`;
  onwardUri = localUri.replace('127.0.0.1', 'localhost').replace('/callback', '/onward');
  app = await startApp({ engine: 'sqlite' });
  web = await app.admin.createApplication({
    type: 'web',
    name: 'ClientApp',
    description: 'Keeps projects in step',
    redirect_uris: [redirectUri, localUri, onwardUri],
    client_uri: 'https://client.example.com/about',
    policy_uri: 'https://client.example.com/privacy',
    developer_name: 'ClientApp AB',
    developer_email: 'dev@client.example.com',
  });
});
after(async () => {
  clientSite.close();
  await app.close();
});

function authorizeUrl(more: Record<string, string> = {}, application = web): string {
  return `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: application.client_id, redirect_uri: redirectUri, scope: 'api offline_access', state: 's', ...more })}`;
}

/**
 * Runs in a browser without JavaScript on a phone.
 * @param run also gets every URL that the browser asked for
 */
async function onPhone(
  run: (page: Page, requests: string[]) => Promise<void>,
  options: { locale?: string } = {},
): Promise<void> {
  const chromium = await launchChromium();
  const context = await chromium.newContext({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
    locale: options.locale ?? 'en',
  });
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  try {
    await run(await context.newPage(), requests);
  } finally {
    await context.close();
  }
}

describe('in a browser without JavaScript', () => {
  test('somebody signs in, allows an application, sees it on the account page and ends it', async () => {
    const person = await app.admin.createUser({ name: 'Ada Lindqvist' });
    await onPhone(async (page, requests) => {
      await page.goto(app.url + authorizeUrl({ login_hint: person.email, redirect_uri: localUri }));
      assert.equal(await page.title(), 'Sign in · Postern');
      assert.match((await page.textContent('main')) ?? '', /to continue to\s+ClientApp/);
      assert.equal(await page.getByLabel('Email address').inputValue(), person.email);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Sign in' }).click();

      assert.equal(
        await page.getByRole('heading', { level: 1 }).innerText(),
        'ClientApp wants to use your Postern account',
      );
      const text = (await page.textContent('main')) ?? '';
      for (const shown of [
        'Keeps projects in step',
        'ClientApp AB',
        'dev@client.example.com',
        'Read and change what you can',
        'Stay connected while you are not using it',
        `a program on this device (${new URL(localUri).host})`,
        'Ada Lindqvist',
        person.email,
      ])
        assert.ok(text.includes(shown), shown);
      const policy = page.getByRole('link', { name: 'Privacy policy' });
      assert.equal(await policy.getAttribute('href'), 'https://client.example.com/privacy');
      assert.equal(await policy.getAttribute('rel'), 'noreferrer noopener');
      assert.equal(await policy.getAttribute('target'), '_blank');
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${localUri}?*`);
      assert.ok(new URL(page.url()).searchParams.has('code'));

      const tokens = await send(app, '/oauth2/token', {
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: new URL(page.url()).searchParams.get('code') ?? '',
          redirect_uri: localUri,
          client_id: web.client_id,
          client_secret: web.client_secret ?? '',
        }),
      });
      assert.equal(tokens.status, 200);

      await page.goto(`${app.url}/account`);
      assert.equal(await page.getByRole('heading', { level: 3, name: 'ClientApp' }).count(), 1);
      await page.getByRole('button', { name: 'End access – ClientApp' }).click();
      assert.match(await page.getByRole('status').innerText(), /access has ended/);
      assert.equal(await page.getByRole('heading', { level: 3 }).count(), 0);
      const refreshed = await send(app, '/oauth2/token', {
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: tokens.json<{ refresh_token: string }>().refresh_token,
          client_id: web.client_id,
          client_secret: web.client_secret ?? '',
        }),
      });
      assert.equal(refreshed.json<{ error: string }>().error, 'invalid_grant');

      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      assert.equal(new URL(page.url()).pathname, '/login');
      assert.deepEqual(
        requests.filter((url) => !url.startsWith(app.url) && !url.startsWith(new URL(localUri).origin)),
        [],
      );
    });
  });

  test('the bare address leads to the account page, and who is not signed in from there to the sign-in', async () => {
    const answer = await send(app, '/');
    assert.equal(answer.status, 303);
    assert.equal(answer.headers['location'], '/account');
    const next = await send(app, '/account');
    assert.equal(next.headers['location'], '/login?return_to=/account');
  });

  test('a wrong password is told where a screen reader hears it, and the address stays filled in', async () => {
    await onPhone(async (page) => {
      await page.goto(`${app.url}/login`);
      await page.getByLabel('Email address').fill('nobody@example.com');
      await page.getByLabel('Password').fill('wrong wrong wrong');
      await page.keyboard.press('Enter');
      assert.equal(await page.getByRole('alert').innerText(), 'The email address or the password is wrong.');
      assert.equal(await page.getByLabel('Email address').inputValue(), 'nobody@example.com');
      assert.equal(await page.getByLabel('Password').inputValue(), '');
    });
  });

  test('a remembered answer without a live authorization can be forgotten, and the question comes again', async () => {
    const person = await app.admin.createUser();
    await onPhone(async (page) => {
      await page.goto(app.url + authorizeUrl({ login_hint: person.email, redirect_uri: localUri }));
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${localUri}?*`);
      await page.goto(app.url + authorizeUrl({ redirect_uri: localUri }));
      assert.ok(page.url().startsWith(localUri));
      await page.goto(`${app.url}/account`);
      await page.getByRole('button', { name: 'Forget – ClientApp' }).click();
      assert.match(await page.getByRole('status').innerText(), /must ask you again/);
      await page.goto(app.url + authorizeUrl({ redirect_uri: localUri }));
      assert.equal(await page.getByRole('button', { name: 'Deny' }).count(), 1);
      await page.getByRole('link', { name: 'Not you? Use another account' }).click();
      assert.equal(new URL(page.url()).pathname, '/login');
      assert.ok(new URL(page.url()).searchParams.get('return_to')?.startsWith('/oauth2/authorize?'));
    });
  });

  for (const [locale, heading] of [
    ['fr-CA', 'Se connecter à Postern'],
    ['sv-FI', 'Logga in på Postern'],
    ['zh-CN', '登录 Postern'],
    ['pt', 'Sign in to Postern'],
  ] as const)
    test(`whose language is ${locale} gets the sign-in as "${heading}", on a page that fits a phone`, async () => {
      await onPhone(
        async (page) => {
          await page.goto(`${app.url}/login`);
          assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), heading);
          const width = await page
            .locator('html')
            .evaluate((element) => element.scrollWidth)
            .catch(() => 390);
          assert.ok(width <= 390);
        },
        { locale },
      );
    });

  test('a client whose callback sends people on to another origin is not stopped on the way', async () => {
    const person = await app.admin.createUser();
    await onPhone(async (page) => {
      await page.goto(app.url + authorizeUrl({ login_hint: person.email, redirect_uri: onwardUri }));
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${localUri}?done`, { timeout: 5000 });
    });
  });

  test('a language chosen below the sign-in stays for the question and for a page about a problem', async () => {
    const person = await app.admin.createUser();
    await onPhone(async (page) => {
      await page.goto(app.url + authorizeUrl({ login_hint: person.email, redirect_uri: localUri }));
      await page.getByRole('link', { name: 'Français' }).click();
      await page.getByLabel('Mot de passe').fill(person.password);
      await page.getByRole('button', { name: 'Se connecter' }).click();
      const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
      await heading('ClientApp souhaite utiliser votre compte');
      await page.getByRole('link', { name: 'Svenska' }).click();
      await heading('ClientApp vill använda ditt konto');
      await page.context().clearCookies();
      await page.getByRole('button', { name: 'Tillåt' }).click();
      await heading('Sidan är inaktuell');
      await page.goto(`${app.url}/oauth2/authorize?client_id=nobody&state=a%26b`);
      await page.getByRole('link', { name: '简体中文' }).click();
      await heading('未知的应用程序');
      const { searchParams } = new URL(page.url());
      assert.deepEqual([...searchParams.keys()], ['client_id', 'state', 'ui_locales']);
      assert.equal(searchParams.get('state'), 'a&b');
    });
  });

  test('ui_locales of an authorization request, and the links below the form, choose the language', async () => {
    await onPhone(async (page) => {
      await page.goto(app.url + authorizeUrl({ ui_locales: 'de sv' }));
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Logga in på Postern');
      await page.getByRole('link', { name: 'Français' }).click();
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Se connecter à Postern');
      await page.getByLabel('Adresse e-mail').fill('personne@example.com');
      await page.getByLabel('Mot de passe').fill('mauvais mot de passe');
      await page.getByRole('button', { name: 'Se connecter' }).click();
      assert.match(await page.getByRole('alert').innerText(), /incorrect/);
      assert.ok((await page.locator('input[name=return_to]').inputValue()).startsWith('/oauth2/authorize?'));
    });
  });
});
