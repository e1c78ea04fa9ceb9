import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, type ApplicationView } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import type { Answer } from '../support/http.ts';
import { OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { freePort } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';

// `kill -9` in the middle of the traffic, on SQLite: what a client was told is still true after the restart.

const rounds = 4;
const redirectUri = 'https://client.example.com/callback';
const person: Person = {
  id: '',
  email: 'admin@example.com',
  name: 'Ada',
  password: 'the administrator of the tests',
};
type Both = Tokens & { refresh_token: string };

let directory: string;
let port: number;
let server: ServerProcess;
let admin: Admin;
let browser: Browser;
let application: ApplicationView;
let client: OAuthClient;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-kill-'));
  port = await freePort();
  await start();
  admin = new Admin(server, person);
  browser = new Browser(server);
  application = await admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  // A minute: the restart must not take longer than the grace period.
  await admin.updateInstance({ refresh_token_grace: 60 });
  client = new OAuthClient(server, application);
});
after(async () => {
  await server.kill();
  await rm(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = await ServerProcess.start({
    directory,
    env: {
      POSTERN_PORT: String(port),
      POSTERN_ADMIN_EMAIL: person.email,
      POSTERN_ADMIN_PASSWORD: person.password,
      POSTERN_LOG_LEVEL: 'warn',
    },
  });
}

/** Runs the streams, kills the server in the middle of them, and starts it again. */
async function killDuring(
  streams: ((stopped: () => boolean) => Promise<void>)[],
  milliseconds: number,
): Promise<void> {
  let stopped = false;
  const running = streams.map((stream) => stream(() => stopped));
  await sleep(milliseconds);
  await server.kill();
  stopped = true;
  await Promise.all(running);
  await start();
}

/** The answer, or null when the server died before it gave one. */
function answerOrDeath(request: Promise<Answer>): Promise<Answer | null> {
  return request.catch(() => null);
}

test('the refresh token that was received last works after a kill, and those before it stay spent', async () => {
  let rotations = 0;
  let inFlight = 0;
  for (let round = 0; round < rounds; round++) {
    const histories: string[][] = [];
    for (let worker = 0; worker < 8; worker++)
      histories.push([(await client.authorize(browser, person)).refresh_token]);
    await killDuring(
      histories.map((history) => async (stopped) => {
        while (!stopped()) {
          const answer = await answerOrDeath(client.refresh(history.at(-1) as string));
          if (answer === null) {
            inFlight++;
            return;
          }
          history.push(success(answer).json<Both>().refresh_token);
        }
      }),
      150 + round * 130,
    );
    for (const history of histories) {
      rotations += history.length - 1;
      // Whether or not the refresh that got no answer was carried out: its token is the newest or, within the
      // grace period, the one before it, and gives a successor in both cases.
      const last = history.at(-1) as string;
      const next = await client.refreshTokens(last);
      assert.ok(!history.includes(next.refresh_token), 'a refresh token came back a second time');
      assert.equal(await client.isActive(next.access_token), true);
      const after = await client.refreshTokens(next.refresh_token);
      const spent = history.length > 1 ? (history.at(-2) as string) : last;
      assert.equal(outcome(await client.refresh(spent)), '400 invalid_grant');
      assert.equal(
        outcome(await client.refresh(after.refresh_token)),
        '400 invalid_grant',
        'a replay ends the authorization',
      );
    }
  }
  assert.ok(rotations > 100, `only ${rotations} refreshes were answered`);
  assert.ok(inFlight > 0, 'no kill came while a refresh was under way');
});

test('what a code gave holds after a kill, and spent codes stay spent', async () => {
  let redeemed = 0;
  let inFlight = 0;
  for (let round = 0; round < rounds; round++) {
    const codes: { code: string; verifier: string; tokens?: Both; lost?: boolean }[] = [];
    for (let count = 0; count < 120; count++) codes.push(await client.code(browser, person));
    const waiting = codes.values();
    await killDuring(
      Array.from({ length: 6 }, () => async (stopped: () => boolean) => {
        for (const code of waiting) {
          if (stopped()) return;
          const answer = await answerOrDeath(client.redeem(code.code, code.verifier));
          if (answer === null) {
            code.lost = true;
            return;
          }
          code.tokens = success(answer).json<Both>();
        }
      }),
      20 + round * 25,
    );
    // First: a code that comes back ends what it gave, and with it the codes beside it.
    const [untouched] = codes.filter(({ tokens, lost }) => !tokens && !lost);
    if (untouched) assert.equal((await client.redeem(untouched.code, untouched.verifier)).status, 200);
    for (const { code, verifier, tokens, lost } of codes) {
      if (lost) {
        // Nobody was told anything, so both are right; what must not be is anything else.
        inFlight++;
        assert.match(outcome(await client.redeem(code, verifier)), /^(200|400 invalid_grant)$/);
      } else if (tokens) {
        redeemed++;
        assert.equal(await client.isActive(tokens.access_token), true);
        await client.refreshTokens(tokens.refresh_token);
        assert.equal(
          outcome(await client.redeem(code, verifier)),
          '400 invalid_grant',
          'a spent code was good again',
        );
        assert.equal(await client.isActive(tokens.access_token), false);
      }
    }
  }
  assert.ok(redeemed > 20, `only ${redeemed} codes were redeemed`);
  assert.ok(inFlight > 0, 'no kill came while a redemption was under way');
});

test('what was revoked, registered or deleted before a kill is so after it', async () => {
  const made: ApplicationView[] = [];
  const revoked: Both[] = [];
  const authorizations: Both[] = [];
  for (let count = 0; count < 60; count++) authorizations.push(await client.authorize(browser, person));
  const waiting = authorizations.values();
  await killDuring(
    [
      async (stopped) => {
        for (const tokens of waiting) {
          if (stopped()) return;
          const answer = await answerOrDeath(client.revoke(tokens.refresh_token));
          if (answer === null) return;
          success(answer);
          revoked.push(tokens);
        }
      },
      async (stopped) => {
        while (!stopped() && made.length < 8) {
          const application = await admin
            .createApplication({ type: 'machine', name: `Made ${made.length}` })
            .catch(() => null);
          if (application === null) return;
          made.push(application);
        }
      },
    ],
    60,
  );
  for (const { refresh_token, access_token } of revoked) {
    assert.equal(outcome(await client.refresh(refresh_token)), '400 invalid_grant');
    assert.equal(await client.isActive(access_token), false);
  }
  assert.ok(made.length + revoked.length > 0, 'nothing was answered before the kill');
  for (const application of made)
    assert.equal(
      (await new OAuthClient(server, application).token({ grant_type: 'client_credentials' })).status,
      200,
    );
});
