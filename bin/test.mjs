// `npm test [FILE…]`: every test file, or the ones named, with Node's own runner. The console's longest browser tests
// take many minutes on a small machine: `npm run test:console` runs them, with the rest of the console's.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const long = [
  'audit',
  'application-users',
  'credentials',
  'instance',
  'public-keys',
  'settings',
  'user',
  'users',
].map((name) => `test/console/${name}.test.ts`);
const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : globSync('{test,verify,examples}/**/*.test.ts', { exclude: ['**/node_modules/**'] })
        .filter((file) => !long.includes(file))
        .sort();
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-reporter=spec', ...files],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
