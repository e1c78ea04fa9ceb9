import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Browser, Page } from '../../support/browser.ts';
import { hasButton } from '../../support/browser.ts';
import { claimsOf, OAuthClient, pkcePair } from '../../support/oauth-client.ts';
import { Product } from '../../support/product.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// A provider does not tell when its user signed in: perhaps long ago. No application is told that it was just now.

let app: TestApp;
let product: Product;
let client: OAuthClient;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  product = await Product.register(app);
  const redirect_uris = ['https://client.example.com/callback'];
  const scopes = ['api', 'openid', 'offline_access'];
  client = new OAuthClient(app, await app.admin.createApplication({ type: 'web', redirect_uris, scopes }));
});

let count = 0;
const somebody = () => ({
  sub: `untold:${++count}`,
  email: `untold${count}@example.com`,
  auth_time: undefined,
});

const { verifier, challenge } = pkcePair();
const authorizeUrl = (more: Record<string, string> = {}) =>
  `/oauth2/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: client.application.client_id,
    redirect_uri: client.redirectUri,
    scope: 'openid offline_access',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })}`;

/** Allows what a page asks for. @returns the claims of the ID token, and the refresh token */
async function allow(browser: Browser, page: Page) {
  const { leftTo } = await browser.submitForm(page, {}, { button: 'decision=allow' });
  const answer = await client.token({
    grant_type: 'authorization_code',
    code: leftTo?.searchParams.get('code') ?? '',
    redirect_uri: client.redirectUri,
    code_verifier: verifier,
  });
  const tokens = answer.json<{ id_token: string; refresh_token: string }>();
  return { claims: claimsOf(tokens.id_token), refreshToken: tokens.refresh_token };
}

test('ID tokens do not say when somebody signed in whose provider does not tell', async () => {
  const browser = app.browser();
  const page = await product.signIn(browser, somebody(), { return_to: authorizeUrl() });
  const { claims, refreshToken } = await allow(browser, page);
  assert.ok(!('auth_time' in claims), JSON.stringify(claims));
  const again = await client.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  assert.ok(!('auth_time' in claimsOf(again.json<{ id_token: string }>().id_token)));
});

test('a session that begins so is never young enough for max_age', async () => {
  const browser = app.browser();
  await product.signIn(browser, somebody());
  const page = await browser.openPage(authorizeUrl({ max_age: '86400' }));
  assert.ok(!hasButton(page, 'decision'), 'they are asked to sign in');
  const silent = await browser.openPage(authorizeUrl({ max_age: '86400', prompt: 'none' }));
  assert.equal(silent.leftTo?.searchParams.get('error'), 'login_required');
});

test('it is, and ID tokens say when, once the password of the account is given', async () => {
  const user = await app.admin.createUser();
  const browser = app.browser();
  const question = await product.signIn(
    browser,
    { ...somebody(), email: user.email },
    { return_to: authorizeUrl() },
  );
  const page = await browser.submitForm(question, { password: user.password });
  const { claims } = await allow(browser, page);
  assert.equal(claims['auth_time'], Math.floor(app.clock.now() / 1000));
  assert.ok(
    hasButton(await browser.openPage(authorizeUrl({ max_age: '60', prompt: 'consent' })), 'decision'),
  );
});
