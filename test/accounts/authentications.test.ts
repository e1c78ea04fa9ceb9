import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findSession } from '../../server/accounts/sessions.ts';
import { idBytes } from '../../server/base/ids.ts';
import { MINUTE, SECOND } from '../../server/base/units.ts';
import type { Browser, Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine } from '../support/engines.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What a session knows of how its user showed who they are.

forEachEngine((engine) => {
  let app: TestApp;
  let person: Person;
  let browser: Browser;

  before(async () => {
    app = await startApp({ engine, clock: stoppedClock() });
    person = await app.admin.createUser();
    browser = app.browser();
  });
  after(() => app.close());

  const session = async () =>
    (await findSession(app.services, app.instance, browser.cookies.get('postern') ?? '')) ?? assert.fail();
  const confirm = async () => {
    const { password } = person;
    const answer = await browser.request('/api/v1/me/authentications', { body: { password } });
    assert.equal(answer.status, 204);
    return app.clock.now();
  };
  /** What another process writes into the session. */
  const write = (authentications: unknown, authenticatedAt: number) =>
    session().then(
      ({ id }) => app.services.db.write`
        UPDATE sessions SET authenticated_at = ${authenticatedAt},
          authentications = ${authentications === null ? null : JSON.stringify(authentications)}
        WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(app.instance.id)} RETURNING id`,
    );
  const password = (at: number) => ({ method: 'password', at, credentialId: null });

  describe('a session', () => {
    test('begins with the password that was given, and has the newest one after it was given again', async () => {
      await browser.signIn(person);
      const signedInAt = app.clock.now();
      assert.deepEqual((await session()).authentications, [password(signedInAt)]);

      app.clock.advance(20 * MINUTE);
      assert.equal((await session()).authenticatedAt, signedInAt);
      for (let times = 0; times < 3; times++) {
        app.clock.advance(MINUTE);
        const at = await confirm();
        assert.deepEqual((await session()).authentications, [password(at)]);
        assert.equal((await session()).authenticatedAt, at);
        assert.equal((await session()).createdAt, signedInAt);
      }
    });

    test('has its owner’s new password as the latest proof', async () => {
      app.clock.advance(MINUTE);
      const next = 'the next password of this person';
      const answer = await browser.request('/api/v1/me', {
        method: 'PATCH',
        body: { password: next, current_password: person.password },
      });
      assert.equal(answer.status, 200);
      person = { ...person, password: next };
      assert.deepEqual((await session()).authentications, [password(app.clock.now())]);
    });

    test('that a process of the version before began or renewed counts from the password that it noted', async () => {
      const began = app.clock.now() - 20 * MINUTE;
      await write(null, began);
      assert.deepEqual((await session()).authentications, [password(began)]);

      // It knows the moment alone, and leaves the list as it was.
      const renewed = app.clock.now() - SECOND;
      await write([{ method: 'password', at: began, credential_id: null }], renewed);
      assert.deepEqual((await session()).authentications, [password(renewed)]);
      assert.equal((await session()).authenticatedAt, renewed);
    });

    test('keeps what it began with beside a password that is given later', async () => {
      const began = app.clock.now() - 20 * MINUTE;
      const credential_id = app.user.id;
      await write([{ method: 'provider', at: began, credential_id }], began);
      const provider = { method: 'provider', at: began, credentialId: credential_id };
      assert.deepEqual((await session()).authentications, [provider]);
      const at = await confirm();
      assert.deepEqual((await session()).authentications, [provider, password(at)]);
      assert.equal((await session()).authenticatedAt, at);
    });
  });
});
