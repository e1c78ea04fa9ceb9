import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { basic, send } from '../support/http.ts';
import { OAuthClient, pkcePair } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What pushed requests (RFC 9126) can be made to carry, and where else they can be taken.

let app: TestApp;
let web: OAuthClient;
const redirectUri = 'https://client.example.com/callback';
const { challenge } = pkcePair();

before(async () => {
  app = await startApp({ engine: 'sqlite', config: { POSTERN_RATE_LIMITS: 'off' } });
  web = new OAuthClient(
    app,
    await app.admin.must<ApplicationView>('POST', '/applications', {
      type: 'web',
      name: 'web',
      redirect_uris: [redirectUri],
    }),
  );
});

const push = (more: Record<string, string>) =>
  send(app, '/oauth2/par', {
    body: new URLSearchParams({
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...more,
    }),
    headers: { authorization: basic(web.application.client_id, web.secret ?? '') },
  });
/** @returns the address that goes on with it */
const take = async (request_uri: string) => {
  const query = new URLSearchParams({ client_id: web.application.client_id, request_uri });
  const { headers } = await app.browser().request(`/oauth2/authorize?${query}`);
  return headers.location ?? '';
};

test('a request that the browser could not carry on is refused when it is pushed, and every other one goes on', async () => {
  let isTaken = 0;
  for (const length of [5000, 5500, 5600, 5650, 5700, 5750, 5800, 5900, 7000, 60_000]) {
    const answer = await push({ state: 'x'.repeat(length) });
    if (answer.status !== 201) {
      assert.deepEqual([answer.status, answer.json()['error']], [400, 'invalid_request'], `${length}`);
      continue;
    }
    isTaken++;
    const path = await take(answer.json<{ request_uri: string }>().request_uri);
    // The language and the provider come beside it.
    const page = await app.browser().openPage(`${path}&ui_locales=zh-Hans&provider_asked=1`);
    assert.match(page.html, /zh-Hans/, `${length}`);
    assert.match(page.path, /^\/login\?/, `${length}`);
  }
  assert.ok(isTaken > 3 && isTaken < 9, `${isTaken}`);
});

test('a pushed request does not ask for more by being taken to the other front door', async () => {
  const answer = await push({});
  const path = await take(answer.json<{ request_uri: string }>().request_uri);
  const elsewhere = path.replace('/oauth2/authorize', '/integrations/oauth2/authorize');
  const browser = app.browser();
  await browser.signIn(app.user);
  assert.equal((await browser.request(path)).status, 200);
  assert.equal((await browser.request(elsewhere)).status, 400);
});
