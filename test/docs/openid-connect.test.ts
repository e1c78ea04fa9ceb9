import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFile(join(root, file), 'utf8');

/** Where the version of each product is said that the tests run. */
const pins = [
  [
    'test/interop/package.json',
    /"(?:@auth\/|express-openid|openid-client|passport-openid)[^:]*": "([\d.]+)"/g,
  ],
  ['test/interop/authlib/requirements.txt', /^(?:Authlib|Flask)==(.*)$/gm],
  ['test/interop/spring.interop.ts', /'(\d+\.\d+\.\d+)'/g],
  ['test/interop/oauth2-proxy.interop.ts', /'v(\d+\.\d+\.\d+)'/g],
] as const;

test('docs/openid-connect.md has the versions that the tests run', async () => {
  const [, table = ''] = /^\| product ([\s\S]*?)^$/m.exec(await read('docs/openid-connect.md')) ?? [];
  const versions: string[] = [];
  for (const [file, pin] of pins)
    for (const [, version = ''] of (await read(file)).matchAll(pin)) versions.push(version);
  assert.equal(versions.length, 10);
  assert.deepEqual(
    versions.filter((version) => !table.includes(` ${version}`)),
    [],
  );
});
