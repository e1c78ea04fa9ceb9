import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What the pages of other origins may call. One engine: nothing here is about SQL.

const origin = 'https://spa.example.com';

let app: TestApp;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  await app.admin.createApplication({ type: 'spa', redirect_uris: [`${origin}/callback`] });
});
after(() => app.close());

const preflight = (path: string, headers: string | undefined, from = origin) =>
  send(app, path, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      ...(headers !== undefined && { 'access-control-request-headers': headers }),
    },
  });

const forApplications = [
  '/oauth2/token',
  '/oauth2/revoke',
  '/integrations/oauth2/api/v1/token',
  '/integrations/oauth2/api/v1/revoke',
];

test('a page may send whatever headers it asks for: tracing in the browser adds its own', async () => {
  for (const path of [...forApplications, '/oauth2/jwks', '/.well-known/oauth-authorization-server'])
    for (const headers of ['traceparent', 'content-type,dpop', 'authorization, x-datadog-trace-id , X-B3']) {
      const answer = await preflight(path, headers);
      assert.equal(answer.status, 204);
      assert.equal(answer.headers['access-control-allow-headers'], headers, path);
      assert.match(String(answer.headers.vary), /access-control-request-headers/i, path);
    }
});

test('one that asks for none, or for what is no header, is told the usual ones and none of its own words', async () => {
  for (const headers of [undefined, '', 'a b', 'a,,b', 'a;b', 'é', `${'x,'.repeat(2000)}x`])
    assert.equal(
      (await preflight('/oauth2/token', headers)).headers['access-control-allow-headers'],
      'content-type, authorization',
    );
});

test('a page of another origin is told nothing, whatever it asks for', async () => {
  for (const path of forApplications)
    for (const from of ['https://evil.example.com', 'null']) {
      const { headers } = await preflight(path, 'traceparent', from);
      assert.equal(headers['access-control-allow-origin'], undefined, path);
      assert.equal(headers['access-control-allow-headers'], undefined, path);
    }
});
