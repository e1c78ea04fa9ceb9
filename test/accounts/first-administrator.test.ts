import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../server/process/config.ts';
import { createLog } from '../../server/process/log.ts';
import { closeServices, openServices } from '../../server/process/open-services.ts';
import { findDefaultInstance } from '../../server/store/instances.ts';
import { countUsers } from '../../server/store/users.ts';
import { forEachEngine, freshDatabase } from '../support/engines.ts';
import { testSecret } from '../support/test-app.ts';

forEachEngine((engine) => {
  test('of processes that start at once with different administrators in their settings one makes the first user', async () => {
    const database = await freshDatabase(engine);
    const open = (administrator: string | undefined) =>
      openServices(
        parseConfig({
          POSTERN_URL: 'http://localhost:3000',
          POSTERN_DATABASE_URL: database.url,
          POSTERN_SECRET: testSecret,
          ...(administrator && {
            POSTERN_ADMIN_EMAIL: administrator,
            POSTERN_ADMIN_PASSWORD: 'a password for the first start',
          }),
        }),
        createLog('silent'),
        Date.now,
      );
    // So that the processes meet at the administrator, and not before.
    await closeServices(await open(undefined));
    const processes = await Promise.all(['ann', 'bea', 'cat'].map((name) => open(`${name}@example.com`)));
    try {
      const [{ db }] = processes as [(typeof processes)[number]];
      const instance = await findDefaultInstance(db);
      assert.ok(instance);
      assert.equal(await countUsers(db, instance.id), 1);
    } finally {
      await Promise.all(processes.map(closeServices));
    }
  });
});
