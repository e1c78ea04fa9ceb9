import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import postgres from 'postgres';
import type { ApplicationView } from '../support/admin.ts';
import { Browser } from '../support/browser.ts';
import { freshDatabase } from '../support/engines.ts';
import { basic, send, type Target } from '../support/http.ts';
import { OAuthClient, outcome, type Tokens } from '../support/oauth-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// A backup that is taken while the server works, and what is worth something in a server that is started from it.

const main = join(import.meta.dirname, '../../server/main.mjs');
const redirectUri = 'https://client.example.com/callback';
type Offline = Tokens & { refresh_token: string };

/** Everything that somebody may have of a server when it is backed up. */
interface Held {
  web: ApplicationView;
  machine: ApplicationView;
  tokens: Offline;
  cookie: string;
  code: { code: string; verifier: string };
}

async function hold(app: TestApp): Promise<Held> {
  const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const machine = await app.admin.createApplication({ type: 'machine' });
  const client = new OAuthClient(app, web);
  const browser = app.browser();
  const tokens = await client.authorize(browser, app.user);
  const { code, verifier } = await client.code(browser, app.user);
  return { web, machine, tokens, cookie: browser.cookies.get('postern') ?? '', code: { code, verifier } };
}

async function expectAllGood(app: TestApp, held: Held): Promise<void> {
  const client = new OAuthClient(app, held.web);
  assert.equal(await client.isActive(held.tokens.access_token), true, 'the access token');
  const refreshed = await client.refreshTokens(held.tokens.refresh_token);
  assert.equal(await client.isActive(refreshed.access_token), true, 'the refresh token');
  assert.equal(outcome(await machineToken(app, held.machine)), '200', 'the client secret');
  assert.equal(outcome(await client.redeem(held.code.code, held.code.verifier)), '200', 'the code');
  const browser = new Browser(app);
  browser.cookies.set('postern', held.cookie);
  assert.equal((await browser.request('/api/v1/me')).status, 200, 'the session');
  assert.equal((await new Browser(app).signIn(app.user)).path, '/account', 'the password');
}

const machineToken = (target: Target, machine: ApplicationView) =>
  send(target, '/oauth2/token', {
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    headers: { authorization: basic(machine.client_id, machine.client_secret ?? '') },
  });

test('a copy of the SQLite database taken under load is whole, and all that was issued before it works after it', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const held = await hold(app);
  const client = new OAuthClient(app, held.web);

  // Refreshes one after the other in several chains, during the backup too.
  let running = true;
  let refreshes = 0;
  const chains = await Promise.all(
    Array.from({ length: 4 }, async () => client.authorize(app.browser(), await app.admin.createUser())),
  );
  const load = chains.map(async (first) => {
    let { refresh_token } = first;
    while (running) {
      refresh_token = (await client.refreshTokens(refresh_token)).refresh_token;
      refreshes++;
    }
  });

  const target = join(await mkdtemp(join(tmpdir(), 'postern-backup-')), 'backup.db');
  after(() => rm(dirname(target), { recursive: true, force: true }));
  const before = refreshes;
  const command = await ServerProcess.spawn({
    args: ['backup', target],
    env: { POSTERN_DATABASE_URL: app.database.url, POSTERN_SECRET: testSecret, POSTERN_URL: app.url },
  });
  assert.equal(await command.exited(), 0, command.output);
  assert.ok(refreshes > before, 'the server went on meanwhile');
  running = false;
  await Promise.all(load);
  assert.equal((await stat(target)).mode & 0o777, 0o600);

  // Since then: one thing issued that the backup knows nothing of, one ended that it believes in.
  const late = await client.authorize(app.browser(), await app.admin.createUser());
  const { url, clock } = app;
  await app.close();

  const database = await freshDatabase('sqlite');
  const restored = await startApp({
    engine: 'sqlite',
    database: { ...database, url: `sqlite:${target}` },
    url,
    clock,
  });
  await expectAllGood(restored, held);
  const there = client.at(restored);
  assert.equal(outcome(await there.refresh(late.refresh_token)), '400 invalid_grant');
  for (const { access_token } of chains) assert.equal(await there.isActive(access_token), true);
  await restored.close();
  await database.remove();
});

