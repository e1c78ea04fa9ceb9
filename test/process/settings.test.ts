import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigError, parseConfig } from '../../server/process/config.ts';
import { leastOfSecret, leastOfToken, whyGuessable } from '../../server/process/guessable.ts';
import { freePort } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// Settings that nobody wrote (Kubernetes and Docker did), and secrets that are none.

const root = fileURLToPath(new URL('../../', import.meta.url));
const email = { POSTERN_ADMIN_EMAIL: 'admin@example.com' };

describe('what Kubernetes and Docker put into every container', () => {
  const ofServices = {
    POSTERN_SERVICE_HOST: '10.0.0.1',
    POSTERN_SERVICE_PORT: '3000',
    POSTERN_SERVICE_PORT_HTTP: '3000',
    POSTERN_PORT: 'tcp://10.0.0.1:3000',
    POSTERN_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
    POSTERN_PORT_3000_TCP_ADDR: '10.0.0.1',
    POSTERN_PORT_3000_TCP_PORT: '3000',
    POSTERN_PORT_3000_TCP_PROTO: 'tcp',
    POSTERN_PORT_53_UDP: 'udp://10.0.0.1:53',
    POSTERN_PORT_99_SCTP_ADDR: '10.0.0.1',
    POSTERN_POSTGRESQL_SERVICE_HOST: '10.0.0.2',
    POSTERN_POSTGRESQL_SERVICE_PORT_TCP_POSTGRESQL: '5432',
    POSTERN_POSTGRESQL_PORT: 'tcp://10.0.0.2:5432',
    POSTERN_POSTGRESQL_PORT_5432_TCP_ADDR: '10.0.0.2',
    POSTERN_NAME: '/web/postern',
    POSTERN_ENV_NODE_VERSION: '26',
  };

  test('for a service of the name is no setting, and no port', () => {
    const config = parseConfig({ ...ofServices, POSTERN_SECRET: testSecret });
    assert.equal(config.port, 3000, 'that of POSTERN_URL');
    assert.equal(config.host, '127.0.0.1');
  });

  test('does not hide a mistake', () => {
    for (const [name, value] of [
      ['POSTERN_PORT', 'http://10.0.0.1'],
      ['POSTERN_PORTS', '3000'],
      ['POSTERN_PORT_HTTP', '3000'],
      ['POSTERN_SERVICE', 'x'],
      ['POSTERN_SERVICE_URL', 'x'],
      ['POSTERN_NAME', 'postern'],
    ] as const)
      assert.throws(
        () => parseConfig({ [name]: value, POSTERN_SECRET: testSecret }),
        (error) => error instanceof ConfigError && error.message.includes(name),
        name,
      );
  });

  test('does not count more than the port of the .env file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-service-'));
    const port = await freePort();
    writeFileSync(join(folder, '.env'), `POSTERN_PORT=${port}\n`);
    const server = await ServerProcess.spawn({
      directory: folder,
      env: { ...ofServices, POSTERN_URL: `http://localhost:${port}`, POSTERN_SECRET: testSecret },
    });
    try {
      await server.printed(new RegExp(`listening on 127\\.0\\.0\\.1, port ${port}`));
    } finally {
      await server.kill();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a secret that can be guessed stops the start, and one line says how to make a good one:', () => {
  const refuse = (name: string, value: string, env: Record<string, string> = {}) =>
    assert.throws(
      () => parseConfig({ POSTERN_SECRET: testSecret, ...env, [name]: value }),
      (error) =>
        error instanceof ConfigError &&
        error.message.startsWith(`${name} `) &&
        /"openssl rand [^"]+"/.test(error.message) &&
        !error.message.includes(value),
      `${name}=${value}`,
    );

  test('every value that a document shows for one', () => {
    const pages = globSync('**/*.{md,sh,ini,json}', {
      cwd: root,
      exclude: (name) => ['node_modules', 'data', 'dist'].includes(basename(name)),
    });
    let shown = 0;
    for (const page of pages)
      for (const [, name = '', quoted, plain = ''] of readFileSync(join(root, page), 'utf8').matchAll(
        /\b(POSTERN_(?:SECRET|METRICS_TOKEN|ADMIN_PASSWORD))=(?:'([^']*)'|"?([^\s`"'$]+))/g,
      )) {
        const value = quoted ?? plain;
        // The rounds of a rotation are told with names for secrets.
        if (/^(?:old|new)(?:,(?:old|new))?$|^…/.test(value)) continue;
        shown++;
        refuse(name, value, name === 'POSTERN_ADMIN_PASSWORD' ? email : {});
      }
    assert.ok(shown >= 2, 'no document shows a secret: has the form changed?');
  });

  test('the master secret', () => {
    for (const value of [
      's'.repeat(32),
      'ab'.repeat(20),
      'deadbeef'.repeat(4),
      '0123456789abcdef'.repeat(4),
      '00112233445566778899aabbccddeeff',
      '12345678901234567890123456789012',
      'abcdefghijklmnopqrstuvwxyz012345',
      'qwertyuiopasdfghjklzxcvbnm123456',
      'password'.repeat(4),
      'changeme-changeme-changeme-changeme',
      'please change me before production!!',
      'dev-secret-dev-secret-dev-secret-dev',
      'deadbeefcafebabe'.repeat(2),
      'the output of openssl rand -hex 32',
      '$(openssl rand -hex 32)'.padEnd(40, '!'),
      '$THE_MASTER_SECRET_OF_POSTERN_FROM_THE_VAULT',
      '{{ .Values.postern.masterSecretOfTheServer }}',
      'put-your-secret-here-and-nowhere-else',
      '<the output of openssl rand -hex 32>',
      '01'.repeat(32),
    ])
      refuse('POSTERN_SECRET', value);
  });

  test('the first administrator’s password', () => {
    for (const value of [
      'correct horse battery',
      'aaaaaaaaaaaa',
      '123456789012',
      'abababababab',
      'password1234',
      'changeme1234',
      'administrator',
      '$(openssl rand -base64 18 | tee /dev/stderr)',
    ])
      refuse('POSTERN_ADMIN_PASSWORD', value, email);
  });

  test('the token for metrics', () => {
    for (const value of [
      'aaaaaaaa',
      '12345678',
      'password',
      'changeme',
      'your-token',
      '$METRICS_TOKEN',
      'replace-this-too-please',
    ])
      refuse('POSTERN_METRICS_TOKEN', value);
  });

  test('in a file beside the database, which somebody wrote', () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-secret-'));
    try {
      writeFileSync(join(folder, 'secret'), `${'changeme'.repeat(4)}\n`);
      assert.throws(
        () => parseConfig({ POSTERN_DATABASE_URL: `sqlite:${join(folder, 'postern.db')}` }),
        /^ConfigError: POSTERN_SECRET: the secret in the file .*placeholder/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a secret that cannot be guessed is taken', () => {
  test('when it was drawn at random, in whatever form', () => {
    for (let n = 0; n < 2000; n++) {
      for (const value of [
        randomBytes(16).toString('hex'),
        randomBytes(32).toString('hex'),
        randomBytes(24).toString('base64'),
        randomBytes(32).toString('base64url'),
      ])
        assert.equal(whyGuessable(value, leastOfSecret), null, value);
      assert.equal(whyGuessable(randomBytes(8).toString('hex'), leastOfToken), null);
    }
  });

  test('when it is a phrase of many words', () =>
    assert.equal(parseConfig({ POSTERN_SECRET: testSecret }).secrets[0], testSecret));

  test('and a weak one that only reads may stay until its rotation is over', () => {
    const weak = 's'.repeat(32);
    assert.deepEqual(parseConfig({ POSTERN_SECRET: `${testSecret},${weak}` }).secrets, [testSecret, weak]);
    assert.throws(() => parseConfig({ POSTERN_SECRET: `${weak},${testSecret}` }), ConfigError);
  });
});
