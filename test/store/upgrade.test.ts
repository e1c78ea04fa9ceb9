import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { migrate } from '../../server/store/engine/migrate.ts';
import type { ApplicationView } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import type { MovableClock } from '../support/clock.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { restore } from '../support/releases.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Starts this version on the database of each earlier release. `releases/write.ts` makes what is read here.

type Offline = Tokens & { refresh_token: string };

/** What people and clients had of the release when it was stopped. */
interface Known {
  url: string;
  at: number;
  administrator: Person;
  user: Person;
  session: string;
  web: ApplicationView;
  spa: ApplicationView;
  machine: ApplicationView;
  kept: Offline;
  rotated: { old: string; good: Offline };
  ended: Offline;
  single: Offline;
  spaTokens: Offline;
  code: { unspent: string; verifier: string; spent: string; spentVerifier: string };
}

const folder = join(import.meta.dirname, '../releases');
const releases = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.replace('.sql', ''));

/** A clock that runs from the moment on at which the release was stopped. */
function clockFrom(at: number): MovableClock {
  const start = Date.now();
  let ahead = 0;
  return {
    now: () => at + (Date.now() - start) + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
    get ahead() {
      return ahead;
    },
  };
}

test('there is a database of every release before this one', () => {
  assert.ok(releases.includes('0.1.0'));
});

for (const release of releases)
  describe(`the database of ${release}`, () => {
    const known = JSON.parse(readFileSync(join(folder, `${release}.json`), 'utf8')) as Known;

    forEachEngine((engine) => {
      let app: TestApp;
      let client: OAuthClient;
      let database: FreshDatabase;

      before(async () => {
        database = await freshDatabase(engine);
        await restore(release, database);
        app = await startApp({ engine, database, url: known.url, clock: clockFrom(known.at) });
        client = new OAuthClient(app, known.web);
      });
      after(async () => {
        await app.close();
        await database.remove();
      });

      test('is brought up to date once, by whoever is first, and is complete then', async () => {
        assert.deepEqual(await migrate(app.services.db), []);
        const [again, other] = [await freshDatabase(engine), await freshDatabase(engine)];
        await restore(release, again);
        const processes = [again.open(), again.open(), again.open()];
        const applied = await Promise.all(processes.map((process) => migrate(process)));
        assert.equal(applied.filter((numbers) => numbers.length > 0).length, 1);
        const fresh = other.open();
        await migrate(fresh);
        const columns = async (db: (typeof processes)[number]) =>
          engine === 'sqlite'
            ? db.sql<{ name: string }>`
                SELECT t.name || '.' || c.name AS name FROM sqlite_schema t, pragma_table_info(t.name) c
                WHERE t.type IN ('table', 'view') ORDER BY 1`
            : db.sql<{ name: string }>`
                SELECT table_name || '.' || column_name AS name FROM information_schema.columns
                WHERE table_schema = 'public' ORDER BY 1`;
        const [upgraded] = processes;
        assert.deepEqual(
          upgraded && (await columns(upgraded)),
          await columns(fresh),
          'an upgraded database has what a new one has',
        );
        for (const db of [...processes, fresh]) await db.close();
        for (const each of [again, other]) await each.remove();
      });

      test('keeps access tokens good, and those that were revoked dead', async () => {
        assert.equal(await client.isActive(known.kept.access_token), true);
        assert.equal(await client.isActive(known.spaTokens.access_token), false, 'another client’s');
        assert.equal(await client.isActive(known.ended.access_token), false);
        assert.equal(await client.isActive(known.single.access_token), false);
        const machine = await send(app, '/oauth2/introspect', {
          body: new URLSearchParams({ token: known.spaTokens.access_token }),
          headers: { authorization: basic(known.machine.client_id, known.machine.client_secret ?? '') },
        });
        assert.equal(success(machine).json()['active'], true);
      });

      // Before anything is used again: that takes the codes of the same user and application along.
      test('keeps codes good that were not redeemed', async () => {
        const { code } = known;
        assert.equal(outcome(await client.redeem(code.unspent, code.verifier)), '200');
      });

      test('keeps refresh tokens good, once each', async () => {
        assert.equal(outcome(await client.refresh(known.kept.refresh_token)), '200');
        assert.equal(outcome(await client.refresh(known.single.refresh_token)), '200');
        assert.equal(outcome(await client.refresh(known.ended.refresh_token)), '400 invalid_grant');
        const spa = new OAuthClient(app, known.spa);
        assert.equal(outcome(await spa.refresh(known.spaTokens.refresh_token)), '200');
        const { old, good } = known.rotated;
        const next = await client.refreshTokens(good.refresh_token);
        assert.equal(outcome(await client.refresh(old)), '400 invalid_grant');
        assert.equal(outcome(await client.refresh(next.refresh_token)), '400 invalid_grant', 'reuse ends it');
      });

      test('keeps spent codes spent', async () => {
        const { code } = known;
        assert.equal(outcome(await client.redeem(code.spent, code.spentVerifier)), '400 invalid_grant');
      });

      test('keeps people signed in, and their passwords and consents', async () => {
        const browser = new Browser(app);
        browser.cookies.set('postern', known.session);
        const me = (await browser.request('/api/v1/me')).json<{ email: string }>();
        assert.equal(me.email, known.user.email);
        assert.ok((await client.code(browser, known.user)).code);
        for (const person of [known.user, known.administrator]) {
          const page = await new Browser(app).signIn(person);
          assert.equal(page.path, '/account');
        }
      });

      test('keeps applications, names and the audit log', async () => {
        const { data } = await app.admin.must<{ data: ApplicationView[] }>('GET', '/applications');
        assert.deepEqual(
          data.map(({ name, client_id }) => ({ name, client_id })),
          [known.web, known.spa, known.machine].map(({ name, client_id }) => ({ name, client_id })),
        );
        for (const type of [
          'application.created',
          'authorization.granted',
          'login.failed',
          'signing_key.rotated',
        ])
          assert.ok((await app.admin.auditEvents(type)).length > 0, type);
      });

      test('rotates its signing keys on', async () => {
        const before = await app.services.signingKeys.active(app.instance.id, 'ES256');
        app.clock.advance(30 * 60_000);
        const actor = { type: 'system', id: null } as const;
        await app.services.signingKeys.rotate(app.instance.id, 'ES256', actor, { onlyIfDue: false });
        const tokens = await client.authorize(app.browser(), await app.admin.createUser());
        assert.notEqual((await app.services.signingKeys.active(app.instance.id, 'ES256')).kid, before.kid);
        assert.equal(await client.isActive(tokens.access_token), true);
        assert.equal(await client.isActive(known.kept.access_token), true);
      });
    });
  });
