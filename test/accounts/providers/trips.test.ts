import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { MINUTE, SECOND, toUnixSeconds } from '../../../server/base/units.ts';
import type { Browser } from '../../support/browser.ts';
import { parseForms, textOf } from '../../support/html-form.ts';
import { claimsOf, OAuthClient, pkcePair } from '../../support/oauth-client.ts';
import { otherInstance } from '../../support/other-instance.ts';
import { Product, whoIsIn } from '../../support/product.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// The way to an identity provider and back: what is kept of it, whose it is, and where it leads.

let app: TestApp;
let product: Product;
let client: OAuthClient;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  product = await Product.register(app);
  client = new OAuthClient(
    app,
    await app.admin.must('POST', '/applications', {
      type: 'web',
      name: 'Some client',
      redirect_uris: ['https://client.example.com/callback'],
      scopes: ['api', 'openid', 'offline_access'],
    }),
  );
});

const passwords = (password: 'everybody' | 'administrators' | 'nobody') =>
  app.admin.must('PATCH', '/instance', { sign_in: { password } });

beforeEach(() => passwords('everybody'));

let count = 0;
/** Somebody whom the product alone knows. */
const somebody = () => ({ sub: `trip:${++count}`, email: `trip${count}@example.com` });

/** The path of an authorization request. */
function authorizeUrl(parameters: Record<string, string> = {}): string {
  const all = {
    response_type: 'code',
    client_id: client.application.client_id,
    redirect_uri: client.redirectUri,
    scope: 'openid',
    code_challenge: pkcePair().challenge,
    code_challenge_method: 'S256',
    state: 'some state',
    ...parameters,
  };
  return `/oauth2/authorize?${new URLSearchParams(all)}`;
}

describe('a login request', () => {
  test('is good in the browser that it was given to, and nowhere else', async () => {
    const [victim, attacker] = [app.browser(), app.browser()];
    const asked = await product.begin(attacker);
    const page = await product.answer(victim, asked, somebody());
    assert.equal(page.status, 400);
    assert.match(textOf(page.html), /This sign-in is over/);
    assert.equal(await whoIsIn(victim), null, 'nobody is signed in as somebody else by a link');
    assert.equal((await product.answer(attacker, asked, somebody())).path, '/account');
  });

  test('is good once, also for whoever kept its cookie', async () => {
    const browser = app.browser();
    const asked = await product.begin(browser);
    const cookies = new Map(browser.cookies);
    assert.equal((await product.answer(browser, asked, somebody())).path, '/account');
    const copy = app.browser();
    for (const [name, value] of cookies) copy.cookies.set(name, value);
    const page = await product.answer(copy, asked, somebody());
    assert.equal(page.status, 400);
    assert.equal(await whoIsIn(copy), null);
  });

  test('is good for fifteen minutes', async () => {
    const browser = app.browser();
    const asked = await product.begin(browser);
    app.clock.advance(15 * MINUTE - SECOND);
    assert.equal((await product.answer(browser, asked, somebody())).path, '/account');
    const late = await product.begin(browser);
    app.clock.advance(15 * MINUTE);
    assert.equal((await product.answer(browser, late, somebody())).status, 400);
  });

  test('is good at its provider and in its instance alone', async () => {
    const another = await Product.register(app, { name: 'Another' });
    const browser = app.browser();
    const asked = await product.begin(browser);
    assert.equal((await another.answer(browser, asked, somebody())).status, 400);
    assert.equal(await whoIsIn(browser), null);
    const other = await otherInstance(app);
    const there = await Product.register({ ...app, url: other.instance.url, admin: other.admin });
    const strange = app.browser();
    for (const [name, value] of browser.cookies) strange.cookies.set(name, value);
    const response = await there.response(asked.get('login_request') ?? '');
    const answer = await strange.request(`/login/handover/${there.id}?${new URLSearchParams({ response })}`, {
      headers: { host: new URL(other.instance.url).host },
    });
    assert.equal(answer.status, 400);
    await app.admin.must('DELETE', `/identity-providers/${another.id}`);
  });

  test('of three tabs ends in each of them; a fourth gives the oldest up', async () => {
    const browser = app.browser();
    const trips: URLSearchParams[] = [];
    for (let tab = 0; tab < 4; tab++) {
      app.clock.advance(SECOND);
      trips.push(await product.begin(browser));
    }
    const statuses: number[] = [];
    for (const asked of trips) statuses.push((await product.answer(browser, asked, somebody())).status);
    assert.deepEqual(statuses, [400, 200, 200, 200]);
    assert.deepEqual(
      [...browser.cookies.keys()].filter((name) => name.includes('login-')),
      [],
    );
  });

  test('keeps a long authorization request, and refuses one that no cookie holds', async () => {
    const browser = app.browser();
    const long = authorizeUrl({
      state: Buffer.from(crypto.getRandomValues(new Uint8Array(4000))).toString('hex'),
    });
    const asked = await product.begin(browser, { return_to: long });
    const page = await product.answer(browser, asked, somebody());
    assert.match(page.path, /^\/oauth2\/authorize\?/);
    const longer = `/account?${Buffer.from(crypto.getRandomValues(new Uint8Array(11_500))).toString('base64url')}`;
    const refused = await app.browser().request(`/login/with/${product.id}?return_to=${longer}`);
    assert.equal(refused.status, 414);
  });

  test('is refused where the provider is unknown, switched off, or of another instance', async () => {
    assert.equal((await app.browser().request(`/login/with/${'0'.repeat(32)}`)).status, 404);
    assert.equal((await app.browser().request('/login/with/nothing')).status, 404);
    const browser = app.browser();
    const asked = await product.begin(browser);
    await app.admin.must('PATCH', `/identity-providers/${product.id}`, { enabled: false });
    assert.equal((await app.browser().request(`/login/with/${product.id}`)).status, 404);
    assert.equal((await product.answer(browser, asked, somebody())).status, 404);
    assert.equal(await whoIsIn(browser), null);
    await app.admin.must('PATCH', `/identity-providers/${product.id}`, { enabled: true });
  });
});

