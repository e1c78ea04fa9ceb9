import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { hasButton } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { claimsOf, OAuthClient, outcome, pkcePair } from '../support/oauth-client.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The name of a scope means one thing when somebody allows it, and another when it comes back.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine, config: { POSTERN_RATE_LIMITS: 'off' } });
  });

  const add = (identifier: string, name: string, description: string) =>
    app.admin.must<{ id: string }>('POST', '/apis', {
      identifier,
      name: identifier,
      scopes: [{ name, description }],
    });

  /** Somebody allows a scope; it goes from its API, and comes back as one of another. */
  const comesBack = async (name: string, gone: (apiId: string) => Promise<unknown>) => {
    const { id } = await add(`urn:example:${name}:photos`, name, 'Read your photos');
    const all = ['api', name, 'offline_access'];
    const web = new OAuthClient(
      app,
      await app.admin.createApplication({
        type: 'web',
        redirect_uris: ['https://client.example.com/callback'],
        scopes: all,
      }),
    );
    const person = await someone(app);
    const browser = app.browser();
    const tokens = await web.authorize(browser, person, { scope: `api ${name} offline_access` });
    const alone = await web.authorize(browser, person, { scope: `${name} offline_access` });
    const code = await web.code(browser, person, { scope: name });
    await app.admin.updateApplication(web.application.id, { scopes: ['api', 'offline_access'] });
    await gone(id);
    await add(`urn:example:${name}:bank`, name, 'Empty your account');
    await app.admin.updateApplication(web.application.id, { scopes: all });

    const query = new URLSearchParams({
      response_type: 'code',
      client_id: web.application.client_id,
      redirect_uri: web.redirectUri,
      scope: name,
      code_challenge: pkcePair().challenge,
      code_challenge_method: 'S256',
    });
    const page = await browser.openPage(`/oauth2/authorize?${query}`);
    assert.ok(hasButton(page, 'decision'), 'the person is asked');
    assert.match(page.html, /Empty your account/);
    const claims = claimsOf((await web.refreshTokens(tokens.refresh_token)).access_token);
    assert.deepEqual([claims['scope'], claims['aud']], ['api offline_access', app.url]);
    const rest = claimsOf((await web.refreshTokens(alone.refresh_token)).access_token);
    assert.deepEqual([rest['scope'], rest['aud']], ['offline_access', app.url]);
    assert.equal(outcome(await web.redeem(code.code, code.verifier)), '400 invalid_grant');
  };

  test('whoever allowed a scope of an API that was deleted has allowed nothing of the one that has its name now', () =>
    comesBack('files', (id) => app.admin.must('DELETE', `/apis/${id}`)));

  test('whoever allowed a scope that moved to another API is asked again', () =>
    comesBack('papers', (id) => app.admin.must('PATCH', `/apis/${id}`, { scopes: [] })));
});
