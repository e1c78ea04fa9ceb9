import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '../../server/base/ids.ts';
import type { Database, Transaction } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { listIdentitiesOfUser, listIdentitiesOfUsers } from '../../server/store/identities.ts';
import { claimOutboxEntry, deleteOldOutboxEntries, listDueApplications } from '../../server/store/outbox.ts';
import { findScimToken } from '../../server/store/scim-tokens.ts';
import { findScimUsers, listScimUsersOfUser } from '../../server/store/scim-users.ts';
import {
  listSessionsToLookAt,
  lookAgainAt,
  lookAgainAtSessionsOf,
  takeClientsOfGoneSessions,
  takeClientsOfSession,
} from '../../server/store/session-clients.ts';
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

// Each process looks every minute and every few seconds, however many people are signed in and however much is still to be sent.

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

test('ends of sessions and what is due of the outbox are found by an index', async () => {
  const { database, steps } = explaining(db);
  const tx = database as unknown as Transaction;
  const [instanceId, id] = [newId(now), newId(now)];
  await takeClientsOfGoneSessions(tx, instanceId, id);
  await takeClientsOfSession(tx, instanceId, id);
  await listSessionsToLookAt(database, now, 500);
  await lookAgainAt(tx, { id, instanceId }, now);
  await lookAgainAtSessionsOf(tx, instanceId, id);
  await claimOutboxEntry(database, 'logout', id, now, now);
  await deleteOldOutboxEntries(database, 'logout', now, 500);
  assert.ok(steps.length > 10, steps.join('; '));
  assert.deepEqual(
    steps.filter((step) => step.startsWith('SCAN')),
    [],
  );
});

test('the applications for which something is due are found by a step in the index for each', async () => {
  const { database, steps } = explaining(db);
  await listDueApplications(database, 'logout', now);
  const scans = steps.filter((step) => step.startsWith('SCAN') && / outbox| o\b/.test(step));
  assert.deepEqual(scans, ['SCAN outbox USING COVERING INDEX outbox_by_application'], steps.join('; '));
});

// A product may bring a hundred thousand people, and asks about one of them.
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

test('the identities of a page of users are found without looking at those of others', async () => {
  const { database, steps } = explaining(db);
  const instanceId = newId(now);
  await listIdentitiesOfUsers(
    database,
    instanceId,
    Array.from({ length: 100 }, () => newId(now)),
  );
  await listIdentitiesOfUser(database, instanceId, newId(now));
  assert.equal(
    steps.filter((step) => /SEARCH identities USING INDEX identities_by_user/.test(step)).length,
    2,
  );
  assert.deepEqual(
    steps.filter((step) => step.startsWith('SCAN')),
    [],
  );
});

// A client asks for each of a hundred thousand users, one by one, whether they are there.
test('a provider’s SCIM client finds a user by ID, name, its own ID and address without looking at any other', async () => {
  const { database, steps } = explaining(db);
  const [instanceId, id] = [newId(now), newId(now)];
  for (const key of [
    { by: 'id', id },
    { by: 'userName', userName: 'ada' },
    { by: 'externalId', externalId: 'ada' },
    { by: 'email', emailKey: 'ada@example.com' },
  ] as const)
    await findScimUsers(database, instanceId, id, key);
  await listScimUsersOfUser(database, instanceId, id);
  await findScimToken(database, instanceId, new Uint8Array(32));
  assert.ok(steps.length >= 13, steps.join('; '));
  assert.deepEqual(
    steps.filter((step) => step.startsWith('SCAN') || /\(provider_id=\?\)|\(instance_id=\?\)/.test(step)),
    [],
  );
});
