import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, success, type Tokens } from '../support/oauth-client.ts';
import { refused } from '../support/problem.ts';
import { Product } from '../support/product.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Who chooses what tokens call them, as people do whose product takes user names for subjects, becomes nobody else by it.

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  let machine: ApplicationView;
  before(async () => {
    app = await startApp({ engine });
    const redirect_uris = ['https://client.example.com/callback'];
    web = new OAuthClient(
      app,
      await app.admin.createApplication({ type: 'web', redirect_uris, can_introspect: true }),
    );
    machine = await app.admin.createApplication({ type: 'machine', scopes: ['api', 'admin'] });
  });
  after(() => app.close());

  const made = (subject: string, email = `${crypto.randomUUID()}@example.com`) =>
    app.admin.must<{ id: string }>('POST', '/users', { email, name: 'X', subject, role: 'administrator' });

  /** A token that a key of the machine gets for a user without their being there. */
  async function tokenFor(userId: string): Promise<string> {
    const pair = rsaKeyPair();
    await app.admin.addPublicKey(machine.id, pair.publicPem, userId);
    const assertion = signRs256(pair.privateKey, {
      iss: machine.client_id,
      sub: userId,
      aud: app.url,
      exp: Math.floor(app.clock.now() / 1000) + 300,
    });
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const body = new URLSearchParams({ grant_type, scope: 'api admin', assertion });
    return success(await send(app, '/oauth2/token', { body })).json<Tokens>().access_token;
  }
  const usersBy = (token: string) =>
    send(app, '/api/v1/users', { method: 'GET', headers: { authorization: `Bearer ${token}` } });

  describe('by the subject of a user', () => {
    test('nobody is called as an application is, whose tokens would be theirs', async () => {
      const user = { email: 'as-the-client@example.com', name: 'X', role: 'administrator' };
      for (const { client_id } of [machine, web.application])
        refused(
          await app.admin.call('POST', '/users', { ...user, subject: client_id }),
          409,
          'subject_taken',
        );
      const granted = await send(app, '/oauth2/token', {
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'api admin' }),
        headers: { authorization: basic(machine.client_id, machine.client_secret ?? '') },
      });
      const { access_token } = success(granted).json<Tokens>();
      assert.equal((await usersBy(access_token)).status, 403, 'a machine is no administrator');
    });

    test('nobody is called as the ID of another, who has a subject besides', async () => {
      const victim = await app.admin.must<{ id: string }>('POST', '/users', {
        email: `with-a-subject-${engine}@example.com`,
        name: 'X',
        role: 'user',
        subject: `crm:${engine}`,
      });
      const user = { email: `as-the-id-${engine}@example.com`, name: 'X', role: 'user' };
      refused(await app.admin.call('POST', '/users', { ...user, subject: victim.id }), 409, 'subject_taken');
      const product = await Product.register(app);
      const page = await product.signIn(app.browser(), { sub: victim.id, email: user.email });
      assert.equal(page.status, 403);
      await app.admin.must('DELETE', `/identity-providers/${product.id}`);
    });

    test('whoever gets the subject of a deleted user does not get their tokens', async () => {
      const first = await made('the-chosen-one');
      const token = await tokenFor(first.id);
      assert.equal((await usersBy(token)).status, 200);
      await app.admin.must('DELETE', `/users/${first.id}`);
      assert.equal(await web.isActive(token), false);
      const second = await made('the-chosen-one');
      assert.equal(await web.isActive(token), false);
      assert.equal((await usersBy(token)).status, 401);
      assert.equal(await web.isActive(await tokenFor(second.id)), true);
    });

    test('whoever is called as a deleted user’s ID does not get their tokens', async () => {
      const first = await app.admin.createUser({ role: 'administrator' });
      const token = await tokenFor(first.id);
      await app.admin.must('DELETE', `/users/${first.id}`);
      await made(first.id);
      assert.equal(await web.isActive(token), false);
      assert.equal((await usersBy(token)).status, 401);
    });

    test('an empty one, and one that no database can hold, find nobody', async () => {
      for (const subject of ['', '\0', `a\0`, ' ', 'ü', '%', "' OR 1=1 --"]) {
        const found = await app.admin.must('GET', `/users?subject=${encodeURIComponent(subject)}`);
        assert.deepEqual(found, { data: [], next_cursor: null }, JSON.stringify(subject));
        const noted = await app.admin.must('POST', '/activity', { users: [{ subject }] });
        assert.deepEqual(noted, { updated: 0, unknown: [0] }, JSON.stringify(subject));
      }
    });
  });

  test('a claims parameter whose values are objects is a mistake of the client, not of the server', async () => {
    const browser = app.browser();
    await browser.signIn(app.user);
    for (const value of [
      { toString: 1 },
      { toString: 1, valueOf: 2 },
      { valueOf: {} },
      [[]],
      ['x'],
      null,
      1,
      true,
    ])
      for (const claims of [
        { id_token: { sub: { value } } },
        { userinfo: { sub: { values: [value] } } },
        { id_token: { acr: { essential: true, values: [value] } } },
      ]) {
        const back = await browser.openPage(
          `/oauth2/authorize?${new URLSearchParams({
            response_type: 'code',
            client_id: web.application.client_id,
            redirect_uri: web.redirectUri,
            scope: 'openid',
            prompt: 'none',
            claims: JSON.stringify(claims),
          })}`,
        );
        const error = back.leftTo?.searchParams.get('error');
        const expected =
          'acr' in (claims.id_token ?? {}) ? 'unmet_authentication_requirements' : 'invalid_request';
        assert.equal(error, expected, JSON.stringify(claims));
      }
  });
});
