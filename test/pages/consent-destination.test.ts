import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../support/html-form.ts';
import { pkcePair } from '../support/oauth-client.ts';
import { startApp } from '../support/test-app.ts';

test('an app cannot call itself somebody’s host by what it writes behind its own scheme', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const places = {
    'com.example.app://accounts.bank.example/callback': 'com.example.app:',
    'com.example.app:/callback': 'com.example.app:',
    'http://127.0.0.1:4000/callback': '127.0.0.1:4000',
  };
  const spa = await app.admin.createApplication({ type: 'spa', redirect_uris: Object.keys(places) });
  const browser = app.browser();
  await browser.signIn(app.user);
  for (const [redirectUri, place] of Object.entries(places)) {
    const page = await browser.openPage(
      `/oauth2/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: spa.client_id,
        redirect_uri: redirectUri,
        code_challenge: pkcePair().challenge,
        code_challenge_method: 'S256',
      })}`,
    );
    const text = textOf(page.html);
    assert.ok(text.includes(`on this device ( ${place} )`), text);
    assert.ok(!text.includes('bank.example'));
  }
});
