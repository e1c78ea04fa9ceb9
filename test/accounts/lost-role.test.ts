import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, success } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

const redirectUri = 'https://client.example.com/callback';

interface AuditEventView {
  readonly type: string;
  readonly actor: { readonly type: string; readonly id: string | null };
  readonly via: object | null;
  readonly application_id: string | null;
  readonly detail: Record<string, unknown>;
}

forEachEngine((engine) => {
  let app: TestApp;
  let tool: ApplicationView;

  before(async () => {
    app = await startApp({ engine });
    tool = await app.admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      scopes: ['api', 'admin', 'offline_access'],
    });
  });
  after(() => app.close());

  const isSignedIn = async (browser: Browser) => (await browser.request('/account')).status === 200;
  const eventsOf = async (person: Person, type: string) =>
    (
      await app.admin.must<{ data: AuditEventView[] }>(
        'GET',
        `/audit-events?type=${type}&user_id=${person.id}`,
      )
    ).data;

  async function administrator(): Promise<{ person: Person; browser: Browser }> {
    const person = await app.admin.createUser({ role: 'administrator' });
    const browser = app.browser();
    await browser.signIn(person);
    return { person, browser };
  }

  test('a session that ended for an administrator is not alive again when they are one no more', async () => {
    const { person, browser } = await administrator();
    app.clock.advance(31 * MINUTE);
    assert.ok(!(await isSignedIn(browser)));
    await app.admin.updateUser(person.id, { role: 'user' });
    assert.ok(!(await isSignedIn(browser)));
    await app.admin.updateUser(person.id, { role: 'administrator' });
    assert.ok(!(await isSignedIn(browser)));
  });

  test('nor is one that ended when its user became an administrator', async () => {
    const person = await app.admin.createUser();
    const browser = app.browser();
    await browser.signIn(person);
    app.clock.advance(13 * HOUR);
    assert.ok(await isSignedIn(browser));
    app.clock.advance(13 * HOUR);
    await app.admin.updateUser(person.id, { role: 'administrator' });
    assert.ok(!(await isSignedIn(browser)));
    await app.admin.updateUser(person.id, { role: 'user' });
    assert.ok(!(await isSignedIn(browser)));
  });

  test('the sessions of an administrator who is demoted end, with one event, and their other authorizations live on', async () => {
    const { person, browser } = await administrator();
    const there = app.browser();
    await there.signIn(person);
    const client = new OAuthClient(app, tool);
    const withAdmin = await client.authorize(browser, person, { scope: 'api admin offline_access' });
    const without = await client.authorize(browser, person, { scope: 'api offline_access' });
    const inFlight = await client.code(browser, person, { scope: 'admin' });

    await app.admin.updateUser(person.id, { role: 'user' });
    assert.deepEqual([await isSignedIn(browser), await isSignedIn(there)], [false, false]);
    assert.equal(outcome(await client.refresh(withAdmin.refresh_token)), '400 invalid_grant');
    assert.equal(outcome(await client.redeem(inFlight.code, inFlight.verifier)), '400 invalid_grant');
    success(await client.refresh(without.refresh_token));

    const [ended, ...more] = await eventsOf(person, 'session.ended');
    assert.deepEqual(more, []);
    assert.deepEqual(ended?.detail, { sessions: 2, because: 'role_lost' });
    assert.equal(ended?.actor.id, app.administrator.id);
    const revoked = await eventsOf(person, 'authorization.revoked');
    assert.deepEqual(
      revoked.map(({ detail, application_id }) => [detail['because'], application_id]),
      [['role_lost', tool.id]],
    );
  });

  test('who is made an administrator again allows the scope admin again: no approval is remembered', async () => {
    const { person, browser } = await administrator();
    const client = new OAuthClient(app, tool);
    await client.authorize(browser, person, { scope: 'admin' });
    await app.admin.updateUser(person.id, { role: 'user' });
    await app.admin.updateUser(person.id, { role: 'administrator' });
    await browser.signIn(person);
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: tool.client_id,
      redirect_uri: redirectUri,
      scope: 'admin',
      prompt: 'none',
    });
    const { location = '' } = (await browser.request(`/oauth2/authorize?${query}`)).headers;
    assert.equal(new URL(location).searchParams.get('error'), 'consent_required');
  });

  test('a scope whose name has admin in it, or is written otherwise, goes on', async () => {
    const scopes = ['admin', 'Admin', 'admin:read', 'superadmin'].map((name) => ({
      name,
      description: name,
    }));
    await app.admin.updateInstance({
      scopes: [{ name: 'api', description: 'API', default: true }, ...scopes],
    });
    const other = await app.admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      scopes: ['Admin', 'admin:read', 'superadmin', 'offline_access'],
    });
    const { person, browser } = await administrator();
    const client = new OAuthClient(app, other);
    const scope = 'Admin admin:read superadmin offline_access';
    const { refresh_token } = await client.authorize(browser, person, { scope });
    await app.admin.updateUser(person.id, { role: 'user' });
    success(await client.refresh(refresh_token));
  });

  test('a user signs out, ends their sessions and changes their password: each is an event of the end of sessions', async () => {
    const person = await app.admin.createUser();
    const [a, b, c] = [app.browser(), app.browser(), app.browser()];
    for (const browser of [a, b, c]) await browser.signIn(person);
    await a.request('/logout', { method: 'POST' });
    await a.request('/logout', { method: 'POST' });
    await b.submitForm(await b.openPage('/account'), {}, { action: '/account/sessions/end-others' });
    await b
      .submitForm(await b.openPage('/account'), {}, { action: '/account/sessions/end-others' })
      .catch(() => {});
    await c.signIn(person);
    await c.submitForm(await c.openPage('/account'), {
      current_password: person.password,
      new_password: 'another long password',
    });
    await app.admin.updateUser(person.id, { active: false });
    const events = await eventsOf(person, 'session.ended');
    assert.deepEqual(
      events.map(({ detail, actor }) => [detail['because'], detail['sessions'], actor.id === person.id]),
      [
        ['user_deactivated', 1, false],
        ['password_changed', 1, true],
        ['by_request', 1, true],
        ['signed_out', 1, true],
      ],
    );
  });

  test('an event tells whether an administrator did it or a token for them, and which', async () => {
    const { person, browser } = await administrator();
    const client = new OAuthClient(app, tool);
    const { access_token } = await client.authorize(browser, person, { scope: 'admin' });
    const authorization = `Bearer ${access_token}`;
    const user = await app.admin.createUser();
    await browser.request(`/api/v1/users/${user.id}`, { method: 'PATCH', body: { name: 'By hand' } });
    success(
      await app.browser().request(`/api/v1/users/${user.id}`, {
        method: 'PATCH',
        body: { name: 'By a program' },
        headers: { authorization },
      }),
    );
    const { data } = await app.admin.must<{ data: { id: string }[] }>(
      'GET',
      `/users/${person.id}/authorizations`,
    );
    const [byToken, byHand] = await eventsOf(user, 'user.updated');
    assert.deepEqual([byToken?.actor.id, byHand?.actor.id], [person.id, person.id]);
    assert.deepEqual(byHand?.via, null);
    assert.deepEqual(byToken?.via, { application_id: tool.id, authorization_id: data.at(-1)?.id });
  });

  test('an event names the public key whose token acted for an administrator', async () => {
    const { person } = await administrator();
    const machine = await app.admin.createApplication({ type: 'machine', scopes: ['admin'] });
    const pair = rsaKeyPair();
    const key = await app.admin.addPublicKey(machine.id, pair.publicPem, person.id);
    const exp = Math.floor(app.clock.now() / SECOND) + 300;
    const claims = { iss: machine.client_id, sub: person.id, aud: app.url, exp };
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signRs256(pair.privateKey, claims),
      scope: 'admin',
    });
    const { access_token } = success(await send(app, '/oauth2/token', { body })).json<{
      access_token: string;
    }>();
    const user = await app.admin.createUser();
    success(
      await send(app, `/api/v1/users/${user.id}`, {
        method: 'PATCH',
        body: { name: 'By a machine' },
        headers: { authorization: `Bearer ${access_token}` },
      }),
    );
    const [event] = await eventsOf(user, 'user.updated');
    assert.deepEqual(event?.via, { application_id: machine.id, public_key_id: key.id });
  });
});
