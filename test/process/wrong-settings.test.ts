import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ConfigError, parseConfig } from '../../server/process/config.ts';
import { administrator, inDirectory, person, ServerProcess, withServer } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// What an operator sets wrongly, and is told in one line.

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
    ['POSTERN_URL', { POSTERN_URL: 'https://*.example.com' }],
    ['POSTERN_URL', { POSTERN_URL: 'https://$HOST' }],
    ['POSTERN_URL', { POSTERN_URL: 'https://a.example.com,b.example.com' }],
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
  for (const [name, env] of bad.filter((_, index) => [0, 3, 16, 22].includes(index)))
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

const main = join(import.meta.dirname, '../../server/main.mjs');

describe('a start that cannot be says why in one line that names the setting:', { concurrency: 2 }, () => {
  /** Runs a command in a directory that `prepare` filled. @returns its lines; it must fail */
  async function refusal(
    env: Record<string, string>,
    prepare: (directory: string) => Promise<unknown> = async () => {},
    args?: string[],
  ): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'postern-attacks-'));
    await prepare(directory);
    const server = await ServerProcess.spawn({ env, directory, ...(args && { args }) });
    try {
      assert.equal(await server.exited(), 1, server.output);
      return server.output.trim();
    } finally {
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    }
  }
  const sqlite = { POSTERN_DATABASE_URL: 'sqlite:./x.db', POSTERN_SECRET: testSecret };

  test('a host name that nobody knows', async () =>
    assert.match(await refusal({ POSTERN_HOST: 'not a host' }), /^[^\n]*POSTERN_HOST[^\n]*$/));

  test('a database file that is a folder', async () =>
    assert.match(
      await refusal(sqlite, (directory) => mkdir(join(directory, 'x.db'))),
      /^[^\n]*POSTERN_DATABASE_URL[^\n]*$/,
    ));

  test('a database file that is a folder, without a secret yet', async () => {
    for (const url of ['sqlite:./x.db', 'sqlite:./x.db/', 'sqlite:./new/'])
      assert.match(
        await refusal({ POSTERN_DATABASE_URL: url }, (directory) => mkdir(join(directory, 'x.db'))),
        /^[^\n]*POSTERN_DATABASE_URL[^\n]*folder[^\n]*$/,
        url,
      );
  });

  test('a database URL that reads like a relative path and would be an absolute one', async () =>
    assert.match(
      await refusal({ ...sqlite, POSTERN_DATABASE_URL: 'sqlite://./data/postern.db' }, undefined, [
        'migrate',
      ]),
      /^[^\n]*POSTERN_DATABASE_URL[^\n]*sqlite:[^\n]*$/,
    ));

  test('a database URL with parameters, which SQLite files have none of', async () =>
    assert.match(
      await refusal({ ...sqlite, POSTERN_DATABASE_URL: 'sqlite:./h.db?mode=ro' }, undefined, ['migrate']),
      /^[^\n]*POSTERN_DATABASE_URL[^\n]*\?[^\n]*$/,
    ));

  test('a database file that is something else', async () =>
    assert.match(
      await refusal(sqlite, (directory) => writeFile(join(directory, 'x.db'), 'no database '.repeat(500))),
      /^[^\n]*POSTERN_DATABASE_URL[^\n]*$/,
    ));

  test('a place for the database that cannot be', async () =>
    assert.match(
      await refusal({ POSTERN_DATABASE_URL: 'sqlite:./file/x.db' }, (directory) =>
        writeFile(join(directory, 'file'), ''),
      ),
      /^[^\n]*POSTERN_DATABASE_URL[^\n]*$/,
    ));

  test('a secret beside the database that cannot be read', async () =>
    assert.match(
      await refusal({ POSTERN_DATABASE_URL: 'sqlite:./x.db' }, (directory) =>
        mkdir(join(directory, 'secret')),
      ),
      /^[^\n]*POSTERN_SECRET[^\n]*$/,
    ));

  test('a .env that cannot be read', async () =>
    assert.match(await refusal({}, (directory) => mkdir(join(directory, '.env'))), /^[^\n]*\.env[^\n]*$/));

  test('an unknown name behind the byte order mark of a .env', async () =>
    assert.match(
      await refusal({}, (directory) => writeFile(join(directory, '.env'), '\uFEFFPOSTERN_COLOUR=blue\r\n')),
      /^[^\n]*POSTERN_COLOUR[^\n]*$/,
    ));

  test('a backup into a folder that is not there', async () =>
    assert.match(
      await refusal(
        {},
        async (directory) => spawnSync(process.execPath, [main, 'migrate'], { cwd: directory }),
        ['backup', 'nowhere/x.db'],
      ),
      /^[^\n]*nowhere[^\n]*$/,
    ));
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
