import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeSetupLink } from '../../server/accounts/setup.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import { Browser, type Person } from '../support/browser.ts';
import { textOf } from '../support/html-form.ts';
import { type Headers, send, type Target } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A browser that refuses cookies would be shown the sign-in form again and again, without a word.

let app: TestApp;
let person: Person;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
  person = await app.admin.createUser();
});
after(() => app.close());

/** A browser without JavaScript that keeps no cookie. */
function refusing(headers: Headers = {}, target: Target = app): Browser {
  const browser = new Browser(target, headers);
  browser.cookies.set = () => browser.cookies;
  return browser;
}

const again = (html: string) =>
  (/<a class="button primary" href="([^"]+)"/.exec(html)?.[1] ?? assert.fail('no link')).replaceAll(
    '&amp;',
    '&',
  );

describe('a browser that refuses cookies', () => {
  for (const [language, words] of [
    ['en', /Your browser refuses cookies.*Sign in again/],
    ['fr', /Votre navigateur refuse les cookies.*Se reconnecter/],
    ['sv', /Webbläsaren tar inte emot cookies.*Logga in igen/],
    ['zh-CN', /您的浏览器拒绝 Cookie.*重新登录/],
  ] as const)
    test(`is told so after a right password (${language}), with a link back to the form`, async () => {
      const returnTo = '/account?notice=profile_saved';
      const browser = refusing({ 'accept-language': language });
      const page = await browser.signIn(person, returnTo);
      assert.equal(page.status, 400);
      assert.match(textOf(page.html), words);
      const form = await browser.openPage(again(page.html));
      assert.equal(form.status, 200);
      assert.match(form.html, /name="password"/);
      assert.equal(new URLSearchParams(form.path.split('?')[1]).get('return_to'), returnTo);
    });

  test('comes back to the request of the application, once it keeps them', async () => {
    const callback = 'https://client.example.com/callback';
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [callback] });
    const query = new URLSearchParams({ response_type: 'code', client_id: web.client_id, ui_locales: 'sv' });
    const returnTo = `/oauth2/authorize?${query}`;
    const page = await refusing().signIn(person, returnTo);
    assert.match(textOf(page.html), /Webbläsaren tar inte emot cookies/);
    const browser = app.browser();
    const { email, password } = person;
    const asked = await browser.submitForm(await browser.openPage(again(page.html)), { email, password });
    assert.ok(asked.path.startsWith('/oauth2/authorize?'), asked.path);
    assert.match(asked.html, /value="allow"/);
  });

  test('learns nothing after a wrong password', async () => {
    const wrong = { email: person.email, password: 'wrong wrong wrong' };
    const [without, keeping] = [await refusing().signIn(wrong), await app.browser().signIn(wrong)];
    assert.equal(without.status, 401);
    assert.equal(without.html, keeping.html);
    assert.doesNotMatch(textOf(without.html), /cookie/i);
  });

  test('is told so after the first administrator was made, too', async () => {
    const { services, port } = app;
    const url = `http://new.localhost:${port}`;
    const instance = await services.db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), { handle: 'new', name: 'New', url }),
    );
    const link = await makeSetupLink(services, instance);
    const browser = refusing({}, { url, port });
    const page = await browser.submitForm(await browser.openPage(link), {
      name: 'First',
      email: 'first@example.com',
      password: 'the first of all passwords',
    });
    assert.match(textOf(page.html), /Your browser refuses cookies/);
  });
});

describe('a browser that keeps cookies', () => {
  test('is led where it wanted to go, the first time and later', async () => {
    const browser = app.browser();
    for (let times = 0; times < 2; times++) {
      const page = await browser.signIn(person, '/account?notice=profile_saved');
      assert.deepEqual([page.status, page.path], [200, '/account?notice=profile_saved']);
    }
  });

  test('is led to no other origin, whatever a link makes of the way there', async () => {
    const browser = app.browser();
    await browser.signIn(person);
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '/.//evil.example'])
      for (const who of [browser, refusing()]) {
        const path = `/login?${new URLSearchParams({ signed_in: '1', return_to: to })}`;
        const { status, headers, text } = await who.request(path);
        if (status === 303) assert.equal(headers.location, '/');
        else assert.equal(new URLSearchParams(again(text).split('?')[1]).get('return_to'), '/');
      }
  });
});

test('a program that sends the form by itself is led on at once', async () => {
  const body = new URLSearchParams({ ...person, return_to: '/account' });
  const { status, headers } = await send(app, '/login', { body });
  assert.deepEqual([status, headers.location], [303, '/account']);
});
