import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Page } from '../support/browser.ts';
import { parseForms } from '../support/html-form.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// OpenID Connect Core 6: request objects are not taken. A client that puts all its parameters into one must find out.

const redirectUri = 'https://client.example.com/callback';

let app: TestApp;
let web: ApplicationView;
let browser: Browser;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  browser = app.browser();
  await browser.signIn(await app.admin.createUser());
});
after(() => app.close());

/** A JWT as the conformance suite makes it: `alg` none, no signature. */
const unsigned = (claims: unknown) =>
  `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;

const open = (request: string, more: Record<string, string> = {}): Promise<Page> =>
  browser.openPage(
    `/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
      scope: 'openid',
      request,
      ...more,
    })}`,
  );

const inForm = (page: Page): Record<string, string> =>
  Object.fromEntries(parseForms(page.html)[0]?.fields ?? []);

test('the refusal comes where a client listens that put state and response_mode into its request object', async () => {
  const answer = inForm(await open(unsigned({ state: 'some state', response_mode: 'form_post' })));
  assert.equal(answer['error'], 'request_not_supported');
  assert.equal(answer['state'], 'some state');
  assert.equal(answer['iss'], app.url);
});

test('what stands beside the request object counts more', async () => {
  const page = await open(unsigned({ state: 'inner', response_mode: 'form_post' }), {
    state: 'outer',
    response_mode: 'query',
  });
  assert.equal(page.leftTo?.searchParams.get('error'), 'request_not_supported');
  assert.equal(page.leftTo?.searchParams.get('state'), 'outer');
});

test('nothing else in it counts, least of all where the answer goes', async () => {
  const page = await open(unsigned({ redirect_uri: 'https://evil.example.com/', client_id: 'other' }));
  assert.equal(page.leftTo?.origin, new URL(redirectUri).origin);
  assert.equal(page.leftTo?.searchParams.get('error'), 'request_not_supported');
});

test('a request object that is none is refused like any other', async () => {
  const nonsense = [
    'nonsense',
    'a.b.c.d.e',
    `.${Buffer.from('{').toString('base64url')}.`,
    ...[null, 7, [], 'text', { state: 7, response_mode: ['form_post'] }].map(unsigned),
  ];
  for (const request of nonsense) {
    const { leftTo } = await open(request);
    assert.equal(leftTo?.searchParams.get('error'), 'request_not_supported', request);
    assert.equal(leftTo?.searchParams.has('state'), false, request);
  }
});
