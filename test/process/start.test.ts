import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from '../support/admin.ts';
import { Browser } from '../support/browser.ts';
import { send } from '../support/http.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { freePort } from '../support/postgres.ts';
import { administrator, inDirectory, person, ServerProcess, withServer } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// The server as an operator meets it: `node server/main.mjs serve` with an environment.

const redirectUri = 'https://client.example.com/callback';

describe('the master secret', { concurrency: 2 }, () => {
  test('that is not the one of the database stops the start with one line', () =>
    inDirectory(async (directory) => {
      const port = String(await freePort());
      await withServer(
        { directory, env: { POSTERN_PORT: port, POSTERN_SECRET: testSecret } },
        async () => {},
      );
      const server = await ServerProcess.spawn({
        directory,
        env: { POSTERN_PORT: port, POSTERN_SECRET: `${testSecret} but different` },
      });
      assert.notEqual(await server.exited(), 0);
      assert.match(server.output.trim(), /^[^\n]*POSTERN_SECRET[^\n]*$/);
    }));

  test('can be replaced in two steps without a token lost', () =>
    inDirectory(async (directory) => {
      const port = String(await freePort());
      const [old, next] = ['the old master secret of this server', 'the new master secret of this server'];
      const env = (secret: string) => ({
        directory,
        env: { ...administrator, POSTERN_PORT: port, POSTERN_SECRET: secret },
      });
      let token = '';
      const application = await withServer(env(old), async (server) => {
        const made = await new Admin(server, person).createApplication({
          type: 'web',
          redirect_uris: [redirectUri],
        });
        token = (await new OAuthClient(server, made).authorize(new Browser(server), person)).refresh_token;
        return made;
      });
      for (const secret of [`${next},${old}`, next])
        await withServer(env(secret), async (server) => {
          const client = new OAuthClient(server, application);
          const tokens = await client.refreshTokens(token);
          assert.equal(await client.isActive(tokens.access_token), true);
          token = tokens.refresh_token;
        });
    }));
});

