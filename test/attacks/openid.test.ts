import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as client from 'openid-client';
import { SECOND } from '../../server/base/units.ts';
import { signJwt } from '../../server/keys/jwt.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { parseForms } from '../support/html-form.ts';
import { send } from '../support/http.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What somebody tries with OpenID Connect who means harm. Keys and algorithms: key-confusion.test.ts. Sign-out: sign-out.test.ts.

const redirectUri = 'https://client.example.com/callback';

let honest: TestApp;
let evil: TestApp;
let web: ApplicationView;
let person: Person;
let browser: Browser;

before(async () => {
  [honest, evil] = await Promise.all([startApp({ engine: 'sqlite' }), startApp({ engine: 'sqlite' })]);
  web = await honest.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  person = await honest.admin.createUser();
  browser = honest.browser();
  await browser.signIn(person);
});
after(() => Promise.all([honest.close(), evil.close()]));

const request = (more: Record<string, string> = {}, application = web) => ({
  response_type: 'code',
  client_id: application.client_id,
  redirect_uri: redirectUri,
  scope: 'openid',
  ...more,
});
const url = (more: Record<string, string> = {}) => `/oauth2/authorize?${new URLSearchParams(request(more))}`;
const discover = (app: TestApp, { client_id, client_secret }: ApplicationView) =>
  client.discovery(new URL(app.url), client_id, client_secret, undefined, {
    execute: [client.allowInsecureRequests],
  });
const tokensOf = async (application = web, more: Record<string, string> = {}) => {
  const by = new OAuthClient(honest, application);
  const { code, verifier } = await by.code(browser, person, { scope: 'openid', ...more });
  return success(await by.redeem(code, verifier)).json<Tokens & { id_token: string }>();
};
const userinfo = (token: string, at = honest) =>
  send(at, '/oauth2/userinfo', { method: 'GET', headers: { authorization: `Bearer ${token}` } });

/** The library's refusal, which says why in its cause. */
const refusedFor = (reason: RegExp) => (error: Error) => reason.test(String(error.cause));

