import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { refused } from '../support/problem.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A product that has its users already names them in every token by the IDs that it knows them by.

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  let made = 0;
  before(async () => {
    app = await startApp({ engine });
    const application = { type: 'web', redirect_uris: ['https://client.example.com/callback'] } as const;
    web = new OAuthClient(app, await app.admin.createApplication(application));
    await app.admin.updateApplication(web.application.id, { can_introspect: true });
  });
  after(() => app.close());

  async function personWith(subject: string, role = 'user'): Promise<Person & { subject: string }> {
    const email = `somebody-${++made}@example.com`;
    const password = 'a password of a test';
    const fields = { email, name: 'Somebody', password, subject, role };
    return {
      ...(await app.admin.must<{ id: string; subject: string }>('POST', '/users', fields)),
      email,
      name: 'Somebody',
      password,
    };
  }
  const introspected = async (token: string) =>
    success(await web.introspect(token)).json<{ active: boolean; sub?: string }>();

  describe('the subject of a user', () => {
    test('is what every token calls them: access, ID and refresh token, userinfo, introspection and wid', async () => {
      const person = await personWith('customer-7:user@41');
      const scope = 'openid api offline_access';
      const { code, verifier } = await web.code(app.browser(), person, { scope });
      const first = success(await web.redeem(code, verifier)).json<
        Tokens & { id_token: string; refresh_token: string }
      >();
      const second = (await web.refreshTokens(first.refresh_token)) as typeof first;
      for (const { access_token, id_token } of [first, second]) {
        assert.equal(claimsOf(access_token)['sub'], person.subject);
        assert.equal(claimsOf(id_token)['sub'], person.subject);
        assert.equal((await introspected(access_token)).sub, person.subject);
        const userinfo = await send(app, '/oauth2/userinfo', {
          method: 'GET',
          headers: { authorization: `Bearer ${access_token}` },
        });
        assert.equal(success(userinfo).json<{ sub: string }>().sub, person.subject);
      }
      assert.equal((await introspected(second.refresh_token)).sub, person.subject);
      const other = await send(app, '/integrations/oauth2/api/v1/token', {
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: second.refresh_token }),
        headers: { authorization: basic(web.application.client_id, web.secret ?? '') },
      });
      assert.equal(success(other).json<{ wid: string }>().wid, person.subject);
    });

    test('is who an ID token hints at', async () => {
      const [person, other] = [await personWith('hinted-at'), await personWith('somebody-else')];
      const browser = app.browser();
      const { code, verifier } = await web.code(browser, person, { scope: 'openid' });
      const { id_token } = success(await web.redeem(code, verifier)).json<{ id_token: string }>();
      const request = {
        response_type: 'code',
        client_id: web.application.client_id,
        redirect_uri: web.redirectUri,
        scope: 'openid',
        prompt: 'none',
        id_token_hint: id_token,
      };
      assert.ok((await browser.authorize(request, person)).searchParams.get('code'));
      const another = app.browser();
      await another.signIn(other);
      assert.equal((await another.authorize(request, other)).searchParams.get('error'), 'login_required');
    });

    test('names the user in a JWT-bearer assertion, as the ID does, and nobody else', async () => {
      const [person, other] = [
        await personWith('acted-for', 'administrator'),
        await personWith('not-acted-for'),
      ];
      const machine = await app.admin.createApplication({ type: 'machine' });
      const pair = rsaKeyPair();
      await app.admin.addPublicKey(machine.id, pair.publicPem, person.id);
      await app.admin.updateApplication(machine.id, { scopes: ['api', 'admin'] });
      const token = (sub: string, scope = 'api') =>
        send(app, '/oauth2/token', {
          body: new URLSearchParams({
            grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            scope,
            assertion: signRs256(pair.privateKey, {
              iss: machine.client_id,
              sub,
              aud: app.url,
              exp: Math.floor(app.clock.now() / 1000) + 300,
            }),
          }),
        });
      for (const sub of [person.subject, person.id]) {
        const { access_token } = success(await token(sub)).json<Tokens>();
        assert.equal(claimsOf(access_token)['sub'], person.subject);
        assert.deepEqual((await introspected(access_token)).active, true);
      }
      for (const sub of [other.subject, other.id, '', 'nobody'])
        assert.equal(outcome(await token(sub)), '400 invalid_grant', sub);
      const { access_token } = success(await token(person.subject, 'admin')).json<Tokens>();
      const me = await send(app, '/api/v1/me', {
        method: 'GET',
        headers: { authorization: `Bearer ${access_token}` },
      });
      assert.equal(success(me).json<{ id: string }>().id, person.id, 'the REST API knows whose it is');
      await app.admin.updateUser(person.id, { active: false });
      assert.deepEqual(await introspected(access_token), { active: false });
      await app.admin.deleteApplication(machine.id);
    });

    test('is unique, has a form, and is the ID of those who were given none', async () => {
      const person = await personWith('A-Z.a~z_0:9@x|y+z/=');
      const again = { email: 'again@example.com', name: 'Again', subject: person.subject };
      refused(await app.admin.call('POST', '/users', again), 409, 'subject_taken');
      for (const subject of ['', ' ', 'a b', 'ü', 'a\n', 'x'.repeat(256), '"'])
        assert.equal((await app.admin.call('POST', '/users', { ...again, subject })).status, 422, subject);
      const without = await app.admin.must<{ id: string; subject: string }>('POST', '/users', {
        email: 'without@example.com',
        name: 'Without',
      });
      assert.equal(without.subject, without.id);
      const stolen = { ...again, subject: without.id };
      refused(await app.admin.call('POST', '/users', stolen), 409, 'subject_taken');
      refused(
        await app.admin.call('PATCH', `/users/${person.id}`, { subject: 'other' }),
        422,
        'validation_failed',
      );
    });

    test('finds the user', async () => {
      const person = await personWith('find-me');
      for (const subject of [person.subject, app.user.id]) {
        const { data } = await app.admin.must<{ data: { subject: string }[] }>(
          'GET',
          `/users?subject=${encodeURIComponent(subject)}`,
        );
        assert.deepEqual(
          data.map((user) => user.subject),
          [subject],
        );
      }
      const none = await app.admin.must<{ data: unknown[] }>('GET', `/users?subject=${person.id}`);
      assert.deepEqual(none.data, [], 'the ID of somebody with a subject is not theirs');
    });
  });

  test('who has no password signs in by none, until they are given one', async () => {
    const person = await app.admin.must<{ id: string; email: string; has_password: boolean }>(
      'POST',
      '/users',
      {
        email: 'no-password@example.com',
        name: 'No Password',
      },
    );
    assert.equal(person.has_password, false);
    for (const password of ['', 'a password of a test', '\u0000'.repeat(12)]) {
      const browser = app.browser();
      const page = await browser.submitForm(await browser.openPage('/login'), {
        email: person.email,
        password,
      });
      assert.equal(page.status, 401);
    }
    const given = await app.admin.updateUser(person.id, { password: 'a password of a test' });
    assert.equal(given['has_password'], true);
    await app.browser().signIn({ email: person.email, password: 'a password of a test' });
  });
});
