import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR, MINUTE } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import { hasButton, hasField, type Page } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What somebody does on the way from an authorization request to the sign-in page and back who wants more of it than it gives.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  });
  after(() => app.close());

  const url = (more: Record<string, string>) =>
    `/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
      scope: 'api',
      ...more,
    })}`;
  const asksForSignIn = (page: Page) => page.leftTo === null && hasField(page, 'password');

  test('a password given for something else does not revive the sign-in for a request that lay unanswered', async () => {
    const person = await app.admin.createUser();
    const browser = app.browser();
    const path = url({ prompt: 'login' });
    const { email, password } = person;
    const consent = await browser.submitForm(await browser.openPage(path), { email, password });
    assert.ok(hasButton(consent, 'decision'));
    app.clock.advance(HOUR);
    assert.ok(asksForSignIn(await browser.openPage(path)));
    const again = await browser.request('/api/v1/me/authentications', { body: { password } });
    assert.equal(again.status, 204);
    app.clock.advance(MINUTE);
    assert.ok(asksForSignIn(await browser.openPage(path)));
  });
});