test('a no that does not say to which trip, which anybody can have a browser bring, gives none up', async () => {
  const browser = app.browser();
  const asked = await product.begin(browser);
  const page = await browser.openPage(`/login/handover/${product.id}?error=access_denied`);
  assert.equal(page.status, 403);
  assert.equal((await product.answer(browser, asked, somebody())).path, '/account');
});

test('an answer that another site posts, and so without cookies, is posted again from here', async () => {
  const browser = app.browser();
  const asked = await product.begin(browser);
  const response = await product.response(asked.get('login_request') ?? '', somebody());
  const path = `/login/handover/${product.id}`;
  const crossSite = await app.browser().request(path, {
    method: 'POST',
    body: new URLSearchParams({ response }),
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://product.example.com' },
  });
  assert.equal(crossSite.status, 200);
  const [form] = parseForms(crossSite.text);
  assert.equal(form?.action, path);
  const ended = await browser.request(path, {
    method: 'POST',
    body: new URLSearchParams([...(form?.fields ?? [])]),
  });
  assert.equal(ended.status, 303);
  assert.notEqual(await whoIsIn(browser), null);
  const again = await app
    .browser()
    .request(path, { method: 'POST', body: new URLSearchParams([...(form?.fields ?? [])]) });
  assert.equal(again.status, 400, 'a browser without the trip is not sent in circles');
});

describe('what an application asks for', () => {
  test('travels on to the provider, and what the provider tells comes back in the ID token', async () => {
    const browser = app.browser();
    const url = authorizeUrl({
      login_hint: 'ada@example.com',
      ui_locales: 'sv',
      max_age: '600',
      prompt: 'login',
    });
    const signInPage = await browser.openPage(url);
    assert.match(signInPage.path, /^\/login\?/);
    const asked = await product.begin(browser, { return_to: url });
    const { login_request: _, ...rest } = Object.fromEntries(asked);
    assert.deepEqual(rest, {
      prompt: 'login',
      max_age: '600',
      login_hint: 'ada@example.com',
      ui_locales: 'sv',
      client_id: client.application.client_id,
      client_name: 'Some client',
    });
    const authTime = toUnixSeconds(app.clock.now()) - 20;
    const consent = await product.answer(browser, asked, {
      ...somebody(),
      auth_time: authTime,
      amr: ['pwd', 'otp'],
    });
    const back = await browser.submitForm(consent, {}, { button: 'decision=allow' });
    assert.ok(back.leftTo?.searchParams.get('code'), back.html);
  });

  test('of how the user signed in there is what auth_time, amr and acr say', async () => {
    const browser = app.browser();
    const { verifier, challenge } = pkcePair();
    const url = authorizeUrl({ code_challenge: challenge });
    const authTime = toUnixSeconds(app.clock.now()) - 3000;
    const asked = await product.begin(browser, { return_to: url });
    const consent = await product.answer(browser, asked, {
      ...somebody(),
      auth_time: authTime,
      amr: ['pwd', 'otp'],
    });
    const { leftTo } = await browser.submitForm(consent, {}, { button: 'decision=allow' });
    const tokens = await client.token({
      grant_type: 'authorization_code',
      code: leftTo?.searchParams.get('code') ?? '',
      redirect_uri: client.redirectUri,
      code_verifier: verifier,
    });
    const claims = claimsOf(tokens.json<{ id_token: string }>().id_token);
    assert.deepEqual(
      [claims['auth_time'], claims['amr'], claims['acr']],
      [authTime, ['pwd', 'otp', 'mfa'], '2'],
    );
  });

  for (const [what, parameters, authTime] of [
    ['an earlier sign-in than max_age allows', { max_age: '60' }, -200],
    ['no time of it where max_age is asked for', { max_age: '60' }, undefined],
    ['an earlier sign-in where a new one was asked for', { prompt: 'login' }, -200],
  ] as const)
    test(`is not met by a provider that tells ${what}`, async () => {
      const browser = app.browser();
      const asked = await product.begin(browser, { return_to: authorizeUrl(parameters) });
      const auth_time = authTime === undefined ? undefined : toUnixSeconds(app.clock.now()) + authTime;
      const page = await product.answer(browser, asked, { ...somebody(), auth_time });
      assert.equal(page.status, 403);
      assert.match(textOf(page.html), /did not ask you to sign in again/);
      assert.equal(await whoIsIn(browser), null);
    });
});

