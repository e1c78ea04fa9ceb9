import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isSetupLinkAlive, makeSetupLink } from '../../server/accounts/setup.ts';
import type { Id } from '../../server/base/ids.ts';
import { MINUTE } from '../../server/base/units.ts';
import { buildApp } from '../../server/process/app.ts';
import { parseConfig } from '../../server/process/config.ts';
import { createLog } from '../../server/process/log.ts';
import { closeServices, openServices } from '../../server/process/open-services.ts';
import { listAuditEvents } from '../../server/store/audit-events.ts';
import { countUsers } from '../../server/store/users.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine, freshDatabase } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { freePort } from '../support/postgres.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// How a server gets its first administrator, and everybody else.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  test('a new user is of the moment in which they are added, not of that in which their password began to be hashed', async () => {
    const adding = someone(app);
    app.clock.advance(MINUTE);
    const since = app.clock.now();
    const { id } = await adding;
    const events = await listAuditEvents(
      app.services.db,
      app.instance.id,
      { userId: id as Id },
      undefined,
      10,
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['user.created'],
    );
    assert.ok(events.every(({ time }) => time >= since));
    const [newest] = await listAuditEvents(app.services.db, app.instance.id, {}, undefined, 1);
    assert.equal(newest?.userId, id, 'who reads the log from where they stopped finds the event');
  });

  describe('set-up', () => {
    /** A server whose instance has no user. */
    async function withEmptyServer(
      run: (
        target: { url: string; port: number },
        link: () => Promise<string>,
        users: () => Promise<number>,
        isAlive: (token: string) => Promise<boolean>,
      ) => Promise<void>,
    ) {
      const database = await freshDatabase(engine);
      const port = await freePort();
      const url = `http://localhost:${port}`;
      const config = parseConfig({
        POSTERN_URL: url,
        POSTERN_PORT: String(port),
        POSTERN_DATABASE_URL: database.url,
        POSTERN_SECRET: testSecret,
      });
      const services = await openServices(config, createLog('silent'), Date.now);
      const instance = await services.instances.byHost(new URL(url).host);
      assert.ok(instance);
      const server = await buildApp(services);
      await server.listen({ host: '127.0.0.1', port });
      try {
        await run(
          { url, port },
          async () => new URL(await makeSetupLink(services, instance)).searchParams.get('token') as string,
          () => countUsers(services.db, instance.id),
          (token) => isSetupLinkAlive(services, instance, token),
        );
      } finally {
        await server.close();
        await closeServices(services);
        await database.remove();
      }
    }
    const someAdmin = { email: 'first@example.com', name: 'First', password: 'the very first one' };

    test('the link makes the first administrator, signs them in, and works once', async () => {
      await withEmptyServer(async (target, link, users) => {
        const token = await link();
        const browser = new Browser(target);
        const form = await browser.openPage(`/setup?token=${token}`);
        assert.equal(form.status, 200);
        assert.equal(form.headers['referrer-policy'], 'no-referrer');
        const page = await browser.submitForm(form, someAdmin);
        assert.equal(page.path, '/console');
        assert.equal(page.status, 200);
        assert.equal((await browser.request('/api/v1/users')).status, 200);
        assert.equal((await browser.openPage(`/setup?token=${token}`)).status, 404);
        const again = await send(target, '/setup', {
          body: new URLSearchParams({ ...someAdmin, email: 'second@example.com', token }),
        });
        assert.equal(again.status, 404);
        assert.equal(await users(), 1);
      });
    });

    test('whoever made it there is not kept out of that browser by a stranger’s guesses', async () => {
      await withEmptyServer(async (target, link) => {
        const browser = new Browser(target);
        await browser.submitForm(await browser.openPage(`/setup?token=${await link()}`), someAdmin);
        await browser.request('/logout', { body: new URLSearchParams() });
        const { email, password } = someAdmin;
        const strangerTries = (password: string) =>
          send(target, '/login', { body: new URLSearchParams({ email, password }) });
        for (let n = 0; n < 10; n++) assert.equal((await strangerTries('wrong wrong wrong')).status, 401);
        assert.equal((await strangerTries(password)).status, 429);
        assert.equal((await browser.signIn(someAdmin)).path, '/account');
      });
    });

    test('of two who use the link at once one becomes administrator', async () => {
      await withEmptyServer(async (target, link, users) => {
        const token = await link();
        const answers = await Promise.all(
          [1, 2, 3].map((n) =>
            send(target, '/setup', {
              body: new URLSearchParams({ ...someAdmin, email: `admin${n}@example.com`, token }),
            }),
          ),
        );
        assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404]);
        assert.equal(await users(), 1);
      });
    });

    test('mistakes are told at their fields and leave the link alive; a newer link kills an older one', async () => {
      await withEmptyServer(async (target, link, users, isAlive) => {
        const old = await link();
        const token = await link();
        assert.ok(!(await isAlive(old)));
        const browser = new Browser(target);
        const form = await browser.openPage(`/setup?token=${token}`);
        const page = await browser.submitForm(form, { email: 'nobody', name: 'N', password: 'short' });
        assert.equal(page.status, 422);
        assert.match(page.html, /id="email"[^>]*aria-describedby="email-error"[^>]*aria-invalid="true"/);
        assert.match(page.html, /id="password"[^>]*aria-invalid="true"/);
        assert.doesNotMatch(page.html, /id="name"[^>]*aria-invalid/);
        assert.doesNotMatch(page.html, /value="short"/);
        assert.equal(await users(), 0);
        assert.equal((await send(target, `/setup?token=${old}`)).status, 404);
        assert.equal((await send(target, '/setup?token=%00')).status, 404);
        assert.equal((await send(target, '/setup')).status, 404);
        assert.equal((await browser.submitForm(page, someAdmin)).path, '/console');
      });
    });
  });
});
