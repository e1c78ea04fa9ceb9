import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
// Below the project, so that it runs as the tests of the project do.
const folder = mkdtempSync(join(root, 'node_modules/.run-'));
after(() => rmSync(folder, { recursive: true }));

function run(...bodies: string[]): number | null {
  const files = bodies.map((body, index) => {
    const file = join(folder, `${index}.test.mjs`);
    writeFileSync(file, `import { test } from 'node:test';\ntest('one', () => { ${body} });\n`);
    return file;
  });
  const env = { ...process.env };
  // As in a run that is nobody's child.
  for (const name of ['NODE_TEST_CONTEXT', 'TEST_POSTGRES']) delete env[name];
  return spawnSync(process.execPath, ['bin/test.mjs', ...files], { cwd: root, env }).status;
}

test('a run in which a test fails ends as a failure, and one in which none does as a success', () => {
  assert.equal(run('', "throw new Error('fails')"), 1);
  assert.equal(run('', ''), 0);
});
