import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, parseConfig } from '../../server/process/config.ts';
import { Admin } from '../support/admin.ts';
import { Browser, type Person } from '../support/browser.ts';
import { freshDatabase } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { freePort } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// The server as an operator meets it: `node server/main.mjs serve` with an environment.

const person: Person = {
  id: '',
  email: 'admin@example.com',
  name: 'Ada',
  password: 'the administrator of the tests',
};
const administrator = { POSTERN_ADMIN_EMAIL: person.email, POSTERN_ADMIN_PASSWORD: person.password };
const redirectUri = 'https://client.example.com/callback';

/** Runs with a directory of its own that outlives the processes started in it. */
async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-start-'));
  try {
    await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs with a server and ends it afterwards, whatever happens. */
async function withServer<T>(
  options: Parameters<typeof ServerProcess.start>[0],
  run: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await ServerProcess.start(options);
  try {
    return await run(server);
  } finally {
    await server.kill();
  }
}

describe('a setting that cannot be stops the start with one line that names it:', { concurrency: 3 }, () => {
  const bad: [string, Record<string, string>][] = [
    ['POSTERN_DATABSE_URL', { POSTERN_DATABSE_URL: 'sqlite:./x.db' }],
    ['POSTERN_URL', { POSTERN_URL: 'nonsense' }],
    ['POSTERN_URL', { POSTERN_URL: 'ftp://localhost' }],
    ['POSTERN_URL', { POSTERN_URL: 'http://login.example.com' }],
    ['POSTERN_URL', { POSTERN_URL: 'http://192.168.1.5:3000' }],
    ['POSTERN_URL', { POSTERN_URL: 'http://localhost.example.com' }],
    ['POSTERN_URL', { POSTERN_URL: 'https://login.example.com/path' }],
    ['POSTERN_URL', { POSTERN_URL: 'https://user@login.example.com' }],
    ['POSTERN_URL', { POSTERN_URL: 'https://login.example.com?a=b' }],
    ['POSTERN_PORT', { POSTERN_PORT: 'http' }],
    ['POSTERN_PORT', { POSTERN_PORT: '65536' }],
    ['POSTERN_DATABASE_URL', { POSTERN_DATABASE_URL: 'mysql://localhost/x' }],
    ['POSTERN_DATABASE_URL', { POSTERN_DATABASE_URL: 'sqlite:' }],
    ['POSTERN_SECRET', { POSTERN_DATABASE_URL: 'postgres://localhost/x' }],
    ['POSTERN_SECRET', { POSTERN_SECRET: 'too short' }],
    ['POSTERN_SECRET', { POSTERN_SECRET: `${testSecret},short` }],
    ['POSTERN_ADMIN_EMAIL', { POSTERN_ADMIN_PASSWORD: person.password }],
    ['POSTERN_ADMIN_EMAIL', { ...administrator, POSTERN_ADMIN_EMAIL: 'nobody' }],
    ['POSTERN_ADMIN_EMAIL', { ...administrator, POSTERN_ADMIN_EMAIL: 'a\u200bb@example.com' }],
    ['POSTERN_ADMIN_PASSWORD', { POSTERN_ADMIN_EMAIL: person.email }],
    ['POSTERN_ADMIN_PASSWORD', { ...administrator, POSTERN_ADMIN_PASSWORD: 'short' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: 'somebody' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: 'true' }],
    // Not addresses, but numbers of proxies, as Express takes them, and names of ranges.
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '1' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '127.0.0.1, 2' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '0x7f000001' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '127.1' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: 'loopback' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '10.0.0.0/255.0.0.0' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '10.0.0.0/33' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '127.0.0.1,' }],
    // Everybody, or nearly.
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '0.0.0.0/0' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '0.0.0.0/1,128.0.0.0/1' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '::/0' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '::/1' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '2000::/3' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '::ffff:0.0.0.0/96' }],
    ['POSTERN_TRUST_PROXY', { POSTERN_TRUST_PROXY: '0:0:0:0:0:ffff:8000:0/97' }],
    ['POSTERN_RATE_LIMITS', { POSTERN_RATE_LIMITS: 'maybe' }],
    ['POSTERN_LOG_LEVEL', { POSTERN_LOG_LEVEL: 'loud' }],
    ['POSTERN_METRICS_TOKEN', { POSTERN_METRICS_TOKEN: 'short' }],
    ['POSTERN_METRICS_TOKEN', { POSTERN_METRICS_TOKEN: 'not a token' }],
  ];
  for (const [name, env] of bad)
    test(nameOf(env), () => {
      assert.throws(
        () => parseConfig(env),
        (error) =>
          error instanceof ConfigError &&
          new RegExp(`^[^\n]*\\b${name}\\b[^\n]*$`).test(error.message) &&
          !leaks(error.message, env),
      );
    });

  // The whole process for some of them; every start takes a while.
  for (const [name, env] of bad.filter((_, index) => [0, 3, 13, 19].includes(index)))
    test(`${nameOf(env)}, in a real start`, async () => {
      const server = await ServerProcess.spawn({ env });
      try {
        assert.notEqual(await server.exited(), 0);
        const lines = server.output.trim().split('\n');
        assert.equal(lines.length, 1, server.output);
        assert.match(lines[0] as string, new RegExp(`\\b${name}\\b`));
        assert.ok(!leaks(server.output, env), `it printed the secret: ${server.output}`);
      } finally {
        await server.kill();
      }
    });

  test('an unknown name in the file .env', () =>
    inDirectory(async (directory) => {
      await writeFile(join(directory, '.env'), 'POSTERN_COLOUR=blue\n');
      const server = await ServerProcess.spawn({ directory });
      assert.notEqual(await server.exited(), 0);
      assert.match(server.output.trim(), /^[^\n]*POSTERN_COLOUR[^\n]*$/);
    }));

  test('a port that somebody else listens on', () =>
    withServer({}, async (first) => {
      const second = await ServerProcess.spawn({ env: { POSTERN_PORT: String(first.port) } });
      try {
        assert.notEqual(await second.exited(), 0);
        assert.match(second.output.trim(), new RegExp(`^[^\n]*${first.port}[^\n]*$`));
      } finally {
        await second.kill();
      }
    }));
});

test('proxies are trusted by address and by block, up to the largest private ones', () => {
  const proxies = [
    '127.0.0.1',
    '10.0.0.0/8',
    '192.0.2.0/24',
    '::1',
    'fc00::/7',
    'fe80::1%eth0',
    '::ffff:10.0.0.0/104',
    '::ffff:192.0.2.1',
  ];
  assert.deepEqual(
    parseConfig({ POSTERN_TRUST_PROXY: proxies.join(', '), POSTERN_SECRET: testSecret }).trustProxy,
    proxies,
  );
});

function nameOf(env: Record<string, string>): string {
  return Object.entries(env)
    .map((pair) => pair.join('='))
    .join(' ');
}

/** Whether the text repeats a value that is secret. */
function leaks(text: string, env: Record<string, string>): boolean {
  const secrets = [env['POSTERN_SECRET'], env['POSTERN_ADMIN_PASSWORD'], env['POSTERN_METRICS_TOKEN']];
  return secrets.some((secret) => secret !== undefined && text.includes(secret));
}

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

  test('reads the metrics by address: under any host name with the token, from loopback as loopback', () =>
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
          assert.equal(await ask(host), 200, host);
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
