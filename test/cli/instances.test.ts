import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

// What the operator calls instances, and what people read.

const main = join(import.meta.dirname, '../../server/main.mjs');
let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-instances-'));
});
after(() => rm(directory, { recursive: true, force: true }));

interface InstanceOutput {
  id: string;
  handle: string;
  name: string;
  url: string;
  max_applications: number;
}

function postern(...args: string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, POSTERN_URL: 'https://auth.example.com' };
  return spawnSync(process.execPath, [main, ...args], { cwd: directory, env, encoding: 'utf8' });
}

function json<T = InstanceOutput>(...args: string[]): T {
  const { status, stdout, stderr } = postern(...args, '--json');
  assert.deepEqual([status, stderr], [0, ''], stdout);
  return JSON.parse(stdout) as T;
}

function refusal(...args: string[]): string {
  const { status, stdout, stderr } = postern(...args);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^postern: [^\n]+\n$/);
  return stderr;
}

const create = (name: string, url: string, ...more: string[]) =>
  ['instance', 'create', '--name', name, '--url', url, ...more] as const;

test('an instance gets the handle that its name suggests, or the one that is given', () => {
  const acme = json(...create('Acmé & Söner  AB!', 'https://acme.example.com'));
  assert.deepEqual([acme.handle, acme.name], ['acme-soner-ab', 'Acmé & Söner  AB!']);
  assert.match(refusal(...create('示例公司', 'https://cn.example.com')), /--handle is needed/);
  const chinese = json(...create('示例公司', 'https://cn.example.com', '--handle', 'cn'));
  assert.deepEqual([chinese.handle, chinese.name], ['cn', '示例公司']);
  const long = json(...create(`${'x'.repeat(62)} ${'y'.repeat(37)}`, 'https://long.example.com'));
  assert.equal(long.handle, 'x'.repeat(62));
});

test('two instances may have one name, but neither a handle nor a host name', () => {
  assert.match(refusal(...create('CN', 'https://cn2.example.com')), /the handle cn is taken.*--handle/);
  assert.match(refusal(...create('Other', 'https://cn.example.com')), /host of --url is taken/);
  const same = json(...create('示例公司', 'https://cn2.example.com', '--handle', 'cn-2'));
  assert.equal(same.name, '示例公司');
});

test('what is no handle or no name is said in one line', () => {
  for (const handle of ['', '-a', 'A', 'a b', 'a_b', 'ä', 'x'.repeat(64)])
    assert.match(
      refusal(...create('Some', 'https://some.example.com', `--handle=${handle}`)),
      /--handle must be 1 to 63/,
    );
  for (const name of ['x'.repeat(101), 'a\u202eb'])
    assert.match(refusal(...create(name, 'https://some.example.com', '--handle', 'some')), /--name must/);
  assert.match(refusal('instance', 'update', 'cn'), /nothing to change/);
  assert.match(refusal('instance', 'update', 'cn', '--handle', 'acme-soner-ab'), /acme-soner-ab is taken/);
  assert.match(
    refusal('user', 'create', '--email', 'a@b.se', '--name', 'A', '--instance', '示例公司'),
    /list/,
  );
});

test('all instances are listed, for people and for programs', () => {
  const listed = json<InstanceOutput[]>('instance', 'list');
  assert.deepEqual(listed.map(({ handle, name, url }) => [handle, name, url]).slice(0, 2), [
    ['default', 'Postern', 'https://auth.example.com'],
    ['acme-soner-ab', 'Acmé & Söner  AB!', 'https://acme.example.com'],
  ]);
  const { stdout } = postern('instance', 'list');
  assert.match(stdout, /^default +https:\/\/auth\.example\.com +Postern$/m);
  assert.equal(stdout.trimEnd().split('\n').length, listed.length);
});

test('the operator changes handle, name and limit, together or alone', () => {
  const changed = json(
    ...['instance', 'update', 'cn', '--handle', 'shili', '--name', 'Shili', '--max-applications', '12'],
  );
  assert.deepEqual([changed.handle, changed.name, changed.max_applications], ['shili', 'Shili', 12]);
  assert.match(refusal('instance', 'update', 'cn', '--name', 'Gone'), /no instance with the handle cn/);
  const first = json('instance', 'update', 'default', '--name', 'Shili');
  assert.deepEqual([first.handle, first.name, first.max_applications], ['default', 'Shili', 10]);
  assert.equal(json<unknown[]>('app', 'list', '--instance', 'shili').length, 0);
});

test('the operator moves an instance to another URL, but not onto another, and not the one of POSTERN_URL', () => {
  const url = 'https://shili.example.com';
  assert.equal(json('instance', 'update', 'shili', '--url', url).url, url);
  const refused = (handle: string, to: string) => refusal('instance', 'update', handle, '--url', to);
  assert.match(refused('shili', 'https://acme.example.com'), /host of --url is taken/);
  assert.match(refused('shili', 'http://shili.example.com'), /--url/);
  assert.match(refused('default', 'https://other.example.com'), /POSTERN_URL/);
  assert.deepEqual(
    json<InstanceOutput[]>('instance', 'list')
      .filter(({ handle }) => handle === 'shili')
      .map((each) => each.url),
    [url],
  );
});
