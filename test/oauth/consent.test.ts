import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { HOUR } from '../../server/base/units.ts';
import { initialScopes } from '../../server/model/instance.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Page, Person } from '../support/browser.ts';
import { launchChromium } from '../support/chromium.ts';
import { forEachEngine } from '../support/engines.ts';
import { parseForms } from '../support/html-form.ts';
import { type Answer, send } from '../support/http.ts';
import { claimsOf, OAuthClient, outcome, pkcePair, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What a user allows is what they were shown, whatever other tabs, edited forms and other sites say.

const hereUri = 'https://here.example.com/callback';
const thereUri = 'https://there.example.com/callback';
const alsoHereUri = 'https://here.example.com/also';

forEachEngine((engine) => {
  let app: TestApp;
  let here: ApplicationView;
  let there: ApplicationView;
  let person: Person;
  let browser: Browser;

  before(async () => {
    app = await startApp({ engine });
    const reports = { name: 'reports', description: 'Read reports', default: false };
    await app.admin.updateInstance({ scopes: [...initialScopes, reports] });
    const scopes = ['api', 'reports', 'offline_access'];
    here = await app.admin.createApplication({
      type: 'web',
      name: 'Here',
      redirect_uris: [hereUri, alsoHereUri],
      scopes,
    });
    there = await app.admin.createApplication({
      type: 'web',
      name: 'There',
      redirect_uris: [thereUri],
      scopes,
    });
  });
  after(() => app.close());

  /** An administrator without a past, signed in: only they may give the scope `admin`. */
  async function someone(): Promise<void> {
    person = await app.admin.createUser({ role: 'administrator' });
    browser = app.browser();
    await browser.signIn(person);
  }

  function authorizeUrl(application: ApplicationView, more: Record<string, string> = {}): string {
    return `/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: application.client_id,
      redirect_uri: application.redirect_uris?.[0] ?? '',
      scope: 'api',
      ...more,
    })}`;
  }
  const ask = (application: ApplicationView, more: Record<string, string> = {}, by = browser) =>
    by.openPage(authorizeUrl(application, more));
  const answer = (page: Page, decision: 'allow' | 'deny') =>
    browser.submitForm(page, {}, { button: `decision=${decision}` });
  const fieldsOf = (page: Page) =>
    Object.fromEntries(parseForms(page.html).find((form) => form.action === '/consent')?.fields ?? []);
  const post = (fields: Record<string, string>, by = browser): Promise<Answer> =>
    by.request('/consent', { body: new URLSearchParams(fields) });
  const back = (page: Page) => page.leftTo?.searchParams ?? assert.fail(`still on ${page.path}`);

  async function redeem(
    application: ApplicationView,
    code: string | null,
    redirect_uri?: string,
  ): Promise<Tokens> {
    const answer = await new OAuthClient(app, application).token({
      grant_type: 'authorization_code',
      code: code ?? assert.fail('no code'),
      redirect_uri: redirect_uri ?? application.redirect_uris?.[0],
    });
    return success(answer).json<Tokens>();
  }
  const allowed = async () => {
    const { data } = (await browser.request('/api/v1/me/authorizations')).json<{
      data: { application: { name: string }; scopes: string[] }[];
    }>();
    return data.map(({ application, scopes }) => `${application.name}: ${scopes.join(' ')}`);
  };

  test('of two tabs with two requests each approval is for its own, in whatever order', async () => {
    await someone();
    const small = await ask(here, { scope: 'api', state: 'small' });
    const large = await ask(here, {
      scope: 'api reports offline_access',
      state: 'large',
      redirect_uri: alsoHereUri,
    });
    const other = await ask(there, { scope: 'reports', state: 'other' });

    const first = await answer(small, 'allow');
    assert.equal(first.leftTo?.origin + (first.leftTo?.pathname ?? ''), hereUri);
    assert.equal(back(first).get('state'), 'small');
    assert.equal((await redeem(here, back(first).get('code'))).scope, 'api');
    assert.deepEqual(await allowed(), ['Here: api'], 'neither of the others is allowed by that');

    const third = await answer(other, 'deny');
    assert.equal(back(third).get('error'), 'access_denied');
    assert.equal(back(third).get('state'), 'other');
    assert.equal(back(third).get('code'), null);

    const second = await answer(large, 'allow');
    assert.equal(second.leftTo?.origin + (second.leftTo?.pathname ?? ''), alsoHereUri);
    assert.equal(back(second).get('state'), 'large');
    const tokens = await redeem(here, back(second).get('code'), alsoHereUri);
    assert.equal(claimsOf(tokens.access_token)['scope'], 'api reports offline_access');
    assert.deepEqual(await allowed(), ['Here: api', 'Here: api reports offline_access']);
  });

  test('denying one leaves the same request in another tab open, and remembers nothing', async () => {
    await someone();
    const [one, two] = [await ask(here), await ask(here)];
    assert.equal(back(await answer(one, 'deny')).get('error'), 'access_denied');
    assert.ok((await ask(here)).html.includes('name="decision"'), 'the question comes again');
    assert.ok(back(await answer(two, 'allow')).get('code'));
  });

  test('fields that somebody adds to the form change nothing', async () => {
    await someone();
    const fields = fieldsOf(await ask(here, { state: 'mine' }));
    const sent = await post({
      ...fields,
      decision: 'allow',
      client_id: there.client_id,
      redirect_uri: thereUri,
      scope: 'api reports offline_access',
      scopes: 'reports',
      state: 'yours',
      code_challenge: 'x'.repeat(43),
      user_id: app.administrator.id,
      session: 'x',
    });
    const to = new URL(sent.headers.location ?? '');
    assert.equal(to.origin + to.pathname, hereUri);
    assert.equal(to.searchParams.get('state'), 'mine');
    const tokens = await redeem(here, to.searchParams.get('code'));
    assert.equal(tokens.scope, 'api');
    assert.equal(claimsOf(tokens.access_token)['sub'], person.id);
  });

  test('the same in the query of the form’s address changes nothing either', async () => {
    await someone();
    const fields = fieldsOf(await ask(here));
    const query = new URLSearchParams({ decision: 'allow', redirect_uri: thereUri, scope: 'reports' });
    const refused = await browser.request(`/consent?${query}`, { body: new URLSearchParams(fields) });
    assert.equal(refused.status, 400, 'a decision is a button that was pressed');
    const sent = await browser.request(`/consent?${query}`, {
      body: new URLSearchParams({ ...fields, decision: 'deny' }),
    });
    assert.match(sent.headers.location ?? '', /^https:\/\/here\.example\.com\/callback\?error=access_denied/);
  });

  test('a link that carries the decision shows the question', async () => {
    await someone();
    for (const more of [
      { decision: 'allow' },
      { prompt: 'consent', decision: 'allow' },
      { approval_prompt: 'auto', consent: 'true' },
    ] as Record<string, string>[]) {
      const page = await ask(here, more);
      assert.equal(page.leftTo, null);
      assert.ok(page.html.includes('value="allow"'));
    }
    assert.equal((await browser.request('/consent?decision=allow')).status, 405);
    assert.deepEqual(await allowed(), []);
  });

  describe('the sealed request', () => {
    test('with any character changed, cut, doubled or empty is nothing', async () => {
      await someone();
      const { request = '' } = fieldsOf(await ask(here));
      assert.ok(request.length > 100);
      const changed = (at: number) =>
        request.slice(0, at) + (request[at] === 'A' ? 'B' : 'A') + request.slice(at + 1);
      const at = Array.from({ length: 12 }, (_, n) => Math.floor((n * (request.length - 1)) / 12));
      for (const tampered of [
        ...at.map(changed),
        request.slice(1),
        request.slice(0, -4),
        request + request,
        '',
        'x',
        Buffer.from(JSON.stringify({ client_id: here.client_id, redirect_uri: thereUri })).toString(
          'base64url',
        ),
      ]) {
        const refused = await post({ request: tampered, decision: 'allow' });
        assert.equal(refused.status, 400);
        assert.equal(refused.headers.location, undefined);
      }
      assert.deepEqual(await allowed(), []);
    });

    test('of one user is nothing in another’s session, nor in a later one of the same user', async () => {
      await someone();
      const fields = { ...fieldsOf(await ask(here)), decision: 'allow' };
      const mine = browser;
      await someone();
      assert.equal((await post(fields)).status, 400, 'another user');
      assert.equal((await post(fields, app.browser())).status, 400, 'nobody');
      await mine.request('/logout', { body: new URLSearchParams() });
      assert.equal((await post(fields, mine)).status, 400, 'signed out');
      assert.equal(
        (await post({ ...fields, ...fieldsOf(await ask(here)) })).status,
        303,
        'their own is good',
      );
    });

    test('of one instance is nothing at another', async () => {
      await someone();
      const fields = { ...fieldsOf(await ask(here)), decision: 'allow' };
      const elsewhere = await startApp({ engine });
      const stranger = elsewhere.browser();
      await stranger.signIn(elsewhere.user);
      assert.equal((await post(fields, stranger)).status, 400);
      await elsewhere.close();
    });

    test('that lay open for an hour, or whose application has changed since, is asked again from the start', async () => {
      await someone();
      const changing = await app.admin.createApplication({
        type: 'web',
        redirect_uris: [hereUri, alsoHereUri],
        scopes: ['api', 'reports'],
      });
      const refused = async (what: string, change: () => Promise<unknown> | unknown) => {
        const page = await ask(changing, { scope: 'api reports' });
        await change();
        const sent = await post({ ...fieldsOf(page), decision: 'allow' });
        assert.equal(sent.status, 400, what);
        assert.equal(sent.headers.location, undefined, what);
      };
      await refused('a scope taken away', () =>
        app.admin.updateApplication(changing.id, { scopes: ['api'] }),
      );
      await app.admin.updateApplication(changing.id, { scopes: ['api', 'reports'] });
      await refused('a redirect URI taken away', () =>
        app.admin.updateApplication(changing.id, { redirect_uris: [alsoHereUri] }),
      );
      await app.admin.updateApplication(changing.id, { redirect_uris: [hereUri, alsoHereUri] });
      await refused('disabled', () => app.admin.updateApplication(changing.id, { enabled: false }));
      await app.admin.updateApplication(changing.id, { enabled: true });
      await refused('an hour', () => app.clock.advance(HOUR));
      await refused('deleted', () => app.admin.deleteApplication(changing.id));
    });

    test('outlives a password that its user gives again, and the new cookie', async () => {
      await someone();
      const page = await ask(here);
      const again = await browser.request('/api/v1/me/authentications', {
        body: { password: person.password },
      });
      assert.equal(again.status, 204);
      assert.ok(back(await answer(page, 'allow')).get('code'));
    });

    test('sent twice gives two codes that are good once each, and nothing once its user is out', async () => {
      await someone();
      const fields = { ...fieldsOf(await ask(here)), decision: 'allow' };
      const codes = [];
      for (let n = 0; n < 2; n++)
        codes.push(new URL((await post(fields)).headers.location ?? '').searchParams.get('code'));
      assert.notEqual(codes[0], codes[1]);
      for (const code of codes) await redeem(here, code);
      await app.admin.must('PATCH', `/users/${person.id}`, { active: false });
      assert.equal((await post(fields)).status, 400);
    });
  });

  describe('a decision', () => {
    test('is allow or deny and nothing else, once', async () => {
      await someone();
      const fields = fieldsOf(await ask(here));
      for (const decision of ['', 'Allow', 'yes', 'true', 'allow ', 'allow,deny', 'constructor'])
        assert.equal((await post({ ...fields, decision })).status, 400, decision);
      assert.equal((await post(fields)).status, 400);
      for (const [first, second] of [
        ['allow', 'deny'],
        ['deny', 'allow'],
      ]) {
        const body = new URLSearchParams({ ...fields, decision: first ?? '' });
        body.append('decision', second ?? '');
        assert.equal((await browser.request('/consent', { body })).status, 400);
      }
      const twice = new URLSearchParams({ ...fields, decision: 'allow' });
      twice.append('request', fields['request'] ?? '');
      assert.equal((await browser.request('/consent', { body: twice })).status, 400);
      assert.deepEqual(await allowed(), []);
    });

    test('comes from the page alone: not from another origin, another content type, or by GET', async () => {
      await someone();
      const fields = { ...fieldsOf(await ask(here)), decision: 'allow' };
      const body = new URLSearchParams(fields);
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'cross-site', origin: new URL(app.url).origin },
      ])
        assert.equal(
          (await browser.request('/consent', { body, headers })).status,
          403,
          JSON.stringify(headers),
        );
      const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
      for (const origin of ['https://evil.example.com', `${app.url}.evil.example.com`])
        assert.equal(
          (await send(app, '/consent', { body, headers: { cookie, origin } })).status,
          403,
          origin,
        );
      for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x'])
        assert.equal(
          (await browser.request('/consent', { body: body.toString(), headers: { 'content-type': type } }))
            .status,
          400,
          type,
        );
      assert.equal((await browser.request(`/consent?${body}`)).status, 405);
      assert.deepEqual(await allowed(), []);
    });
  });

  describe('a remembered yes', () => {
    test('is for that user, that application and those scopes', async () => {
      await someone();
      assert.ok(back(await answer(await ask(here), 'allow')).get('code'));
      assert.ok(back(await ask(here)).get('code'), 'the same again is not asked');
      for (const page of [
        await ask(here, { scope: 'api reports' }),
        await ask(there),
        await ask(here, { prompt: 'consent' }),
      ])
        assert.ok(page.html.includes('name="decision"'));
      assert.equal(back(await ask(there, { prompt: 'none' })).get('error'), 'consent_required');
      assert.equal(
        back(await ask(here, { prompt: 'none', scope: 'api offline_access' })).get('error'),
        'consent_required',
      );
      await someone();
      assert.ok((await ask(here)).html.includes('name="decision"'), 'another user is asked');
    });

    test('is over when the authorization is ended, whoever ended it', async () => {
      for (const end of ['user', 'administrator', 'all'] as const) {
        await someone();
        const page = await answer(await ask(here), 'allow');
        await redeem(here, back(page).get('code'));
        assert.ok(back(await ask(here)).get('code'));
        const { data } = await app.admin.must<{ data: { id: string; user: { id: string } }[] }>(
          'GET',
          `/applications/${here.id}/authorizations?limit=100`,
        );
        const mine = data.find(({ user }) => user.id === person.id)?.id ?? assert.fail();
        if (end === 'user') await browser.request(`/api/v1/me/authorizations/${mine}`, { method: 'DELETE' });
        else
          await app.admin.must(
            'DELETE',
            `/applications/${here.id}/authorizations${end === 'all' ? '' : `/${mine}`}`,
          );
        assert.ok((await ask(here)).html.includes('name="decision"'), end);
      }
    });
  });

  test('a code is for the client that was shown, and its attempt by another spends nothing', async () => {
    await someone();
    const { verifier, challenge } = pkcePair();
    const page = await ask(here, { code_challenge: challenge, code_challenge_method: 'S256' });
    const code = back(await answer(page, 'allow')).get('code') ?? '';
    const redeemAs = (application: ApplicationView) =>
      new OAuthClient(app, application).redeem(code, verifier, { redirect_uri: hereUri });
    assert.equal(outcome(await redeemAs(there)), '400 invalid_grant');
    assert.equal(outcome(await redeemAs(here)), '200');
  });
});

