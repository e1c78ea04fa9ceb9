import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admin } from '../support/admin.ts';
import { Browser } from '../support/browser.ts';
import { startLogoutReceiver } from '../support/logout-receiver.ts';
import { claimsOf, OAuthClient, success } from '../support/oauth-client.ts';
import { administrator, inDirectory, person, ServerProcess, withServer } from '../support/server-process.ts';

// Real processes on one SQLite file, and `kill -9` between the commit of a sign-out and its telling.

test('what a killed process was about to tell an application is told by another one', async () => {
  const receiver = await startLogoutReceiver();
  receiver.answer = 'never';
  await inDirectory(async (directory) => {
    const first = await ServerProcess.start({ directory, env: administrator });
    const env = { POSTERN_URL: first.url, POSTERN_PORT: String(first.port) };
    const application = await new Admin(first, person).createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
      backchannel_logout_uri: receiver.uri,
    });
    const client = new OAuthClient(first, application);
    const browser = new Browser(first);
    const { code, verifier } = await client.code(browser, person, { scope: 'openid' });
    const { id_token } = success(await client.redeem(code, verifier)).json<{ id_token: string }>();
    const { sub, sid } = claimsOf(id_token) as { sub: string; sid: string };
    const page = await browser.openPage('/account');

    const signedOut = await browser.submitForm(page, {}, { action: '/logout' });
    assert.equal(signedOut.path, '/login', 'nobody waits for the application');
    await first.kill();
    receiver.answer = 200;
    const before = receiver.received.length;
    await withServer({ directory, env }, async () => {
      const told = await receiver.about(sub, before + 1, 25);
      assert.equal(told.at(-1)?.claims.sid, sid);
      assert.equal(told.at(-1)?.claims.aud, application.client_id);
    });
  });
});