test('a backup can be started with its own secret only', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const [, file = ''] = /^sqlite:(.*)$/.exec(app.database.url) ?? [];
  const target = join(dirname(file), 'backup.db');
  await app.services.db.backup(target);
  const server = await ServerProcess.spawn({
    env: {
      POSTERN_DATABASE_URL: `sqlite:${target}`,
      POSTERN_SECRET: 'some other secret that is long enough to be one',
      POSTERN_URL: app.url,
    },
  });
  assert.equal(await server.exited(), 1);
  assert.match(server.output, /^[^\n]*POSTERN_SECRET does not open the signing keys[^\n]*\n$/);
  await app.close();
});

test('a backup that the disk has no room for leaves nothing that looks like one', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const directory = await mkdtemp(join(tmpdir(), 'postern-backup-'));
  after(() => rm(directory, { recursive: true, force: true }));
  // The shell limits the size of what the command writes, which ends a write as a full disk does.
  const command = spawnSync(
    'sh',
    [
      '-c',
      'ulimit -f 100 && exec "$@"',
      'sh',
      process.execPath,
      main,
      'backup',
      join(directory, 'backup.db'),
    ],
    {
      cwd: directory,
      encoding: 'utf8',
      env: { POSTERN_DATABASE_URL: app.database.url, POSTERN_SECRET: testSecret, POSTERN_URL: app.url },
    },
  );
  assert.equal(command.status, 1, command.stderr);
  assert.match(command.stderr, /^[^\n]*cannot write [^\n]*\n$/);
  assert.deepEqual(await readdir(directory), []);

  const target = join(directory, 'backup.db');
  await app.services.db.backup(target);
  assert.deepEqual(await readdir(directory), ['backup.db']);
  const { size } = await stat(target);
  await app.admin.createUser();
  await assert.rejects(app.services.db.backup(target), { code: 'EEXIST' });
  assert.deepEqual(await readdir(directory), ['backup.db']);
  assert.equal((await stat(target)).size, size);
  await app.close();
});

/** The major version of a program of PostgreSQL on this machine; undefined without it. */
function majorOf(program: string): number | undefined {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const [, major] = /(\d+)(?:\.\d+)?/.exec(stdout ?? '') ?? [];
  return major === undefined ? undefined : Number(major);
}

test('a dump of PostgreSQL by pg_dump is whole, and all that was issued before it works after it', async (t) => {
  const app = await startApp({ engine: 'postgres' });
  const [server] = await app.services.db.sql<{ version: string }>`
    SELECT current_setting('server_version') AS version`;
  const major = Number.parseInt(server?.version ?? '', 10);
  const dumper = majorOf('pg_dump');
  if (dumper === undefined || dumper < major) {
    await app.close();
    return t.skip(`no pg_dump for PostgreSQL ${major} here`);
  }
  const held = await hold(app);
  const dump = spawnSync('pg_dump', ['--no-owner', app.database.url], { encoding: 'utf8' });
  assert.equal(dump.status, 0, dump.stderr);
  const { url, clock } = app;
  await app.close();

  const database = await freshDatabase('postgres');
  const filled = spawnSync('psql', ['--quiet', '--set=ON_ERROR_STOP=1', database.url], {
    input: dump.stdout,
    encoding: 'utf8',
  });
  assert.equal(filled.status, 0, filled.stderr);
  const restored = await startApp({ engine: 'postgres', database, url, clock });
  await expectAllGood(restored, held);
  await restored.close();
});

test('all that was issued before a copy of a PostgreSQL database works after it', async () => {
  const app = await startApp({ engine: 'postgres' });
  const held = await hold(app);
  const database = await freshDatabase('postgres');
  const copy = database.open();
  const source = new URL(app.database.url).pathname.slice(1);
  const name = new URL(database.url).pathname.slice(1);
  await copy.close();
  await app.close();
  // PostgreSQL copies a whole database by itself when nobody is connected to it.
  const admin = new URL(database.url);
  admin.pathname = '/postgres';
  const sql = postgres(admin.href, { max: 1, onnotice: () => {} });
  await sql.unsafe(`DROP DATABASE ${name}`);
  await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${source}`);
  await sql.end();
  const restored = await startApp({ engine: 'postgres', database, url: app.url, clock: app.clock });
  await expectAllGood(restored, held);
  await restored.close();
});
