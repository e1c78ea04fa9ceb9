import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

/** What `bin/setup.mjs` looks at to see whether the console has to be built anew. */
function consoleSources(): string[] {
  const setup = readFileSync(join(root, 'bin/setup.mjs'), 'utf8');
  const [, list = ''] = /const consoleSources = \[([^\]]*)\]/.exec(setup) ?? [];
  return [...list.matchAll(/'([^']+)'/g)].map(([, path = '']) => path);
}

/** The files of the repository that a file imports for more than their types. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const imports =
    /(?:^|[\s;}])(?:(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s+)?|import\(|@import\s+)['"](\.[^'"?]+)/g;
  return [...text.matchAll(imports)].map(([, path = '']) =>
    relative(root, resolve(root, dirname(file), path)),
  );
}

test('whatever the console is made of makes it new when it changes', () => {
  const sources = consoleSources();
  assert.ok(sources.includes('console/src'), sources.join());
  const found = new Set(globSync('console/src/**/*.{ts,tsx,css}', { cwd: root }));
  for (const file of found)
    if (/\.(tsx?|css)$/.test(file)) for (const imported of importsOf(file)) found.add(imported);
  assert.ok(found.has('server/model/redirect-uri.ts'));
  assert.deepEqual(
    [...found]
      .filter((file) => !sources.some((source) => file === source || file.startsWith(`${source}/`)))
      .sort(),
    [],
  );
});
