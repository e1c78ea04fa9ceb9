import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import { type Browser, hasButton, hasField, type Page, type Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A client may ask for a new sign-in (prompt=login, max_age). What meets it is a sign-in in this browser, on the way to this request,
// and it meets it once.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  let person: Person;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    person = await app.admin.createUser();
    // Nothing of what follows is asked about.
    await app.browser().authorize(new URL(url({}), app.url).searchParams, person);
  });
  after(() => app.close());

  function url(more: Record<string, string>, clientId = web.client_id): string {
    return `/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'api',
      ...more,
    })}`;
  }
  const asksForSignIn = (page: Page) => page.leftTo === null && hasField(page, 'password');
  const codeOf = (page: Page) => page.leftTo?.searchParams.get('code') ?? null;
  const signInOn = (browser: Browser, page: Page, as = person) =>
    browser.submitForm(page, { email: as.email, password: as.password });
  async function signedIn(): Promise<Browser> {
    const browser = app.browser();
    await browser.signIn(person);
    return browser;
  }
  const returnToOf = (page: Page) => new URL(page.path, app.url).searchParams.get('return_to') ?? '';

  for (const [what, conditions] of Object.entries({
    'prompt=login': { prompt: 'login' },
    'prompt=select_account': { prompt: 'select_account' },
    'max_age=0': { max_age: '0' },
  }) as [string, Record<string, string>][]) {
    test(`${what} is met by a sign-in on the way to it, once`, async () => {
      const browser = await signedIn();
      app.clock.advance(1000);
      const asked = await browser.openPage(url(conditions));
      assert.ok(asksForSignIn(asked));
      const again = returnToOf(asked);
      app.clock.advance(1000);
      assert.ok(codeOf(await signInOn(browser, asked)));
      app.clock.advance(1000);
      assert.ok(asksForSignIn(await browser.openPage(again)), 'the same once more');
      assert.ok(asksForSignIn(await browser.openPage(url(conditions))));
    });
  }

  test('a trip that another browser began is worth nothing here, whenever somebody signed in', async () => {
    const stranger = app.browser();
    const link = returnToOf(await stranger.openPage(url({ prompt: 'login' })));
    const here = await signedIn();
    assert.ok(asksForSignIn(await here.openPage(link)));
    await signInOn(
      stranger,
      await stranger.openPage(`/login?${new URLSearchParams({ return_to: '/account' })}`),
    );
    assert.ok(asksForSignIn(await stranger.openPage(link)), 'a sign-in for something else');
    await signInOn(stranger, await stranger.openPage(url({ prompt: 'login', state: 'theirs' })));
    assert.ok(asksForSignIn(await (await signedIn()).openPage(link)));
  });

  test('a sign-in for one request is none for another, however little they differ', async () => {
    const other = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const browser = app.browser();
    const plain = await browser.openPage(url({ state: 'a' }));
    assert.ok(codeOf(await signInOn(browser, plain)));
    for (const more of [{ state: 'a' }, { state: 'b' }, { state: 'a', scope: 'api offline_access' }])
      assert.ok(asksForSignIn(await browser.openPage(url({ prompt: 'login', ...more }))));
    const consent = await signInOn(
      browser,
      await browser.openPage(url({ prompt: 'login consent', state: 'a' })),
    );
    assert.ok(hasButton(consent, 'decision'));
    for (const elsewhere of [
      url({ prompt: 'login', state: 'a' }),
      url({ prompt: 'login consent', state: 'b' }),
      url({ prompt: 'login consent', state: 'a' }, other.client_id),
      url({ prompt: 'login consent', state: 'a' }).replace('/oauth2/', '/integrations/oauth2/'),
    ])
      assert.ok(asksForSignIn(await browser.openPage(elsewhere)), elsewhere);
    const translated = await browser.openPage(url({ prompt: 'login consent', state: 'a', ui_locales: 'sv' }));
    assert.ok(hasButton(translated, 'decision'), 'the same in another language');
    await app.admin.deleteApplication(other.id);
  });

  test('the sign-in of an open consent page is used up by its answer, whichever it is', async () => {
    for (const decision of ['allow', 'deny']) {
      const browser = app.browser();
      const path = url({ prompt: 'login consent', state: decision });
      const page = await signInOn(browser, await browser.openPage(path));
      const twin = await browser.openPage(path);
      app.clock.advance(20 * MINUTE);
      const answer = await browser.submitForm(page, {}, { button: `decision=${decision}` });
      assert.ok(answer.leftTo, 'whoever reads for 20 minutes has signed in for it all the same');
      const second = await browser.submitForm(twin, {}, { button: 'decision=allow' });
      assert.equal(second.status, 400);
      assert.equal(second.leftTo, null);
      assert.ok(asksForSignIn(await browser.openPage(path)));
    }
  });

  test('of many answers at the same instant one has the code', async () => {
    const browser = app.browser();
    const path = url({ prompt: 'login', state: 'many' });
    const asked = await browser.openPage(path);
    const signIn = new URLSearchParams({ ...person, return_to: returnToOf(asked) });
    assert.equal((await browser.request('/login', { body: signIn })).status, 303);
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser.request(path)));
    const codes = answers.filter(({ headers }) => headers.location?.includes('code='));
    assert.equal(codes.length, 1);
    assert.equal(answers.filter(({ headers }) => headers.location?.startsWith('/login?')).length, 7);
  });

  test('a sign-in that was made for a request and left there meets it for a quarter of an hour', async () => {
    const browser = app.browser();
    const path = url({ prompt: 'login consent', state: 'left' });
    await signInOn(browser, await browser.openPage(path));
    app.clock.advance(14 * MINUTE);
    assert.ok(hasButton(await browser.openPage(path), 'decision'));
    app.clock.advance(MINUTE);
    assert.ok(asksForSignIn(await browser.openPage(path)));
  });
});
