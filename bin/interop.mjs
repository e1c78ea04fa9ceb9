// `npm run test:interop [-- --only NAME,…]`: software of other languages signs in with Postern. test/interop/README.md.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const files = globSync('test/interop/*.interop.ts').sort();
const names = files.map((file) => basename(file, '.interop.ts'));

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = values.only?.split(',') ?? names;
for (const name of wanted)
  if (!names.includes(name)) {
    console.error(`test:interop: --only ${name}: there are ${names.join(', ')}`);
    process.exit(1);
  }
const { status } = spawnSync(
  process.execPath,
  // One after the other, since each builds something.
  [
    '--test',
    '--test-concurrency=1',
    '--test-reporter=spec',
    ...files.filter((_, at) => wanted.includes(names[at])),
  ],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
