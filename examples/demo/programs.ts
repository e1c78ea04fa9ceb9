import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The programs that the demo started, to be stopped together. */
export class Programs {
  readonly #children: ChildProcess[] = [];
  readonly #ready = new WeakSet<ChildProcess>();
  #stopping = false;

  /**
   * Starts a program of this repository and waits until it answers.
   * @param file from the top folder, such as `server/main.mjs`
   * @param settings its environment, next to what every program needs; nothing else of ours reaches it
   * @param directory its working directory
   * @param answers an address that answers as soon as the program is ready
   * @throws Error with what the program printed, when it ends or is not ready after 20 seconds
   */
  async start(
    file: string,
    args: string[],
    settings: Record<string, string>,
    directory: string,
    answers: string,
  ) {
    if (this.#stopping) throw new Error('the demo is being stopped');
    const { PATH = '', HOME = '', TMPDIR = '', SystemRoot = '' } = process.env;
    const child = spawn(process.execPath, [root + file, ...args], {
      cwd: directory,
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...(SystemRoot && { SystemRoot }), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-4000);
        if (this.#ready.has(child) && stream === child.stderr && !this.#stopping) process.stderr.write(text);
      });

    const deadline = Date.now() + 20_000;
    while (!(await isUp(answers))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${file} ended:\n${printed}`);
      if (Date.now() > deadline) throw new Error(`${file} does not answer at ${answers}:\n${printed}`);
      await new Promise((done) => setTimeout(done, 50));
    }
    this.#ready.add(child);
  }

  /** Stops them all, the last one first, and waits until they have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#children.toReversed().map(end));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.status !== 503;
  } catch {
    return false;
  }
}

/** A free TCP port of this machine: the preferred one, if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer();
    const found = await new Promise<number | undefined>((done) => {
      server.once('error', () => done(undefined));
      server.listen(port, '127.0.0.1', () => done((server.address() as { port: number }).port));
    });
    if (found === undefined) continue;
    await new Promise((done) => server.close(done));
    return found;
  }
  throw new Error('no free port');
}
