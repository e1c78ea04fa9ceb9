import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Id } from '../../server/base/ids.ts';
import { newId } from '../../server/base/ids.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import { workOnce } from '../../server/process/background.ts';
import { noteSessionClient } from '../../server/store/session-clients.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { type LogoutReceiver, startLogoutReceiver, takePart } from '../support/logout-receiver.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Whoever got an ID token in a browser session is told when it ends (OpenID Connect Back-Channel Logout 1.0).

forEachEngine((engine) => {
  let app: TestApp;
  let receiver: LogoutReceiver;
  let application: ApplicationView;
  before(async () => {
    app = await startApp({ engine });
    receiver = await startLogoutReceiver();
    application = await app.admin.createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
      backchannel_logout_uri: receiver.uri,
    });
  });
  after(() => app.close());

  /** Somebody who signed in to the application in this browser. */
  async function connected(person?: Person): Promise<{ person: Person; browser: Browser; sid: Id }> {
    const whom = person ?? (await someone(app));
    const browser = app.browser();
    await browser.signIn(whom);
    return { person: whom, browser, sid: await takePart(app, whom.id, application.id) };
  }

  const sidsOf = async (person: Person, count?: number) =>
    (await receiver.about(person.id, count)).map(({ claims }) => claims.sid).sort();

  /** Nothing of that user is on its way any more. */
  async function nothingMore(person: Person, count: number): Promise<void> {
    await app.services.outbox.sendDue();
    assert.equal(receiver.received.filter(({ claims }) => claims.sub === person.id).length, count);
  }

  describe('the application is told when the session ends because its user', () => {
    test('signs out', async () => {
      const { person, browser, sid } = await connected();
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      assert.deepEqual(await sidsOf(person), [sid]);
      await nothingMore(person, 1);
    });

    test('ends it in another browser', async () => {
      const { person, sid } = await connected();
      const other = app.browser();
      const page = await other.signIn(person);
      await other.submitForm(page, {}, { action: `/account/sessions/${sid}/end` });
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('ends all others, and not of the one that goes on', async () => {
      const { person, sid } = await connected();
      const second = await connected(person);
      const third = await connected(person);
      const page = await third.browser.openPage('/account');
      await third.browser.submitForm(page, {}, { action: '/account/sessions/end-others' });
      assert.deepEqual(await sidsOf(person, 2), [sid, second.sid].sort());
      await nothingMore(person, 2);
    });

    test('chooses another password elsewhere', async () => {
      const { person, sid } = await connected();
      const other = await connected(person);
      const page = await other.browser.openPage('/account');
      await other.browser.submitForm(page, {
        current_password: person.password,
        new_password: 'another midnight dreary',
      });
      assert.deepEqual(await sidsOf(person), [sid]);
      await nothingMore(person, 1);
    });

    test('is given another password by an administrator', async () => {
      const { person, sid } = await connected();
      await app.admin.updateUser(person.id, { password: 'another midnight dreary' });
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('is deactivated', async () => {
      const { person, sid } = await connected();
      await app.admin.updateUser(person.id, { active: false });
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('loses the role of an administrator', async () => {
      const { person, sid } = await connected(await someone(app, 'administrator'));
      await app.admin.updateUser(person.id, { role: 'user' });
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('signs in anew in the same browser', async () => {
      const { person, browser, sid } = await connected();
      await browser.signIn(person);
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('gives the browser to somebody else, who signs in', async () => {
      const { person, browser, sid } = await connected();
      await browser.signIn(await someone(app));
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('does not use it any more, by the limit of their role', async () => {
      const administrator = await connected(await someone(app, 'administrator'));
      const user = await connected();
      const busy = await connected(await someone(app, 'administrator'));
      await workOnce(app.services);
      app.clock.advance(29 * MINUTE);
      await busy.browser.openPage('/account');
      app.clock.advance(2 * MINUTE);
      await workOnce(app.services);
      assert.deepEqual(await sidsOf(administrator.person), [administrator.sid]);
      await nothingMore(user.person, 0);
      await nothingMore(busy.person, 0);
      app.clock.advance(29 * MINUTE);
      await workOnce(app.services);
      assert.deepEqual(await sidsOf(busy.person), [busy.sid]);
      app.clock.advance(14 * DAY);
      await workOnce(app.services);
      assert.deepEqual(await sidsOf(user.person), [user.sid]);
    });

    test('has been signed in for as long as one may be', async () => {
      const { person, browser, sid } = await connected(await someone(app, 'administrator'));
      for (let quarter = 0; quarter < 48; quarter++) {
        await nothingMore(person, 0);
        await browser.openPage('/account');
        app.clock.advance(15 * MINUTE);
        await workOnce(app.services);
      }
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('becomes an administrator, whose sessions are over sooner', async () => {
      const { person, sid } = await connected();
      await workOnce(app.services);
      app.clock.advance(HOUR);
      await workOnce(app.services);
      await nothingMore(person, 0);
      await app.admin.updateUser(person.id, { role: 'administrator' });
      await workOnce(app.services);
      assert.deepEqual(await sidsOf(person), [sid]);
    });

    test('signed out at the moment in which the code was redeemed', async () => {
      const person = await someone(app);
      const sid = newId(app.clock.now());
      await app.services.db.transaction((tx) =>
        noteSessionClient(tx, {
          sessionId: sid,
          applicationId: application.id as Id,
          instanceId: app.instance.id,
          userId: person.id as Id,
        }),
      );
      await workOnce(app.services);
      assert.deepEqual(await sidsOf(person), [sid]);
    });
  });

  test('every application that took part is told, and each of its own', async () => {
    const second = await startLogoutReceiver();
    await app.admin.withApplication({ type: 'spa', backchannel_logout_uri: second.uri }, async (spa) => {
      const { person, browser, sid } = await connected();
      await takePart(app, person.id, spa.id);
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      const [first] = await receiver.about(person.id);
      const [other] = await second.about(person.id);
      assert.equal(first?.claims.aud, application.client_id);
      assert.equal(other?.claims.aud, spa.client_id);
      assert.deepEqual([first?.claims.sid, other?.claims.sid], [sid, sid]);
    });
  });

  test('who has no address, is disabled or deleted is not told, and nothing is left of it', async () => {
    const { admin } = app;
    const silent = await admin.createApplication({ type: 'web' });
    const disabled = await admin.createApplication({ type: 'web', backchannel_logout_uri: receiver.uri });
    const deleted = await admin.createApplication({ type: 'web', backchannel_logout_uri: receiver.uri });
    const person = await someone(app);
    const browser = app.browser();
    await browser.signIn(person);
    for (const { id } of [silent, disabled, deleted]) await takePart(app, person.id, id);
    await admin.updateApplication(disabled.id, { enabled: false });
    await admin.deleteApplication(deleted.id);
    await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
    await nothingMore(person, 0);
    const key = Buffer.from(person.id, 'hex');
    assert.deepEqual(
      await app.services.db.sql`SELECT session_id FROM session_clients WHERE user_id = ${key}`,
      [],
    );
    for (const { id } of [silent, disabled]) await admin.deleteApplication(id);
  });

  test('the logout token is one of the specification, posted as a form', async () => {
    const { person, browser, sid } = await connected();
    await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
    const [logout] = await receiver.about(person.id);
    assert.ok(logout);
    assert.equal(logout.method, 'POST');
    assert.equal(logout.url, '/logout?kept=1');
    assert.equal(logout.contentType, 'application/x-www-form-urlencoded');
    assert.deepEqual([...logout.form.keys()], ['logout_token']);
    const jwks = createLocalJWKSet((await send(app, '/oauth2/jwks')).json() as unknown as JSONWebKeySet);
    const { payload, protectedHeader } = await jwtVerify(logout.token, jwks, {
      issuer: app.url,
      audience: application.client_id,
      typ: 'logout+jwt',
      requiredClaims: ['jti'],
      currentDate: new Date(app.clock.now()),
    });
    assert.equal(protectedHeader.alg, 'ES256');
    const iat = payload.iat ?? 0;
    assert.ok(Math.abs(iat - app.clock.now() / SECOND) < 5);
    assert.deepEqual(
      { ...payload, jti: '' },
      {
        iss: app.url,
        sub: person.id,
        aud: application.client_id,
        iat,
        exp: iat + 120,
        jti: '',
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        sid,
      },
    );
  });
});
