import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import { workOnce } from '../../server/process/background.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine } from '../support/engines.ts';
import { type LogoutReceiver, leftOf, startLogoutReceiver, takePart } from '../support/logout-receiver.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A server that cannot take a logout token now gets it later. The clock stands still until it is moved.

forEachEngine((engine) => {
  let app: TestApp;
  let receiver: LogoutReceiver;
  let application: ApplicationView;
  before(async () => {
    app = await startApp({ engine, clock: stoppedClock() });
    receiver = await startLogoutReceiver();
  });
  // One of its own for each test: how it answered before counts for what comes next.
  beforeEach(async () => {
    receiver.answer = 200;
    application = await app.admin.createApplication({ type: 'web', backchannel_logout_uri: receiver.uri });
  });
  afterEach(() => app.admin.deleteApplication(application.id));
  after(() => app.close());

  /** Somebody who signed in to the application in this browser. */
  async function connected(): Promise<{ person: Person; browser: Browser }> {
    const person = await someone(app);
    const browser = app.browser();
    await browser.signIn(person);
    await takePart(app, person.id, application.id);
    return { person, browser };
  }

  /** Tries what is due, and says how many tokens about that user have come until then. */
  async function countAfterSending(person: Person): Promise<number> {
    await app.services.outbox.sendDue();
    return receiver.received.filter(({ claims }) => claims.sub === person.id).length;
  }

  test('what does not arrive is sent again, after ever longer pauses, each time as a new token', async () => {
    const { person, browser } = await connected();
    receiver.answer = 503;
    await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
    const pauses = [2, 5, 10, 20, 40, 120, 300, 300];
    for (const [index, seconds] of pauses.entries()) {
      assert.equal(await countAfterSending(person), index + 1);
      app.clock.advance(seconds * SECOND - 1);
      assert.equal(await countAfterSending(person), index + 1);
      app.clock.advance(1);
      if (index === pauses.length - 1) receiver.answer = 204;
      await app.services.outbox.sendDue();
    }
    const tokens = await receiver.about(person.id, pauses.length + 1);
    assert.equal(new Set(tokens.map(({ claims }) => claims.jti)).size, tokens.length);
    app.clock.advance(HOUR);
    assert.equal(await countAfterSending(person), pauses.length + 1);
    assert.equal((await leftOf(app)).outbox, 0);
  });

  for (const answer of [400, 302, 404, 'hang up'] as const)
    test(`an answer that is ${answer} is no success, and given up after an hour`, async () => {
      const { person, browser } = await connected();
      receiver.answer = answer;
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      await receiver.about(person.id);
      for (let minute = 0; minute < 55; minute++) {
        app.clock.advance(MINUTE);
        await app.services.outbox.sendDue();
      }
      assert.equal((await leftOf(app)).outbox, 1);
      app.clock.advance(6 * MINUTE);
      await workOnce(app.services);
      receiver.answer = 200;
      const tried = receiver.received.filter(({ claims }) => claims.sub === person.id);
      assert.equal(await countAfterSending(person), tried.length);
      assert.ok(tried.length > 10, `${tried.length} attempts`);
      assert.equal((await leftOf(app)).outbox, 0);
      assert.match(app.logText(), /given up/);
      for (const { token } of tried) assert.ok(!app.logText().includes(token));
    });

  test('a change of the address counts for what is still to be sent', async () => {
    const { person, browser } = await connected();
    receiver.answer = 500;
    await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
    await receiver.about(person.id);
    receiver.answer = 200;
    await app.admin.updateApplication(application.id, { backchannel_logout_uri: null });
    await app.services.outbox.sendDue();
    app.clock.advance(10 * SECOND);
    assert.equal(await countAfterSending(person), 1);
    assert.equal((await leftOf(app)).outbox, 0);
  });
});
