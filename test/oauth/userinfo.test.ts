import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR, SECOND } from '../../server/base/units.ts';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, send } from '../support/http.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  let person: Person;

  before(async () => {
    app = await startApp({ engine });
    web = new OAuthClient(
      app,
      await app.admin.createApplication({
        type: 'web',
        redirect_uris: ['https://client.example.com/callback'],
      }),
    );
    person = await app.admin.createUser({ name: 'Ada Lovelace' });
  });
  after(() => app.close());

  const tokensOf = async (params: Record<string, string> = {}): Promise<Tokens> => {
    const { code, verifier } = await web.code(app.browser(), person, { scope: 'openid', ...params });
    return success(await web.redeem(code, verifier)).json<Tokens>();
  };
  const userinfo = (token: string | undefined, headers: Record<string, string> = {}): Promise<Answer> =>
    send(app, '/oauth2/userinfo', {
      method: 'GET',
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
  const claimsFor = async (params: Record<string, string>) =>
    success(await userinfo((await tokensOf(params)).access_token)).json<Record<string, unknown>>();

  describe('userinfo', () => {
    test('tells by the scopes who the user is', async () => {
      const before = Math.floor(app.clock.now() / SECOND);
      await app.admin.updateUser(person.id, { locale: 'sv' });
      const { updated_at: updatedAt } = await claimsFor({ scope: 'openid profile' });
      assert.ok(Number(updatedAt) >= before && Number(updatedAt) <= app.clock.now() / SECOND);
      const sub = person.id;
      const profile = { name: 'Ada Lovelace', locale: 'sv', updated_at: updatedAt };
      const email = { email: person.email, email_verified: true };
      assert.deepEqual(await claimsFor({ scope: 'openid' }), { sub });
      assert.deepEqual(await claimsFor({ scope: 'openid profile' }), { sub, ...profile });
      assert.deepEqual(await claimsFor({ scope: 'openid email' }), { sub, ...email });
      assert.deepEqual(await claimsFor({ scope: 'openid profile email' }), { sub, ...profile, ...email });
      await app.admin.updateUser(person.id, { locale: null });
      assert.equal('locale' in (await claimsFor({ scope: 'openid profile' })), false, 'nothing is no claim');
    });

    test('tells what the claims parameter asked for one by one, and no more', async () => {
      const claims = JSON.stringify({ userinfo: { email: null }, id_token: { name: null } });
      const { access_token } = await tokensOf({ claims });
      assert.deepEqual(success(await userinfo(access_token)).json(), { sub: person.id, email: person.email });
    });

    test('takes the token in the header, by GET and POST, or in a form, but never in the URL', async () => {
      const { access_token } = await tokensOf();
      const form = (more: Record<string, string> = {}, headers = {}) =>
        send(app, '/oauth2/userinfo', { body: new URLSearchParams({ access_token, ...more }), headers });
      assert.equal((await userinfo(access_token)).status, 200);
      assert.equal((await form()).status, 200);
      const posted = await send(app, '/oauth2/userinfo', {
        method: 'POST',
        headers: { authorization: `bearer ${access_token}` },
      });
      assert.equal(posted.status, 200);
      const inUrl = await send(app, `/oauth2/userinfo?access_token=${access_token}`, { method: 'GET' });
      assert.equal(inUrl.status, 401);
      const twice = await form({}, { authorization: `Bearer ${access_token}` });
      assert.equal(outcome(twice), '400 invalid_request');
      const doubled = await send(app, '/oauth2/userinfo', {
        body: `access_token=${access_token}&access_token=${access_token}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      assert.equal(outcome(doubled), '400 invalid_request');
    });

    test('answers each other token with the challenge of RFC 6750', async () => {
      const challenge = (answer: Answer) => String(answer.headers['www-authenticate']);
      const without = await userinfo(undefined);
      assert.equal(without.status, 401);
      assert.equal(challenge(without), 'Bearer realm="Postern"');
      const wrong = await userinfo('x');
      assert.equal(outcome(wrong), '401 invalid_token');
      assert.match(challenge(wrong), /^Bearer realm="Postern", error="invalid_token", error_description="/);
      const { access_token } = await tokensOf({ scope: 'profile email' });
      const poor = await userinfo(access_token);
      assert.equal(outcome(poor), '403 insufficient_scope');
      assert.match(challenge(poor), /error="insufficient_scope".*scope="openid"/);
    });

    test('is nobody’s to keep, and every origin’s to read, without cookies', async () => {
      const { access_token } = await tokensOf();
      const answer = await userinfo(access_token, { origin: 'https://app.example.com' });
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.equal(answer.headers['access-control-allow-credentials'], undefined);
      const refused = await userinfo('x', { origin: 'https://app.example.com' });
      assert.equal(refused.headers['access-control-allow-origin'], '*', 'so that a page learns why');
      const preflight = await send(app, '/oauth2/userinfo', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example.com',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers['access-control-allow-headers'], 'authorization');
      assert.match(String(preflight.headers['access-control-allow-methods']), /GET, POST/);
      const none = await userinfo(access_token, { origin: 'null' });
      assert.equal(none.headers['access-control-allow-origin'], undefined);
    });
  });

  describe('userinfo stops at once', () => {
    test('when the token has expired or was revoked', async () => {
      const { access_token } = await tokensOf();
      app.clock.advance(HOUR);
      assert.equal(outcome(await userinfo(access_token)), '401 invalid_token');
      const other = await tokensOf();
      success(await web.revoke(other.access_token));
      assert.equal(outcome(await userinfo(other.access_token)), '401 invalid_token');
    });

    test('when the user is deactivated, and when the application is disabled', async () => {
      const { access_token } = await tokensOf();
      await app.admin.updateUser(person.id, { active: false });
      assert.equal(outcome(await userinfo(access_token)), '401 invalid_token');
      await app.admin.updateUser(person.id, { active: true });
      assert.equal((await userinfo(access_token)).status, 200);
      await app.admin.updateApplication(web.application.id, { enabled: false });
      assert.equal(outcome(await userinfo(access_token)), '401 invalid_token');
      await app.admin.updateApplication(web.application.id, { enabled: true });
    });

    test('to tell what the application may not ask for any more', async () => {
      const { access_token } = await tokensOf({ scope: 'openid profile email' });
      const [profile, scopes] = [['openid', 'profile', 'api'], web.application['scopes']];
      await app.admin.updateApplication(web.application.id, { scopes: profile });
      const answer = success(await userinfo(access_token)).json<Record<string, unknown>>();
      assert.deepEqual([answer['name'], answer['email']], ['Ada Lovelace', undefined]);
      await app.admin.updateApplication(web.application.id, { scopes: ['api'] });
      assert.equal(outcome(await userinfo(access_token)), '403 insufficient_scope');
      await app.admin.updateApplication(web.application.id, { scopes });
    });

    test('to tell single claims when the application may not ask for their scope any more, as ID tokens do', async () => {
      const asked = { email: null, name: null };
      const claims = JSON.stringify({ userinfo: asked, id_token: asked });
      const { access_token, refresh_token } = await tokensOf({ claims, scope: 'openid offline_access' });
      const scopes = web.application['scopes'];
      await app.admin.updateApplication(web.application.id, {
        scopes: ['openid', 'profile', 'offline_access'],
      });
      const told = success(await userinfo(access_token)).json<Record<string, unknown>>();
      assert.deepEqual([told['name'], told['email']], ['Ada Lovelace', undefined]);
      const { id_token } = (await web.refreshTokens(refresh_token as string)) as Tokens & {
        id_token: string;
      };
      const { name, email } = claimsOf(id_token);
      assert.deepEqual([name, email], ['Ada Lovelace', undefined]);
      await app.admin.updateApplication(web.application.id, { scopes });
    });
  });

  test('an ID token opens nothing', async () => {
    const { id_token } = (await tokensOf()) as Tokens & { id_token: string };
    assert.equal(outcome(await userinfo(id_token)), '401 invalid_token');
    assert.equal(await web.isActive(id_token), false);
  });
});
