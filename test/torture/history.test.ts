import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Admin } from '../support/admin.ts';
import { DisturbablePostgres } from '../support/disturbable-postgres.ts';
import { rsaKeyPair } from '../support/key-pairs.ts';
import { freePort } from '../support/postgres.ts';
import { testSecret } from '../support/test-app.ts';
import type { Orders } from './client-process.ts';
import { disturb, Servers } from './disturbances.ts';
import type { Entry } from './history.ts';
import { judge } from './judge.ts';
import { dice, minutes, seed } from './options.ts';

// Clients in several processes against servers and a database that are ended, stopped and paused at random. Every answer is written
// down, and the whole history is judged afterwards. How to repeat a run: test/README.md.

const clientProcess = fileURLToPath(new URL('client-process.ts', import.meta.url));
const redirectUri = 'https://client.example.com/callback';
const administrator = {
  id: '',
  email: 'admin@example.com',
  name: 'Ada',
  password: 'the administrator of the tests',
};
const second = 1_000;
/** `refresh_token_grace`: longer than the longest pause, so that an honest client never comes too late. */
const grace = 30 * second;

interface Plan {
  readonly servers: number;
  readonly clients: number;
  readonly workers: number;
  /** Milliseconds of disturbance. */
  readonly duration: number;
}

describe('whatever befalls the servers and the database, no client is told what is not so', () => {
  test('two servers on PostgreSQL', async (t) => {
    const database = await DisturbablePostgres.create(['max_connections=100']);
    try {
      const duration = minutes === null ? 10 * second : minutes * 60 * second;
      await torture(t, { servers: 2, clients: 2, workers: 4, duration }, database);
      // PostgreSQL needs a moment to find out that the servers are gone.
      for (let left = 1, looks = 0; left > 0; looks++) {
        const [row] = await database.query(
          "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'postern'",
        );
        left = row?.['count'] as number;
        assert.ok(left === 0 || looks < 50, `${left} connections were left`);
        await sleep(100);
      }
    } finally {
      await database.remove();
    }
  });

  test('one server on SQLite', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'postern-torture-'));
    try {
      const duration = minutes === null ? 8 * second : minutes * 60 * second;
      await torture(
        t,
        { servers: 1, clients: 2, workers: 4, duration },
        { file: join(directory, 'postern.db') },
      );
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

async function torture(
  t: TestContext,
  plan: Plan,
  database: DisturbablePostgres | { file: string },
): Promise<void> {
  const throwDice = dice(seed);
  const ports = await Promise.all(Array.from({ length: plan.servers }, () => freePort()));
  const url = `http://localhost:${ports[0]}`;
  const servers = new Servers(
    ports.map((port) => ({
      POSTERN_URL: url,
      POSTERN_PORT: String(port),
      POSTERN_DATABASE_URL: 'file' in database ? `sqlite:${database.file}` : database.url(),
      POSTERN_SECRET: testSecret,
      POSTERN_ADMIN_EMAIL: administrator.email,
      POSTERN_ADMIN_PASSWORD: administrator.password,
      POSTERN_LOG_LEVEL: 'error',
      POSTERN_RATE_LIMITS: 'off',
    })),
  );
  const directory = await mkdtemp(join(tmpdir(), 'postern-history-'));
  const processes: ChildProcess[] = [];
  try {
    await Promise.all(ports.map((_, index) => servers.start(index)));
    const all = await prepareOrders(plan, { url, ports, directory });
    await sleep(second); // every process has heard of the applications
    for (const orders of all) processes.push(fork(clientProcess, [JSON.stringify(orders)]));
    const ended = processes.map(
      (each) => new Promise<number | null>((resolve) => each.once('exit', resolve)),
    );
    await sleep(second);

    const lag = watchLag();
    const { outages, done } = await disturb(throwDice, plan.duration, servers, database);
    // What waited for the database may find out only now that it is back.
    await sleep(5 * second);
    const calmFrom = Date.now();
    for (const each of processes) each.send('calm');
    assert.deepEqual(new Set(await Promise.all(ended)), new Set([0]), 'a client process failed');

    const longestLag = Math.round(lag());
    const history: Entry[] = [...outages];
    for (const { file } of all)
      for (const line of (await readFile(file, 'utf8')).trimEnd().split('\n'))
        history.push(JSON.parse(line) as Entry);
    await servers.stop();
    const { violations, counts } = judge(history, {
      grace,
      applicationLag: second,
      codeLifetime: 100 * second,
      accessTokenLifetime: 3_600 * second,
      landing: 6 * second,
      // The contract's 5 seconds and some; where the machine let nobody run, times tell nothing.
      patience: longestLag < 250 ? 8 * second : Number.POSITIVE_INFINITY,
      calmFrom,
    });
    tell(t, {
      seed,
      ...done,
      'ends of servers': servers.ends,
      'ms to stop at most': servers.slowestStop,
      'ms for which the machine let nobody run': longestLag,
      answers: history.length,
      ...counts,
    });
    if (violations.length > 0) {
      const kept = join(tmpdir(), `postern-history-${seed}-${Date.now()}.jsonl`);
      await writeFile(kept, history.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      t.diagnostic(`the whole history is in ${kept}`);
    }
    assert.deepEqual([...servers.accidents, ...new Set(servers.complaints)], []);
    assert.equal(
      violations.length,
      0,
      `${violations.length} violations:\n${violations.slice(0, 10).join('\n')}`,
    );
    if (longestLag < 250)
      assert.ok(servers.slowestStop < 10 * second, `a stop took ${servers.slowestStop} ms`);
    const enough = minutes === null ? 10 : 50 * minutes;
    assert.ok((counts['refresh ok'] ?? 0) > enough, 'too little happened to mean anything');
  } finally {
    for (const each of processes) each.kill('SIGKILL');
    await servers.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function prepareOrders(
  plan: Plan,
  { url, ports, directory }: { url: string; ports: number[]; directory: string },
): Promise<(Orders & { file: string })[]> {
  const admin = new Admin({ url, port: ports[0] as number }, administrator);
  await admin.updateInstance({ refresh_token_grace: grace / second });
  const web = () => admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const machine = (more = {}) => admin.createApplication({ type: 'machine', ...more });
  const { privateKey, publicPem } = rsaKeyPair();
  const actsAs = await admin.createUser();
  const machines = [await machine(), await machine()] as const;
  for (const each of machines) await admin.addPublicKey(each.id, publicPem, actsAs.id);
  const common = {
    workers: plan.workers,
    url,
    ports,
    administrator,
    web: await web(),
    unsteadyWeb: await web(),
    machine: machines[0],
    unsteadyMachine: machines[1],
    observer: await machine({ can_introspect: true }),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    actsAs,
  };
  const orders: (Orders & { file: string })[] = [];
  for (let index = 0; index < plan.clients; index++)
    orders.push({
      ...common,
      name: `client ${index}`,
      seed: seed + index + 1,
      file: join(directory, `${index}.jsonl`),
      user: await admin.createUser(),
      victim: await admin.createUser(),
      switchesApplications: index === 0,
    });
  return orders;
}

/** How long this process, which has little to do, was kept waiting: then the servers were too. @returns milliseconds at most */
function watchLag(): () => number {
  const every = 100;
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - every);
    last = now;
  }, every);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

function tell(t: TestContext, figures: Record<string, number>): void {
  t.diagnostic(
    Object.entries(figures)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', '),
  );
}
