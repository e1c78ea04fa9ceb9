import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findSession, type Session } from '../../server/accounts/sessions.ts';
import { type Act, actOfSession } from '../../server/model/act.ts';
import { issueAuthorizationCode } from '../../server/oauth/authorize/answer.ts';
import { parametersOf } from '../../server/oauth/authorize/parameters.ts';
import { type AuthorizationRequest, requestOf } from '../../server/oauth/authorize/request.ts';
import { Form } from '../../server/oauth/parameters.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A code stands on the session in the moment in which it is written, and on the yes that spared the question as long as it lives.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  });
  after(() => app.close());

  const params = () => ({ response_type: 'code', client_id: web.client_id, scope: 'api' });
  /** Somebody who has allowed the application, and what is known of them when its next request comes. */
  async function asked(): Promise<{
    person: Person;
    browser: Browser;
    session: Session;
    act: Act;
    request: AuthorizationRequest;
    /** Of the first yes. */
    code: string | null;
  }> {
    const { services, instance } = app;
    const person = await app.admin.createUser();
    const browser = app.browser();
    const code = (await browser.authorize(params(), person)).searchParams.get('code');
    const session = await findSession(services, instance, browser.cookies.get('postern') ?? '');
    assert.ok(session);
    const form = Form.fromText(`${new URLSearchParams(params())}`);
    const request = await requestOf(services, instance, 'standard', parametersOf(form));
    return { person, browser, session, act: actOfSession(instance, session, '127.0.0.1'), request, code };
  }
  const forget = async (browser: Browser) => {
    const account = await browser.openPage('/account');
    await browser.submitForm(account, {}, { action: `/account/consents/${web.id}/forget` });
  };
  const silently = async (browser: Browser) => {
    const query = new URLSearchParams({ ...params(), prompt: 'none' });
    return (await browser.openPage(`/oauth2/authorize?${query}`)).leftTo?.searchParams;
  };
  const redeem = (code: string | null | undefined) =>
    new OAuthClient(app, web).token({ grant_type: 'authorization_code', code: code ?? '' });

  test('a copied cookie that is replaced at this moment gives no code, and no yes that is remembered', async () => {
    const { person, browser, session, act, request } = await asked();
    await forget(browser);
    const { password } = person;
    assert.equal((await browser.request('/api/v1/me/authentications', { body: { password } })).status, 204);
    for (const yes of ['given', 'remembered'] as const)
      assert.equal(await issueAuthorizationCode(app.services, act, request, session, yes), undefined);
    assert.equal((await silently(browser))?.get('error'), 'consent_required');
  });

  test('a code that a remembered yes gave is worth nothing when that yes is forgotten, before or at this moment', async () => {
    const { browser, session, act, request } = await asked();
    const before = (await silently(browser))?.get('code');
    await forget(browser);
    const at = await issueAuthorizationCode(app.services, act, request, session, 'remembered');
    for (const code of [before, at]) assert.equal(outcome(await redeem(code)), '400 invalid_grant');
  });

  test('of the codes that an application gets silently while its user disconnects it none brings it back', async () => {
    for (let round = 0; round < 6; round++) {
      const { browser, code } = await asked();
      const { access_token } = success(await redeem(code)).json<Tokens>();
      const id = String(claimsOf(access_token)['authorization_id']);
      const codes = Array.from({ length: 8 }, async (_, n) => {
        await sleep(2 * n);
        return (await silently(browser))?.get('code');
      });
      await sleep(2 * round);
      const ended = await browser.request(`/account/authorizations/${id}/revoke`, {
        body: new URLSearchParams(),
      });
      assert.equal(ended.status, 303);
      for (const each of await Promise.all(codes))
        if (each) assert.equal(outcome(await redeem(each)), '400 invalid_grant');
    }
  });
});
