// `npm test [FILE…]`: every test file, or the ones named, with Node's own runner.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : globSync('{test,verify,examples}/**/*.test.ts', { exclude: ['**/node_modules/**'] }).sort();
const onePostgres = fileURLToPath(new URL('../test/support/one-postgres.ts', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  // One more than a small machine's two cores, since many tests wait for a clock, a disk or a browser.
  [
    '--test',
    '--test-concurrency=3',
    '--test-reporter=spec',
    ...(files.length > 1 ? [`--test-global-setup=${onePostgres}`] : []),
    ...files,
  ],
  {
    stdio: 'inherit',
    // Every file is a process of its own, and most of them load the whole server.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/tests', import.meta.url)),
      ...process.env,
    },
  },
);
process.exit(status ?? 1);
