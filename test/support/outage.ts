import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationView } from './admin.ts';
import type { Browser } from './browser.ts';
import { type Answer, send } from './http.ts';
import { OAuthClient, type Tokens } from './oauth-client.ts';
import type { TestApp } from './test-app.ts';

// What must be true of every surface while the database is out of reach, and afterwards.

const redirectUri = 'https://client.example.com/callback';

/** Those of `requests` that write, and so cannot be answered where only reading works. */
const writing = [
  '/readyz',
  'a refresh',
  'a redemption',
  'a revocation',
  'a revocation of an access token',
  'a refresh at the old door',
  'a sign-in',
];

/** What a client and a user hold when the trouble begins. */
export interface Holdings {
  app: TestApp;
  browser: Browser;
  web: ApplicationView;
  client: OAuthClient;
  tokens: Tokens & { refresh_token: string };
  code: { code: string; verifier: string };
}

export async function prepare(app: TestApp): Promise<Holdings> {
  const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const client = new OAuthClient(app, web);
  const browser = app.browser();
  const tokens = await client.authorize(browser, app.user);
  return { app, browser, web, client, tokens, code: await client.code(browser, app.user) };
}

/** A request to every surface that needs the database, each by its name. */
export function requests({
  app,
  browser,
  web,
  client,
  tokens,
  code,
}: Holdings): [string, () => Promise<Answer>][] {
  const authorization = new URLSearchParams({
    response_type: 'code',
    client_id: web.client_id,
    redirect_uri: redirectUri,
    scope: 'api',
  });
  const json = {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token,
    client_id: web.client_id,
    client_secret: web.client_secret,
  };
  return [
    ['/readyz', () => send(app, '/readyz')],
    ['a refresh', () => client.refresh(tokens.refresh_token)],
    ['a redemption', () => client.redeem(code.code, code.verifier)],
    ['an introspection', () => client.introspect(tokens.access_token)],
    ['a revocation', () => client.revoke(tokens.refresh_token)],
    ['a revocation of an access token', () => client.revoke(tokens.access_token)],
    ['a refresh at the old door', () => send(app, '/integrations/oauth2/api/v1/token', { body: json })],
    ['the authorization page', () => browser.request(`/oauth2/authorize?${authorization}`)],
    ['the account page', () => browser.request('/account')],
    [
      'a sign-in',
      () =>
        app.browser().request('/login', {
          body: new URLSearchParams({
            email: app.user.email,
            password: app.user.password,
            return_to: '/account',
          }),
        }),
    ],
    ['the REST API', () => browser.request('/api/v1/me')],
    [
      'the REST API by token',
      () => send(app, '/api/v1/me', { headers: { authorization: `Bearer ${tokens.access_token}` } }),
    ],
    ['the public keys', () => send(app, '/oauth2/jwks')],
    ['a logo', () => send(app, `/logos/${web.id}/1`)],
  ];
}

/** The same without those that only read. */
export function writes(held: Holdings): [string, () => Promise<Answer>][] {
  return requests(held).filter(([name]) => writing.includes(name));
}

/** Each is a 503 with Retry-After within five seconds. */
export async function expectUnavailable(all: [string, () => Promise<Answer>][]): Promise<void> {
  await Promise.all(
    all.map(async ([name, request]) => {
      const started = performance.now();
      const answer = await request();
      const took = performance.now() - started;
      assert.equal(answer.status, 503, `${name} was answered ${answer.status} ${answer.text.slice(0, 300)}`);
      assert.match(
        String(answer.headers['retry-after']),
        /^[1-9]\d*$/,
        `${name} does not say when to try again`,
      );
      assert.ok(took < 5_000, `${name} took ${Math.round(took)} ms`);
    }),
  );
}

/** The server finds its database again by itself, and nothing that was held is lost; then there is a new code to hold. */
export async function expectRecovery(held: Holdings): Promise<void> {
  const { app, client } = held;
  const deadline = performance.now() + 20_000;
  while ((await send(app, '/readyz')).status !== 200) {
    assert.ok(performance.now() < deadline, 'the server did not find its database again');
    await sleep(100);
  }
  held.tokens = await client.refreshTokens(held.tokens.refresh_token);
  assert.equal((await client.redeem(held.code.code, held.code.verifier)).status, 200);
  held.code = await client.code(held.browser, app.user);
}
