import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationView } from './support/admin.ts';
import type { Browser } from './support/browser.ts';
import { type Cuttable, cuttableWay } from './support/cuttable.ts';
import { freshDatabase } from './support/engines.ts';
import { type Answer, send } from './support/http.ts';
import { OAuthClient, type Tokens } from './support/oauth-client.ts';
import { startApp, type TestApp } from './support/test-app.ts';

// While the database cannot be reached everything that needs it says so, soon, and nothing pretends to have worked.

const redirectUri = 'https://client.example.com/callback';

/** What a client and a user hold when the trouble begins. */
interface Holdings {
  app: TestApp;
  browser: Browser;
  web: ApplicationView;
  client: OAuthClient;
  tokens: Tokens & { refresh_token: string };
  code: { code: string; verifier: string };
}

async function prepare(app: TestApp): Promise<Holdings> {
  const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const client = new OAuthClient(app, web);
  const browser = app.browser();
  const tokens = await client.authorize(browser, app.user);
  return { app, browser, web, client, tokens, code: await client.code(browser, app.user) };
}

/** A request to every surface that needs the database, each by its name. */
function requests({ app, browser, web, client, tokens, code }: Holdings): [string, () => Promise<Answer>][] {
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

async function expectUnavailable(all: [string, () => Promise<Answer>][]): Promise<void> {
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

describe('PostgreSQL', () => {
  let way: Cuttable;
  let app: TestApp;
  let held: Holdings;

  before(async () => {
    const database = await freshDatabase('postgres');
    const url = new URL(database.url);
    way = await cuttableWay(Number(url.port));
    url.port = String(way.port);
    app = await startApp({ engine: 'postgres', database: { ...database, url: url.href } });
    held = await prepare(app);
  });
  after(async () => {
    way.mend();
    await app.close();
    await way.close();
  });

  for (const [name, trouble] of [
    ['cut off', () => way.cut()],
    ['silent', () => way.freeze()],
  ] as const)
    test(`that is ${name} is a 503 within five seconds on every surface, and nothing is lost by it`, async () => {
      await sleep(1_000); // what is remembered for a second is forgotten
      trouble();
      await expectUnavailable(requests(held));
      assert.equal((await send(app, '/healthz')).status, 200);
      way.mend();
      const deadline = performance.now() + 10_000;
      while ((await send(app, '/readyz')).status !== 200) {
        assert.ok(performance.now() < deadline, 'the server did not find its database again');
        await sleep(100);
      }
      held.tokens = await held.client.refreshTokens(held.tokens.refresh_token);
      assert.equal((await held.client.redeem(held.code.code, held.code.verifier)).status, 200);
      held.code = await held.client.code(held.browser, app.user);
    });
});

describe('SQLite', () => {
  test('that another program keeps locked is a 503 for whatever writes, and reads go on', async () => {
    const app = await startApp({ engine: 'sqlite' });
    const held = await prepare(app);
    const locker = new DatabaseSync(app.database.url.slice('sqlite:'.length));
    locker.exec('BEGIN IMMEDIATE');
    try {
      const writing = ['a refresh', 'a redemption', 'a revocation', 'a refresh at the old door', 'a sign-in'];
      await expectUnavailable(requests(held).filter(([name]) => writing.includes(name)));
      assert.equal(await held.client.isActive(held.tokens.access_token), true);
    } finally {
      locker.exec('ROLLBACK');
      locker.close();
    }
    await held.client.refreshTokens(held.tokens.refresh_token);
    assert.equal((await held.client.redeem(held.code.code, held.code.verifier)).status, 200);
    await app.close();
  });
});
