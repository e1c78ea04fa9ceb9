import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '../../server/base/ids.ts';
import type { Database, Transaction } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { findBehindUser } from '../../server/store/spent-tokens.ts';
import {
  findUserByEmail,
  findUserBySubject,
  findUserWithOpenid,
  listUsers,
  noteActivity,
} from '../../server/store/users.ts';
import { type FreshDatabase, freshDatabase } from '../support/engines.ts';
import { explaining } from '../support/query-plans.ts';
import { now } from '../support/rows.ts';

// A product may bring a hundred thousand people, and asks about one of them.

let fresh: FreshDatabase;
let db: Database;
before(async () => {
  fresh = await freshDatabase('sqlite');
  db = fresh.open();
  await migrate(db);
});
after(async () => {
  await db.close();
  await fresh.remove();
});

test('a user is found by subject, by ID in its place and by address without looking at any other', async () => {
  const { database, steps } = explaining(db);
  const tx = database as unknown as Transaction;
  const [instanceId, id] = [newId(now), newId(now)];
  await findUserBySubject(database, instanceId, 'customer-1');
  await findUserWithOpenid(database, instanceId, 'customer-1', id);
  await findBehindUser(database, instanceId, id, 'customer-1', id);
  await findUserByEmail(database, instanceId, 'somebody@example.com');
  await listUsers(database, instanceId, { subject: 'customer-1' }, undefined, 100);
  await noteActivity(tx, instanceId, { subject: 'customer-1' }, now);
  const looks = steps.filter((step) => /\busers\b|\bu\b/.test(step));
  assert.ok(looks.length >= 9, steps.join('; '));
  assert.deepEqual(
    looks.filter((step) => step.startsWith('SCAN') || /users_by_instance/.test(step)),
    [],
  );
});
