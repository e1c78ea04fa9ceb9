import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR } from '../../server/base/units.ts';
import { initialScopes } from '../../server/model/instance.ts';
import type { ApplicationView } from '../support/admin.ts';
import { type Browser, hasButton, hasField, type Page } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { OAuthClient, outcome } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// One list of rules, wherever a request comes from and as often as somebody goes on with it.

const redirectUri = 'https://client.example.com/callback';
const otherUri = 'https://client.example.com/other';
const doors = ['/oauth2/authorize', '/integrations/oauth2/authorize'];

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  let browser: Browser;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({
      type: 'web',
      name: 'Night <b>Shift</b>',
      redirect_uris: [redirectUri],
    });
    browser = app.browser();
    await browser.signIn(await app.admin.createUser());
  });
  after(() => app.close());

  const query = (more: Record<string, string> = {}, application = web) =>
    new URLSearchParams({
      response_type: 'code',
      client_id: application.client_id,
      redirect_uri: redirectUri,
      state: 'some state',
      ...more,
    });
  const url = (more: Record<string, string> = {}, application = web) =>
    `/oauth2/authorize?${query(more, application)}`;
  const back = (page: Page) => page.leftTo?.searchParams ?? assert.fail(`still on ${page.path}`);
  const allow = (page: Page, by = browser) => by.submitForm(page, {}, { button: 'decision=allow' });
  const linkBack = (page: Page) => {
    const [, href = assert.fail(`no link on ${page.path}`)] =
      /href="(\/[\w/]*oauth2\/authorize[^"]*)"/.exec(page.html) ?? [];
    return href.replaceAll('&amp;', '&');
  };

  describe('what has changed while the consent page was open', () => {
    /** Opens the question, changes something, allows. @returns the page that came of it, and that its link leads to */
    async function allowAfter(
      change: (application: ApplicationView) => Promise<unknown>,
      more: Record<string, string> = {},
    ): Promise<{ answer: Page; again: Page }> {
      const application = await app.admin.createApplication({
        type: 'web',
        redirect_uris: [redirectUri],
        scopes: ['api', 'offline_access'],
      });
      const page = await browser.openPage(url(more, application));
      assert.ok(hasButton(page, 'decision'));
      await change(application);
      const answer = await allow(page);
      assert.equal(answer.status, 400);
      assert.equal(answer.leftTo, null, 'nothing is sent to the client');
      const again = await browser.openPage(linkBack(answer));
      await app.admin.deleteApplication(application.id);
      return { answer, again };
    }

    test('counts: an application that requires PKCE now gives no code to a request without', async () => {
      const { again } = await allowAfter(({ id }) => app.admin.updateApplication(id, { require_pkce: true }));
      assert.equal(back(again).get('error'), 'invalid_request');
      assert.match(back(again).get('error_description') ?? '', /PKCE/);
    });

    test('counts: a scope, a redirect URI or the whole application that was taken away', async () => {
      const noScope = await allowAfter(({ id }) => app.admin.updateApplication(id, { scopes: ['api'] }), {
        scope: 'api offline_access',
      });
      assert.equal(back(noScope.again).get('error'), 'invalid_scope');
      const noUri = await allowAfter(({ id }) =>
        app.admin.updateApplication(id, { redirect_uris: [otherUri] }),
      );
      assert.equal(noUri.again.status, 400);
      assert.ok(noUri.again.html.includes('unregistered_redirect_uri'));
      const off = await allowAfter(({ id }) => app.admin.updateApplication(id, { enabled: false }));
      assert.ok(off.again.html.includes('disabled_client'));
    });

    test('counts: what a request without scope or redirect URI stands for is what was shown, or is asked again', async () => {
      const more = { name: 'more', description: 'Even more', default: true };
      await app.admin.updateInstance({ scopes: [...initialScopes, { ...more, default: false }] });
      const scopes = await allowAfter(async ({ id }) => {
        await app.admin.updateApplication(id, { scopes: ['api', 'more'] });
        await app.admin.updateInstance({ scopes: [...initialScopes, more] });
      });
      assert.match(textOf(scopes.again.html), /Even more/);
      await app.admin.updateInstance({ scopes: initialScopes });

      const application = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
      const asked = query({}, application);
      asked.delete('redirect_uri');
      const page = await browser.openPage(`/oauth2/authorize?${asked}`);
      await app.admin.updateApplication(application.id, { redirect_uris: [otherUri] });
      const answer = await allow(page);
      assert.equal(answer.status, 400);
      assert.equal(answer.leftTo, null);
      assert.equal(back(await allow(await browser.openPage(linkBack(answer)))).has('code'), true);
      await app.admin.deleteApplication(application.id);
    });
  });

  test('a consent page that is out of date leads back to its request with one link, in its language', async () => {
    const person = await app.admin.createUser();
    const mine = app.browser();
    await mine.signIn(person);
    const path = url({ scope: 'api', state: 'läng & "lång"', ui_locales: 'sv' });
    for (const outdate of [
      () => mine.request('/logout', { method: 'POST' }),
      () => mine.signIn(person),
      () => app.clock.advance(HOUR),
    ]) {
      await mine.signIn(person);
      const page = await mine.openPage(path);
      await outdate();
      const late = await allow(page, mine);
      assert.equal(late.status, 400);
      assert.match(late.html, /lang="sv"/);
      assert.equal(late.headers['referrer-policy'], 'no-referrer');
      let again = await mine.openPage(linkBack(late));
      if (hasField(again, 'password'))
        again = await mine.submitForm(again, { email: person.email, password: person.password });
      const done = await mine.submitForm(again, {}, { button: 'decision=deny' });
      assert.equal(back(done).get('state'), 'läng & "lång"');
    }
  });

  describe('somebody who is not signed in', () => {
    const errors: Record<string, Record<string, string>> = {
      unsupported_response_type: { response_type: 'token' },
      invalid_request: { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' },
      invalid_scope: { scope: 'nothing-like-it' },
      request_uri_not_supported: { request_uri: 'https://client.example.com/request' },
    };

    test('signs in before an error sends them anywhere, at both doors and by both methods', async () => {
      for (const door of doors)
        for (const [error, more] of Object.entries(errors))
          for (const message of [undefined, { body: query(more) }]) {
            const stranger = app.browser();
            const page = await stranger.openPage(message ? door : `${door}?${query(more)}`, message);
            assert.equal(page.leftTo, null, error);
            assert.ok(hasField(page, 'password'));
            const { email, password } = app.user;
            const after_ = await stranger.submitForm(page, { email, password });
            assert.equal(back(after_).get('error'), error);
            assert.equal(back(after_).get('state'), 'some state');
            assert.equal(back(after_).get('iss'), app.url);
          }
    });

    test('does so too when a parameter came twice, which is not forgotten on the way', async () => {
      for (const twice of ['scope=api', 'state=other', 'prompt=login', 'nobody-knows=1&nobody-knows=2']) {
        const stranger = app.browser();
        const page = await stranger.openPage(`${url({ scope: 'api', prompt: 'consent' })}&${twice}`);
        assert.ok(hasField(page, 'password'), twice);
        const { email, password } = app.user;
        const after_ = await stranger.submitForm(page, { email, password });
        assert.equal(back(after_).get('error'), 'invalid_request', twice);
        assert.equal(back(after_).get('state'), twice.startsWith('state') ? null : 'some state');
      }
    });

    test('is not asked where the client wants no page to be shown', async () => {
      for (const [error, more] of Object.entries(errors))
        for (const prompt of ['none', 'none login']) {
          const page = await app.browser().openPage(url({ ...more, prompt }));
          assert.ok(back(page).has('error'));
          if (prompt === 'none') assert.equal(back(page).get('error'), error);
        }
      assert.equal(
        back(await app.browser().openPage(url({ prompt: 'none login' }))).get('error'),
        'invalid_request',
      );
      assert.equal(
        back(await app.browser().openPage(url({ prompt: 'none' }))).get('error'),
        'login_required',
      );
    });
  });

  describe('the sign-in page', () => {
    const signInPage = (returnTo: string) =>
      app.browser().openPage(`/login?${new URLSearchParams({ return_to: returnTo })}`);

    test('names an application whose request would lead back to it', async () => {
      for (const door of doors)
        assert.match((await signInPage(`${door}?${query()}`)).html, /Night &lt;b&gt;Shift/);
      assert.match((await signInPage(url({ scope: 'wrong' }))).html, /Night &lt;b&gt;Shift/);
    });

    test('names nobody for a link that anybody can write', async () => {
      for (const returnTo of [
        url({ redirect_uri: 'https://evil.example.com/' }),
        `${url()}&redirect_uri=${encodeURIComponent(redirectUri)}`,
        `${url()}&client_id=${web.client_id}`,
        `/account?${query()}`,
        url({ client_id: 'x' }),
      ])
        assert.doesNotMatch((await signInPage(returnTo)).html, /Night/, returnTo);
    });
  });

  describe('the page for a redirect URI that is not registered', () => {
    const pageFor = async (redirect_uri: string) => {
      const page = await browser.openPage(url({ redirect_uri }));
      assert.equal(page.status, 400);
      assert.equal(page.leftTo, null);
      return page;
    };

    test('shows the URI that was sent and whose it is not', async () => {
      const page = await pageFor('https://client.example.com/callback/?a=1&b=<script>');
      assert.match(page.html, /Night &lt;b&gt;Shift/);
      assert.ok(textOf(page.html).includes('https://client.example.com/callback/?a=1&b=<script>'));
      assert.doesNotMatch(page.html, /<script|href="https:\/\/client/);
    });

    test('shows what cannot be seen, and lets nothing turn around or go on for ever', async () => {
      const turned = textOf((await pageFor('https://evil.example/\u202egpj.exe\u2066 \n\u200b')).html);
      assert.ok(turned.includes('https://evil.example/%E2%80%AEgpj.exe%E2%81%A6%20%0A%E2%80%8B'));
      const long = await pageFor(`https://evil.example/${'x'.repeat(3000)}`);
      assert.ok(long.html.length < 6000 && long.html.includes(`${'x'.repeat(400)}`));
      await pageFor(`https://evil.example/${'x'.repeat(478)}\ud83d\ude00`);
    });
  });

  describe('invalid_scope', () => {
    test('names the scope, in characters that an error description may have', async () => {
      for (const [scope, named] of [
        ['api wrong:one', 'wrong:one'],
        ['api it’s', null],
        ['x'.repeat(3000), 'x'.repeat(100)],
        ['a"b', null],
        ['a\\b', null],
        ["<img/src='x'>", "<img/src='x'>"],
      ] as const) {
        const page = await browser.openPage(url({ scope }));
        assert.equal(back(page).get('error'), 'invalid_scope');
        const description = back(page).get('error_description') ?? '';
        assert.match(description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,300}$/);
        if (named) assert.ok(description.includes(named), description);
      }
    });

    test('names it to a refresh, too', async () => {
      const client = new OAuthClient(app, web);
      const { refresh_token } = await client.authorize(app.browser(), app.user);
      const refused = await client.refresh(refresh_token, { scope: 'api admin' });
      assert.equal(outcome(refused), '400 invalid_scope');
      assert.match(refused.json<{ error_description: string }>().error_description, /\badmin\b/);
    });
  });

  describe('parameters', () => {
    test('resource may come more than once', async () => {
      const own = `resource=${encodeURIComponent(app.url)}`;
      const twice = `${own}&${own}`;
      const page = await browser.openPage(`${url({ scope: 'api' })}&${twice}`);
      assert.ok(hasButton(page, 'decision'));
      const posted = await browser.openPage('/oauth2/authorize', {
        body: new URLSearchParams(`${query({ scope: 'api' })}&${twice}`),
      });
      assert.ok(hasButton(posted, 'decision'));
      assert.ok(posted.path.endsWith(twice), 'and goes along to the next step');
      assert.ok(back(await allow(posted)).get('code'));
    });

    test('that are empty count as absent', async () => {
      const empty = { scope: '', prompt: '', max_age: '', code_challenge: '', response_mode: '' };
      const page = await browser.openPage(url({ ...empty, code_challenge_method: '', state: '' }));
      const done = page.leftTo ? page : await allow(page);
      assert.ok(back(done).get('code'));
      assert.equal(back(done).has('state'), false);
      const prompted = await browser.openPage(url({ prompt: '', max_age: '' }));
      assert.ok(back(prompted).get('code'));
    });

    test('of prompt=none with several faults have one error, the first in the list of rules', async () => {
      const all = {
        prompt: 'none',
        response_type: 'token',
        scope: 'wrong',
        max_age: 'x',
        code_challenge: 'x',
      };
      for (const by of [browser, app.browser()])
        assert.equal(back(await by.openPage(url(all))).get('error'), 'unsupported_response_type');
    });
  });
});
