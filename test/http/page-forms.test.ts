import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeSetupLink } from '../../server/accounts/setup.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import type { Browser } from '../support/browser.ts';
import { parseForms } from '../support/html-form.ts';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A browser without Sec-Fetch-Site hides where a form comes from (Origin: null) when the page has Referrer-Policy: no-referrer, as our
// consent and set-up pages have. A sandboxed frame of another site looks the same.

const redirectUri = 'https://client.example.com/callback';
const hidden = { origin: 'null' };

describe('a form of a browser that sends no Sec-Fetch-Site and hides its origin', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine: 'sqlite' });
  });
  after(() => app.close());

  async function signedIn(): Promise<{ browser: Browser; cookie: string }> {
    const browser = app.browser();
    await browser.signIn(await app.admin.createUser());
    return { browser, cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') };
  }
  const fieldsOf = (html: string, action: string) =>
    new URLSearchParams([...(parseForms(html).find((form) => form.action === action)?.fields ?? [])]);

  test('answers the consent page with what was sealed for its session', async () => {
    const application = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const { browser, cookie } = await signedIn();
    const query = new URLSearchParams({ response_type: 'code', client_id: application.client_id });
    const page = await browser.openPage(`/oauth2/authorize?${query}`);
    assert.equal(page.headers['referrer-policy'], 'no-referrer');
    const body = fieldsOf(page.html, '/consent');
    body.set('decision', 'allow');
    const stranger = await signedIn();
    for (const theirs of ['', stranger.cookie])
      assert.equal(
        (await send(app, '/consent', { body, headers: { ...hidden, cookie: theirs } })).status,
        400,
        'it is nobody else’s',
      );
    const answer = await send(app, '/consent', { body, headers: { ...hidden, cookie } });
    assert.equal(answer.status, 303);
    assert.match(answer.headers.location ?? '', /^https:\/\/client\.example\.com\/callback\?code=/);
  });

  test('answers nothing without it', async () => {
    const { cookie } = await signedIn();
    for (const body of [new URLSearchParams({ decision: 'allow' }), new URLSearchParams({ request: 'x' })])
      assert.equal((await send(app, '/consent', { body, headers: { ...hidden, cookie } })).status, 403);
  });

  test('does what the account page offers with the token of its session, and nothing without', async () => {
    const { browser, cookie } = await signedIn();
    const body = fieldsOf((await browser.openPage('/account')).html, '/account/profile');
    const token = body.get('form_token') ?? '';
    const post = async (path: string, fields: URLSearchParams) =>
      (await send(app, path, { body: fields, headers: { ...hidden, cookie } })).status;
    assert.equal(await post('/account/profile', body), 303);
    const others = await signedIn();
    const foreign = fieldsOf((await others.browser.openPage('/account')).html, '/account/profile');
    assert.equal(await post('/account/profile', foreign), 403);
    body.delete('form_token');
    assert.equal(await post('/account/profile', body), 403);
    assert.equal(await post('/logout', new URLSearchParams()), 403);
    assert.equal((await browser.openPage('/account')).path, '/account', 'still signed in');
    assert.equal(await post('/logout', new URLSearchParams({ form_token: token })), 303);
    assert.match((await browser.openPage('/account')).path, /^\/login/);
  });

  test('makes the first administrator with the token of the set-up link', async () => {
    const { services } = app;
    const url = `http://new.localhost:${app.port}`;
    const instance = await services.db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), { name: 'new', url }),
    );
    const token = new URL(await makeSetupLink(services, instance)).searchParams.get('token') ?? '';
    const target = { url, port: app.port };
    const fields = { email: 'first@example.com', name: 'First', password: 'long enough a password' };
    const post = (body: URLSearchParams) => send(target, '/setup', { body, headers: hidden });
    assert.equal((await post(new URLSearchParams({ ...fields, token: 'guessed' }))).status, 404);
    const done = await post(new URLSearchParams({ ...fields, token }));
    assert.equal(done.status, 303);
    assert.ok(done.headers['set-cookie']);
  });

  test('signs nobody in: whoever is led to it would be somebody else without noticing', async () => {
    const { email, password } = await app.admin.createUser();
    const body = new URLSearchParams({ email, password });
    const answer = await send(app, '/login', { body, headers: hidden });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers['set-cookie'], undefined);
  });
});