describe('an application that wants no page to be shown', () => {
  const silently = async (browser: Browser, claims: Record<string, unknown> | null) => {
    const first = await browser.openPage(authorizeUrl({ prompt: 'none' }));
    if (first.leftTo?.host !== 'product.example.com') return first;
    assert.equal(first.leftTo.searchParams.get('prompt'), 'none');
    if (claims) return product.answer(browser, first.leftTo.searchParams, claims);
    const answer = {
      error: 'login_required',
      login_request: first.leftTo.searchParams.get('login_request') ?? '',
    };
    return browser.openPage(`/login/handover/${product.id}?${new URLSearchParams(answer)}`);
  };

  test('is told that somebody has to sign in, where there is a page to do so here', async () => {
    const page = await silently(app.browser(), somebody());
    assert.equal(page.leftTo?.searchParams.get('error'), 'login_required');
  });

  test('is told the same when the only provider has nobody signed in either', async () => {
    await passwords('nobody');
    const page = await silently(app.browser(), null);
    assert.equal(page.leftTo?.host, 'client.example.com', page.html);
    assert.equal(page.leftTo?.searchParams.get('error'), 'login_required');
    assert.equal(page.leftTo?.searchParams.get('state'), 'some state');
  });

  test('is told so too where somebody comes back whom a page would have to ask, or turn away', async () => {
    const { email } = await app.admin.createUser();
    const gone = somebody();
    await product.signIn(app.browser(), gone);
    const [user] = (await app.admin.must<{ data: { id: string }[] }>('GET', `/users?subject=${gone.sub}`))
      .data;
    await app.admin.must('PATCH', `/users/${user?.id}`, { active: false });
    await passwords('nobody');
    for (const claims of [{ ...somebody(), email }, gone, { ...somebody(), email: undefined }]) {
      const page = await silently(app.browser(), claims);
      assert.equal(page.leftTo?.searchParams.get('error'), 'login_required', page.html);
    }
  });

  test('has somebody signed in by the only provider without a page, and asks no circles', async () => {
    await passwords('nobody');
    const person = somebody();
    const page = await silently(app.browser(), person);
    assert.equal(page.leftTo?.searchParams.get('error'), 'consent_required', page.html);
    const strict = app.browser();
    const begun = await strict.openPage(authorizeUrl({ prompt: 'none', max_age: '1' }));
    const auth_time = toUnixSeconds(app.clock.now()) - 500;
    const end = await product.answer(strict, begun.leftTo?.searchParams ?? new URLSearchParams(), {
      ...person,
      auth_time,
    });
    assert.equal(end.leftTo?.searchParams.get('error'), 'login_required');
  });
});

