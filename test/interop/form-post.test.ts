import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { BrowserContext, Page } from 'playwright-core';
import type { ApplicationView } from '../support/admin.ts';
import type { Person } from '../support/browser.ts';
import { launchChromium } from '../support/chromium.ts';
import { pkcePair } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What Microsoft.AspNetCore.Authentication.OpenIdConnect sends, written by hand: `response_mode=form_post`, and a nonce and a correlation
// in cookies of SameSite=None that belong to the callback's path. In Chromium, which decides what cookies come along.

let app: TestApp;
let application: ApplicationView;
let person: Person;
let context: BrowserContext;
let base: string;
/** Of each challenge, by its correlation: what ASP.NET Core keeps sealed in `state` and in the name of the nonce's cookie. */
const challenges = new Map<string, { verifier: string; nonce: string }>();
/** By the application's own cookie. */
const sessions = new Map<string, { sub: string; idToken: string; accessToken: string }>();
const own = '.AspNetCore.Cookies';

const site = createServer((request, response) => {
  void answer(request, response).catch((error: unknown) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  await once(site.listen(0, '127.0.0.1'), 'listening');
  // Another host name than Postern's, so that the browser takes them for two sites.
  base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  application = await app.admin.createApplication({
    type: 'web',
    redirect_uris: [`${base}/signin-oidc`],
    post_logout_redirect_uris: [`${base}/signout-callback-oidc`],
  });
  person = await app.admin.createUser({ name: 'Ada Lovelace' });
  context = await (await launchChromium()).newContext();
});
after(async () => {
  await context.close();
  site.close();
  site.closeAllConnections();
  await app.close();
});

test('ASP.NET Core signs a user in by form_post, knows who it is, and signs out', async () => {
  const page = await context.newPage();
  await signIn(page);
  await page.click('button[value=allow]');
  await page.waitForURL(`${base}/me`);
  const userinfo = { sub: person.id, name: 'Ada Lovelace', email: person.email, email_verified: true };
  const { updated_at, locale, ...told } = JSON.parse((await page.textContent('body')) ?? '');
  assert.deepEqual(told, userinfo);
  const left = (await context.cookies(`${base}/signin-oidc`)).map(({ name }) => name);
  assert.deepEqual(left, [own], 'nonce and correlation are spent');

  await page.goto(`${base}/signout`);
  assert.equal(page.url(), `${base}/`);
  await page.goto(`${base}/me`);
  assert.equal(new URL(page.url()).origin, app.url);
  assert.ok(await page.isVisible('input[name=password]'), 'Postern asks again, too');
  await page.close();
});

test('userinfo knows nobody any more whom the administrator deactivated', async () => {
  const page = await context.newPage();
  await signIn(page);
  await page.waitForURL(`${base}/me`);
  await app.admin.updateUser(person.id, { active: false });
  await page.goto(`${base}/me`);
  assert.equal(new URL(page.url()).origin, app.url);
  assert.ok(await page.isVisible('input[name=password]'));
  await page.close();
});

async function signIn(page: Page): Promise<void> {
  await page.goto(`${base}/me`);
  await page.fill('input[name=email]', person.email);
  await page.fill('input[name=password]', person.password);
  await page.press('input[name=password]', 'Enter');
}

/** The application that uses ASP.NET Core. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '', base);
  const cookies = new Map(
    (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=') as [string, string]),
  );
  const session = sessions.get(cookies.get(own) ?? '');
  if (pathname === '/signin-oidc') return callback(request, response, cookies);
  if (pathname === '/signout') {
    const url = new URL(`${app.url}/oauth2/logout`);
    url.searchParams.set('post_logout_redirect_uri', `${base}/signout-callback-oidc`);
    url.searchParams.set('id_token_hint', session?.idToken ?? '');
    url.searchParams.set('state', randomUUID());
    url.searchParams.set('x-client-SKU', 'ID_NET9_0');
    url.searchParams.set('x-client-ver', '8.9.0.0');
    response.setHeader('set-cookie', `${own}=; path=/; max-age=0`);
    return redirect(response, url.href);
  }
  if (pathname === '/signout-callback-oidc') return redirect(response, '/');
  if (pathname !== '/me') return void response.end();
  if (!session) return challenge(response);
  const userinfo = await fetch(`${app.url}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${session.accessToken}` },
  });
  if (!userinfo.ok) return challenge(response);
  response.setHeader('content-type', 'text/plain');
  response.end(await userinfo.text());
}

function challenge(response: ServerResponse): void {
  const correlation = randomBytes(32).toString('base64url');
  const nonce = `638000000000000000.${Buffer.from(randomUUID() + randomUUID()).toString('base64')}`;
  const { verifier, challenge: codeChallenge } = pkcePair();
  challenges.set(correlation, { verifier, nonce });
  const attributes = 'max-age=900; path=/signin-oidc; secure; samesite=none; httponly';
  response.setHeader('set-cookie', [
    `.AspNetCore.OpenIdConnect.Nonce.${correlation}=N; ${attributes}`,
    `.AspNetCore.Correlation.${correlation}=N; ${attributes}`,
  ]);
  const query = new URLSearchParams({
    client_id: application.client_id,
    redirect_uri: `${base}/signin-oidc`,
    response_type: 'code',
    scope: 'openid profile email',
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    response_mode: 'form_post',
    nonce,
    state: correlation,
    'x-client-SKU': 'ID_NET9_0',
    'x-client-ver': '8.9.0.0',
  });
  redirect(response, `${app.url}/oauth2/authorize?${query}`);
}

async function callback(
  request: IncomingMessage,
  response: ServerResponse,
  cookies: ReadonlyMap<string, string>,
): Promise<void> {
  assert.equal(request.method, 'POST');
  const chunks: Buffer[] = await request.toArray();
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const correlation = form.get('state') ?? '';
  const spent = [`.AspNetCore.OpenIdConnect.Nonce.${correlation}`, `.AspNetCore.Correlation.${correlation}`];
  for (const name of spent) assert.equal(cookies.get(name), 'N', `${name} came along`);
  const { verifier, nonce } = challenges.get(correlation) ?? {};
  const answered = await fetch(`${app.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: application.client_id,
      client_secret: application.client_secret ?? '',
      code: form.get('code') ?? '',
      grant_type: 'authorization_code',
      redirect_uri: `${base}/signin-oidc`,
      code_verifier: verifier ?? '',
    }),
  });
  const tokens = (await answered.json()) as { id_token: string; access_token: string };
  const keys = createRemoteJWKSet(new URL(`${app.url}/oauth2/jwks`));
  const { payload } = await jwtVerify(tokens.id_token, keys, {
    issuer: app.url,
    audience: application.client_id,
  });
  assert.equal(payload['nonce'], nonce);
  const id = randomUUID();
  sessions.set(id, {
    sub: payload.sub ?? '',
    idToken: tokens.id_token,
    accessToken: tokens.access_token,
  });
  response.setHeader('set-cookie', [
    `${own}=${id}; path=/; samesite=lax; httponly`,
    ...spent.map((name) => `${name}=; max-age=0; path=/signin-oidc; secure; samesite=none; httponly`),
  ]);
  redirect(response, '/me');
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}
