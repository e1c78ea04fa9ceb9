import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JSONWebKeySet } from 'jose';
import { SECOND } from '../../server/base/units.ts';
import { send } from '../support/http.ts';
import { success } from '../support/oauth-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// The operator at keys of two algorithms, while the server runs.

const env = { POSTERN_SECRET: testSecret };
let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ env });
});
after(() => server.kill());

async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const { directory } = server;
  const command = await ServerProcess.spawn({ args: ['signing-key', ...args], directory, env });
  return { code: await command.exited(), output: command.output };
}

interface Key {
  kid: string;
  algorithm: string;
  state: string;
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, output } = await run(...args, '--json');
  assert.equal(code, 0, output);
  return JSON.parse(output) as T;
}

const list = async () =>
  (await json<Key[]>('list')).map(({ algorithm, state }) => `${algorithm} ${state}`).sort();
const algorithmsOf = (keys: Key[]) => keys.map(({ algorithm }) => algorithm);
const publicKeys = async () => success(await send(server, '/oauth2/jwks')).json<JSONWebKeySet>().keys;

test('keys for RS256 are there once somebody read the public keys, and not before', async () => {
  assert.deepEqual(await list(), ['ES256 next', 'ES256 signing']);
  const { code, output } = await run('rotate', '--algorithm', 'RS256');
  assert.equal(code, 1);
  assert.match(output, /^postern: there is no key for RS256 yet: .+\n$/);
  assert.deepEqual(await list(), ['ES256 next', 'ES256 signing']);

  await publicKeys();
  assert.deepEqual(await list(), ['ES256 next', 'ES256 signing', 'RS256 next', 'RS256 signing']);
});

test('a rotation is of both algorithms, or of the one that was asked for', async () => {
  assert.deepEqual(algorithmsOf(await json('rotate', '--algorithm', 'RS256')), ['RS256']);
  assert.deepEqual(await list(), [
    'ES256 next',
    'ES256 signing',
    'RS256 next',
    'RS256 retired',
    'RS256 signing',
  ]);
  const { output } = await run('rotate');
  const [es256 = '', rs256 = ''] = output.trim().split('\n');
  assert.match(es256, /^signing ES256 with [0-9a-f]{32}$/);
  assert.match(rs256, /^signing RS256 with [0-9a-f]{32} from \S+ on, when every copy/);

  const wrong = await run('rotate', '--algorithm', 'HS256');
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.output, /ES256, RS256/);
});

test('a key is dropped by its ID, whichever algorithm it is for', async () => {
  for (const { kid, algorithm } of await json<Key[]>('list')) {
    const signing = await json<Key>('drop', kid);
    assert.equal(signing.algorithm, algorithm);
    assert.notEqual(signing.kid, kid);
  }
  assert.deepEqual(await list(), ['ES256 next', 'ES256 signing', 'RS256 next', 'RS256 signing']);
  await sleep(SECOND);
  const known = (await json<Key[]>('list')).map(({ kid }) => kid);
  assert.deepEqual(
    (await publicKeys()).map(({ kid }) => kid),
    known,
  );
});
