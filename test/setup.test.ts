import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('the console is built anew when any file has changed that it is made of, also one of the server', () => {
  const [, list = ''] = /const consoleSources = \[([^\]]*)\]/.exec(read('bin/setup.mjs')) ?? [];
  const watched = [...list.matchAll(/'([^']+)'/g)].map(([, path = '']) => path);
  const seen = new Set<string>();
  const follow = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!/\.tsx?$/.test(file)) return;
    for (const [, path = ''] of read(file).matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gm))
      follow(relative(root, join(root, dirname(file), path)).replaceAll(sep, '/'));
  };
  for (const file of globSync('console/src/**/*.{ts,tsx}', { cwd: root })) follow(file.replaceAll(sep, '/'));
  const shared = [...seen].filter((file) => file.startsWith('server/'));
  assert.ok(shared.includes('server/registry/text.ts'));
  assert.deepEqual(
    shared.filter((file) => !watched.some((path) => file === path || file.startsWith(`${path}/`))),
    [],
  );
});
