import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startCluster } from './cluster.ts';

// What `node --test` does once, before it starts a process for each file and after the last: bin/test.mjs names this file. To make a
// PostgreSQL takes more than a second of a core, and half of the files want one.

/*
 * PostgreSQL runs under a process of its own: what embeds it has a say in how the process ends that loads it, and a run in which a test failed
 * would end as a success.
 */
let keeper: ReturnType<typeof keep> | undefined;

function keep() {
  return spawn(process.execPath, [fileURLToPath(import.meta.url), 'keep'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Starts the PostgreSQL of the whole run; every process of tests finds it in its environment. */
export async function globalSetup(): Promise<void> {
  keeper = keep();
  const [url] = (await Promise.race([
    once(createInterface(keeper.stdout), 'line'),
    once(keeper, 'exit').then(() => Promise.reject(new Error('PostgreSQL did not start'))),
  ])) as [string];
  process.env['TEST_POSTGRES'] = url;
}

export async function globalTeardown(): Promise<void> {
  if (!keeper || keeper.exitCode !== null) return;
  const ended = once(keeper, 'exit');
  keeper.stdin.end();
  await ended;
}

if (process.argv[2] === 'keep') {
  const cluster = await startCluster({ durable: false });
  console.log(cluster.url);
  // Also when whoever started this is gone.
  process.stdin.resume();
  await once(process.stdin, 'end');
  await cluster.stop();
}
