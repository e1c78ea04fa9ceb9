import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { type Id, newId } from '../../server/base/ids.ts';
import { locales } from '../../server/model/user.ts';
import { errorPage, errorPageCodes } from '../../server/pages/error.ts';
import { html } from '../../server/pages/html.ts';
import { insertAuthorization } from '../../server/store/authorizations.ts';
import type { ApplicationView } from '../support/admin.ts';
import { textOf } from '../support/html-form.ts';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What pages say and hold, byte by byte, also where somebody tries to break out.

const redirectUri = 'https://client.example.com/callback';

let app: TestApp;
let web: ApplicationView;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
  web = await app.admin.createApplication({
    type: 'web',
    name: 'ClientApp',
    description: 'Keeps projects in step',
    redirect_uris: [redirectUri],
    client_uri: 'https://client.example.com/about',
    policy_uri: 'https://client.example.com/privacy',
    developer_name: 'ClientApp AB',
    developer_email: 'dev@client.example.com',
  });
});
after(() => app.close());

function authorizeUrl(more: Record<string, string> = {}, application = web): string {
  return `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: application.client_id, redirect_uri: redirectUri, scope: 'api offline_access', state: 's', ...more })}`;
}

describe('the language of every other page', () => {
  const languageOf = (page: { html: string }) => /<html lang="([^"]+)">/.exec(page.html)?.[1];

  test('the page about an application that is not known is in the language that the link asks for', async () => {
    const browser = app.browser({ 'accept-language': 'zh-Hans' });
    const page = await browser.openPage('/oauth2/authorize?client_id=nobody&ui_locales=sv');
    assert.deepEqual([page.status, languageOf(page)], [400, 'sv']);
  });

  test('who is signed in reads about a problem in the language of their choice, not the browser’s', async () => {
    const person = await app.admin.createUser();
    await app.admin.updateUser(person.id, { locale: 'fr' });
    const browser = app.browser({ 'accept-language': 'sv' });
    await browser.signIn(person);
    for (const path of ['/oauth2/authorize?client_id=nobody', '/nowhere', '/setup?token=none'])
      assert.equal(languageOf(await browser.openPage(path)), 'fr', path);
    assert.equal(languageOf(await browser.openPage('/account')), 'fr');
    assert.equal(languageOf(await browser.openPage('/account?ui_locales=zh-CN')), 'zh-Hans');
  });
});

describe('where the sign-in leads', () => {
  const { origin } = new URL('http://localhost');
  const hostile = [
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/./\\evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    'evil.example',
    '@evil.example',
    '/\u0000',
    '/\r\nSet-Cookie: a=b',
    `/${'x'.repeat(20_000)}`,
  ];
  for (const returnTo of hostile)
    test(`${JSON.stringify(returnTo.slice(0, 40))} leads to where they belong, on this server`, async () => {
      const { email, password } = app.user;
      const answer = await send(app, '/login', {
        body: new URLSearchParams({ email, password, return_to: returnTo }),
      });
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.location, '/');
      if (returnTo.length > 10_000) return;
      const page = await send(app, `/login?${new URLSearchParams({ return_to: returnTo })}`);
      assert.match(page.text, /name="return_to" value="\/"/);
    });

  test('a path of this origin is kept as it is, and what a header cannot carry is encoded', async () => {
    const { email, password } = app.user;
    const follow = async (returnTo: string) =>
      (await send(app, '/login', { body: new URLSearchParams({ email, password, return_to: returnTo }) }))
        .headers.location;
    const path = authorizeUrl({ state: 'a b&c=d/../~', ui_locales: 'sv fr' });
    assert.equal(await follow(path), path);
    assert.equal(await follow('/account?notice=profile_saved'), '/account?notice=profile_saved');
    assert.equal(new URL((await follow('/päge?q=登录')) ?? '', origin).pathname, '/p%C3%A4ge');
  });
});

