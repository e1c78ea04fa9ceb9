import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Id } from '../../server/base/ids.ts';
import { newId } from '../../server/base/ids.ts';
import { noteSessionClient } from '../../server/store/session-clients.ts';
import { forEachEngine } from '../support/engines.ts';
import { leftOf, startLogoutReceiver, takePart } from '../support/logout-receiver.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What somebody tries by way of the end of a session: at the person who is signed in, or at the server that tells of it.

forEachEngine((engine) => {
  describe('who registers the address where ends of sessions are told cannot', () => {
    let app: TestApp;
    before(async () => {
      app = await startApp({ engine });
    });
    after(() => app.close());

    /** Has a user take part with an application in so many sessions, which are not there any more when somebody looks. */
    const endAtOnce = async (userId: string, applicationId: string, count: number) => {
      await app.services.db.transaction(async (tx) => {
        for (let number = 0; number < count; number++)
          await noteSessionClient(tx, {
            sessionId: newId(app.clock.now()),
            applicationId: applicationId as Id,
            instanceId: app.instance.id,
            userId: userId as Id,
          });
      });
      await app.admin.updateUser(userId, { active: false });
    };

    test('make others wait for a server that never answers, however many sessions end', async () => {
      const [silent, honest] = [await startLogoutReceiver(), await startLogoutReceiver()];
      silent.answer = 'never';
      const uris = [silent.uri, honest.uri];
      const [bad, good] = await Promise.all(
        uris.map((backchannel_logout_uri) =>
          app.admin.createApplication({ type: 'web', backchannel_logout_uri }),
        ),
      );
      const crowd = await someone(app);
      await app.browser().signIn(crowd);
      await endAtOnce(crowd.id, bad?.id ?? '', 1000);

      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      await takePart(app, person.id, bad?.id ?? '');
      await takePart(app, person.id, good?.id ?? '');
      const began = performance.now();
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      await honest.about(person.id);
      assert.ok(performance.now() - began < 2000, 'neither the person nor the other application waits');
      assert.ok(silent.received.length <= 4, `${silent.received.length} requests`);
      for (const each of [bad, good]) await app.admin.deleteApplication(each?.id ?? '');
    });

    test('have the server forget any of a thousand sessions that end at once', async () => {
      const receiver = await startLogoutReceiver();
      const fields = { type: 'web', backchannel_logout_uri: receiver.uri } as const;
      await app.admin.withApplication(fields, async (application) => {
        const crowd = await someone(app);
        await app.browser().signIn(crowd);
        await endAtOnce(crowd.id, application.id, 1000);
        const told = await receiver.about(crowd.id, 1000, 30);
        assert.equal(new Set(told.map(({ claims }) => claims.sid)).size, 1000);
        await app.services.outbox.sendDue();
      });
    });
  });
});

describe('the address where ends of sessions are told is no way into the network of the server', () => {
  for (const [what, host] of [
    ['loopback', 'localhost'],
    ['a loopback address', '127.0.0.1'],
    ['a name below localhost', 'internal.localhost'],
  ])
    test(`by ${what}, where the instance is a public one`, async () => {
      const app = await startApp({ engine: 'sqlite', url: 'https://login.example.com' });
      const receiver = await startLogoutReceiver();
      const application = await app.admin.createApplication({
        type: 'web',
        backchannel_logout_uri: `https://example.com/`,
      });
      const key = Buffer.from(application.id, 'hex');
      const uri = receiver.uri.replace('localhost', host ?? '');
      // Not every one of them can be registered.
      await app.services.db.write`UPDATE applications SET backchannel_logout_uri = ${uri} WHERE id = ${key}`;
      const person = await someone(app);
      const browser = app.browser();
      await browser.signIn(person);
      await takePart(app, person.id, application.id);
      await browser.submitForm(await browser.openPage('/account'), {}, { action: '/logout' });
      await app.services.outbox.sendDue();
      const [row] = await app.services.db.sql<{ attempts: number }>`SELECT attempts FROM outbox`;
      assert.equal(row?.attempts, 1);
      assert.deepEqual(receiver.received, []);
      assert.deepEqual(await leftOf(app), { outbox: 1, clients: 0 });
      await app.close();
    });
});
