import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { DAY, HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

interface OpenidTokens extends Tokens {
  id_token: string;
  refresh_token: string;
}

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  let person: Person;

  before(async () => {
    app = await startApp({ engine });
    web = await clientOf({ type: 'web', redirect_uris: ['https://client.example.com/callback'] });
    person = await app.admin.createUser({ name: 'Ada Lovelace' });
  });
  after(() => app.close());

  async function clientOf(fields: { type: 'web' | 'spa'; redirect_uris: string[] }): Promise<OAuthClient> {
    return new OAuthClient(app, await app.admin.createApplication(fields));
  }
  async function tokensOf(
    client: OAuthClient,
    params: Record<string, string> = {},
    browser = app.browser(),
  ): Promise<OpenidTokens> {
    const scope = 'openid profile email api offline_access';
    return (await client.authorize(browser, person, { scope, ...params })) as OpenidTokens;
  }
  const jwks = async () => createLocalJWKSet(success(await send(app, '/oauth2/jwks')).json<JSONWebKeySet>());

  describe('an ID token', () => {
    test('tells who signed in, when and how, and is bound to client, request and access token', async () => {
      const browser = app.browser();
      const before = Math.floor(app.clock.now() / SECOND);
      await browser.signIn(person);
      const after = Math.floor(app.clock.now() / SECOND);
      app.clock.advance(5 * MINUTE);
      const { id_token, access_token } = await tokensOf(web, { nonce: 'a nonce' }, browser);
      const { payload, protectedHeader } = await jwtVerify(id_token, await jwks(), {
        issuer: app.url,
        audience: web.application.client_id,
        currentDate: new Date(app.clock.now()),
      });
      const { sid, auth_time, iat = 0, ...claims } = payload;
      assert.ok(Number(auth_time) >= before && Number(auth_time) <= after);
      assert.ok(iat >= before + 300 && iat <= app.clock.now() / SECOND);
      assert.match(String(sid), /^[0-9a-f]{32}$/);
      assert.deepEqual(claims, {
        iss: app.url,
        sub: person.id,
        aud: web.application.client_id,
        exp: iat + 3600,
        amr: ['pwd'],
        acr: '1',
        at_hash: createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url'),
        nonce: 'a nonce',
      });
      assert.deepEqual({ ...protectedHeader, kid: undefined }, { alg: 'ES256', typ: 'JWT', kid: undefined });
    });

    test('comes only with openid', async () => {
      assert.equal('id_token' in (await tokensOf(web, { scope: 'api offline_access' })), false);
      assert.equal('id_token' in (await tokensOf(web, { scope: 'profile email' })), false);
    });

    test('comes at each refresh too, about the same sign-in, without the nonce', async () => {
      const first = await tokensOf(web, { nonce: 'a nonce' });
      app.clock.advance(2 * HOUR);
      const second = (await web.refreshTokens(first.refresh_token)) as OpenidTokens;
      const before = claimsOf(first.id_token);
      const now = claimsOf(second.id_token);
      for (const same of ['iss', 'sub', 'aud', 'auth_time', 'sid', 'amr', 'acr'])
        assert.deepEqual(now[same], before[same], same);
      assert.equal('nonce' in now, false);
      assert.ok(Number(now['iat']) >= Number(before['iat']) + 7200);
      assert.notEqual(now['at_hash'], before['at_hash']);
      // With a lost answer too, and when rotation is off.
      const again = (await web.refreshTokens(first.refresh_token)) as OpenidTokens;
      assert.deepEqual(claimsOf(again.id_token)['sid'], before['sid']);
      await app.admin.updateApplication(web.application.id, { refresh_token_rotation: false });
      const unrotated = (await web.refreshTokens(second.refresh_token)) as OpenidTokens;
      assert.deepEqual(claimsOf(unrotated.id_token)['sid'], before['sid']);
      await app.admin.updateApplication(web.application.id, { refresh_token_rotation: true });
    });

    test('stays away from a refresh that asks for less than openid, and after the application lost it', async () => {
      const { refresh_token } = await tokensOf(web);
      const narrowed = success(await web.refresh(refresh_token, { scope: 'api' })).json<OpenidTokens>();
      assert.equal('id_token' in narrowed, false);
      const scopes = ['profile', 'email', 'api', 'offline_access'];
      await app.admin.updateApplication(web.application.id, { scopes });
      const later = await web.refreshTokens(narrowed.refresh_token);
      assert.equal('id_token' in later, false);
      await app.admin.updateApplication(web.application.id, { scopes: ['openid', ...scopes] });
    });

    test('is signed with RS256 where the application says so, at redemption and at refresh', async () => {
      const client = await clientOf({ type: 'web', redirect_uris: ['https://rs.example.com/callback'] });
      await app.admin.updateApplication(client.application.id, { id_token_signed_response_alg: 'RS256' });
      const first = await tokensOf(client);
      const second = (await client.refreshTokens(first.refresh_token)) as OpenidTokens;
      for (const { id_token, access_token } of [first, second]) {
        assert.equal(decodeProtectedHeader(id_token).alg, 'RS256');
        assert.equal(decodeProtectedHeader(access_token).alg, 'ES256');
        await jwtVerify(id_token, await jwks(), {
          audience: client.application.client_id,
          algorithms: ['RS256'],
          currentDate: new Date(app.clock.now()),
        });
      }
    });

    test('tells what the claims parameter asks for, as it is at that moment', async () => {
      const claims = JSON.stringify({
        id_token: { name: null, email: { essential: true }, unheard_of: { value: 1 }, sub: null },
      });
      const first = await tokensOf(web, { claims });
      const { name, email, email_verified } = claimsOf(first.id_token);
      assert.deepEqual([name, email, email_verified], ['Ada Lovelace', person.email, undefined]);
      await app.admin.updateUser(person.id, { name: 'Ada King' });
      const second = (await web.refreshTokens(first.refresh_token)) as OpenidTokens;
      assert.equal(claimsOf(second.id_token)['name'], 'Ada King');
      await app.admin.updateUser(person.id, { name: 'Ada Lovelace' });
    });

    test('comes through the other front door too, to those who ask for openid by name', async () => {
      const endpoint = '/integrations/oauth2/authorize';
      const withoutScope = await web.code(app.browser(), person, {}, endpoint);
      const tokens = success(await web.redeem(withoutScope.code, withoutScope.verifier)).json<OpenidTokens>();
      assert.equal(tokens.scope, 'api offline_access', 'no scope still means what it did');
      assert.equal('id_token' in tokens, false);
      const named = await web.code(app.browser(), person, { scope: 'openid' }, endpoint);
      const openid = success(await web.redeem(named.code, named.verifier)).json<OpenidTokens>();
      assert.equal(claimsOf(openid.id_token)['sub'], person.id);
    });
  });

  describe('the claims parameter', () => {
    const errorOf = async (claims: string, more: Record<string, string> = {}) => {
      const back = await app.browser().authorize(
        {
          response_type: 'code',
          client_id: web.application.client_id,
          redirect_uri: web.redirectUri,
          scope: 'openid',
          claims,
          ...more,
        },
        person,
      );
      return back.searchParams.get('error');
    };

    test('that is no JSON object, or asks in another form, is refused with what is wrong', async () => {
      for (const claims of [
        'x',
        '[]',
        '1',
        'null',
        '{"id_token":[]}',
        '{"userinfo":{"name":1}}',
        '{"userinfo":{"name":{"essential":"yes"}}}',
        '{"id_token":{"acr":{"values":"1"}}}',
      ])
        assert.equal(await errorOf(claims), 'invalid_request', claims);
      assert.equal(await errorOf('{"__proto__":{"id_token":{}},"id_token":null,"other":7}'), null);
    });

    test('that asks for one user gets an answer by that user only', async () => {
      const asked = (sub: string) => JSON.stringify({ id_token: { sub: { value: sub } } });
      assert.equal(await errorOf(asked(person.id)), null);
      const other = await app.admin.createUser();
      const browser = app.browser();
      await browser.signIn(person);
      const back = await browser.authorize(
        {
          response_type: 'code',
          client_id: web.application.client_id,
          redirect_uri: web.redirectUri,
          scope: 'openid',
          prompt: 'none',
          claims: asked(other.id),
        },
        person,
      );
      assert.equal(back.searchParams.get('error'), 'login_required');
    });

    test('that requires a stronger sign-in than there is gets an error, and one that would like it gets what there is', async () => {
      const acr = (request: object) => JSON.stringify({ id_token: { acr: request } });
      assert.equal(
        await errorOf(acr({ essential: true, values: ['2'] })),
        'unmet_authentication_requirements',
      );
      assert.equal(await errorOf(acr({ essential: true, values: ['2', '1'] })), null);
      assert.equal(await errorOf(acr({ values: ['2'] })), null);
      const { id_token } = await tokensOf(web, { acr_values: '2' });
      assert.equal(claimsOf(id_token)['acr'], '1');
    });

    test('gives an application nothing that it could not ask for with a scope', async () => {
      const client = await clientOf({ type: 'web', redirect_uris: ['https://few.example.com/callback'] });
      await app.admin.updateApplication(client.application.id, { scopes: ['openid', 'profile'] });
      const claims = JSON.stringify({ id_token: { email: { essential: true }, name: null } });
      const { id_token } = await tokensOf(client, { scope: 'openid', claims });
      const { name, email } = claimsOf(id_token);
      assert.deepEqual([name, email], ['Ada Lovelace', undefined]);
    });

    test('asks the user for what it gives, though no scope names it', async () => {
      const client = await clientOf({ type: 'web', redirect_uris: ['https://ask.example.com/callback'] });
      const browser = app.browser();
      await tokensOf(client, { scope: 'openid' }, browser);
      const request = (more: Record<string, string>) =>
        `/oauth2/authorize?${new URLSearchParams({
          response_type: 'code',
          client_id: client.application.client_id,
          redirect_uri: client.redirectUri,
          scope: 'openid',
          ...more,
        })}`;
      assert.ok((await browser.openPage(request({}))).leftTo, 'openid alone was allowed');
      const claims = JSON.stringify({ userinfo: { email: null } });
      const question = await browser.openPage(request({ claims }));
      assert.equal(question.leftTo, null);
      assert.match(question.html, /See your email address/);
      const { leftTo } = await browser.submitForm(question, {}, { button: 'decision=allow' });
      assert.ok(leftTo?.searchParams.get('code'));
      assert.ok((await browser.openPage(request({ claims }))).leftTo, 'and is remembered');
    });
  });

  describe('a hint at who is expected (id_token_hint)', () => {
    const silent = (client: OAuthClient, hint: string, more: Record<string, string> = {}) => ({
      response_type: 'code',
      client_id: client.application.client_id,
      redirect_uri: client.redirectUri,
      scope: 'openid',
      prompt: 'none',
      id_token_hint: hint,
      ...more,
    });

    test('that expired long ago still counts', async () => {
      const browser = app.browser();
      const { id_token } = await tokensOf(web, {}, browser);
      app.clock.advance(DAY);
      assert.ok((await browser.authorize(silent(web, id_token), person)).searchParams.get('code'));
    });

    test('at somebody else than who is signed in leads to the sign-in page, which says so', async () => {
      const { id_token } = await tokensOf(web);
      const other = await app.admin.createUser();
      const browser = app.browser();
      await browser.signIn(other);
      const back = await browser.authorize(silent(web, id_token), other);
      assert.equal(back.searchParams.get('error'), 'login_required');
      const { prompt: _none, ...asked } = silent(web, id_token);
      const page = await browser.openPage(`/oauth2/authorize?${new URLSearchParams(asked)}`);
      assert.match(page.html, /another account than the one that is signed in here/);
      const gone = await browser.submitForm(page, { email: person.email, password: person.password });
      assert.ok(gone.leftTo?.searchParams.get('code'));
    });

    test('by an ID token of another client, by an access token or by anything else is refused', async () => {
      const other = await clientOf({ type: 'web', redirect_uris: ['https://other.example.com/callback'] });
      const browser = app.browser();
      const { id_token } = await tokensOf(other, {}, browser);
      const { access_token } = await tokensOf(web, {}, browser);
      for (const hint of [id_token, access_token, `${id_token}x`, 'x'])
        assert.equal(
          (await browser.authorize(silent(web, hint), person)).searchParams.get('error'),
          'invalid_request',
        );
    });
  });

  test('a code issued to a session notes the application for its end', async () => {
    const browser = app.browser();
    const { id_token } = await tokensOf(web, {}, browser);
    const rows = await app.services.db.sql<{ n: number }>`
      SELECT count(*) AS n FROM session_clients WHERE session_id = ${Buffer.from(String(claimsOf(id_token)['sid']), 'hex')}`;
    assert.equal(rows[0]?.n, 1);
  });

  test('what is redeemed twice leaves no ID token', async () => {
    const { code, verifier } = await web.code(app.browser(), person, { scope: 'openid' });
    success(await web.redeem(code, verifier));
    assert.equal(outcome(await web.redeem(code, verifier)), '400 invalid_grant');
  });
});
