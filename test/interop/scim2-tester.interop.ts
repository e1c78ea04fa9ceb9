import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { someScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';
import { run } from './program.ts';

/** One check of scim2-tester, as `check.py` prints it. */
interface Check {
  readonly status: string;
  readonly title: string;
  readonly reason: string | null;
  readonly data: string | null;
}

const folder = join(import.meta.dirname, 'scim2-tester');
const isOldPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status !== 0;
const skip = isOldPython && 'it needs python3 of version 3.11 or newer, which is not here';

let app: TestApp;
let installed: string;
before(async () => {
  if (skip) return;
  app = await startApp({ engine: 'sqlite' });
  installed = mkdtempSync(join(tmpdir(), 'postern-interop-'));
  run('python3', ['-m', 'venv', installed]);
  const requirements = join(folder, 'requirements.txt');
  run(join(installed, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
});
after(async () => {
  await app?.close();
  if (installed) rmSync(installed, { recursive: true, force: true });
});

test('every check of scim2-tester passes: what is discovered, users and each attribute of theirs', {
  skip,
}, async () => {
  const { token } = await someScimClient(app);
  const { stdout } = await promisify(execFile)(join(installed, 'bin/python'), [join(folder, 'check.py')], {
    env: { ...process.env, SCIM_URL: `${app.url}/scim/v2`, SCIM_TOKEN: token },
    timeout: 120_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  const checks = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Check);
  assert.deepEqual(
    checks.filter(({ status }) => status !== 'SUCCESS'),
    [],
  );
  assert.ok(checks.length > 90, `${checks.length} checks`);
  for (const title of ['object_creation', 'object_replacement', 'object_deletion', 'check_remove_attribute'])
    assert.ok(
      checks.some((check) => check.title === title),
      title,
    );
});
