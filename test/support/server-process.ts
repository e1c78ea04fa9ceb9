import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Person } from './browser.ts';
import { send, type Target } from './http.ts';
import { freePort } from './postgres.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const living = new Set<ServerProcess>();

after(async () => {
  for (const process of living) await process.kill();
});

export interface ServerProcessOptions {
  /** `POSTERN_*` settings; POSTERN_URL and POSTERN_PORT are filled in when they are not given. */
  env?: Record<string, string>;
  /** The working directory: an empty one that is removed with the process unless given. */
  directory?: string;
  /** Arguments after `server/main.mjs`; `serve` unless told. */
  args?: string[];
}

/** The real server as a process of its own, `node server/main.mjs serve`, as an operator runs it. */
export class ServerProcess implements Target {
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #removeDirectory: boolean;
  #stdout = '';
  #stderr = '';

  private constructor(
    child: ChildProcess,
    url: string,
    port: number,
    directory: string,
    removeDirectory: boolean,
  ) {
    this.url = url;
    this.port = port;
    this.directory = directory;
    this.#child = child;
    this.#removeDirectory = removeDirectory;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString('utf8');
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('utf8');
    });
    this.#exited = new Promise((resolve) => {
      child.on('close', (code) => {
        living.delete(this);
        resolve(code);
      });
    });
    living.add(this);
  }

  /** Starts it without waiting for anything. */
  static async spawn({
    env = {},
    directory,
    args = ['serve'],
  }: ServerProcessOptions = {}): Promise<ServerProcess> {
    const port = Number(env['POSTERN_PORT'] ?? (await freePort()));
    const url = env['POSTERN_URL'] ?? `http://localhost:${port}`;
    const cwd = directory ?? (await mkdtemp(join(tmpdir(), 'postern-process-')));
    // The settings of whoever runs the tests are not those of the server under test.
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !name.startsWith('POSTERN_') && !name.startsWith('NODE_'),
      ),
    );
    const child = spawn(process.execPath, [join(root, 'server/main.mjs'), ...args], {
      cwd,
      env: { ...clean, POSTERN_URL: url, POSTERN_PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(child, url.replace(/\/$/, ''), port, cwd, directory === undefined);
  }

  /** Starts it and waits until it is ready. @throws Error with what it printed when it ends before */
  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const process = await ServerProcess.spawn(options);
    await process.ready();
    return process;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Everything it printed so far on both streams. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until `/readyz` says yes. @param milliseconds how long at most */
  async ready(milliseconds = 60_000): Promise<void> {
    const deadline = performance.now() + milliseconds;
    while (performance.now() < deadline) {
      if (this.#child.exitCode !== null)
        throw new Error(`the server ended with ${this.#child.exitCode}:\n${this.output}`);
      const answer = await send(this, '/readyz', { timeout: 2000 }).catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`the server was not ready after ${milliseconds} ms:\n${this.output}`);
  }

  /** Sends a signal and goes on at once. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. @returns the exit code; null when a signal ended it */
  exited(): Promise<number | null> {
    return this.#exited;
  }

  /** `kill -9`: the process is gone when this resolves, and its directory with it if it made one. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    if (this.#removeDirectory) await rm(this.directory, { recursive: true, force: true });
  }

  /** Waits until it printed something that matches. @throws Error with the whole output after `milliseconds` */
  async printed(pattern: RegExp, milliseconds = 10_000): Promise<RegExpExecArray> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (performance.now() > deadline)
        throw new Error(`nothing like ${pattern} was printed:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The administrator whom the environment of a first start names. */
export const person: Person = {
  id: '',
  email: 'admin@example.com',
  name: 'Ada',
  password: 'the administrator of the tests',
};
/** How it names them. */
export const administrator = { POSTERN_ADMIN_EMAIL: person.email, POSTERN_ADMIN_PASSWORD: person.password };

/** Runs with a directory of its own that outlives the processes started in it. */
export async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-start-'));
  try {
    await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs with a server and ends it afterwards, whatever happens. */
export async function withServer<T>(
  options: Parameters<typeof ServerProcess.start>[0],
  run: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await ServerProcess.start(options);
  try {
    return await run(server);
  } finally {
    await server.kill();
  }
}