describe('the sign-in page', () => {
  test('offers each enabled provider beside the password', async () => {
    const { html } = await app.browser().openPage('/login');
    assert.match(textOf(html), /Password .* or Continue with The product/);
  });

  test('is not shown where one provider is the only way in, but for whoever asks for it', async () => {
    await passwords('nobody');
    const page = await app.browser().openPage(authorizeUrl());
    assert.equal(page.leftTo?.host, 'product.example.com');
    const chosen = await app.browser().openPage('/login?choose=1');
    assert.equal(chosen.leftTo, null);
    assert.doesNotMatch(chosen.html, /name="password"/);
  });

  test('with several providers leads to the default where there are no passwords', async () => {
    await passwords('nobody');
    const another = await Product.register(app, {
      name: 'Another',
      login_url: 'https://another.example.com/',
    });
    assert.equal((await app.browser().openPage('/login')).leftTo, null);
    await app.admin.must('PATCH', `/identity-providers/${another.id}`, { default: true });
    assert.equal((await app.browser().openPage('/login')).leftTo?.host, 'another.example.com');
    await app.admin.must('DELETE', `/identity-providers/${another.id}`);
  });

  test('leads by the domain of an address, whatever its letters, and never by what only ends like it', async () => {
    const firm = await Product.register(app, {
      name: 'Firm',
      login_url: 'https://firm.example.com/',
      email_domains: ['firm.example'],
    });
    const leads = async (email: string) => {
      const browser = app.browser();
      const page = await browser.openPage('/login?return_to=%2Faccount');
      assert.doesNotMatch(page.html, /name="password"/);
      return browser.submitForm(page, { email });
    };
    const there = await leads('Ada@FIRM.example');
    assert.equal(there.leftTo?.host, 'firm.example.com');
    assert.equal(there.leftTo?.searchParams.get('login_hint'), 'Ada@FIRM.example');
    for (const email of [
      'ada@notfirm.example',
      'ada@firm.example.evil.example',
      'firm.example',
      'a@sub.firm.example',
    ]) {
      const page = await leads(email);
      assert.equal(page.leftTo, null, email);
      assert.match(page.html, /name="password"/);
    }
    assert.equal(
      (await app.browser().openPage('/login?login_hint=ada%40firm.example')).leftTo?.host,
      'firm.example.com',
    );
    assert.match(
      (await app.browser().openPage('/login?password=1')).html,
      /name="password"/,
      'who has another way is not locked out',
    );
    await app.admin.must('DELETE', `/identity-providers/${firm.id}`);
  });

  test('takes passwords of administrators alone where the instance says so, and of nobody', async () => {
    const signIn = async (person: { email: string; password: string }) => {
      const body = new URLSearchParams({ email: person.email, password: person.password });
      return (await app.browser().request('/login', { method: 'POST', body })).status;
    };
    await passwords('administrators');
    assert.deepEqual([await signIn(app.user), await signIn(app.administrator)], [401, 303]);
    await passwords('nobody');
    assert.deepEqual([await signIn(app.user), await signIn(app.administrator)], [401, 401]);
    await passwords('everybody');
    assert.deepEqual([await signIn(app.user), await signIn(app.administrator)], [303, 303]);
  });
});

describe('a provider that is tried by an administrator', () => {
  test('shows what came back and what it would come to, and signs nobody in', async () => {
    const browser = app.browser();
    await browser.signIn(app.administrator);
    const person = somebody();
    const page = await product.signIn(browser, { ...person, name: '<b>Ada</b>' }, { test: '1' });
    const text = textOf(page.html);
    assert.equal(page.status, 200);
    assert.match(text, /The sign-in works\. An account would be created/);
    assert.match(text, new RegExp(`Subject ${person.sub}`));
    assert.match(text, /<b>Ada<\/b>/);
    assert.equal((await whoIsIn(browser))?.['id'], app.administrator.id);
    assert.deepEqual(
      (await app.admin.must<{ data: unknown[] }>('GET', `/users?subject=${encodeURIComponent(person.sub)}`))
        .data,
      [],
    );
  });

  test('is nobody else’s to try', async () => {
    const browser = app.browser();
    await browser.signIn(app.user);
    assert.equal((await browser.request(`/login/with/${product.id}?test=1`)).status, 403);
    assert.equal((await app.browser().request(`/login/with/${product.id}?test=1`)).status, 403);
  });

  test('tells why it fails, there and in last_error', async () => {
    const browser = app.browser();
    await browser.signIn(app.administrator);
    const page = await product.signIn(
      browser,
      { ...somebody(), aud: 'https://elsewhere.example' },
      { test: '1' },
    );
    assert.match(textOf(page.html), /The sign-in fails.*aud/);
    await product.signIn(app.browser(), { ...somebody(), aud: 'https://elsewhere.example' });
    const { last_error } = await app.admin.must('GET', `/identity-providers/${product.id}`);
    assert.match(String(last_error), /aud/);
  });
});

test('the question for a password is over after ten minutes, and where the provider is there no more', async () => {
  const passing = await Product.register(app, { name: 'Passing' });
  const user = await app.admin.createUser();
  const ask = () => {
    const browser = app.browser();
    return passing
      .signIn(browser, { sub: `q:${++count}`, email: user.email })
      .then((page) => ({ browser, page }));
  };
  const late = await ask();
  app.clock.advance(10 * MINUTE);
  assert.equal((await late.browser.submitForm(late.page, { password: user.password })).status, 400);
  const gone = await ask();
  await app.admin.must('DELETE', `/identity-providers/${passing.id}`);
  assert.equal((await gone.browser.submitForm(gone.page, { password: user.password })).status, 403);
  assert.equal(await whoIsIn(gone.browser), null);
});
