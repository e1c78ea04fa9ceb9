import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../server/store/engine/migrate.ts';
import { openPostgres } from '../../server/store/engine/postgres.ts';
import { BadDatabaseUrl, readPostgresUrl } from '../../server/store/engine/postgres-url.ts';
import { DisturbablePostgres } from '../support/disturbable-postgres.ts';
import { freePort } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// POSTERN_DATABASE_URL for PostgreSQL: what it may say, with a server that speaks TLS, and what an operator reads when it leads nowhere.

describe('the address of PostgreSQL', () => {
  test('is read in its parts, percent-encoded where they have to be', () => {
    assert.deepEqual(readPostgresUrl('postgres://postern:p%40ss%2F%3A%23w@db.internal:6432/main'), {
      host: 'db.internal',
      port: 6432,
      database: 'main',
      username: 'postern',
      password: 'p@ss/:#w',
      connection: {},
    });
    assert.deepEqual(readPostgresUrl('postgresql://[::1]/main'), {
      host: ['::1'],
      port: [5432],
      database: 'main',
      connection: {},
    });
    assert.deepEqual(
      readPostgresUrl(
        'postgres://a,b/main?search_path=tenant,public&application_name=x&options=-c%20jit=off',
      ),
      {
        host: ['a', 'b'],
        port: [5432, 5432],
        database: 'main',
        connection: { application_name: 'x', options: '-c jit=off', search_path: 'tenant,public' },
      },
    );
  });

  test('has a port for each of several hosts, as psql reads it', () => {
    for (const [hosts, host, port] of [
      ['a:6001,b:6002', ['a', 'b'], [6001, 6002]],
      ['a,b:6002', ['a', 'b'], [5432, 6002]],
      ['a:6001,b', ['a', 'b'], [6001, 5432]],
      ['[::1]:6001,[::2],c', ['::1', '::2', 'c'], [6001, 5432, 5432]],
    ] as const) {
      const address = readPostgresUrl(`postgres://u:p%2C%40@${hosts}/main?sslmode=disable`);
      assert.deepEqual([address.host, address.port], [host, port], hosts);
      assert.deepEqual([address.password, address.database], ['p,@', 'main']);
    }
    assert.equal(readPostgresUrl('postgres://%2Fvar%2Frun%2Fpostgresql/main').host, '/var/run/postgresql');
    assert.equal(readPostgresUrl('postgres:///main').host, undefined);
  });

  for (const [name, url] of [
    ['HOST:PORT', 'postgres://u:the-password@a,,b/d'],
    ['HOST:PORT', 'postgres://u:the-password@a,b:70000/d'],
    ['HOST:PORT', 'postgres://u:the-password@a:6001:6002,b/d'],
    ['sslmod', 'postgres://u:the-password@h/d?sslmod=require'],
    ['connect_timeout', 'postgres://u:the-password@h/d?connect_timeout=5'],
    ['channel_binding', 'postgres://u:the-password@h/d?sslmode=require&channel_binding=require'],
    ['sslmode', 'postgres://u:the-password@h/d?sslmode=on'],
    ['sslmode', 'postgres://u:the-password@h/d?sslmode=disable&sslmode=verify-full'],
    ['search_path', 'postgres://u:the-password@h/d?search_path='],
    ['sslrootcert', 'postgres://u:the-password@h/d?sslmode=verify-full&sslrootcert=/nowhere.pem'],
    ['sslrootcert', 'postgres://u:the-password@h/d?sslrootcert=package.json'],
    ['sslrootcert', 'postgres://u:the-password@h/d?sslmode=require&sslrootcert=system'],
    ['target_session_attrs', 'postgres://u:the-password@h/d?target_session_attrs=any'],
    ['#', 'postgres://u:the-password#more@h/d'],
    ['#', 'postgres://u:the-password@h/d#more'],
    ['%', 'postgres://u:the-password%@h/d'],
    ['postgres://', 'postgres://u:the-password@h:port/d'],
    ['postgres://', 'postgres:/d'],
  ] as const)
    test(`that cannot be is refused by the name of what is wrong, without the password: ${url}`, () =>
      assert.throws(
        () => readPostgresUrl(url),
        (error) =>
          error instanceof BadDatabaseUrl &&
          error.message.includes(name) &&
          !error.message.includes('the-password'),
      ));
});

