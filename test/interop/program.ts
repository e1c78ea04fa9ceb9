import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { send } from '../support/http.ts';
import type { Place } from '../support/traveller.ts';

/** Whether the machine has a command, such as `python3`, or a gem, such as `gem jwt`, or its user is `root`. */
export function has(need: string): boolean {
  if (need === 'root') return process.getuid?.() === 0;
  const [, gem] = /^gem (\w+)$/.exec(need) ?? [];
  if (gem !== undefined) return spawnSync('ruby', ['-e', `gem '${gem}'`]).status === 0;
  return spawnSync(need, ['--version']).error === undefined;
}

/**
 * Runs a command of an installation to its end.
 * @throws Error with what it printed, when it fails or takes more than nine minutes
 */
export function run(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: object } = {},
): void {
  const { status, error, stdout, stderr } = spawnSync(file, args, {
    ...options,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    timeout: 540_000,
  });
  if (status !== 0)
    throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
}

/** Go makes the folders of its modules read-only, which would keep them from being removed. */
export function removeAll(folder: string): void {
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}

/** What runs beside Postern. */
export interface Runnable {
  readonly name: string;
  /** Where it runs. */
  readonly folder: string;
  readonly command: readonly [string, ...string[]];
  /** Its environment, beside what every program needs. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The process of a product, with whatever it starts in its turn. */
export class Program {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #printed = '';

  constructor({ name, folder, command, environment }: Runnable) {
    const [file, ...args] = command;
    const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
    this.#name = name;
    this.#child = spawn(file, args, {
      cwd: folder,
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what a build tool or a web server starts ends with it.
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#printed = (this.#printed + text).slice(-20_000);
      });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', () => resolve());
      this.#child.on('error', (error) => {
        this.#printed += error.message;
        resolve();
      });
    });
    process.once('exit', () => this.#signal('SIGKILL'));
  }

  /**
   * Waits until it answers there, with whatever.
   * @param patience milliseconds; a minute unless told
   * @throws Error after that
   */
  async answers(address: string, patience = 60_000): Promise<void> {
    const url = new URL(address);
    const deadline = performance.now() + patience;
    const isUp = () =>
      send({ url: url.origin, port: Number(url.port) }, url.pathname, { timeout: 2000 }).then(
        () => true,
        () => false,
      );
    while (!(await isUp())) {
      if (this.#child.exitCode !== null || this.#child.pid === undefined)
        throw new Error(`${this.#name} ended:\n${this.#printed}`);
      if (performance.now() > deadline)
        throw new Error(`${this.#name} was not ready in time:\n${this.#printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What to say when it showed this page instead of another. */
  explain({ url, status, html }: Place): string {
    return `${url} (${status}):\n${html.slice(0, 2000)}\n${this.#name} printed:\n${this.#printed}`;
  }

  async end(): Promise<void> {
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(timer);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    process.kill(-pid, signal);
  }
}
