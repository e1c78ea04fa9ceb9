import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId, randomId } from '../../server/base/ids.ts';
import { HOUR } from '../../server/base/units.ts';
import { recordAuditEvent } from '../../server/events/record.ts';
import { system } from '../../server/model/event.ts';
import { listAuditEvents } from '../../server/store/audit-events.ts';
import { findAuthorizationCode, spendAuthorizationCode } from '../../server/store/authorization-codes.ts';
import {
  findAuthorization,
  refreshAuthorization,
  revokeAuthorization,
} from '../../server/store/authorizations.ts';
import type { Database } from '../../server/store/engine/database.ts';
import { migrate } from '../../server/store/engine/migrate.ts';
import { findInstance, updateInstance } from '../../server/store/instances.ts';
import { LastUsed } from '../../server/store/last-used.ts';
import { isAccessTokenRevoked, revokeAccessToken } from '../../server/store/spent-tokens.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { now, someGrant, someInstance } from '../support/rows.ts';

// That no statement for one instance finds or changes what is another’s.

forEachEngine((engine) => {
  let place: FreshDatabase;
  let db: Database;
  /** The same database as another process of the server sees it. */
  let other: Database;

  before(async () => {
    place = await freshDatabase(engine);
    db = place.open();
    await migrate(db);
    other = place.open();
  });
  after(async () => {
    await db.close();
    await other.close();
    await place.remove();
  });

  describe('data of one instance', () => {
    test('is not found, spent, changed or ended by way of another', async () => {
      const { instanceId, applicationId, authorizationId, code } = await someGrant(db);
      const stranger = (await someInstance(db)).id;
      assert.equal(await findAuthorization(db, stranger, authorizationId), undefined);
      const token = { authorizationId, generation: 1 };
      const policy = { refreshTokenAbsoluteLifetime: null, refreshTokenInactivityLifetime: null };
      assert.equal(
        await refreshAuthorization(db.write, stranger, applicationId, token, policy, now, 'any'),
        undefined,
      );
      assert.equal(
        await db.transaction((tx) => revokeAuthorization(tx, stranger, authorizationId, now)),
        undefined,
      );
      assert.equal(await findAuthorizationCode(db, stranger, code), undefined);
      assert.equal(
        await db.transaction((tx) =>
          spendAuthorizationCode(tx, stranger, applicationId, code, now, authorizationId),
        ),
        undefined,
      );
      assert.equal(
        await db.transaction((tx) =>
          spendAuthorizationCode(tx, instanceId, newId(now), code, now, authorizationId),
        ),
        undefined,
      );

      const still = await findAuthorization(db, instanceId, authorizationId);
      assert.equal(still?.generation, 1);
      assert.equal(still?.revokedAt, null);
      assert.equal((await findAuthorizationCode(db, instanceId, code))?.spentAt, null);
    });

    test('keeps the last of its uses, from whichever process, and none that was noted for another instance', async () => {
      const { instanceId, authorizationId } = await someGrant(db);
      const stranger = (await someInstance(db)).id;
      const processes = [new LastUsed(db), new LastUsed(other)] as const;
      const [first, second] = processes;
      const lastUse = async () => (await findAuthorization(db, instanceId, authorizationId))?.lastUsedAt;
      first.note('authorizations', stranger, authorizationId, now + 5);
      await first.flush();
      assert.equal(await lastUse(), null);
      first.note('authorizations', instanceId, authorizationId, now + 3);
      first.note('authorizations', instanceId, authorizationId, now + 2);
      second.note('authorizations', instanceId, authorizationId, now + 1);
      await first.flush();
      await second.flush();
      assert.equal(await lastUse(), now + 3);
      for (const process of processes) await process.stop();
    });

    test('does not show in the audit log or the revocations of another', async () => {
      const [instance, stranger] = [await someInstance(db), await someInstance(db)];
      const jti = randomId();
      await db.transaction(async (tx) => {
        await recordAuditEvent(tx, now, {
          instanceId: instance.id,
          type: 'signing_key.rotated',
          actor: system,
          ip: null,
        });
        await revokeAccessToken(tx, instance.id, jti, now + HOUR);
      });
      assert.equal((await listAuditEvents(db, instance.id, {}, undefined, 10)).length, 1);
      assert.deepEqual(await listAuditEvents(db, stranger.id, {}, undefined, 10), []);
      assert.equal(await isAccessTokenRevoked(db, instance.id, jti), true);
      assert.equal(await isAccessTokenRevoked(db, stranger.id, jti), false);
    });

    test('changes without a trace in another', async () => {
      const [instance, stranger] = [await someInstance(db), await someInstance(db)];
      const after = { ...instance, lane: 'preview', refreshTokenGrace: 0 };
      await db.transaction((tx) => updateInstance(tx, after));
      assert.deepEqual(await findInstance(db, instance.id), after);
      assert.deepEqual(await findInstance(db, stranger.id), stranger);
    });
  });
});
