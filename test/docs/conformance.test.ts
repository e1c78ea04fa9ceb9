import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { plans } from '../../conformance/plans.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'conformance.md'), 'utf8');

test('docs/conformance.md has a result of every plan that is run, and none that is bad', () => {
  for (const { name } of plans) assert.match(page, new RegExp(`^\\| \`${name}\` \\| \\d+ \\| .*PASSED`, 'm'));
  assert.doesNotMatch(page, /^\|.*\| (FAILED|INTERRUPTED|WAITING|UNKNOWN)/m);
});

test('docs/conformance.md explains every module that is no PASSED', () => {
  const [results = '', reasons = ''] = page.split('### What is no PASSED');
  const modules = [...results.matchAll(/^\| `(oidcc-[\w-]+)` \| .*(REVIEW|WARNING|SKIPPED)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !name.endsWith('-test-plan'));
  assert.ok(modules.length > 5);
  const explained = new Set([...reasons.matchAll(/`(oidcc-[\w-]+)`/g)].map(([, name = '']) => name));
  assert.deepEqual(
    modules.filter((name) => !explained.has(name)),
    [],
  );
});

test('docs/conformance.md names only tests that exist', () => {
  const names = [...page.matchAll(/`(test\/[\w./-]+)`/g)].map(([, name = '']) => name);
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name) => !existsSync(join(root, name))),
    [],
  );
});
