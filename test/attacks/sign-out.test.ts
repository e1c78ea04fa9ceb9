import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Id } from '../../server/base/ids.ts';
import { newId } from '../../server/base/ids.ts';
import { HOUR } from '../../server/base/units.ts';
import { noteSessionClient } from '../../server/store/session-clients.ts';
import { type Browser, hasButton, type Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { parseForms } from '../support/html-form.ts';
import { leftOf, startLogoutReceiver, takePart } from '../support/logout-receiver.ts';
import { claimsOf, OAuthClient } from '../support/oauth-client.ts';
import { isSignedIn, RelyingParty, sendToSignOut } from '../support/relying-party.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What somebody tries by way of the end of a session: at the person who is signed in, or at the server that tells of it.

const redirect_uris = ['https://planner.example.com/callback'];
const bye = 'https://planner.example.com/bye';

describe('by a link to the sign-out', () => {
  let app: TestApp;
  let planner: RelyingParty;
  let other: RelyingParty;
  let victim: Person;
  before(async () => {
    app = await startApp({ engine: 'sqlite' });
    const fields = { type: 'web', redirect_uris, post_logout_redirect_uris: [bye] } as const;
    planner = new RelyingParty(app, await app.admin.createApplication(fields));
    other = new RelyingParty(
      app,
      await app.admin.createApplication({ ...fields, post_logout_redirect_uris: ['https://evil.example/'] }),
    );
    victim = await someone(app);
  });
  after(() => app.close());

  async function signedIn(person = victim) {
    const browser = app.browser();
    return { browser, id_token_hint: await planner.signIn(browser, person) };
  }

  test('nobody is sent to an address that the application has not registered', async () => {
    const { client_id } = planner.application;
    const { browser, id_token_hint } = await signedIn();
    for (const post_logout_redirect_uri of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example',
      'https://evil.example\\@planner.example.com/bye',
      'https://planner.example.com@evil.example/bye',
      'https://planner.example.com.evil.example/bye',
      `${bye}/../../redirect?to=https://evil.example`,
      `${bye}/`,
      `${bye}?`,
      `${bye}#`,
      `${bye}?next=https://evil.example`,
      bye.toUpperCase(),
      ` ${bye}`,
      `${bye}%0d%0aLocation:%20https://evil.example`,
      `${bye}\r\nLocation: https://evil.example`,
      'https://planner.example.com:443/bye',
      'http://planner.example.com/bye',
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      redirect_uris[0] ?? '',
    ])
      for (const more of [{ client_id }, { id_token_hint }, { client_id, id_token_hint }])
        for (const who of [browser, app.browser()]) {
          const page = await sendToSignOut(who, { post_logout_redirect_uri, ...more });
          assert.equal(page.status, 400, post_logout_redirect_uri);
          assert.equal(page.leftTo, null);
          assert.equal(page.headers.location, undefined);
        }
    assert.equal(await isSignedIn(browser), true);
  });

  test('nobody is sent to an address of another application, whoever is named', async () => {
    const { browser, id_token_hint } = await signedIn();
    const evil = { post_logout_redirect_uri: 'https://evil.example/', id_token_hint };
    for (const more of [{}, { client_id: other.application.client_id }])
      assert.equal((await sendToSignOut(browser, { ...evil, ...more })).status, 400);
    assert.equal(await isSignedIn(browser), true);
  });

  test('nobody is signed out without a question by a hint that is none of this session', async () => {
    const { browser, id_token_hint } = await signedIn();
    const elsewhere = await signedIn();
    const attacker = await signedIn(await someone(app));
    const atOther = await other.signIn(attacker.browser, await someone(app));
    const access = await new OAuthClient(app, planner.application).authorize(app.browser(), victim);
    const [header = '', payload = '', signature = ''] = id_token_hint.split('.');
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = claimsOf(id_token_hint);
    const theirs = claimsOf(attacker.id_token_hint);
    const forged = {
      'of another session of theirs': elsewhere.id_token_hint,
      'of another user': attacker.id_token_hint,
      'of another user at another application': atOther,
      'without a signature': `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      'whose signature is taken off': `${header}.${payload}.`,
      'whose signature is of something else': `${header}.${encoded({ ...theirs, sid: claims['sid'] })}.${signature}`,
      'with a key of its own': signWithOwnKey(claims),
      'that is an access token': access.access_token,
      'that is no token': 'hint',
      'that says nothing': '',
    };
    for (const [what, hint] of Object.entries(forged)) {
      const page = await sendToSignOut(browser, { id_token_hint: hint });
      assert.equal(page.status, 200, what);
      assert.ok(hasButton(page, 'decision'), what);
      assert.equal(await isSignedIn(browser), true, what);
    }
    assert.equal(await isSignedIn(elsewhere.browser), true);
    assert.equal(await isSignedIn(attacker.browser), true);
  });

  test('nobody is signed out by no hint at all, by a form of another site or by a picture on its page', async () => {
    const { browser } = await signedIn();
    const { client_id } = planner.application;
    for (const message of [
      {},
      { body: new URLSearchParams({ client_id }) },
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' } },
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' } },
    ]) {
      const page = await browser.openPage(`/oauth2/logout?client_id=${client_id}`, message);
      assert.equal(page.headers['x-frame-options'], 'DENY');
      assert.equal(await isSignedIn(browser), true);
    }
  });

  test('the question is answered by nobody but the person who was asked, on our page', async () => {
    const { browser } = await signedIn();
    const attacker = await signedIn(await someone(app));
    const ask = async (who: Browser) =>
      Object.fromEntries(parseForms((await sendToSignOut(who, {})).html)[0]?.fields ?? []);
    const answer = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      browser.request('/sign-out', {
        body: new URLSearchParams({ ...fields, decision: 'sign_out' }),
        headers,
      });
    const [own, theirs] = [await ask(browser), await ask(attacker.browser)];
    const refused: [fields: Record<string, string>, headers: Record<string, string>, status: number][] = [
      [own, { 'sec-fetch-site': 'cross-site' }, 403],
      [own, { 'sec-fetch-site': 'same-site' }, 403],
      [{}, {}, 400],
      [{ request: 'x'.repeat(100) }, {}, 400],
      [theirs, {}, 400],
    ];
    for (const [fields, headers, status] of refused) {
      assert.equal((await answer(fields, headers)).status, status);
      assert.equal(await isSignedIn(browser), true);
    }
    app.clock.advance(HOUR);
    assert.equal((await answer(own)).status, 400);
    assert.equal(await isSignedIn(browser), true);
    assert.equal((await answer(await ask(browser))).status, 303);
    assert.equal(await isSignedIn(browser), false);
  });

  test('script in state and in everything else stays text', async () => {
    const script = `"><script>alert(1)</script><a href='`;
    const { browser, id_token_hint } = await signedIn();
    const everywhere = { state: script, ui_locales: script, logout_hint: script };
    for (const page of [
      await sendToSignOut(browser, everywhere),
      await sendToSignOut(browser, { ...everywhere, client_id: script }),
      await sendToSignOut(browser, { ...everywhere, id_token_hint: script }),
      await sendToSignOut(browser, { ...everywhere, id_token_hint, post_logout_redirect_uri: script }),
      await sendToSignOut(app.browser(), everywhere),
    ]) {
      assert.doesNotMatch(page.html, /<script/);
      assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
    }
    const post_logout_redirect_uri = bye;
    const page = await sendToSignOut(browser, { ...everywhere, id_token_hint, post_logout_redirect_uri });
    assert.equal(
      page.headers.location,
      `${bye}?${new URLSearchParams({ state: script })}`.replaceAll('+', '%20'),
    );
  });
});

/** A token with these claims whose header brings the key that signed it. */
function signWithOwnKey(claims: Record<string, unknown>): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { alg: 'ES256', typ: 'JWT', jwk: publicKey.export({ format: 'jwk' }) };
  const signed = `${encoded(header)}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

forEachEngine((engine) => {
  describe('who registers the address where ends of sessions are told cannot', () => {
    let app: TestApp;
    before(async () => {
      app = await startApp({ engine });
    });
    after(() => app.close());

    /** Has a user take part with an application in so many sessions, which are not there any more when somebody looks. */
    const endAtOnce = async (userId: string, applicationId: string, count: number) => {
      await app.services.db.transaction(async (tx) => {
        for (let number = 0; number < count; number++)
          await noteSessionClient(tx, {
            sessionId: newId(app.clock.now()),
            applicationId: applicationId as Id,
            instanceId: app.instance.id,
            userId: userId as Id,
          });
      });
      await app.admin.updateUser(userId, { active: false });
    };

    test('make others wait for a server that never answers, however many sessions end', async () => {
      const [silent, honest] = [await startLogoutReceiver(), await startLogoutReceiver()];
      silent.answer = 'never';
      const uris = [silent.uri, honest.uri];
      const [bad, good] = await Promise.all(
        uris.map((backchannel_logout_uri) =>
          app.admin.createApplication({ type: 'web', backchannel_logout_uri }),
        ),
      );
      const crowd = await someone(app);
      await app.browser().signIn(crowd);
      await endAtOnce(crowd.id, bad?.id ?? '', 1000);

      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      await takePart(app, person.id, bad?.id ?? '');
      await takePart(app, person.id, good?.id ?? '');
      const began = performance.now();
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      await honest.about(person.id);
      assert.ok(performance.now() - began < 2000, 'neither the person nor the other application waits');
      assert.ok(silent.received.length <= 4, `${silent.received.length} requests`);
      for (const each of [bad, good]) await app.admin.deleteApplication(each?.id ?? '');
    });

    test('have the server forget any of hundreds of sessions that end at once', async () => {
      const receiver = await startLogoutReceiver();
      const fields = { type: 'web', backchannel_logout_uri: receiver.uri } as const;
      await app.admin.withApplication(fields, async (application) => {
        const crowd = await someone(app);
        await app.browser().signIn(crowd);
        await endAtOnce(crowd.id, application.id, 300);
        const told = await receiver.about(crowd.id, 300, 30);
        assert.equal(new Set(told.map(({ claims }) => claims.sid)).size, 300);
        await app.services.outbox.sendDue();
      });
    });
  });
});

describe('the address where ends of sessions are told is no way into the network of the server', () => {
  for (const [what, host] of [
    ['loopback', 'localhost'],
    ['a loopback address', '127.0.0.1'],
    ['a name below localhost', 'internal.localhost'],
  ])
    test(`by ${what}, where the instance is a public one`, async () => {
      const app = await startApp({ engine: 'sqlite', url: 'https://login.example.com' });
      const receiver = await startLogoutReceiver();
      const application = await app.admin.createApplication({
        type: 'web',
        backchannel_logout_uri: `https://example.com/`,
      });
      const key = Buffer.from(application.id, 'hex');
      const uri = receiver.uri.replace('localhost', host ?? '');
      // Not every one of them can be registered.
      await app.services.db.write`UPDATE applications SET backchannel_logout_uri = ${uri} WHERE id = ${key}`;
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      await takePart(app, person.id, application.id);
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      await app.services.outbox.sendDue();
      const [row] = await app.services.db.sql<{ attempts: number }>`SELECT attempts FROM outbox`;
      assert.equal(row?.attempts, 1);
      assert.deepEqual(receiver.received, []);
      assert.deepEqual(await leftOf(app), { outbox: 1, clients: 0 });
      await app.close();
    });
});
