import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Database } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { findDefaultInstance, findInstanceByHandle, listInstances } from '../../server/store/instances.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { restore } from '../support/releases.ts';

// Names became handles and names when a database was there already, and while processes of the version before were running.

forEachEngine((engine) => {
  let database: FreshDatabase;
  let db: Database;

  before(async () => {
    database = await freshDatabase(engine);
    await restore('0.1.0', database);
    db = database.open();
    await insertAsBefore('Acme Ltd', 'acme.example.com');
    await migrate(db);
  });
  after(async () => {
    await db.close();
    await database.remove();
  });

  /** What a process of 0.1.0 sends when it makes an instance. */
  const insertAsBefore = (name: string, host: string) => db.write`
    INSERT INTO instances (id, is_default, name, url, host, domain, lane, customer_id, max_applications, refresh_token_grace,
      authorization_code_lifetime, scopes, created_at)
    VALUES (${randomBytes(16)}, ${false}, ${name}, ${`https://${host}`}, ${host}, 'd', 'l', 'c', 10, 10, 120, '[]', 1)`;

  test('an instance from before is called on the command line what it was called, and people read its name', async () => {
    const acme = await findInstanceByHandle(db, 'Acme Ltd');
    assert.deepEqual([acme?.handle, acme?.name], ['Acme Ltd', 'Acme Ltd']);
  });

  test('people no longer read “default” where nobody ever chose a name', async () => {
    const first = await findDefaultInstance(db);
    assert.deepEqual([first?.handle, first?.name], ['default', 'Postern']);
  });

  test('a process of the version before still makes instances, which are called by their handle', async () => {
    await insertAsBefore('late', 'late.example.com');
    const late = await findInstanceByHandle(db, 'late');
    assert.deepEqual([late?.handle, late?.name], ['late', 'late']);
    assert.equal((await listInstances(db)).length, 3);
  });
});