describe('an operator', { concurrency: 2 }, () => {
  test('sees whether the process is up, whether it is ready, and its metrics', () =>
    withServer(
      { env: { POSTERN_TRUST_PROXY: '127.0.0.1', POSTERN_METRICS_TOKEN: 'a-token-for-the-metrics' } },
      async (server) => {
        assert.equal(
          (await send(server, '/healthz', { headers: { host: 'whatever.example.com' } })).status,
          200,
        );
        assert.equal((await send(server, '/readyz', { headers: { host: '10.0.0.7' } })).status, 200);
        await send(server, '/oauth2/jwks');
        const metrics = await send(server, '/metrics');
        assert.equal(metrics.status, 200);
        assert.match(String(metrics.headers['content-type']), /^text\/plain/);
        assert.match(metrics.text, /^postern_http_requests_total\{/m);
        const far = {
          'x-forwarded-for': '203.0.113.9',
          'x-forwarded-host': new URL(server.url).host,
          'x-forwarded-proto': 'http',
        };
        const refused = await send(server, '/metrics', { headers: far });
        assert.ok([401, 403, 404].includes(refused.status), String(refused.status));
        assert.ok(
          [401, 403, 404].includes(
            (await send(server, '/metrics', { headers: { ...far, authorization: 'Bearer wrong' } })).status,
          ),
        );
        assert.equal(
          (
            await send(server, '/metrics', {
              headers: { ...far, authorization: 'Bearer a-token-for-the-metrics' },
            })
          ).status,
          200,
        );
      },
    ));

  test('reads the metrics of a public server by address, under any host name with the token and under none without', () =>
    withServer(
      { env: { POSTERN_URL: 'https://login.example.com', POSTERN_METRICS_TOKEN: 'metrics-token' } },
      async (server) => {
        const ask = async (host: string, more: Record<string, string> = {}) =>
          (await send(server, '/metrics', { headers: { host, ...more } })).status;
        const right = { authorization: 'Bearer metrics-token' };
        const forwarded = { 'x-forwarded-for': '203.0.113.9' };
        const loopback = [
          'localhost',
          `localhost:${server.port}`,
          `127.0.0.1:${server.port}`,
          `[::1]:${server.port}`,
          'login.example.com',
        ];
        for (const host of loopback) {
          assert.equal(await ask(host), 403, host);
          assert.equal(await ask(host, { authorization: 'Bearer wrong' }), 403, host);
          assert.equal(await ask(host, forwarded), 403, host);
        }
        for (const host of [...loopback, `10.0.0.7:${server.port}`, 'postern.internal', ''])
          for (const headers of [right, { ...right, ...forwarded }])
            assert.equal(await ask(host, headers), 200, host);
        // A page in a browser of this machine, whose name was made to lead here.
        for (const host of [
          'evil.example.com',
          '10.0.0.7',
          '127.0.0.1.evil.example.com',
          'localhost:1@evil.example.com',
          '[::1',
        ]) {
          assert.ok([400, 421].includes(await ask(host)), host);
          assert.ok([400, 421].includes(await ask(host, { authorization: 'Bearer wrong' })), host);
        }
      },
    ));

  test('names the hosts: any other is answered 421, and forwarded ones count behind a trusted proxy only', async () => {
    const https = { POSTERN_URL: 'https://login.example.com' };
    const ask = (server: ServerProcess, headers: Record<string, string>) =>
      send(server, '/.well-known/oauth-authorization-server', { headers });
    const forwarded = {
      host: 'internal:3000',
      'x-forwarded-host': 'login.example.com',
      'x-forwarded-proto': 'https',
    };
    const port = String(await freePort());
    await withServer({ env: { ...https, POSTERN_PORT: port } }, async (server) => {
      assert.equal(
        (await ask(server, { host: 'login.example.com' })).json()['issuer'],
        'https://login.example.com',
      );
      for (const host of [
        'evil.example.com',
        `localhost:${port}`,
        'login.example.com.evil.example.com',
        'login.example.com:8443',
      ])
        assert.equal((await ask(server, { host })).status, 421, host);
      assert.equal((await ask(server, forwarded)).status, 421);
      assert.equal(
        (
          await ask(server, {
            ...forwarded,
            host: 'login.example.com',
            'x-forwarded-host': 'evil.example.com',
          })
        ).status,
        200,
      );
    });
    await withServer(
      { env: { ...https, POSTERN_PORT: port, POSTERN_TRUST_PROXY: '127.0.0.0/8' } },
      async (server) => {
        assert.equal((await ask(server, forwarded)).status, 200);
        assert.equal(
          (
            await ask(server, {
              ...forwarded,
              host: 'login.example.com',
              'x-forwarded-host': 'evil.example.com',
            })
          ).status,
          421,
        );
      },
    );
  });

  test('can send SIGTERM: requests in flight are answered, idle connections do not matter, the exit code is 0', () =>
    withServer({ env: administrator }, async (server) => {
      const idle = connect(server.port, '127.0.0.1').on('error', () => {});
      const body = new URLSearchParams({
        email: person.email,
        password: person.password,
        return_to: '/account',
      }).toString();
      const head = `POST /login HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nOrigin: ${server.url}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`;
      let answer = '';
      const busy = connect(server.port, '127.0.0.1', () => busy.write(head + body.slice(0, 10)));
      const closed = new Promise((resolve) => busy.on('close', resolve).on('error', () => {}));
      busy.on('data', (chunk) => {
        answer += chunk.toString();
      });
      // Answered after ours was: so ours has arrived.
      await send(server, '/healthz');
      await sleep(50);
      const started = performance.now();
      server.signal('SIGTERM');
      await sleep(200);
      await assert.rejects(
        send(server, '/healthz', { timeout: 2000, headers: { connection: 'close' } }).then(({ status }) =>
          assert.equal(status, 200),
        ),
      );
      // And one more that comes too late to be sent elsewhere.
      busy.write(`${body.slice(10)}GET /login HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n\r\n`);
      await closed;
      assert.match(answer, /^HTTP\/1\.1 303 /);
      assert.match(answer, /HTTP\/1\.1 200 /);
      assert.match(answer, /^location: \/account\r$/im);
      assert.equal(await server.exited(), 0);
      assert.ok(performance.now() - started < 10_000, 'it took too long');
      idle.destroy();
    }));

  test('can send SIGTERM although a client never finishes its request: the end comes within ten seconds', () =>
    withServer({}, async (server) => {
      const stuck = connect(server.port, '127.0.0.1', () =>
        stuck.write('POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n'),
      );
      stuck.on('error', () => {});
      await sleep(100);
      const started = performance.now();
      server.signal('SIGTERM');
      assert.equal(await server.exited(), 0);
      assert.ok(performance.now() - started < 10_000);
      stuck.destroy();
    }));
});

test('SIGTERM to npm start ends the server with it, with the exit code 0', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'postern-attacks-'));
  const port = await freePort();
  const target = { url: `http://localhost:${port}`, port };
  const clean = Object.entries(process.env).filter(([name]) => !/^(POSTERN|NODE)_/.test(name));
  const npm = spawn('npm', ['start'], {
    cwd: dirname(dirname(import.meta.dirname)),
    env: {
      ...Object.fromEntries(clean),
      POSTERN_URL: target.url,
      POSTERN_DATABASE_URL: `sqlite:${join(directory, 'postern.db')}`,
    },
    stdio: 'ignore',
  });
  const ended = once(npm, 'exit');
  const isUp = () =>
    send(target, '/healthz').then(
      () => true,
      () => false,
    );
  const deadline = performance.now() + 60_000;
  while (!(await isUp())) {
    assert.ok(npm.exitCode === null && performance.now() < deadline, 'npm start did not start the server');
    await sleep(100);
  }
  npm.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  assert.equal(await isUp(), false);
  await rm(directory, { recursive: true, force: true });
});