describe('two issuers mixed up', () => {
  test('a client that began at one issuer takes no answer of another, in the query or in a form', async () => {
    const there = await evil.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const config = await discover(evil, there);
    const verifier = client.randomPKCECodeVerifier();
    const more = {
      state: 'the same state',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const checks = { pkceCodeVerifier: verifier, expectedState: 'the same state', idTokenExpected: true };
    const back = await browser.authorize(request(more), person);
    await assert.rejects(client.authorizationCodeGrant(config, back, checks), refusedFor(/"iss"/));
    const page = await browser.openPage(url({ ...more, response_mode: 'form_post' }));
    const [form] = parseForms(page.html);
    const posted = new Request(redirectUri, {
      method: 'POST',
      body: new URLSearchParams([...(form?.fields ?? [])]),
    });
    await assert.rejects(client.authorizationCodeGrant(config, posted, checks), refusedFor(/"iss"/));
  });

  test('an error names its issuer too', async () => {
    const back = await browser.authorize(request({ prompt: 'none', scope: 'unknown' }), person);
    assert.equal(back.searchParams.get('iss'), honest.url);
  });

  test('tokens of another issuer open nothing and hint at nobody', async () => {
    const there = await evil.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const stranger = await evil.admin.createUser();
    const by = new OAuthClient(evil, there);
    const { code, verifier } = await by.code(evil.browser(), stranger, { scope: 'openid' });
    const foreign = success(await by.redeem(code, verifier)).json<Tokens & { id_token: string }>();
    assert.equal(outcome(await userinfo(foreign.access_token)), '401 invalid_token');
    const back = await browser.authorize(
      request({ prompt: 'none', id_token_hint: foreign.id_token }),
      person,
    );
    assert.equal(back.searchParams.get('error'), 'invalid_request');
  });
});

describe('a nonce', () => {
  test('is that of the request whose code is redeemed, whatever is sent to the token endpoint', async () => {
    const by = new OAuthClient(honest, web);
    const { code, verifier } = await by.code(browser, person, { scope: 'openid', nonce: 'of the request' });
    const answer = await by.redeem(code, verifier, { nonce: 'of the attacker' });
    assert.equal(claimsOf(success(answer).json<{ id_token: string }>().id_token)['nonce'], 'of the request');
    assert.equal('nonce' in claimsOf((await tokensOf()).id_token), false, 'none was sent, none comes');
  });

  test('that a client did not send, or sent with another request, is noticed by its library', async () => {
    const config = await discover(honest, web);
    const attempt = async (sent: string | undefined, expected: string) => {
      const verifier = client.randomPKCECodeVerifier();
      const back = await browser.authorize(
        request({
          ...(sent !== undefined && { nonce: sent }),
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        }),
        person,
      );
      return client.authorizationCodeGrant(config, back, {
        pkceCodeVerifier: verifier,
        expectedNonce: expected,
        idTokenExpected: true,
      });
    };
    assert.equal((await attempt('mine', 'mine')).claims()?.sub, person.id);
    await assert.rejects(attempt('of another request', 'mine'), refusedFor(/nonce/));
    await assert.rejects(attempt(undefined, 'mine'), refusedFor(/nonce/));
  });

  test('sent twice is a repeated parameter', async () => {
    const page = await browser.openPage(`${url({ nonce: 'a' })}&nonce=b`);
    assert.equal(page.leftTo?.searchParams.get('error'), 'invalid_request');
  });
});

describe('the claims parameter', () => {
  test('of 60 KiB is turned away before anybody reads it', async () => {
    const claims = JSON.stringify({ id_token: { x: 'y'.repeat(60 * 1024) } });
    const posted = await browser.request('/oauth2/authorize', {
      body: new URLSearchParams(request({ claims })),
    });
    assert.equal(posted.status, 413);
    const got = await browser.request(url({ claims: claims.slice(0, 12 * 1024) }));
    assert.equal(got.status, 414);
  });

  test('that nests as deep as fits, or has thousands of members, costs nothing', async () => {
    const deep = `{"id_token":{"x":{"value":${'['.repeat(1000)}${']'.repeat(1000)}}}}`;
    const wide = `{"userinfo":{${Array.from({ length: 400 }, (_, n) => `"${n}":null`).join(',')}}}`;
    for (const claims of [deep, wide]) {
      const began = performance.now();
      const page = await browser.openPage(url({ claims }));
      assert.ok(page.leftTo?.searchParams.get('code'), claims.slice(0, 40));
      assert.ok(performance.now() - began < SECOND);
    }
  });

  test('cannot set what an ID token says by itself, nor reach into objects', async () => {
    const claims = JSON.parse(
      '{"id_token":{"sub":null,"iss":{"value":"https://evil.example"},"aud":{"values":["x"]},"constructor":null,"__proto__":{"essential":true},"toString":null,"role":null,"password_hash":null}}',
    ) as object;
    const { id_token } = await tokensOf(web, { claims: JSON.stringify(claims) });
    const { iss, aud, ...rest } = claimsOf(id_token);
    assert.deepEqual([iss, aud], [honest.url, web.client_id]);
    assert.deepEqual(
      Object.keys(rest).sort(),
      ['acr', 'amr', 'at_hash', 'auth_time', 'exp', 'iat', 'sid', 'sub'],
      'nothing else came in',
    );
  });
});

describe('userinfo', () => {
  test('takes no token for another API, though our key signed it', async () => {
    const { access_token } = await tokensOf();
    const key = await honest.services.signingKeys.active(honest.instance.id, 'ES256');
    const claims = claimsOf(access_token);
    const same = signJwt(key, 'at+jwt', claims);
    assert.equal((await userinfo(same)).status, 200);
    const elsewhere = signJwt(key, 'at+jwt', { ...claims, aud: 'https://other-api.example.com' });
    assert.equal(outcome(await userinfo(elsewhere)), '401 invalid_token');
    const both = signJwt(key, 'at+jwt', { ...claims, aud: [honest.url, 'https://other-api.example.com'] });
    assert.equal(outcome(await userinfo(both)), '401 invalid_token');
  });

  test('takes no session cookie in place of a token', async () => {
    assert.equal((await browser.request('/oauth2/userinfo')).status, 401);
  });

  test('tells a machine nothing, which has no user', async () => {
    const machine = await honest.admin.createApplication({ type: 'machine' });
    const by = new OAuthClient(honest, machine);
    const { access_token } = success(await by.token({ grant_type: 'client_credentials' })).json<Tokens>();
    assert.equal(outcome(await userinfo(access_token)), '403 insufficient_scope');
    const asked = await by.token({ grant_type: 'client_credentials', scope: 'openid' });
    assert.equal(outcome(asked), '400 invalid_scope');
  });
});

test('nothing of an ID token, a hint or a nonce is in the log or the database', async () => {
  const { id_token } = await tokensOf(web, { nonce: 'a nonce to look for' });
  await browser.openPage(url({ id_token_hint: id_token, prompt: 'none' }));
  const rows = await honest.services.db.sql<{ openid: string }>`
    SELECT openid FROM authorizations WHERE openid IS NOT NULL`;
  assert.ok(rows.length > 0);
  assert.doesNotMatch(JSON.stringify(rows), /a nonce to look for|eyJ/);
});
