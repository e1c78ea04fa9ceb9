// Everything that must hold, in the order in which CI runs it: `npm run check`, or one step by its name.
import { spawnSync } from 'node:child_process';

const steps = {
  format: ['biome', 'ci', '.'],
  types: ['tsc', '--noEmit'],
  console: ['tsc', '--noEmit', '--project', 'console'],
  bench: ['tsc', '--noEmit', '--project', 'bench'],
  tests: ['node', 'bin/test.mjs'],
};

const wanted = process.argv.slice(2);
for (const [name, [command, ...args]] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n== ${name}: ${command} ${args.join(' ')}\n`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(`\ncheck: ${name} failed\n`);
    process.exit(status ?? 1);
  }
}
