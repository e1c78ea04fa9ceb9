import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseConfig } from '../../server/process/config.ts';
import { Admin } from '../support/admin.ts';
import { Browser } from '../support/browser.ts';
import { freshDatabase } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { freePort } from '../support/postgres.ts';
import { administrator, inDirectory, person, ServerProcess, withServer } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// What the first start makes, on whatever it finds.

const main = join(import.meta.dirname, '../../server/main.mjs');

describe('the first start', { concurrency: 2 }, () => {
  test('makes a folder, a database and a secret for nobody else, and prints a link that sets up one administrator', () =>
    inDirectory(async (directory) => {
      const port = await freePort();
      const env = { POSTERN_PORT: String(port) };
      const link = /\/setup\?token=[\w-]+/;
      const first = await withServer({ directory, env }, async (server) => {
        assert.equal((await stat(join(directory, 'data'))).mode & 0o777, 0o700);
        assert.equal((await stat(join(directory, 'data/postern.db'))).mode & 0o777, 0o600);
        assert.equal((await stat(join(directory, 'data/secret'))).mode & 0o777, 0o600);
        return (await server.printed(link))[0];
      });
      const second = await withServer({ directory, env }, async (server) => {
        const [path] = await server.printed(link);
        assert.notEqual(path, first);
        const browser = new Browser(server);
        assert.ok((await browser.openPage(first)).status >= 400, 'the link of an earlier start still works');
        assert.ok((await browser.openPage('/setup?token=wrong')).status >= 400);
        const done = await browser.submitForm(await browser.openPage(path), {
          email: person.email,
          name: person.name,
          password: person.password,
        });
        assert.equal(done.path, '/console');
        assert.equal(done.status, 200);
        const me = (await browser.request('/api/v1/me')).json<{ role: string; email: string }>();
        assert.deepEqual([me.role, me.email], ['administrator', person.email]);
        assert.ok((await new Browser(server).openPage(path)).status >= 400, 'the link works twice');
        return path;
      });
      await withServer({ directory, env }, async (server) => {
        await server.printed(/\/login/);
        assert.doesNotMatch(server.output, link);
        assert.ok((await new Browser(server).openPage(second)).status >= 400);
        await new Admin(server, person).must('GET', '/me');
      });
    }));

  test('prints the link also where nothing else is logged', () =>
    inDirectory(async (directory) => {
      const env = { POSTERN_PORT: String(await freePort()), POSTERN_LOG_LEVEL: 'silent' };
      await withServer({ directory, env }, (server) => server.printed(/\/setup\?token=[\w-]+/));
    }));

  test('creates the administrator of the environment, and a later one changes nothing', () =>
    inDirectory(async (directory) => {
      const port = String(await freePort());
      await withServer({ directory, env: { ...administrator, POSTERN_PORT: port } }, async (server) => {
        await server.printed(/\/login/);
        assert.doesNotMatch(server.output, /\/setup\?token=/);
        assert.ok(!server.output.includes(person.password));
        await new Admin(server, person).must('GET', '/users');
      });
      const changed = {
        POSTERN_ADMIN_EMAIL: 'other@example.com',
        POSTERN_ADMIN_PASSWORD: 'another long password',
        POSTERN_PORT: port,
      };
      await withServer({ directory, env: changed }, async (server) => {
        const { data } = await new Admin(server, person).must<{ data: { email: string }[] }>('GET', '/users');
        assert.deepEqual(
          data.map(({ email }) => email),
          [person.email],
        );
      });
    }));

  test('under another URL moves the instance there, and the audit log says so', () =>
    inDirectory(async (directory) => {
      const [port, next] = [String(await freePort()), String(await freePort())];
      const created = await withServer(
        { directory, env: { ...administrator, POSTERN_PORT: port } },
        async (server) => {
          const [event, ...more] = await new Admin(server, person).auditEvents('instance.created');
          assert.deepEqual(
            [event?.['detail'], more],
            [{ handle: 'default', name: 'Postern', url: server.url }, []],
          );
          return server.url;
        },
      );
      await withServer({ directory, env: { POSTERN_PORT: next } }, async (server) => {
        const [event, ...more] = await new Admin(server, person).auditEvents('instance.updated');
        assert.deepEqual(event?.['actor'], { type: 'system', id: null });
        assert.deepEqual(event?.['detail'], {
          changed: ['url'],
          before: { url: created },
          after: { url: server.url },
        });
        assert.deepEqual(more, []);
      });
    }));

  test('of three processes at once on an empty PostgreSQL makes one instance with one administrator', async () => {
    const database = await freshDatabase('postgres');
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const shared = {
      ...administrator,
      POSTERN_URL: `http://localhost:${ports[0]}`,
      POSTERN_DATABASE_URL: database.url,
      POSTERN_SECRET: testSecret,
    };
    const servers = await Promise.all(
      ports.map((port) => ServerProcess.start({ env: { ...shared, POSTERN_PORT: String(port) } })),
    );
    try {
      const seen = await Promise.all(
        servers.map((server) => new Admin(server, person).must<{ data: object[] }>('GET', '/users')),
      );
      for (const { data } of seen) assert.equal(data.length, 1);
      const keys = await Promise.all(
        servers.map(async (server) => (await send(server, '/oauth2/jwks')).text),
      );
      assert.equal(new Set(keys).size, 1);
    } finally {
      await Promise.all(servers.map((server) => server.kill()));
    }
  });

  test('with rate limits off says so in one line', () =>
    withServer({ env: { POSTERN_RATE_LIMITS: 'off' } }, async (server) => {
      const [line] = await server.printed(/.*rate.limits.*/i);
      assert.match(line, /off/);
    }));
});

test('a first start on a full disk leaves nothing behind, and the next one on which there is room succeeds', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'postern-attacks-'));
  try {
    const full = spawnSync('sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, main, 'migrate'], {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '' },
      encoding: 'utf8',
    });
    assert.equal(full.status, 1);
    assert.match(full.stderr, /^[^\n]*POSTERN_DATABASE_URL[^\n]*\n$/);
    assert.deepEqual(await readdir(join(directory, 'data')), []);

    // What a start left that was killed: in a container the next one has the same process ID.
    await writeFile(join(directory, 'data', `secret.${process.pid}`), 'half');
    const database = join(directory, 'data', 'postern.db');
    assert.equal(parseConfig({ POSTERN_DATABASE_URL: `sqlite:${database}` }).secrets.length, 1);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('several first starts at once in one folder agree on one secret', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'postern-attacks-'));
  const commands = await Promise.all(
    Array.from({ length: 4 }, () => ServerProcess.spawn({ directory, args: ['migrate'] })),
  );
  for (const command of commands) assert.equal(await command.exited(), 0, command.output);
  await rm(directory, { recursive: true, force: true });
});
