import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { type Browser, hasButton, type Person } from '../support/browser.ts';
import { parseForms } from '../support/html-form.ts';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// OAuth 2.0 Form Post Response Mode: the browser posts the answer to the redirect URI.

const redirectUri = 'https://client.example.com/callback?tenant=7';

let app: TestApp;
let web: ApplicationView;
let person: Person;
let browser: Browser;

function formOf(html: string): { action: string; method: string; fields: Record<string, string> } {
  const [form, another] = parseForms(html);
  assert.ok(form && !another, 'a page with one form');
  return { ...form, fields: Object.fromEntries(form.fields) };
}

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  web = await app.admin.createApplication({ type: 'web', name: 'Forms', redirect_uris: [redirectUri] });
  person = await app.admin.createUser();
  browser = app.browser();
  await browser.signIn(person);
});
after(() => app.close());

const url = (more: Record<string, string> = {}, application = web) =>
  `/oauth2/authorize?${new URLSearchParams({
    response_type: 'code',
    response_mode: 'form_post',
    client_id: application.client_id,
    redirect_uri: application.redirect_uris?.[0] ?? '',
    scope: 'openid',
    ...more,
  })}`;

test('a code comes in a form that goes to the redirect URI by itself, or by its button', async () => {
  const question = await browser.openPage(url({ state: 'some state' }));
  assert.ok(hasButton(question, 'decision'));
  const page = await browser.submitForm(question, {}, { button: 'decision=allow' });
  assert.equal(page.status, 200);
  const { action, method, fields } = formOf(page.html);
  assert.equal(action, redirectUri);
  assert.equal(method, 'post');
  assert.deepEqual(Object.keys(fields), ['code', 'state', 'iss']);
  assert.deepEqual([fields['state'], fields['iss']], ['some state', app.url]);
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(policy, /unsafe|form-action/);
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.equal(page.headers['referrer-policy'], 'no-referrer');
  const [, script = ''] = /<script src="([^"]+)" defer><\/script>/.exec(page.html) ?? [];
  const file = await send(app, script, { method: 'GET' });
  assert.match(String(file.headers['content-type']), /^text\/javascript/);
  assert.match(file.text, /submit\(\)/);
  assert.match(page.html, /<button[^>]*>Continue<\/button>/);
});

test('an error comes the same way', async () => {
  const page = await browser.openPage(url({ scope: 'unknown', state: 's' }));
  const { fields } = formOf(page.html);
  assert.equal(fields['error'], 'invalid_scope');
  assert.equal(fields['state'], 's');
  const silent = await app.browser().openPage(url({ prompt: 'none' }));
  assert.equal(formOf(silent.html).fields['error'], 'login_required');
});

test('script in state, or in anything else that comes back, stays text', async () => {
  const state = `"><script>alert(1)</script><form action='https://evil.example'>&quot;`;
  const page = await browser.openPage(url({ state }));
  assert.equal(page.html.match(/<script/g)?.length, 1);
  assert.equal(page.html.match(/<form/g)?.length, 1);
  assert.equal(formOf(page.html).fields['state'], state);
});

test('no other page runs a script', async () => {
  for (const path of ['/login', '/account', url({ response_mode: 'query', prompt: 'consent' })]) {
    const page = await browser.openPage(path);
    assert.doesNotMatch(String(page.headers['content-security-policy']), /script-src/, path);
  }
});

test('an app on the device, to which no browser posts a form, is told so in its query', async () => {
  const spa = await app.admin.createApplication({
    type: 'spa',
    redirect_uris: ['com.example.app:/callback'],
  });
  const page = await browser.openPage(url({}, spa));
  assert.equal(page.leftTo?.protocol, 'com.example.app:');
  assert.equal(page.leftTo?.searchParams.get('error'), 'invalid_request');
  const unknown = await browser.openPage(url({ response_mode: 'fragment' }));
  assert.equal(unknown.leftTo?.searchParams.get('error'), 'invalid_request');
});
