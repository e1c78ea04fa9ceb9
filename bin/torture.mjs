// `npm run torture [-- --seed N] [--minutes M] [--only PART,…]`: the long versions of the tests that look for what breaks. What
// depends on dice is done twice, with a fixed seed and with one that is printed; `--seed` repeats one run.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Each part: its files, the minutes that it takes by itself, and whether it throws dice. */
const parts = {
  faults: { files: ['test/process/faults.test.ts', 'test/process/outage.test.ts'], minutes: 1, dice: false },
  connections: { files: ['test/torture/connections.test.ts'], minutes: 2, dice: false },
  properties: {
    files: [
      'test/properties/authorizations.test.ts',
      'test/properties/rules.test.ts',
      'test/properties/parsers.test.ts',
      'test/torture/parallel.test.ts',
    ],
    minutes: 10,
    dice: true,
  },
  history: { files: ['test/torture/history.test.ts'], minutes: 5, dice: true },
  load: { files: ['test/torture/load.test.ts'], minutes: 30, dice: false },
};
const fixedSeed = 20_260_101;

const { values } = parseArgs({
  options: { seed: { type: 'string' }, minutes: { type: 'string' }, only: { type: 'string' } },
});
const wanted = values.only?.split(',') ?? Object.keys(parts);
for (const name of wanted) if (!(name in parts)) fail(`--only ${name}: the parts are ${Object.keys(parts)}`);
for (const name of ['seed', 'minutes'])
  if (values[name] !== undefined && !(Number(values[name]) > 0)) fail(`--${name} must be a number`);

const seeds =
  values.seed === undefined ? [fixedSeed, 1 + Math.floor(Math.random() * 1e9)] : [Number(values.seed)];
let failures = 0;
for (const name of wanted) {
  const part = parts[name];
  for (const seed of part.dice ? seeds : seeds.slice(0, 1)) {
    const minutes = values.minutes ?? String(part.minutes);
    console.log(`\n== ${name}: SEED=${seed} MINUTES=${minutes} node --test ${part.files.join(' ')}`);
    const { status } = spawnSync(
      process.execPath,
      ['--test', '--test-concurrency=1', '--test-reporter=spec', ...part.files],
      {
        stdio: 'inherit',
        env: { ...process.env, SEED: String(seed), MINUTES: minutes, RUNS: String(2 * Number(minutes)) },
      },
    );
    if (status !== 0) failures++;
  }
}
process.exit(failures > 0 ? 1 : 0);

function fail(message) {
  console.error(`torture: ${message}`);
  process.exit(1);
}
