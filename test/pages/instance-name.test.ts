import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { initialName } from '../../server/model/instance.ts';
import { locales } from '../../server/model/user.ts';
import type { ApplicationView } from '../support/admin.ts';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// People read whose pages these are: the name that an administrator chose, on each of them.

const hostile = `Zoë & “Sons” <script>alert(1)</script> {application} שלום`;
const shown = 'Zoë &amp; “Sons” &lt;script&gt;alert(1)&lt;/script&gt; {application} שלום';

let app: TestApp;
let web: ApplicationView;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
  web = await app.admin.createApplication({ type: 'web', redirect_uris: ['https://client.example/cb'] });
});
after(() => app.close());

/** What stands at the top of a page, in the browser's tab, and in its first heading, as HTML. */
function places(page: string): { top: string; tab: string; heading: string } {
  const between = (pattern: RegExp) => pattern.exec(page)?.[1] ?? '';
  return {
    top: between(/<header.*?<bdi>(.*?)<\/bdi>/s),
    tab: between(/<title>.*? · (.*?)<\/title>/s),
    heading: between(/<h1>(.*?)<\/h1>/s),
  };
}

const authorize = () =>
  `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: web.client_id })}`;

/** Every kind of page, in a language, as somebody who is signed in or nobody. */
async function pages(locale: string): Promise<Record<string, string>> {
  const browser = app.browser();
  await browser.signIn(app.user);
  const nobody = app.browser();
  const at = (path: string) => `${path}${path.includes('?') ? '&' : '?'}ui_locales=${locale}`;
  const text = async (who: typeof browser, path: string) => (await who.openPage(at(path))).html;
  return {
    signIn: await text(nobody, '/login'),
    signInForApplication: await text(nobody, authorize()),
    consent: await text(browser, authorize()),
    account: await text(browser, '/account'),
    unknownClient: await text(nobody, '/oauth2/authorize?client_id=x&response_type=code'),
    notFound: await text(nobody, '/nowhere'),
    notAdministrator: await text(browser, '/console'),
    deadSetUpLink: await text(nobody, '/setup?token=x'),
  };
}

test('who has just set up a server reads what it is, and no host name', async () => {
  for (const page of Object.values(await pages('en')))
    assert.deepEqual([places(page).top, places(page).tab], [initialName, initialName]);
});

test('every page names the instance at its top and in the tab, and its markup does nothing there', async () => {
  await app.admin.updateInstance({ name: hostile });
  for (const locale of locales)
    for (const [kind, page] of Object.entries(await pages(locale))) {
      const { top, tab } = places(page);
      assert.deepEqual([top, tab], [shown, shown], `${kind}, ${locale}`);
      assert.ok(!page.includes('<script>'), kind);
    }
});

test('the questions where people give something away say to whom, in every language', async () => {
  for (const locale of locales) {
    const { signIn = '', signInForApplication = '', consent = '' } = await pages(locale);
    for (const page of [signIn, signInForApplication, consent])
      assert.ok(places(page).heading.includes(`<bdi>${shown}</bdi>`), `${locale}: ${places(page).heading}`);
  }
});

test('a host that is nobody’s is told so under no tenant’s name', async () => {
  const stranger = { url: 'http://elsewhere.example', port: app.port };
  const { text } = await send(stranger, '/login', { headers: { accept: 'text/html' } });
  assert.equal(places(text).top, initialName);
  assert.ok(!text.includes(shown));
});
