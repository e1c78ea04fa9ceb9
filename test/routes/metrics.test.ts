import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What an operator's graphs are drawn from.

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

const read = async () => (await send(app, '/metrics')).text;

/** Waits for a count, which is made after the answer was sent. */
async function expectCount(name: string, labels: string, count: number): Promise<void> {
  const line = `${name}{${labels}} ${count}`;
  const deadline = performance.now() + 2_000;
  while (performance.now() < deadline) {
    if ((await read()).includes(`${line}\n`)) return;
    await sleep(20);
  }
  assert.fail(`not counted: ${line}\n${await read()}`);
}

test('a JWT exchange is counted like every token request', async () => {
  const path = '/integrations/oauth2/api/v1/jwt/exchange';
  const name = 'postern_token_requests_total';
  const type = 'grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer"';
  await send(app, path, {
    body: new URLSearchParams({ client_id: 'x', client_secret: 'y', jwt_token: 'z' }),
  });
  await expectCount(name, `${type},outcome="invalid_client"`, 1);
  await send(app, path, { body: { client_id: 'x' } });
  await expectCount(name, `${type},outcome="invalid_request"`, 1);
});

test('every answer is counted, by its route and never by its address', async () => {
  const name = 'postern_http_requests_total';
  await send(app, '/healthz');
  await expectCount(name, 'method="GET",route="/healthz",status="200"', 1);
  for (const path of ['/wp-login.php', '/oauth2/nowhere-at-all']) await send(app, path);
  await expectCount(name, 'method="GET",route="none",status="404"', 2);
  await send(app, '/oauth2/jwks', { headers: { host: 'evil.example.com' } });
  await expectCount(name, 'method="GET",route="/oauth2/jwks",status="421"', 1);
  await send(app, '/healthz', { method: 'DELETE' });
  await expectCount(name, 'method="DELETE",route="none",status="405"', 1);
  for (const path of ['/%zz', '/%ff']) await send(app, path);
  await expectCount(name, 'method="GET",route="none",status="400"', 2);
  const unread = await send(app, '/api/%zz');
  assert.equal(unread.status, 400);
  await expectCount(name, 'method="GET",route="none",status="400"', 3);
  assert.doesNotMatch(await read(), /wp-login|nowhere|%zz/);
});
