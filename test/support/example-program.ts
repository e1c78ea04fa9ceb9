import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** An example as its README starts it, once it answers. @param settings its environment */
export async function startExample(
  name: string,
  settings: Record<string, string>,
  url: string,
): Promise<ChildProcess> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [`${root}examples/run.ts`, name], {
    env: { PATH, HOME, ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const deadline = Date.now() + 20_000;
  while (!(await fetch(url).catch(() => undefined))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`${name} does not answer at ${url}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  return child;
}
