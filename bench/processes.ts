import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The core of the server that is measured, and the one of everything else. */
const serverCore = 0;
const loadCore = 1;

/** Whether processes can be kept on a core each, as `pinLoad` found out. */
let pinned = false;

/** Keeps this process, and what it starts except servers under test, off the servers' core. @returns whether it can */
export function pinLoad(): boolean {
  const arguments_ = ['-acp', String(loadCore), String(process.pid)];
  pinned = availableParallelism() > loadCore && spawnSync('taskset', arguments_).status === 0;
  return pinned;
}

/** The servers that the bench started, to be stopped together. */
export class Servers {
  readonly #children: ChildProcess[] = [];
  #stopping = false;

  /**
   * Starts a server of this repository on the servers' core and waits until it answers.
   * @param file from the top folder, such as `server/main.mjs`
   * @param settings its environment, next to what every program needs
   * @param answers an address that answers as soon as the server is ready, with a success unless it says otherwise
   * @returns its process ID
   * @throws Error with what it printed, when it ends or is not ready after 20 seconds
   */
  async start(server: {
    file: string;
    args?: string[];
    nodeOptions?: string[];
    settings: Record<string, string>;
    directory: string;
    answers: string;
    isReadyWhen?: 'it answers';
  }): Promise<number> {
    if (this.#stopping) throw new Error('the bench is being stopped');
    const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
    const command = [
      process.execPath,
      ...(server.nodeOptions ?? []),
      root + server.file,
      ...(server.args ?? []),
    ];
    const onCore = pinned ? ['taskset', '-c', String(serverCore), ...command] : command;
    const child = spawn(onCore[0] as string, onCore.slice(1), {
      cwd: server.directory,
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...server.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    // Also when something else ends this process: the driver of PostgreSQL does so on Ctrl-C.
    process.once('exit', () => child.kill('SIGKILL'));
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-4000);
      });
    child.on('error', (error) => {
      printed += error.message;
    });
    const deadline = performance.now() + 20_000;
    while (!(await isUp(server.answers, server.isReadyWhen !== undefined))) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
        throw new Error(`${server.file} ended:\n${printed}`);
      if (performance.now() > deadline) throw new Error(`${server.file} does not answer:\n${printed}`);
      await new Promise((done) => setTimeout(done, 50));
    }
    return child.pid as number;
  }

  /** Ends them all and waits until they have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#children.map(end));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}

async function isUp(url: string, whateverItSays: boolean): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return whateverItSays || response.ok;
  } catch {
    return false;
  }
}

/**
 * The CPU time that a process has used so far, in user and system mode and in all of its threads, in microseconds.
 * @returns null where the system does not tell (it is read from Linux's /proc)
 */
export function cpuTime(pid: number): number | null {
  try {
    // proc(5): the second field is the name in parentheses; utime and stime are fields 14 and 15, in ticks of 10 ms.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return null;
  }
}

/** The bytes that a process has had written to disk so far, database and log; null where the system does not tell. */
export function bytesWritten(pid: number): number | null {
  try {
    const [, bytes] = /^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1')) ?? [];
    return bytes === undefined ? null : Number(bytes);
  } catch {
    return null;
  }
}

/** The memory of a process at this moment, in megabytes; null where the system does not tell. */
export function memoryOf(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1000);
  } catch {
    return null;
  }
}

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