test('another site in a real browser can neither frame the consent page nor answer it', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const application = await app.admin.createApplication({ type: 'web', redirect_uris: [hereUri] });
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: application.client_id,
    redirect_uri: hereUri,
  });
  const consentUrl = `${app.url}/oauth2/authorize?${query}`;
  let sealed = '';
  const evil = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      request.url === '/frame'
        ? `<iframe id="victim" src="${consentUrl}"></iframe>`
        : `<form method="post" action="${app.url}/consent"><input name="request" value="${sealed}"><input name="decision" value="allow"></form><script>document.forms[0].submit()</script>`,
    );
  });
  await new Promise<void>((listening) => evil.listen(0, '127.0.0.1', listening));
  // Another site for the browser: the server is localhost, this one 127.0.0.1.
  const evilUrl = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
  const context = await (await launchChromium()).newContext();
  try {
    const page = await context.newPage();
    await page.goto(consentUrl);
    await page.fill('input[name="email"]', app.user.email);
    await page.fill('input[name="password"]', app.user.password);
    await page.press('input[name="password"]', 'Enter');
    await page.waitForSelector('button[name="decision"][value="allow"]');
    sealed = await page.inputValue('input[name="request"]');

    const framing = await context.newPage();
    await framing.goto(`${evilUrl}/frame`);
    await framing.waitForLoadState('networkidle');
    const frames = await Promise.all(framing.frames().map((frame) => frame.content().catch(() => '')));
    assert.ok(frames.every((content) => !content.includes('name="decision"')));

    const posting = await context.newPage();
    const answered = posting.waitForResponse((response) => response.url() === `${app.url}/consent`);
    await posting.goto(`${evilUrl}/post`);
    assert.equal((await answered).status(), 403);

    const { data } = (await (await context.request.get(`${app.url}/api/v1/me/authorizations`)).json()) as {
      data: unknown[];
    };
    assert.deepEqual(data, []);
    const [row] = await app.services.db.sql<{
      count: number;
    }>`SELECT count(*) AS count FROM authorization_codes`;
    assert.equal(row?.count, 0);
  } finally {
    await context.close();
    evil.close();
    await app.close();
  }
});
