import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { deleteUser } from '../../server/accounts/deletion.ts';
import { updateUser } from '../../server/accounts/users.ts';
import { type Id, newId } from '../../server/base/ids.ts';
import { MINUTE } from '../../server/base/units.ts';
import { recordAuditEvent } from '../../server/events/record.ts';
import { actOfOperator } from '../../server/model/act.ts';
import { system } from '../../server/model/event.ts';
import { workOnce } from '../../server/process/background.ts';
import { spendAuthorizationCode } from '../../server/store/authorization-codes.ts';
import { insertAuthorization } from '../../server/store/authorizations.ts';
import type { Transaction } from '../../server/store/engine/database.ts';
import { noteSessionClient } from '../../server/store/session-clients.ts';
import { listSessions } from '../../server/store/sessions.ts';
import { tidyExpiredAuthorizations } from '../../server/store/tidy.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { someoneWaits } from '../support/lock-waits.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../support/logout-receiver.ts';
import { claimsOf, OAuthClient, success } from '../support/oauth-client.ts';
import { someone } from '../support/someone.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What outlives a person who is deleted, and what somebody can do to keep them from it.

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  let receiver: LogoutReceiver;
  before(async () => {
    receiver = await startLogoutReceiver();
    app = await startApp({ engine, config: { POSTERN_RATE_LIMITS: 'off' } });
    web = new OAuthClient(
      app,
      await app.admin.createApplication({
        type: 'web',
        redirect_uris: ['https://client.example.com/callback'],
        backchannel_logout_uri: receiver.uri,
      }),
    );
  });
  after(() => app.close());

  const deleted = ({ id }: Person) => deleteUser(app.services, actOfOperator(app.instance), id as Id);
  const bytes = ({ id }: Pick<Person, 'id'>) => Buffer.from(id, 'hex');
  /** What the audit log still tells of somebody besides their ID. */
  const namedIn = (person: Person) => app.services.db.sql`
    SELECT type, ip, detail FROM audit_events
    WHERE user_id = ${bytes(person)} AND type <> 'user.deleted' AND (ip IS NOT NULL OR detail LIKE ${`%${person.email}%`})`;

  /** The server's parts, and how often a transaction began by them, one that had to begin again twice. */
  function counting(): [TestApp['services'], () => number] {
    const { services } = app;
    let begun = 0;
    const transaction = <T>(work: (tx: Transaction) => Promise<T>) =>
      services.db.transaction((tx) => {
        begun++;
        return work(tx);
      });
    return [{ ...services, db: { ...services.db, transaction } }, () => begun];
  }

  test('who fails to sign in as somebody while they are deleted leaves no trace of them', async () => {
    const person = await someone(app);
    const tries = Array.from({ length: 8 }, (_, n) =>
      app.browser().request('/login', {
        body: new URLSearchParams({
          email: person.email,
          password: n % 2 ? person.password : 'wrong wrong wrong',
        }),
      }),
    );
    // Each has looked for the user, and waits for its hash.
    await tries[0];
    await deleted(person);
    await Promise.all(tries);
    assert.deepEqual(await namedIn(person), []);
    const { db } = app.services;
    assert.deepEqual(await db.sql`SELECT id FROM sessions WHERE user_id = ${bytes(person)}`, []);
  });

  test('who has failed to sign in as somebody for months does not make them undeletable', async () => {
    const person = await someone(app);
    const { db, clock } = app.services;
    for (let round = 0; round < 3; round++)
      await db.transaction(async (tx) => {
        const failed = (n: number) =>
          recordAuditEvent(tx, clock(), {
            instanceId: app.instance.id,
            type: n % 2 ? 'login.failed' : 'login.locked',
            actor: system,
            userId: person.id as Id,
            ip: '192.0.2.1',
            detail: { retry_after: n, email: n % 3 ? person.email : person.email.toUpperCase() },
          });
        await Promise.all(Array.from({ length: 1000 }, (_, n) => failed(n)));
      });
    const [counted, transactions] = counting();
    await deleteUser(counted, actOfOperator(app.instance), person.id as Id);
    assert.ok(transactions() > 6, 'none of which has more than 500 events to change');
    assert.deepEqual(await namedIn(person), []);
    const [kept] = await db.sql<{ count: number }>`
      SELECT count(*) AS count FROM audit_events WHERE user_id = ${bytes(person)} AND type = 'login.locked'`;
    assert.equal(kept?.count, 1500, 'what happened stays');
  });

  test('whoever may not be deleted is not forgotten in part', async () => {
    const person = await someone(app);
    const { db, clock } = app.services;
    await db.transaction((tx) =>
      recordAuditEvent(tx, clock(), {
        instanceId: app.instance.id,
        type: 'login.failed',
        actor: system,
        userId: app.administrator.id as Id,
        ip: '192.0.2.1',
        detail: { email: app.administrator.email },
      }),
    );
    const before = await namedIn(app.administrator);
    const refused = await app.admin.call('DELETE', `/users/${app.administrator.id}`);
    assert.equal(refused.status, 409);
    assert.deepEqual((await namedIn(app.administrator)).length, before.length);
    await deleted(person);
  });

  test('an authorization that a code gave at the very moment of the deletion is tidied up', async () => {
    const { db, clock } = app.services;
    const [id, userId] = [newId(clock()), newId(app.clock.now())];
    await db.transaction((tx) =>
      insertAuthorization(tx, {
        id,
        instanceId: app.instance.id,
        applicationId: web.application.id as Id,
        userId,
        scopes: ['api', 'offline_access'],
        openid: null,
        resources: null,
        generation: 1,
        createdAt: app.clock.now(),
        rotatedAt: null,
        lastUsedAt: null,
        expiresAt: null,
        revokedAt: null,
      }),
    );
    await tidyExpiredAuthorizations(db, app.clock.now(), undefined);
    assert.deepEqual(
      await db.sql`SELECT id FROM authorizations WHERE user_id = ${bytes({ id: userId })}`,
      [],
    );
  });

  describe('an application that somebody was signed in at', () => {
    async function withSubject(subject: string): Promise<Person & { subject: string }> {
      const person = {
        email: `${crypto.randomUUID()}@example.com`,
        name: 'X',
        password: 'a password of a test',
      };
      return {
        ...(await app.admin.must<{ id: string }>('POST', '/users', { ...person, subject })),
        ...person,
        subject,
      };
    }
    const signIn = async (person: Person) => {
      const { code, verifier } = await web.code(app.browser(), person, { scope: 'openid' });
      return claimsOf(success(await web.redeem(code, verifier)).json<{ id_token: string }>().id_token);
    };
    const told = async (sid: unknown) => {
      for (let tries = 0; tries < 300; tries++) {
        const found = receiver.received.find(({ claims }) => claims.sid === sid);
        if (found) return found.claims;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return assert.fail('nobody was told');
    };

    test('is told whom it knows, though the session was over before the user was deleted', async () => {
      const person = await withSubject('over-before');
      const { sid } = await signIn(person);
      await app.services.db.write`DELETE FROM sessions WHERE user_id = ${bytes(person)}`;
      await deleted(person);
      assert.equal((await told(sid)).sub, person.subject);
    });

    test('is told of no other name where nobody knows the name any more', async () => {
      const person = await withSubject('told-too-late');
      const { sid } = await signIn(person);
      await deleted(person);
      // As a redemption at this very moment writes it.
      const participation = {
        sessionId: newId(app.clock.now()),
        applicationId: web.application.id as Id,
        instanceId: app.instance.id,
        userId: person.id as Id,
      };
      await app.services.db.transaction((tx) => noteSessionClient(tx, participation));
      app.clock.advance(MINUTE);
      await workOnce(app.services);
      assert.equal('sub' in (await told(participation.sessionId)), false);
      assert.equal((await told(sid)).sub, person.subject);
    });
  });

  if (engine === 'postgres')
    for (const [what, scope, expected, end] of [
      [
        'deletes',
        'openid api',
        3,
        ({ id }: Person, services) => deleteUser(services, actOfOperator(app.instance), id as Id),
      ],
      [
        'takes the role from',
        'openid admin',
        1,
        ({ id }: Person, services) =>
          updateUser(services, actOfOperator(app.instance), id as Id, { role: 'user' }),
      ],
    ] as [string, string, number, (person: Person, services: TestApp['services']) => Promise<unknown>][])
      test(`an application redeems a code while somebody ${what} its user: neither waits for the other crosswise`, async () => {
        const { services, instance } = app;
        const { db, clock } = services;
        const application: ApplicationView = await app.admin.updateApplication(web.application.id, {
          scopes: ['openid', 'api', 'admin'],
        });
        const person = await someone(app, 'administrator');
        const browser = app.browser();
        const first = await web.code(browser, person, { scope });
        success(await web.redeem(first.code, first.verifier));
        const { code } = await web.code(browser, person, { scope });
        const [session] = await listSessions(db, instance.id, person.id as Id);
        const [counted, transactions] = counting();
        let redemptions = 0;
        let ending: Promise<unknown> | undefined;
        await db.transaction(async (tx) => {
          redemptions++;
          const applicationId = application.id as Id;
          const spent = await spendAuthorizationCode(
            tx,
            instance.id,
            applicationId,
            code,
            clock(),
            newId(clock()),
          );
          assert.ok(spent);
          ending ??= end(person, counted);
          ending.catch(() => {}); // it is looked at below
          await someoneWaits(db, 'authorization_codes');
          await noteSessionClient(tx, {
            sessionId: session?.id ?? assert.fail(),
            applicationId,
            instanceId: instance.id,
            userId: person.id as Id,
          });
        });
        await ending;
        assert.deepEqual([redemptions, transactions()], [1, expected], 'nobody had to begin again');
        assert.deepEqual(
          await db.sql`SELECT session_id FROM session_clients WHERE user_id = ${bytes(person)}`,
          [],
        );
      });
});
