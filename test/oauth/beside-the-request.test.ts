import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Person } from '../support/browser.ts';
import { claimsOf, OAuthClient } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// OpenID Connect Core 3.1.2.1 and 15.1: parameters that every provider must bear, whatever it makes of them.

let app: TestApp;
let client: OAuthClient;
let person: Person;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  const redirect_uris = ['https://client.example.com/callback'];
  client = new OAuthClient(app, await app.admin.createApplication({ type: 'web', redirect_uris }));
  person = await app.admin.createUser();
});
after(() => app.close());

const harmless: readonly Record<string, string>[] = [
  ...['page', 'popup', 'touch', 'wap', 'none of these'].map((display) => ({ display })),
  { ui_locales: 'se tlh' },
  { claims_locales: 'se' },
  { login_hint: 'somebody else, or nobody' },
  { acr_values: '1 2' },
  { acr_values: 'urn:of:somebody' },
  { extra: 'foobar', 'https://example.com/of-our-own': '' },
  { scope: 'email openid' },
];

for (const parameters of harmless)
  test(`a request with ${new URLSearchParams(parameters)} leads to an ID token like any other`, async () => {
    const tokens = await client.authorize(app.browser(), person, { scope: 'openid email', ...parameters });
    const { sub, acr, aud } = claimsOf(String((tokens as object as { id_token: string }).id_token));
    assert.deepEqual([sub, acr, aud], [person.id, '1', client.application.client_id]);
  });
