import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import { type Browser, hasButton, hasField, type Page, type Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { OAuthClient, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What outlives a session that somebody stole: the scope admin, and whatever an administrator connects for good.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({
      type: 'web',
      name: 'Reports',
      redirect_uris: [redirectUri],
      scopes: ['api', 'admin', 'offline_access'],
    });
  });
  after(() => app.close());

  const doors = { standard: '/oauth2/authorize', workfront: '/integrations/oauth2/authorize' };
  const url = (scope: string | null, more: Record<string, string> = {}, door = doors.standard) =>
    `${door}?${new URLSearchParams({
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
      state: 's',
      ...(scope !== null && { scope }),
      ...more,
    })}`;
  async function signedIn(role: 'administrator' | 'user'): Promise<{ person: Person; browser: Browser }> {
    const person = await app.admin.createUser({ role });
    const browser = app.browser();
    await browser.signIn(person);
    return { person, browser };
  }
  const asksForSignIn = (page: Page) => page.leftTo === null && hasField(page, 'password');
  const asksForConsent = (page: Page) => page.leftTo === null && hasButton(page, 'decision');
  const errorOf = (page: Page) => page.leftTo?.searchParams.get('error');
  const decide = (browser: Browser, page: Page, decision: string) =>
    browser.submitForm(page, {}, { button: `decision=${decision}` });

  describe('the scope admin', () => {
    test('that somebody asks for who is no administrator is an invalid_scope, at both doors', async () => {
      const { browser } = await signedIn('user');
      for (const door of Object.values(doors))
        for (const more of [{}, { prompt: 'none' }, { prompt: 'consent' }] as Record<string, string>[]) {
          const page = await browser.openPage(url('api admin', more, door));
          assert.equal(errorOf(page), 'invalid_scope');
          assert.equal(page.leftTo?.searchParams.get('state'), 's');
          assert.match(page.leftTo?.searchParams.get('error_description') ?? '', /\badmin\b/);
        }
    });

    test('is told of only to who has signed in: before that nobody knows who it will be', async () => {
      const browser = app.browser();
      const page = await browser.openPage(url('admin'));
      assert.ok(asksForSignIn(page));
      const user = await app.admin.createUser();
      const { email, password } = user;
      assert.equal(errorOf(await browser.submitForm(page, { email, password })), 'invalid_scope');
      assert.equal(errorOf(await app.browser().openPage(url('admin', { prompt: 'none' }))), 'login_required');
    });

    test('is left out for them where nobody named it', async () => {
      const { browser, person } = await signedIn('user');
      const page = await browser.openPage(url(null, {}, doors.workfront));
      assert.ok(asksForConsent(page));
      const code = (await decide(browser, page, 'allow')).leftTo?.searchParams.get('code') ?? '';
      const answer = await new OAuthClient(app, web).token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
      });
      assert.equal(success(answer).json<Tokens>().scope, 'api offline_access');
      const { data } = await app.admin.must<{ data: { scopes: string[] }[] }>(
        'GET',
        `/users/${person.id}/authorizations`,
      );
      assert.deepEqual(data[0]?.scopes, ['api', 'offline_access']);
    });

    test('is not allowed by who loses the role while the consent page is open', async () => {
      const { browser, person } = await signedIn('administrator');
      const page = await browser.openPage(url('api admin'));
      assert.ok(asksForConsent(page));
      await app.admin.updateUser(person.id, { role: 'user' });
      const answer = await decide(browser, page, 'allow');
      assert.equal(answer.status, 400);
      assert.equal(answer.leftTo, null);
    });

    test('is not given by a yes of earlier to who has lost the role', async () => {
      const { browser, person } = await signedIn('administrator');
      const path = url('admin');
      assert.ok(
        (await decide(browser, await browser.openPage(path), 'allow')).leftTo?.searchParams.has('code'),
      );
      assert.ok((await browser.openPage(path)).leftTo?.searchParams.has('code'));
      await app.admin.updateUser(person.id, { role: 'user' });
      await browser.signIn(person);
      assert.equal(errorOf(await browser.openPage(path)), 'invalid_scope');
    });
  });

  describe('fifteen minutes after an administrator gave their password', () => {
    for (const scope of ['api admin', 'api offline_access'])
      test(`${scope} takes it again, with words that say why, and then goes on`, async () => {
        const { browser, person } = await signedIn('administrator');
        app.clock.advance(15 * MINUTE);
        const page = await browser.openPage(url(scope));
        assert.ok(asksForSignIn(page));
        assert.match(textOf(page.html), /please enter yours again/);
        assert.ok(page.html.includes(`value="${person.email}"`), 'only the password has to be typed');
        assert.doesNotMatch(page.html, />Continue</);
        const { email, password } = person;
        const wrong = await browser.submitForm(page, { email, password: 'a guess of the thief' });
        assert.match(textOf(wrong.html), /please enter yours again/);
        const consent = await browser.submitForm(wrong, { email, password });
        assert.ok(asksForConsent(consent));

        app.clock.advance(15 * MINUTE);
        const late = await decide(browser, consent, 'allow');
        assert.equal(late.status, 400, 'nor by a page that was open meanwhile');
        const [, link = ''] = /href="(\/oauth2\/authorize[^"]*)"/.exec(late.html) ?? [];
        const again = await browser.openPage(link.replaceAll('&amp;', '&'));
        assert.ok(asksForSignIn(again));
        const allowed = await decide(browser, await browser.submitForm(again, { email, password }), 'allow');
        assert.ok(allowed.leftTo?.searchParams.get('code'));

        app.clock.advance(15 * MINUTE);
        assert.ok(asksForSignIn(await browser.openPage(url(scope))), 'nor by a yes that is remembered');
        assert.equal(errorOf(await browser.openPage(url(scope, { prompt: 'none' }))), 'login_required');
      });

    test('they may still say no, and allow what ends with an hour', async () => {
      const { browser } = await signedIn('administrator');
      const page = await browser.openPage(url('api offline_access'));
      app.clock.advance(15 * MINUTE);
      assert.equal(errorOf(await decide(browser, page, 'deny')), 'access_denied');
      assert.ok(asksForConsent(await browser.openPage(url('api'))));
    });

    test('a user who is none allows offline_access as ever', async () => {
      const { browser } = await signedIn('user');
      app.clock.advance(60 * MINUTE);
      const page = await browser.openPage(url('api offline_access'));
      assert.ok(asksForConsent(page));
      assert.ok((await decide(browser, page, 'allow')).leftTo?.searchParams.get('code'));
    });
  });
});
