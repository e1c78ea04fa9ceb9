import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../server/base/units.ts';
import { Admin, type ApplicationView } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import { type FreshDatabase, forEachEngine, freshDatabase } from '../support/engines.ts';
import type { Answer, Target } from '../support/http.ts';
import { OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { freePort } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// Twenty requests at the same instant, a hundred times each: what holds for one request after another must hold here.

const rounds = 100;
const parallel = 20;
const redirectUri = 'https://client.example.com/callback';
type Both = Tokens & { refresh_token: string };

forEachEngine((engine) => {
  // PostgreSQL has two real server processes in front of it, SQLite one.
  describe('real processes', () => {
    const person: Person = {
      id: '',
      email: 'admin@example.com',
      name: 'Ada',
      password: 'the administrator of the tests',
    };
    let database: FreshDatabase;
    let processes: ServerProcess[] = [];
    let admin: Admin;
    let browser: Browser;
    let application: ApplicationView;

    before(async () => {
      database = await freshDatabase(engine);
      const ports = await Promise.all((engine === 'postgres' ? [1, 2] : [1]).map(() => freePort()));
      const url = `http://localhost:${ports[0]}`;
      processes = await Promise.all(
        ports.map((port) =>
          ServerProcess.start({
            env: {
              POSTERN_URL: url,
              POSTERN_PORT: String(port),
              POSTERN_DATABASE_URL: database.url,
              POSTERN_SECRET: testSecret,
              POSTERN_ADMIN_EMAIL: person.email,
              POSTERN_ADMIN_PASSWORD: person.password,
              POSTERN_LOG_LEVEL: 'warn',
            },
          }),
        ),
      );
      const [first] = processes as [ServerProcess];
      admin = new Admin(first, person);
      browser = new Browser(first);
      application = await admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
      await admin.updateInstance({ refresh_token_grace: 60 });
      await sleep(1000); // every process has heard of it
    });
    after(async () => {
      await Promise.all(processes.map((each) => each.kill()));
      await database.remove();
    });

    /** Sends the same request twenty times at once, in turn to every process. */
    function atOnce(request: (client: OAuthClient) => Promise<Answer>): Promise<Answer[]> {
      return twenty(processes, application, request);
    }

    test('twenty parallel refreshes with one refresh token give one successor, the same for all', async () => {
      const client = new OAuthClient(processes[0] as Target, application);
      let { refresh_token } = await client.authorize(browser, person);
      for (let round = 0; round < rounds; round++) {
        const answers = await atOnce((each) => each.refresh(refresh_token));
        const successors = new Set(answers.map((answer) => success(answer).json<Both>().refresh_token));
        assert.equal(successors.size, 1, `round ${round}`);
        assert.ok(!successors.has(refresh_token));
        [refresh_token] = successors as unknown as [string];
      }
      assert.deepEqual(await admin.auditEvents('refresh_token.reused'), []);
    });

    test('of twenty parallel redemptions of one code one succeeds, and what it gave is dead afterwards', async () => {
      const client = new OAuthClient(processes[0] as Target, application);
      const other = await client.authorize(browser, person);
      for (let round = 0; round < rounds; round++) {
        const { code, verifier } = await client.code(browser, person);
        const answers = await atOnce((each) => each.redeem(code, verifier));
        const winners = answers.filter(({ status }) => status === 200);
        assert.equal(winners.length, 1, answers.map(outcome).join());
        for (const loser of answers)
          if (loser.status !== 200) assert.equal(outcome(loser), '400 invalid_grant');
        const tokens = (winners[0] as Answer).json<Both>();
        for (const each of processes) {
          assert.equal(await client.at(each).isActive(tokens.access_token), false, `round ${round}`);
          assert.equal(outcome(await client.at(each).refresh(tokens.refresh_token)), '400 invalid_grant');
        }
      }
      await client.refreshTokens(other.refresh_token);
    });

    test('of twenty parallel creations at nine applications one succeeds', async () => {
      const { total, max_applications } = await admin.must<{ total: number; max_applications: number }>(
        'GET',
        '/applications',
      );
      assert.equal(max_applications, 10);
      for (let count = total; count < 9; count++)
        await admin.createApplication({ type: 'machine', name: `Filler ${count}` });
      const admins = await Promise.all(
        processes.map(async (each) => {
          const other = new Admin(each, person);
          await other.must('GET', '/me');
          return other;
        }),
      );
      for (let round = 0; round < rounds; round++) {
        const answers = await Promise.all(
          Array.from({ length: parallel }, (_, index) =>
            (admins[index % admins.length] as Admin).call('POST', '/applications', {
              type: 'spa',
              name: `Round ${round}, try ${index}`,
            }),
          ),
        );
        const made = answers.filter(({ status }) => status === 201);
        assert.equal(made.length, 1, answers.map(({ status }) => status).join());
        for (const answer of answers)
          if (answer.status !== 201) {
            assert.equal(answer.status, 409);
            assert.equal(answer.json<{ code: string }>().code, 'application_limit_reached');
          }
        await admin.deleteApplication((made[0] as Answer).json<ApplicationView>().id);
      }
      assert.equal((await admin.must<{ total: number }>('GET', '/applications')).total, 9);
    });

    test('a replay when the grace period is over in real time ends that authorization in every process', async () => {
      await admin.updateInstance({ refresh_token_grace: 1 });
      await sleep(1000);
      const client = new OAuthClient(processes[0] as Target, application);
      const other = await client.authorize(browser, person);
      for (let round = 0; round < 2; round++) {
        const tokens = await client.authorize(browser, person);
        const successor = await client.refreshTokens(tokens.refresh_token);
        await sleep(1200);
        for (const answer of await atOnce((each) => each.refresh(tokens.refresh_token)))
          assert.equal(outcome(answer), '400 invalid_grant');
        for (const answer of await atOnce((each) => each.refresh(successor.refresh_token)))
          assert.equal(outcome(answer), '400 invalid_grant');
      }
      await client.refreshTokens(other.refresh_token);
      await admin.updateInstance({ refresh_token_grace: 60 });
    });
  });

  // Two whole servers in this process, whose common clock can be moved.
  describe('two servers with one clock', () => {
    let first: TestApp;
    let second: TestApp;
    let client: OAuthClient;
    let application: ApplicationView;
    let browser: Browser;

    before(async () => {
      first = await startApp({ engine });
      second = await startApp({ engine, url: first.url, clock: first.clock, database: first.database });
      application = await first.admin.createApplication({
        type: 'web',
        redirect_uris: [redirectUri],
        refresh_token_inactivity_lifetime: null,
      });
      client = new OAuthClient(first, application);
      browser = first.browser();
    });
    after(async () => {
      await second.close();
      await first.close();
    });

    test('twenty parallel replays after the grace period end that authorization and none of the same user’s others', async () => {
      let other = await client.authorize(browser, first.user);
      for (let round = 0; round < rounds; round++) {
        const tokens = await client.authorize(browser, first.user);
        const successor = await client.refreshTokens(tokens.refresh_token);
        first.clock.advance(11 * SECOND);
        const answers = await twenty([first, second], application, (each) =>
          each.refresh(tokens.refresh_token),
        );
        for (const answer of answers) assert.equal(outcome(answer), '400 invalid_grant');
        assert.equal(outcome(await client.at(second).refresh(successor.refresh_token)), '400 invalid_grant');
        other = await client.at(second).refreshTokens(other.refresh_token);
      }
      const events = await first.admin.auditEvents('refresh_token.reused');
      assert.equal(events.length, rounds, 'each reuse is recorded once, however many requests saw it');
    });

    test('with a grace period of 0, of twenty parallel refreshes at most one succeeds and the authorization ends', async () => {
      await first.admin.updateInstance({ refresh_token_grace: 0 });
      second.services.instances.clear();
      for (let round = 0; round < rounds; round++) {
        const tokens = await client.authorize(browser, first.user);
        const answers = await twenty([first, second], application, (each) =>
          each.refresh(tokens.refresh_token),
        );
        const winners = answers.filter(({ status }) => status === 200);
        assert.ok(winners.length <= 1, answers.map(outcome).join());
        for (const winner of winners) {
          const { access_token, refresh_token } = winner.json<Both>();
          assert.equal(outcome(await client.refresh(refresh_token)), '400 invalid_grant');
          assert.equal(await client.isActive(access_token), false);
        }
      }
    });
  });
});

function twenty(
  targets: readonly Target[],
  application: ApplicationView,
  request: (client: OAuthClient) => Promise<Answer>,
): Promise<Answer[]> {
  const clients = targets.map((target) => new OAuthClient(target, application));
  return Promise.all(
    Array.from({ length: parallel }, (_, index) => request(clients[index % clients.length] as OAuthClient)),
  );
}
