import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { livenessOf, scopesNow } from '../../server/authorizations/liveness.ts';
import { idBytes, newId, parseId } from '../../server/base/ids.ts';
import { HOUR, type Instant } from '../../server/base/units.ts';
import type { Client } from '../../server/model/application.ts';
import type { Authorization } from '../../server/model/authorization.ts';
import {
  findAuthorization,
  insertAuthorization,
  refreshAuthorization,
} from '../../server/store/authorizations.ts';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A refresh is one statement, so that what makes an authorization good stands in SQL as well as in the rule.

forEachEngine((engine) => {
  let app: TestApp;
  let client: Client;
  let people: Person[];

  before(async () => {
    app = await startApp({ engine });
    const { client_id } = await app.admin.createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/cb'],
      scopes: ['api', 'admin', 'offline_access'],
    });
    client = (await app.services.clients.find(app.instance.id, client_id)) ?? assert.fail();
    const inactive = await app.admin.createUser();
    await app.admin.updateUser(inactive.id, { active: false });
    people = [app.administrator, app.user, inactive];
  });
  after(() => app.close());

  const cases = <const T>(...values: T[]) => values;

  test('the statement that refreshes spends whatever the rule calls good, and nothing else', async () => {
    const { db } = app.services;
    const now = app.clock.now();
    const instanceId = app.instance.id;
    const tally = { good: 0, lapsed: 0 };
    for (const person of people)
      for (const lastActiveAt of cases(null, now - 3 * HOUR, now - HOUR, now - HOUR + 1)) {
        const userId = parseId(person.id) ?? assert.fail();
        await setLastActive(userId, lastActiveAt);
        for (const createdAt of cases(now - 2 * HOUR, now - 2 * HOUR + 1, now - HOUR))
          for (const revokedAt of cases(null, now - 1))
            for (const [absolute, inactivity] of cases(
              [null, null],
              [7200, null],
              [null, 3600],
              [7200, 3600],
            )) {
              const application = {
                ...client.application,
                refreshTokenAbsoluteLifetime: absolute,
                refreshTokenInactivityLifetime: inactivity,
              };
              const id = await authorization({ userId, createdAt, revokedAt });
              const found = (await findAuthorization(db, instanceId, id)) ?? assert.fail();
              const rule = livenessOf(
                {
                  client: { ...client, application },
                  authorization: found,
                  credential: null,
                  user: found.user,
                  granted: found.scopes,
                },
                now,
              );
              const token = { authorizationId: id, generation: 1 };
              const spent = await refreshAuthorization(
                db.write,
                instanceId,
                application.id,
                token,
                application,
                now,
                'any',
              );
              const state = JSON.stringify({
                person,
                lastActiveAt,
                createdAt,
                revokedAt,
                absolute,
                inactivity,
              });
              assert.equal(spent !== undefined, rule.lapse === null, state);
              if (spent && rule.lapse === null) {
                assert.deepEqual(scopesNow(spent.scopes, application, spent.userRole), rule.scopes, state);
                tally.good++;
              } else tally.lapsed++;
            }
      }
    assert.ok(tally.good > 40 && tally.lapsed > 100, JSON.stringify(tally));
  });

  async function setLastActive(userId: Authorization['userId'], at: Instant | null): Promise<void> {
    await app.services.db.write`UPDATE users SET last_active_at = ${at} WHERE id = ${idBytes(userId)}`;
  }

  async function authorization(
    state: Pick<Authorization, 'userId' | 'createdAt' | 'revokedAt'>,
  ): Promise<Authorization['id']> {
    const id = newId(state.createdAt);
    await app.services.db.transaction(async (tx) => {
      await insertAuthorization(tx, {
        ...state,
        id,
        instanceId: app.instance.id,
        applicationId: client.application.id,
        scopes: ['api', 'admin', 'offline_access'],
        openid: null,
        resources: null,
        generation: 1,
        rotatedAt: null,
        lastUsedAt: null,
        expiresAt: null,
      });
      await tx.sql`UPDATE authorizations SET revoked_at = ${state.revokedAt} WHERE id = ${idBytes(id)}`;
    });
    return id;
  }
});