describe('hostile texts', () => {
  const nasty = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>`;

  test('in an application, a scope and a user’s name are shown as text on the consent and account pages', async () => {
    const person = await app.admin.createUser({ name: nasty });
    const evil = await app.admin.createApplication({
      type: 'web',
      name: nasty,
      description: nasty,
      developer_name: nasty,
      redirect_uris: [redirectUri],
    });
    await app.admin.updateInstance({
      scopes: [
        { name: 'api', description: nasty, default: true },
        { name: 'admin', description: 'Manage applications and users', default: false },
      ],
    });
    const browser = app.browser();
    await browser.signIn(person);
    const consent = await browser.openPage(authorizeUrl({}, evil));
    const done = await browser.submitForm(consent, {}, { button: 'decision=allow' });
    assert.ok(done.leftTo);
    const account = await browser.openPage('/account');
    for (const page of [consent, account]) {
      assert.doesNotMatch(page.html, /<script|<img src=x/);
      assert.ok(textOf(page.html).includes(`alert(1)</script>"'><img src=x`));
    }
    await app.admin.updateInstance({
      scopes: [
        { name: 'api', description: 'Use the API as you', default: true },
        { name: 'admin', description: 'Manage applications and users', default: false },
      ],
    });
    await app.admin.deleteApplication(evil.id);
  });

  test('the consent page names the host that the person will be sent to', async () => {
    const browser = app.browser();
    await browser.signIn(app.user);
    assert.match(
      textOf((await browser.openPage(authorizeUrl())).html),
      /You will then go to client\.example\.com \./,
    );
  });

  test('a name that turns the writing direction around cannot read as another one', async () => {
    const evil = await app.admin
      .createApplication({ type: 'web', name: 'Good \u202ekcart', redirect_uris: [redirectUri] })
      .catch(() => null);
    if (!evil) return; // refused at registration is as good
    const browser = app.browser();
    await browser.signIn(app.user);
    const page = await browser.openPage(authorizeUrl({}, evil));
    assert.ok(!page.html.includes('\u202e'));
    await app.admin.deleteApplication(evil.id);
  });

  test('in the query of the sign-in come back as text', async () => {
    const page = await send(
      app,
      `/login?${new URLSearchParams({ login_hint: `a"><script>@x.y`, ui_locales: nasty, return_to: `/x?"><script>` })}`,
    );
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /<script/);
  });

  test('in the query of a page about a problem do not come back as anything but text', async () => {
    for (const path of ['/oauth2/authorize', '/nowhere', '//evil.example/', '/setup']) {
      const page = await send(app, `${path}?client_id=x&a="><script>alert(1)</script>&b='onclick='x`);
      assert.ok(page.status >= 400, path);
      assert.doesNotMatch(page.text, /<script|'onclick='/, path);
      // The links to other languages hold no host and no path that somebody else wrote.
      assert.doesNotMatch(page.text, /href="[^"]*evil/, path);
    }
    const retry = errorPage({ locale: 'en', status: 503, code: 'unavailable', query: `"><script>` });
    assert.doesNotMatch(retry, /<script/);
  });

  test('a template escapes whatever is put into it', () => {
    assert.equal(
      html`<a title="${`"'<>&`}">${['<b>', html`<i>${'&'}</i>`, null, false, undefined, 0]}</a>`.toString(),
      '<a title="&quot;&#39;&lt;&gt;&amp;">&lt;b&gt;<i>&amp;</i>0</a>',
    );
  });
});

describe('every page', () => {
  test('forbids scripts and framing, is small, names its language and has one heading', async () => {
    const browser = app.browser();
    const account = await browser.signIn(await app.admin.createUser());
    const pages = [
      await browser.openPage('/login'),
      account,
      await browser.openPage(authorizeUrl()),
      await browser.openPage('/oauth2/authorize?client_id=unknown'),
      await browser.openPage('/nowhere'),
      await browser.openPage('/setup?token=unknown'),
    ];
    const [, stylePath = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(account.html) ?? [];
    const style = await send(app, stylePath);
    assert.equal(style.status, 200);
    assert.match(style.headers['cache-control'] ?? '', /immutable/);
    assert.match(style.headers['content-type'] ?? '', /^text\/css/);
    assert.doesNotMatch(style.text, /@import/);
    const pictures = [...style.text.matchAll(/url\(([^)]*)\)/g)].map(([, url]) => url);
    assert.ok(pictures.length > 0);
    for (const url of pictures) assert.match(url ?? '', /^"\/assets\/[a-z]+-[0-9a-f]{16}\.svg"$/);
    for (const { path, html: text, headers } of pages) {
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /unsafe|script-src/, path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['cache-control'], 'no-store', path);
      assert.match(String(headers['content-type']), /^text\/html/, path);
      assert.ok(headers['referrer-policy'], path);
      assert.ok(text.length + style.text.length < 30_000, `${path} has ${text.length} characters`);
      assert.match(text, /<html lang="en">/, path);
      assert.match(text, /<title>[^<]+<\/title>/, path);
      assert.match(text, /<meta name="viewport"/, path);
      assert.equal(text.match(/<h1/g)?.length, 1, path);
      assert.equal(text.match(/<main/g)?.length, 1, path);
      assert.doesNotMatch(text, /<script| style=| on\w+=|javascript:/, path);
      assert.ok(everyFieldHasLabel(text), path);
      assert.ok(idsAreUnique(text), path);
      assert.doesNotMatch(text, /<img (?![^>]*\balt=)/, path);
    }
  });

  test('the sign-in leaves form-action out, since Chrome would stop the way on to the client', async () => {
    const page = await send(app, '/login');
    assert.doesNotMatch(String(page.headers['content-security-policy']), /form-action/);
  });

  test('every problem has a page in every language', () => {
    for (const locale of locales) {
      for (const code of errorPageCodes) {
        const page = errorPage({ locale, status: 500, code, instance: null, reference: 'abc' });
        assert.match(page, new RegExp(`<html lang="${locale}">`));
        assert.match(page, /<code>abc<\/code>/);
      }
    }
  });

  test('a page about a problem shows a way on: again where that may help, else to the account', () => {
    const page = { locale: 'en', instance: app.instance, query: 'a=b&c=d' } as const;
    const failed = errorPage({ ...page, status: 503, code: 'unavailable' });
    assert.match(failed, /<a class="button primary" href="\?a=b&amp;c=d">Try again<\/a>/);
    const sent = errorPage({ ...page, status: 503, code: 'unavailable', query: undefined });
    assert.doesNotMatch(sent, /class="button/);
    assert.match(errorPage({ ...page, status: 404, code: 'not_found' }), /href="\/account"/);
  });

  test('the sign-in shows whom it is for: the logo of the application, or its letter', async () => {
    const path = `/login?${new URLSearchParams({ return_to: authorizeUrl() })}`;
    const letter = await send(app, path);
    assert.match(letter.text, /<span class="monogram tile-[0-5] " aria-hidden="true">C<\/span>/);
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#123456' } })
      .png()
      .toBuffer();
    const answer = await app.admin.call('PUT', `/applications/${web.id}/logo`, png, {
      'content-type': 'image/png',
    });
    assert.equal(answer.status, 200);
    const shown = await send(app, path);
    const [, logo = ''] = /<img class="logo " src="([^"]+)" alt=""/.exec(shown.text) ?? [];
    assert.equal((await send(app, logo)).headers['content-type'], 'image/png');
    assert.equal((await app.admin.call('DELETE', `/applications/${web.id}/logo`)).status, 204);
  });

  test('the account page leads administrators to the console, and nobody else', async () => {
    const administrator = app.browser();
    await administrator.signIn(app.administrator);
    assert.match((await administrator.openPage('/account')).html, /href="\/console"/);
    const user = app.browser();
    await user.signIn(app.user);
    assert.doesNotMatch((await user.openPage('/account')).html, /\/console/);
  });

  test('whoever has more authorizations than the account page shows sees the newest, can end them, and is told of the others', async () => {
    const person = await app.admin.createUser();
    const browser = app.browser();
    await browser.signIn(person);
    const newest: string[] = [];
    await app.services.db.transaction(async (tx) => {
      for (let n = 0; n < 501; n++) {
        const id = newId(app.clock.now() + n);
        newest.unshift(id);
        await insertAuthorization(tx, {
          id,
          instanceId: app.instance.id,
          applicationId: web.id as Id,
          userId: person.id as Id,
          scopes: ['api', 'offline_access'],
          openid: null,
          resources: null,
          generation: 1,
          createdAt: app.clock.now() + n,
          rotatedAt: null,
          lastUsedAt: null,
          expiresAt: null,
          revokedAt: null,
        });
      }
    });
    const shown = async () => {
      const page = await browser.openPage('/account');
      const ids = [...page.html.matchAll(/action="\/account\/authorizations\/(\w+)\/revoke"/g)];
      return { ids: ids.map(([, id]) => id), text: textOf(page.html) };
    };
    const before = await shown();
    assert.deepEqual(before.ids, newest.slice(0, 500));
    assert.match(before.text, /newest 500/);
    const [first = ''] = newest;
    assert.equal(
      (await browser.request(`/account/authorizations/${first}/revoke`, { body: new URLSearchParams() }))
        .status,
      303,
    );
    const after = await shown();
    assert.deepEqual(after.ids, newest.slice(1));
    assert.doesNotMatch(after.text, /newest 500/);
  });
});

function everyFieldHasLabel(text: string): boolean {
  return [...text.matchAll(/<(?:input|select)\b([^>]*)>/g)]
    .map(([, attributes = '']) => attributes)
    .filter((attributes) => !/type="hidden"|\bhidden\b/.test(attributes))
    .every((attributes) => {
      const [, id = ''] = /\bid="([^"]+)"/.exec(attributes) ?? [];
      return id !== '' && text.includes(`<label for="${id}">`);
    });
}

function idsAreUnique(text: string): boolean {
  const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  return new Set(ids).size === ids.length;
}
