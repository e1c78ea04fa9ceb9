import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, type Page } from '../support/browser.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The same bytes in another spelling of base64url are not what was issued: not to whoever remembers a token by its text, and not here.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const redirectUri = 'https://client.example.com/callback';

/** Other texts that a lenient reader takes for the same bytes. */
function spellings(text: string): string[] {
  const same = (other: string) =>
    other !== text && Buffer.from(other, 'base64url').equals(Buffer.from(text, 'base64url'));
  const last = alphabet.indexOf(text.at(-1) ?? '');
  const bits = [1, 2, 4, 8].map((bit) => text.slice(0, -1) + alphabet[last ^ bit]);
  return [...bits, `${text}=`, `${text}==`, text.replaceAll('-', '+').replaceAll('_', '/')].filter(same);
}

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

test('no other spelling of an access token or of a refresh token is good, nor does it end anything', async () => {
  const client = new OAuthClient(
    app,
    await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] }),
  );
  const tokens = await client.authorize(app.browser(), app.user);
  const [header, claims, signature = ''] = tokens.access_token.split('.');
  const others = spellings(signature);
  assert.ok(others.length >= 5);
  for (const other of others)
    assert.equal(await client.isActive(`${header}.${claims}.${other}`), false, other);
  const [, body = ''] = /^prt_(.+)$/.exec(tokens.refresh_token) ?? [];
  assert.ok(spellings(body).length >= 2);
  for (const other of spellings(body))
    assert.equal((await client.refresh(`prt_${other}`)).status, 400, other);
  assert.equal(await client.isActive(tokens.access_token), true);
  await client.refreshTokens(tokens.refresh_token);
});

test('no other spelling of the consent page’s question is one that was asked', async () => {
  const application = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const browser = new Browser(app);
  await browser.signIn(app.user);
  const ask = () =>
    browser.openPage(
      `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: application.client_id, redirect_uri: redirectUri })}`,
    );
  const page = await ask();
  const [name, value] = questionOf(page);
  const others = spellings(value);
  assert.ok(others.length >= 1);
  for (const other of others) {
    const answer = await browser.submitForm(await ask(), { [name]: other }, { button: 'decision=allow' });
    assert.equal(answer.leftTo, null, other);
  }
  const allowed = await browser.submitForm(await ask(), {}, { button: 'decision=allow' });
  assert.ok(allowed.leftTo?.searchParams.has('code'));
  assert.doesNotMatch(app.logText(), /"level":"error"/);
});

/** The sealed question: the longest hidden field of the page. */
function questionOf(page: Page): [string, string] {
  const fields = [...page.html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(
    ([input]): [string, string] => [
      /name="([^"]*)"/.exec(input)?.[1] ?? '',
      /value="([^"]*)"/.exec(input)?.[1] ?? '',
    ],
  );
  return fields.reduce((a, b) => (b[1].length > a[1].length ? b : a));
}
