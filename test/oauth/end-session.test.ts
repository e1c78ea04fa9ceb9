import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../support/logout-receiver.ts';
import { claimsOf } from '../support/oauth-client.ts';
import { isSignedIn, RelyingParty, sendToSignOut } from '../support/relying-party.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Applications send people here to sign out (OpenID Connect RP-Initiated Logout 1.0).

const redirect_uris = ['https://planner.example.com/callback'];
const bye = 'https://planner.example.com/bye?from=postern';

forEachEngine((engine) => {
  let app: TestApp;
  let receiver: LogoutReceiver;
  let application: ApplicationView;
  let planner: RelyingParty;
  before(async () => {
    app = await startApp({ engine });
    receiver = await startLogoutReceiver();
    application = await app.admin.createApplication({
      type: 'web',
      name: 'Northwind Planner',
      redirect_uris,
      post_logout_redirect_uris: [bye, 'http://127.0.0.1/bye'],
      backchannel_logout_uri: receiver.uri,
    });
    planner = new RelyingParty(app, application);
  });
  after(() => app.close());

  async function signedIn(): Promise<{ person: Person; browser: Browser; id_token_hint: string }> {
    const person = await someone(app);
    const browser = app.browser();
    return { person, browser, id_token_hint: await planner.signIn(browser, person) };
  }

  describe('with an ID token of this session', () => {
    test('people are signed out at once and come back with state, and the application is told', async () => {
      const { person, browser, id_token_hint } = await signedIn();
      const page = await sendToSignOut(browser, {
        id_token_hint,
        client_id: application.client_id,
        post_logout_redirect_uri: bye,
        state: 'a b&c',
      });
      assert.equal(page.leftTo?.href, `${bye}&state=a%20b%26c`);
      assert.equal(page.headers['referrer-policy'], 'no-referrer');
      assert.equal(await isSignedIn(browser), false);
      assert.equal(browser.cookies.has('postern'), false);
      const [told] = await receiver.about(person.id);
      assert.equal(told?.claims.sid, claimsOf(id_token_hint)['sid']);
      const [event] = await app.admin.auditEvents('session.ended', person.id);
      assert.equal(event?.['application_id'], application.id);
      assert.deepEqual(event?.['detail'], { sessions: 1, because: 'signed_out' });
    });

    test('a page says so where they come back to nowhere, in their language, and leads to the sign-in', async () => {
      const { browser, id_token_hint } = await signedIn();
      const page = await sendToSignOut(browser, { id_token_hint, state: 'x', ui_locales: 'sv' });
      assert.equal(page.status, 200);
      assert.match(page.html, /lang="sv"[\s\S]*Du är utloggad[\s\S]*Northwind Planner/);
      assert.match(page.html, /href="\/login\?ui_locales=sv"/);
      assert.equal(await isSignedIn(browser), false);
    });

    test('it may have expired months ago, as long as its key is published', async () => {
      const { browser, id_token_hint } = await signedIn();
      app.clock.advance(3 * DAY);
      await sendToSignOut(browser, { id_token_hint });
      assert.equal(await isSignedIn(browser), false);
    });

    test('any port of a loopback address will do for a native application', async () => {
      const { browser, id_token_hint } = await signedIn();
      const post_logout_redirect_uri = 'http://127.0.0.1:51234/bye';
      const page = await sendToSignOut(browser, { id_token_hint, post_logout_redirect_uri });
      assert.equal(page.leftTo?.href, post_logout_redirect_uri);
    });

    test('a form of another site, which comes without our cookie, does the same', async () => {
      const { browser, id_token_hint } = await signedIn();
      const body = new URLSearchParams({ id_token_hint, post_logout_redirect_uri: bye });
      const answer = await send(app, '/oauth2/logout', {
        body,
        headers: { 'sec-fetch-site': 'cross-site', origin: 'https://planner.example.com' },
      });
      assert.equal(answer.status, 303);
      assert.equal(await isSignedIn(browser), true);
      const page = await browser.openPage(answer.headers.location ?? '');
      assert.equal(page.leftTo?.href, bye);
      assert.equal(await isSignedIn(browser), false);
    });

    test('of a disabled application people are signed out, and not sent to it', async () => {
      const { browser, id_token_hint } = await signedIn();
      await app.admin.updateApplication(application.id, { enabled: false });
      const page = await sendToSignOut(browser, { id_token_hint, post_logout_redirect_uri: bye });
      await app.admin.updateApplication(application.id, { enabled: true });
      assert.equal(page.leftTo, null);
      assert.match(page.html, /You are signed out/);
      assert.equal(await isSignedIn(browser), false);
    });
  });

  describe('without one, people are asked, and', () => {
    test('who says yes is signed out and sent on', async () => {
      const { browser } = await signedIn();
      const asked = await sendToSignOut(browser, {
        client_id: application.client_id,
        post_logout_redirect_uri: bye,
        state: 'xyz',
      });
      assert.equal(asked.status, 200);
      assert.match(asked.html, /<b>.*Northwind Planner.*<\/b> asks/);
      assert.equal(await isSignedIn(browser), true);
      const page = await browser.submitForm(asked, {}, { button: 'decision=sign_out' });
      assert.equal(page.leftTo?.href, `${bye}&state=xyz`);
      assert.equal(await isSignedIn(browser), false);
    });

    test('who was sent by nobody in particular sees that they are signed out', async () => {
      const { browser } = await signedIn();
      const asked = await sendToSignOut(browser, {});
      const page = await browser.submitForm(asked, {}, { button: 'decision=sign_out' });
      assert.match(page.html, /You are signed out/);
      assert.equal(page.path, '/oauth2/logout');
    });

    test('who says no stays signed in, and sees where', async () => {
      const { browser, person } = await signedIn();
      const asked = await sendToSignOut(browser, { client_id: application.client_id });
      const page = await browser.submitForm(asked, {}, { button: 'decision=stay' });
      assert.equal(page.path, '/account');
      assert.match(page.html, new RegExp(person.email));
      assert.equal(await isSignedIn(browser), true);
    });

    test('who has signed out in another tab meanwhile is sent on', async () => {
      const { browser } = await signedIn();
      const parameters = { client_id: application.client_id, post_logout_redirect_uri: bye };
      const asked = await sendToSignOut(browser, parameters);
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      const page = await browser.submitForm(asked, {}, { button: 'decision=sign_out' });
      assert.equal(page.leftTo?.href, bye);
    });

    test('an ID token whose key is published no longer is as good as none', async () => {
      const { browser, id_token_hint } = await signedIn();
      const { signingKeys } = app.services;
      const [header = ''] = id_token_hint.split('.');
      const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
      await signingKeys.drop(app.instance.id, kid, { type: 'system', id: null });
      const parameters = { id_token_hint, client_id: application.client_id, post_logout_redirect_uri: bye };
      const asked = await sendToSignOut(browser, parameters);
      assert.equal(await isSignedIn(browser), true);
      const page = await browser.submitForm(asked, {}, { button: 'decision=sign_out' });
      assert.equal(page.leftTo?.href, bye);
    });
  });

  test('nobody who is not signed in is asked anything', async () => {
    const parameters = { client_id: application.client_id, post_logout_redirect_uri: bye, state: 's' };
    assert.equal((await sendToSignOut(app.browser(), parameters)).leftTo?.href, `${bye}&state=s`);
    const page = await sendToSignOut(app.browser(), {});
    assert.equal(page.status, 200);
    assert.match(page.html, /You are signed out/);
  });

  describe('a page tells what is wrong, and leaves people signed in, where', () => {
    let spa: ApplicationView;
    before(async () => {
      spa = await app.admin.createApplication({ type: 'spa', redirect_uris });
    });
    const wrong: [what: string, says: RegExp, () => Record<string, string>][] = [
      [
        'the address is not registered',
        /unregistered_post_logout_redirect_uri[\s\S]*/,
        () => ({ client_id: application.client_id, post_logout_redirect_uri: `${bye}2` }),
      ],
      [
        'something is added to the address',
        /Northwind Planner[\s\S]*planner\.example\.com\/bye\?from=postern&amp;foo=bar/,
        () => ({ client_id: application.client_id, post_logout_redirect_uri: `${bye}&foo=bar` }),
      ],
      ['nobody says whose the address is', /nameless_sign_out/, () => ({ post_logout_redirect_uri: bye })],
      ['the application is unknown', /unknown_client/, () => ({ client_id: '0'.repeat(32) })],
    ];
    for (const [what, says, parameters] of wrong)
      test(what, async () => {
        const { browser, id_token_hint } = await signedIn();
        const page = await sendToSignOut(browser, parameters());
        assert.equal(page.status, 400);
        assert.equal(page.leftTo, null);
        assert.match(page.html, says);
        assert.match(page.html, /href="\/oauth2\/logout"/, 'they can sign out without the application');
        const { client_id } = parameters();
        if (client_id === application.client_id)
          assert.equal((await sendToSignOut(browser, { ...parameters(), id_token_hint })).status, 400);
        assert.equal(await isSignedIn(browser), true);
      });

    test('the ID token is another application’s', async () => {
      const { browser, id_token_hint } = await signedIn();
      const page = await sendToSignOut(browser, { id_token_hint, client_id: spa.client_id });
      assert.equal(page.status, 400);
      assert.match(page.html, /other_client/);
      assert.equal(await isSignedIn(browser), true);
    });

    test('a parameter comes twice', async () => {
      const { browser, id_token_hint } = await signedIn();
      for (const twice of ['state=1&state=2', 'id_token_hint=x', 'other=1&other=1']) {
        const page = await browser.openPage(`/oauth2/logout?id_token_hint=${id_token_hint}&${twice}`);
        assert.equal(page.status, 400);
        assert.match(page.html, /repeated_parameter/);
      }
      assert.equal(await isSignedIn(browser), true);
    });

    test('more was sent than such a request has', async () => {
      const browser = app.browser();
      const state = 'x'.repeat(9000);
      assert.equal((await browser.openPage(`/oauth2/logout?state=${state}`)).status, 414);
      const body = new URLSearchParams({ state });
      assert.equal((await browser.request('/oauth2/logout', { body })).status, 413);
    });
  });

  test('a request for the headers alone signs nobody out', async () => {
    const { browser, id_token_hint } = await signedIn();
    const answer = await browser.request(`/oauth2/logout?id_token_hint=${id_token_hint}`, { method: 'HEAD' });
    assert.equal(answer.status, 405);
    assert.equal(await isSignedIn(browser), true);
  });
});
