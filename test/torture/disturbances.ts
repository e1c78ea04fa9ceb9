import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DisturbablePostgres, Ending } from '../support/disturbable-postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import type { OutageEntry } from './history.ts';
import { between, type Dice, pick } from './options.ts';

/** The servers of a run, each of which is started again whenever it was ended. */
export class Servers {
  readonly #settings: readonly Record<string, string>[];
  readonly #running: (ServerProcess | null)[];
  /** What servers did that nobody had asked for. */
  readonly accidents: string[] = [];
  /** What they logged as errors of their own. */
  readonly complaints: string[] = [];
  #ends = 0;
  #slowestStop = 0;

  constructor(settings: readonly Record<string, string>[]) {
    this.#settings = settings;
    this.#running = settings.map(() => null);
  }

  get count(): number {
    return this.#settings.length;
  }

  /** How often one was ended on purpose. */
  get ends(): number {
    return this.#ends;
  }

  /** Milliseconds that a server took at most to end after SIGTERM. */
  get slowestStop(): number {
    return Math.round(this.#slowestStop);
  }

  /** Starts it, again and again until its database lets it. */
  async start(index: number): Promise<void> {
    const deadline = performance.now() + 180_000;
    for (;;) {
      const server = await ServerProcess.spawn({ env: this.#settings[index] as Record<string, string> });
      try {
        await server.ready(60_000);
        this.#running[index] = server;
        void server.exited().then((code) => {
          if (this.#running[index] !== server) return;
          this.#running[index] = null;
          this.accidents.push(`a server ended by itself with ${code}:\n${server.output.slice(-3000)}`);
        });
        return;
      } catch (error) {
        await server.kill();
        if (performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  /** @returns false when it does not run at the moment */
  async end(index: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean> {
    const server = this.#running[index];
    if (!server) return false;
    this.#running[index] = null;
    this.#ends++;
    const began = performance.now();
    server.signal(signal);
    const code = await server.exited();
    const took = performance.now() - began;
    if (signal === 'SIGTERM') {
      this.#slowestStop = Math.max(this.#slowestStop, took);
      if (code !== 0)
        this.accidents.push(`after SIGTERM a server ended with ${code}:\n${server.output.slice(-3000)}`);
    }
    this.#listen(server);
    await server.kill();
    return true;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#settings.map((_, index) => this.end(index, 'SIGTERM')));
  }

  #listen(server: ServerProcess): void {
    for (const line of server.stdout.split('\n'))
      if (line.includes('"request failed"') && !line.includes('"DatabaseUnavailable"'))
        this.complaints.push(line.slice(0, 1500));
    if (server.stderr.trim()) this.complaints.push(server.stderr.slice(0, 1500));
  }
}

type Disturbance = () => Promise<void>;

/**
 * Disturbs servers and database by the dice until the time is over; then everything runs again.
 * @param milliseconds how long
 * @returns the times in which the database was certainly down, and how often what was done
 */
export async function disturb(
  throwDice: Dice,
  milliseconds: number,
  servers: Servers,
  database: DisturbablePostgres | { file: string },
): Promise<{ outages: OutageEntry[]; done: Record<string, number> }> {
  const outages: OutageEntry[] = [];
  const done: Record<string, number> = {};
  const restarts = new Set<Promise<void>>();
  const endOne = (signal: 'SIGKILL' | 'SIGTERM') => async () => {
    const index = Math.floor(throwDice() * servers.count);
    if (!(await servers.end(index, signal))) return;
    const pause = between(throwDice, 0, 1_500);
    const restart = sleep(pause).then(() => servers.start(index));
    restarts.add(restart);
    // The next disturbance may come while it is on its way up; of one server only one is.
    if (servers.count === 1 || restarts.size >= servers.count) await Promise.all(restarts);
    else restart.then(() => restarts.delete(restart)).catch(() => {});
  };
  const weighted: [string, Disturbance, number][] = [
    ['kill -9 of a server', endOne('SIGKILL'), 5],
    ['SIGTERM to a server', endOne('SIGTERM'), 3],
  ];
  if ('file' in database) weighted.push(['a locked database', () => lock(database.file), 3]);
  else {
    const stop = (ending: Ending) => async () => {
      await database.stop(ending);
      const began = Date.now();
      await sleep(between(throwDice, 200, 4_000));
      outages.push({ op: 'outage', what: `PostgreSQL stopped (${ending})`, began, ended: Date.now() });
      await database.start();
    };
    weighted.push(
      ['a fast stop of PostgreSQL', stop('fast'), 2],
      ['an immediate stop of PostgreSQL', stop('immediate'), 2],
      ['kill -9 of PostgreSQL', stop('kill'), 2],
      [
        'a pause of PostgreSQL',
        async () => {
          database.pause();
          const began = Date.now();
          await sleep(between(throwDice, 300, 7_000));
          outages.push({ op: 'outage', what: 'PostgreSQL paused', began, ended: Date.now() });
          database.resume();
        },
        4,
      ],
      [
        'the end of every connection',
        async () => {
          await database
            .query(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'postern'",
            )
            .catch(() => []);
        },
        3,
      ],
    );
  }

  async function lock(file: string): Promise<void> {
    const locker = new DatabaseSync(file, { timeout: 1_000 });
    try {
      locker.exec('BEGIN IMMEDIATE');
      await sleep(between(throwDice, 200, 5_000));
      locker.exec('ROLLBACK');
    } finally {
      locker.close();
    }
  }

  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    await sleep(between(throwDice, 300, 2_500));
    const [name, act] = pick(
      throwDice,
      weighted.map(([name, act, weight]) => [[name, act] as const, weight] as const),
    );
    await act();
    done[name] = (done[name] ?? 0) + 1;
  }
  await Promise.all(restarts);
  return { outages, done };
}
