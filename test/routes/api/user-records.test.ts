import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId } from '../../../server/base/ids.ts';
import { MINUTE } from '../../../server/base/units.ts';
import { Admin } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { claimsOf, OAuthClient, outcome, success } from '../../support/oauth-client.ts';
import { noId, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// What a product keeps of a person here, what is told of them, and how they are gone.

interface UserView {
  id: string;
  email: string;
  email_verified: boolean;
  claims: object;
  [field: string]: unknown;
}

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  let web: OAuthClient;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
    const application = { type: 'web', redirect_uris: ['https://client.example.com/callback'] } as const;
    web = new OAuthClient(app, await admin.createApplication(application));
  });
  after(() => app.close());
  const read = (id: string) => admin.must<UserView>('GET', `/users/${id}`);

  describe('claims', () => {
    test('are kept as they were given, and replaced as a whole', async () => {
      const claims = { tenant: 'acme', plan: 7, beta: true, roles: ['editor', 'owner'] };
      const { id } = await admin.must<UserView>('POST', '/users', {
        email: 'claims@example.com',
        name: 'Claims',
        claims,
      });
      assert.deepEqual((await read(id)).claims, claims);
      await admin.updateUser(id, { claims: { tenant: 'other' } });
      assert.deepEqual((await read(id)).claims, { tenant: 'other' });
      await admin.updateUser(id, { name: 'Same claims' });
      assert.deepEqual((await read(id)).claims, { tenant: 'other' });
    });

    test('that tokens could be misread by, or that are too much, are refused', async () => {
      const person = await admin.createUser();
      for (const claims of [
        { sub: 'somebody else' },
        { scope: 'admin' },
        { email: 'x' },
        { aud: [] },
        { authorization_id: 'x' },
        { nested: { a: 1 } },
        { nothing: null },
        { mixed: ['a', 1] },
        { 'a b': 1 },
        { '': 1 },
        { big: 'x'.repeat(4096) },
        { ö: 1 },
      ])
        refused(await admin.call('PATCH', `/users/${person.id}`, { claims }), 422, 'invalid_claims');
      for (const claims of [[], 'x', 1, null])
        assert.equal((await admin.call('PATCH', `/users/${person.id}`, { claims })).status, 422);
      const raw = '{"claims":{"__proto__":{"x":1}}}';
      assert.equal(
        (await admin.call('PATCH', `/users/${person.id}`, raw, { 'content-type': 'application/json' }))
          .status,
        422,
      );
      assert.deepEqual((await read(person.id)).claims, {});
    });
  });

  describe('the email address', () => {
    test('can be changed by an administrator with a recent password, and is what they sign in with then', async () => {
      const person = await admin.createUser();
      const email = `New-${person.email}`;
      const changed = await admin.updateUser(person.id, { email });
      assert.deepEqual([changed['email'], changed['email_verified']], [email, true]);
      await app.browser().signIn({ email: email.toUpperCase(), password: person.password });
      const other = await admin.createUser();
      refused(await admin.call('PATCH', `/users/${other.id}`, { email }), 409, 'email_taken');
      refused(await admin.call('PATCH', `/users/${other.id}`, { email: 'x' }), 422, 'invalid_email');
      app.clock.advance(16 * MINUTE);
      const browser = app.browser();
      await browser.signIn(app.administrator);
      app.clock.advance(16 * MINUTE);
      const late = await browser.request(`/api/v1/users/${other.id}`, {
        method: 'PATCH',
        body: { email: 'late@example.com' },
        headers: { origin: app.url },
      });
      refused(late, 403, 'reauthentication_required');
    });

    test('is told as verified or not, as the administrator says', async () => {
      const person = await admin.createUser();
      assert.equal((await read(person.id)).email_verified, true);
      await admin.updateUser(person.id, { email_verified: false });
      const { code, verifier } = await web.code(app.browser(), person, {
        scope: 'openid',
        claims: JSON.stringify({ id_token: { email_verified: null } }),
      });
      const { id_token } = success(await web.redeem(code, verifier)).json<{ id_token: string }>();
      assert.equal(claimsOf(id_token)['email_verified'], false);
    });
  });

  test('an administrator ends all sessions of somebody, and the audit log says who did', async () => {
    const person = await admin.createUser();
    const browsers = [app.browser(), app.browser()];
    for (const browser of browsers) await browser.signIn(person);
    assert.equal((await admin.call('DELETE', `/users/${person.id}/sessions`)).status, 204);
    for (const browser of browsers) assert.equal((await browser.request('/api/v1/me')).status, 401);
    const [event] = await admin.auditEvents('session.ended', person.id);
    assert.deepEqual(event?.['actor'], { type: 'user', id: app.administrator.id });
    assert.deepEqual(event?.['detail'], { sessions: 2, because: 'by_request' });
    refused(await admin.call('DELETE', `/users/${noId}/sessions`), 404, 'user_not_found');
  });

  describe('a user who is deleted', () => {
    test('is gone with sessions, tokens, codes and consents, and nothing names them in the audit log', async () => {
      const person = await admin.createUser({ email: `gone-${newId(1)}@example.com` });
      const browser = app.browser();
      const tokens = await web.authorize(browser, person, { scope: 'openid api offline_access' });
      const waiting = await web.code(browser, person, { scope: 'openid api' });
      const wrong = app.browser();
      await wrong.submitForm(await wrong.openPage('/login'), {
        email: person.email,
        password: 'wrong wrong wrong',
      });
      assert.equal((await admin.call('DELETE', `/users/${person.id}`)).status, 204);

      refused(await admin.call('GET', `/users/${person.id}`), 404, 'user_not_found');
      refused(await admin.call('DELETE', `/users/${person.id}`), 404, 'user_not_found');
      assert.equal((await browser.request('/api/v1/me')).status, 401);
      assert.equal(outcome(await web.refresh(tokens.refresh_token)), '400 invalid_grant');
      assert.equal(await web.isActive(tokens.access_token), false);
      assert.equal(outcome(await web.redeem(waiting.code, waiting.verifier)), '400 invalid_grant');
      const id = Buffer.from(person.id, 'hex');
      const { db } = app.services;
      const left = await Promise.all([
        db.sql`SELECT id FROM users WHERE id = ${id}`,
        db.sql`SELECT id FROM sessions WHERE user_id = ${id}`,
        db.sql`SELECT user_id FROM consents WHERE user_id = ${id}`,
        db.sql`SELECT id FROM authorizations WHERE user_id = ${id}`,
        db.sql`SELECT user_id FROM authorization_codes WHERE user_id = ${id}`,
        db.sql`SELECT user_id FROM session_clients WHERE user_id = ${id}`,
        db.sql`SELECT id FROM audit_events WHERE detail LIKE ${`%${person.email}%`}`,
        db.sql`SELECT id FROM audit_events WHERE actor_id = ${id} AND ip IS NOT NULL`,
      ]);
      assert.deepEqual(
        left.map((rows) => rows.length),
        left.map(() => 0),
      );
      const events = await admin.auditEvents('user.deleted', person.id);
      assert.equal(events.length, 1);
      assert.equal((await admin.auditEvents('user.created', person.id)).length, 1, 'what happened stays');
      // The address is free for somebody else, who is another person.
      const next = await admin.createUser({ email: person.email });
      assert.notEqual(next.id, person.id);
    });

    test('is not the last administrator, and takes a recent password', async () => {
      refused(await admin.call('DELETE', `/users/${app.administrator.id}`), 409, 'last_administrator');
      const person = await admin.createUser();
      const browser = app.browser();
      await browser.signIn(app.administrator);
      app.clock.advance(16 * MINUTE);
      const late = await browser.request(`/api/v1/users/${person.id}`, {
        method: 'DELETE',
        headers: { origin: app.url },
      });
      refused(late, 403, 'reauthentication_required');
      assert.ok(await read(person.id));
    });

    test('may be oneself, where another administrator is left', async () => {
      const second = await admin.createUser({ role: 'administrator' });
      const theirs = new Admin(app, second);
      assert.equal((await theirs.call('DELETE', `/users/${second.id}`)).status, 204);
      refused(await admin.call('GET', `/users/${second.id}`), 404, 'user_not_found');
    });
  });

  test('all that is known of somebody is one document, of any length', async () => {
    const person = await admin.createUser({ name: 'Exported' });
    const browser = app.browser();
    await web.authorize(browser, person, { scope: 'openid api offline_access' });
    for (let n = 0; n < 105; n++) await admin.updateUser(person.id, { name: `Exported ${n}` });
    const answer = success(await admin.call('GET', `/users/${person.id}/export`));
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const known = answer.json<{
      user: UserView;
      sessions: object[];
      consents: { scopes: string[] }[];
      authorizations: object[];
      audit_events: { id: string; type: string }[];
    }>();
    assert.equal(known.user.id, person.id);
    assert.equal(known.sessions.length, 1);
    assert.equal(known.authorizations.length, 1);
    assert.deepEqual(known.consents[0]?.scopes, ['openid', 'api', 'offline_access']);
    assert.equal(known.audit_events.filter(({ type }) => type === 'user.updated').length, 105);
    assert.equal(new Set(known.audit_events.map(({ id }) => id)).size, known.audit_events.length);
    assert.doesNotMatch(answer.text, /argon2|password_hash|token_hash/);
    refused(await admin.call('GET', `/users/${noId}/export`), 404, 'user_not_found');
  });
});
