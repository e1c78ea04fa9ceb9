import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findSession, type Session } from '../../server/accounts/sessions.ts';
import { findRememberedConsent } from '../../server/authorizations/consents.ts';
import { type Act, actOfSession } from '../../server/model/act.ts';
import { issueAuthorizationCode } from '../../server/oauth/authorize/answer.ts';
import { parametersOf } from '../../server/oauth/authorize/parameters.ts';
import { type AuthorizationRequest, requestOf } from '../../server/oauth/authorize/request.ts';
import { Form } from '../../server/oauth/parameters.ts';
import type { Consent } from '../../server/store/consents.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A code stands on the session and on what its user allowed, as they are when it is written: what happens between the look at them and
// that moment happens here.

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
  /** Somebody who has allowed the application, and what is known of them when the next request of it comes. */
  async function asked(): Promise<{
    person: Person;
    browser: Browser;
    session: Session;
    act: Act;
    request: AuthorizationRequest;
    consent: Consent;
  }> {
    const { services, instance } = app;
    const person = await app.admin.createUser();
    const browser = app.browser();
    assert.ok((await browser.authorize(params(), person)).searchParams.has('code'));
    const session = await findSession(services, instance, browser.cookies.get('postern') ?? '');
    const form = Form.fromText(`${new URLSearchParams(params())}`);
    const request = await requestOf(services, instance, 'standard', parametersOf(form));
    const subject = { application: request.client.application, redirectUri };
    const consent = session && (await findRememberedConsent(services, subject, session.user.id));
    assert.ok(session && consent);
    return { person, browser, session, act: actOfSession(instance, session, '127.0.0.1'), request, consent };
  }
  const codes = async () => {
    const [row] = await app.services.db.sql<{ n: number }>`SELECT count(*) AS n FROM authorization_codes`;
    return row?.n;
  };

  test('a yes that is forgotten at this moment gives no code', async () => {
    const { browser, session, act, request, consent } = await asked();
    const account = await browser.openPage('/account');
    await browser.submitForm(account, {}, { action: `/account/consents/${web.id}/forget` });
    const before = await codes();
    assert.equal(await issueAuthorizationCode(app.services, act, request, session, consent), undefined);
    assert.equal(await codes(), before);
  });

  test('a copied cookie that is replaced at this moment gives no code, and no yes that is remembered', async () => {
    const { person, browser, session, act, request, consent } = await asked();
    const account = await browser.openPage('/account');
    await browser.submitForm(account, {}, { action: `/account/consents/${web.id}/forget` });
    const { password } = person;
    assert.equal((await browser.request('/api/v1/me/authentications', { body: { password } })).status, 204);
    const before = await codes();
    for (const yes of ['given', consent] as const)
      assert.equal(await issueAuthorizationCode(app.services, act, request, session, yes), undefined);
    assert.equal(await codes(), before);
    const silent = await browser.openPage(
      `/oauth2/authorize?${new URLSearchParams({ ...params(), prompt: 'none' })}`,
    );
    assert.equal(silent.leftTo?.searchParams.get('error'), 'consent_required');
  });
});
