// `npm test [FILE…]`: every test file, or the ones named, with Node's own runner.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : globSync('{test,verify,examples}/**/*.test.ts', { exclude: ['**/node_modules/**'] }).sort();
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-reporter=spec', ...files],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