const openssl = hasOpenssl();

describe('a PostgreSQL', { skip: openssl ? false : 'there is no openssl to make certificates with' }, () => {
  let server: DisturbablePostgres;
  let authority: string;
  let stranger: string;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-tls-'));
    [authority, stranger] = [makeAuthority('authority'), makeAuthority('stranger')];
    server = await DisturbablePostgres.create();
    await server.query('CREATE SCHEMA tenant');
    await server.query("CREATE ROLE guest LOGIN PASSWORD 'the-password'");
  });
  after(async () => {
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A certificate authority of the tests. @returns the file of its certificate */
  function makeAuthority(name: string): string {
    ssl('req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`);
    return join(folder, `${name}.crt`);
  }

  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const ssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

  /** From now on the server speaks TLS, with a certificate for `localhost`. */
  async function turnTlsOn(): Promise<void> {
    ssl(
      'req',
      ...newKey.slice(0, -2),
      '-keyout',
      'server.key',
      '-out',
      'server.csr',
      '-subj',
      '/CN=localhost',
    );
    writeFileSync(join(folder, 'server.ext'), 'subjectAltName=DNS:localhost\n');
    ssl(
      ...['x509', '-req', '-in', 'server.csr', '-CA', 'authority.crt', '-CAkey', 'authority.key'],
      ...['-CAcreateserial', '-days', '2', '-extfile', 'server.ext', '-out', 'server.crt'],
    );
    const [{ data_directory: data } = {}] = await server.query('SHOW data_directory');
    const owner = statSync(String(data));
    for (const file of ['server.key', 'server.crt'].map((name) => join(folder, name)))
      chownSync(file, owner.uid, owner.gid);
    chownSync(folder, owner.uid, owner.gid);
    await server.query(`ALTER SYSTEM SET ssl_cert_file = '${join(folder, 'server.crt')}'`);
    await server.query(`ALTER SYSTEM SET ssl_key_file = '${join(folder, 'server.key')}'`);
    await server.query('ALTER SYSTEM SET ssl = on');
    await server.query('SELECT pg_reload_conf()');
    while ((await server.query('SHOW ssl'))[0]?.['ssl'] !== 'on') await sleep(50);
  }

  const urlWith = (parameters: string, host = '127.0.0.1') =>
    `postgres://postern:postern@${host}:${server.port}/postern?${parameters}`;

  /** Whether a connection by this address is encrypted. @throws when there is none */
  async function isEncrypted(parameters: string, host?: string): Promise<boolean> {
    const db = openPostgres(urlWith(parameters, host));
    try {
      const [row] = await db.sql<{ ssl: boolean }>`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
      return row?.ssl === true;
    } finally {
      await db.close();
    }
  }

  /** What `postern migrate` says where it cannot: one line, that names the setting and holds no password. */
  async function refusal(url: string): Promise<string> {
    const run = await ServerProcess.spawn({
      args: ['migrate'],
      env: { POSTERN_DATABASE_URL: url, POSTERN_SECRET: testSecret },
    });
    try {
      assert.equal(await run.exited(), 1, run.output);
      assert.match(run.output, /^postern: [^\n]*POSTERN_DATABASE_URL[^\n]*\n$/);
      assert.doesNotMatch(run.output, /the-password|postern:postern/);
      return run.output;
    } finally {
      await run.kill();
    }
  }

  describe('that cannot be used stops a command with one line:', { concurrency: 2 }, () => {
    const at = (who: string, rest: string) => `postgres://${who}@127.0.0.1:${server.port}/${rest}`;

    test('nobody listens there', async () =>
      assert.match(
        await refusal(`postgres://u:the-password@localhost:${await freePort()}/d`),
        /ECONNREFUSED/,
      ));
    test('nobody has this name', async () =>
      assert.match(
        await refusal('postgres://u:the-password@no-such-host.invalid/d'),
        /no-such-host\.invalid|did not answer/,
      ));
    test('the password is wrong', async () =>
      assert.match(await refusal(at('postern:the-password', 'postern')), /password authentication failed/));
    test('there is no such database', async () =>
      assert.match(await refusal(at('postern:postern', 'nowhere')), /database "nowhere" does not exist/));
    test('there is no such schema', async () =>
      assert.match(await refusal(at('postern:postern', 'postern?search_path=nowhere')), /search_path/));
    test('the user may make no tables', async () =>
      assert.match(await refusal(at('guest:the-password', 'postern')), /permission denied/));
    test('it does not know an option', async () =>
      assert.match(await refusal(at('postern:postern', 'postern?options=-c%20colour=blue')), /colour/));
    test('it speaks no TLS', async () => {
      await refusal(at('postern:postern', 'postern?sslmode=require'));
      assert.equal(await isEncrypted('sslmode=prefer'), false);
      assert.equal(await isEncrypted('sslmode=disable'), false);
    });
    test('it is another kind of server', async () =>
      assert.ok(await refusal(`postgres://u:the-password@127.0.0.1:${server.port}/d?sslmode=verify-full`)));
  });

  test('keeps the tables in the schema of search_path, beside others of the same database', async () => {
    const [tenant, main] = [openPostgres(urlWith('search_path=tenant')), openPostgres(urlWith(''))];
    try {
      assert.ok((await migrate(tenant)).length > 0);
      assert.ok((await migrate(main)).length > 0, 'the other schema has its own');
      const schemas = await main.sql<{ schemaname: string }>`
        SELECT schemaname FROM pg_tables WHERE tablename = 'users' ORDER BY schemaname`;
      assert.deepEqual(
        schemas.map(({ schemaname }) => schemaname),
        ['public', 'tenant'],
      );
    } finally {
      await Promise.all([tenant.close(), main.close()]);
    }
  });

  describe('that speaks TLS', () => {
    before(turnTlsOn);

    test('is spoken to as sslmode says, its certificate checked where it says so', async () => {
      for (const [parameters, encrypted] of [
        ['', false],
        ['sslmode=disable', false],
        ['sslmode=prefer', true],
        ['sslmode=require', true],
        [`sslmode=require&sslrootcert=${authority}`, true],
        [`sslmode=verify-ca&sslrootcert=${authority}`, true],
        [`sslrootcert=${authority}`, true],
      ] as const)
        assert.equal(await isEncrypted(parameters), encrypted, parameters);
      assert.equal(await isEncrypted(`sslmode=verify-full&sslrootcert=${authority}`, 'localhost'), true);
    });

    test('with a certificate that does not convince is one line and no connection', async () => {
      for (const [parameters, host] of [
        ['sslmode=verify-full', 'localhost'],
        ['sslmode=verify-ca', 'localhost'],
        ['sslmode=verify-full&sslrootcert=system', 'localhost'],
        [`sslmode=verify-full&sslrootcert=${stranger}`, 'localhost'],
        [`sslmode=verify-ca&sslrootcert=${stranger}`, 'localhost'],
        [`sslmode=require&sslrootcert=${stranger}`, 'localhost'],
        [`sslmode=verify-full&sslrootcert=${authority}`, '127.0.0.1'],
      ] as const)
        await assert.rejects(isEncrypted(parameters, host), { name: 'DatabaseUnavailable' }, parameters);
      assert.match(
        await refusal(urlWith(`sslmode=verify-full&sslrootcert=${authority}`)),
        /does not match certificate/,
      );
      assert.match(await refusal(urlWith('sslmode=verify-full', 'localhost')), /certificate/);
    });
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
