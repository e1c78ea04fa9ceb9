/**
 * `npm run bench:growth`: whether Postern stays as fast, as small and as quick to start as it grows. Docs: docs/performance.md.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkRefusals } from './checks.ts';
import { authorize, tokens, unexpected } from './exchanges.ts';
import { databaseSize, type Engine, grow, type Place } from './growth-database.ts';
import { basic } from './http-client.ts';
import { type Measured, measure } from './load.ts';
import { startPostgres } from './postern/postgres.ts';
import { restartPostern, startPostern } from './postern/start.ts';
import { memoryOf, pinLoad, Servers } from './processes.ts';
import { median } from './statistics.ts';
import type { Setting, Subject } from './subject.ts';

const usage = `npm run bench:growth -- [OPTION…]

  --database sqlite|postgres   (sqlite)
  --sizes A,B                  live authorizations (10000,1000000; 10000000 takes long)
  --refreshes N                refreshes in a row over 100000 authorizations (1000000; 0 for none)
  --rounds N                   measurements of each operation at each size (5)
  --json FILE                  writes the results to a file as well
`;

/** Requests in one measurement. */
const count = 4000;
/** Authorizations that are refreshed over and over. */
const circle = 100_000;

const endings: (() => Promise<unknown>)[] = [];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      database: { type: 'string', default: 'sqlite' },
      sizes: { type: 'string', default: '10000,1000000' },
      refreshes: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const engine = values.database as Engine;
  if (engine !== 'sqlite' && engine !== 'postgres') throw new Error('--database must be sqlite or postgres');
  pinLoad();
  const results = await atSizes(engine, values.sizes.split(',').map(Number), Number(values.rounds));
  if (Number(values.refreshes) > 0) results.push(await refreshes(engine, Number(values.refreshes)));
  for (const result of results) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
}

/** A server that has so many live authorizations, started anew. */
interface Grown {
  readonly size: number;
  readonly servers: Servers;
  readonly subject: Subject;
  readonly refreshTokens: string[];
  readonly bytesEach: number;
  /** Milliseconds. */
  readonly coldStart: number;
}

async function grownTo(engine: Engine, size: number): Promise<Grown> {
  const { place, servers, subject, setting } = await start(engine);
  const before = await databaseSize(place);
  say(`${engine}: making ${size} live authorizations …`);
  const refreshTokens = await grow(place, subject, size);
  const bytesEach = ((await databaseSize(place)) - before) / size;
  await servers.stop();
  const again = new Servers();
  endings.push(() => again.stop());
  const began = performance.now();
  const pid = await restartPostern(again, setting, subject, place.url);
  const coldStart = performance.now() - began;
  const restarted = { ...subject, pid };
  await checkRefusals(restarted);
  return { size, servers: again, subject: restarted, refreshTokens, bytesEach, coldStart };
}

/** Speed, size of the database and time to start at each size, and how each compares with the first. */
async function atSizes(
  engine: Engine,
  sizes: readonly number[],
  rounds: number,
): Promise<Record<string, unknown>[]> {
  const grown: Grown[] = [];
  for (const size of sizes) grown.push(await grownTo(engine, size));
  const measured = new Map(grown.map((each) => [each, [] as Round[]]));
  // In turn, so that what disturbs the machine for a while disturbs all sizes; the first two rounds warm up.
  for (let round = -2; round < rounds; round++) {
    say(`${engine}: measuring, ${round < 0 ? 'to warm up' : `${round + 1} of ${rounds}`} …`);
    for (const each of grown) {
      const figures = await measureOnce(engine, each);
      if (round >= 0) measured.get(each)?.push(figures);
    }
  }
  const first = measured.get(grown[0] as Grown) ?? [];
  const results = grown.map((each) => {
    const own = measured.get(each) ?? [];
    return {
      engine,
      authorizations: each.size,
      bytes_per_authorization: Math.round(each.bytesEach),
      cold_start_ms: Math.round(each.coldStart),
      resident_megabytes: memoryOf(each.subject.pid),
      ...Object.fromEntries(
        operations.map((operation) => [
          operation,
          {
            ...summary(own.map((round) => round[operation])),
            ...timesTheFirst(
              own.map((round) => round[operation]),
              first.map((round) => round[operation]),
            ),
          },
        ]),
      ),
    };
  });
  for (const { servers } of grown) await servers.stop();
  return results;
}

const operations = ['refresh', 'introspect_refresh', 'authorize'] as const;
type Round = Record<(typeof operations)[number], Measured>;

async function measureOnce(engine: Engine, { subject, refreshTokens }: Grown): Promise<Round> {
  const load = { sharesCore: engine === 'postgres' };
  return {
    refresh: await measure(subject, count, refreshAny(subject, refreshTokens), load),
    introspect_refresh: await measure(subject, count, introspectAny(subject, refreshTokens), load),
    authorize: await measure(
      subject,
      count / 4,
      async (connection, index) => {
        await authorize(subject, connection, index);
      },
      load,
    ),
  };
}

/** Medians of the ratios within each round: above 1 is worse than at the first size. */
function timesTheFirst(own: readonly Measured[], first: readonly Measured[]): Record<string, number> {
  const pairs = own.map((each, round) => [each, first[round] as Measured] as const);
  return {
    times_slower: Number(median(pairs.map(([a, b]) => b.requestsPerSecond / a.requestsPerSecond)).toFixed(2)),
    times_p99: Number(median(pairs.map(([a, b]) => a.p99 / b.p99)).toFixed(2)),
  };
}

/** So many refreshes in a row over a hundred thousand authorizations: memory and size on the way. */
async function refreshes(engine: Engine, total: number): Promise<Record<string, unknown>> {
  const { place, servers, subject } = await start(engine);
  const refreshTokens = await grow(place, subject, circle);
  const before = await databaseSize(place);
  const perform = refreshAny(subject, refreshTokens, 'in order');
  const course: { refreshes: number; resident_megabytes: number | null; requests_per_second: number }[] = [];
  const step = Math.min(50_000, total);
  for (let done = 0; done < total; done += step) {
    const { requestsPerSecond } = await measure(
      subject,
      step,
      (connection, index) => perform(connection, done + index),
      {
        sharesCore: engine === 'postgres',
        patience: 10 * 60_000,
      },
    );
    course.push({
      refreshes: done + step,
      resident_megabytes: memoryOf(subject.pid),
      requests_per_second: Math.round(requestsPerSecond),
    });
    say(`${engine}: ${done + step} refreshes, ${memoryOf(subject.pid)} MB`);
  }
  await servers.stop();
  const after = await databaseSize(place);
  return {
    engine,
    refreshes_over: circle,
    database_before: before,
    database_after: after,
    growth: after / before - 1,
    course,
  };
}

async function start(
  engine: Engine,
): Promise<{ place: Place; servers: Servers; subject: Subject; setting: Setting }> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-growth-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, `postern-${engine}`, 'postern.db');
  let url = `sqlite:${file}`;
  if (engine === 'postgres') {
    const cluster = await startPostgres();
    url = cluster.url;
    endings.unshift(cluster.stop);
  }
  const setting: Setting = {
    directory,
    assertionKey: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    users: 20,
    profile: null,
  };
  const servers = new Servers();
  endings.push(() => servers.stop());
  const subject = await startPostern(servers, setting, `postern-${engine}`, url);
  return { place: { engine, directory, url, file }, servers, subject, setting };
}

/** Refreshes any of them, or one after the other; the new token takes the place of the one that was spent. */
function refreshAny(
  subject: Subject,
  refreshTokens: string[],
  order: 'at random' | 'in order' = 'at random',
) {
  const headers = { authorization: basic(subject.web) };
  const busy = new Set<number>();
  return async (connection: Parameters<Parameters<typeof measure>[2]>[0], index: number) => {
    let at = index % refreshTokens.length;
    // Two at once by one token would be answered with the same successor: right, but not what is measured.
    if (order === 'at random')
      do at = randomBytes(4).readUInt32BE() % refreshTokens.length;
      while (busy.has(at));
    busy.add(at);
    const body = `grant_type=refresh_token&refresh_token=${refreshTokens[at]}`;
    const { refresh_token } = tokens(await connection.post(subject.paths.token, body, headers));
    if (typeof refresh_token !== 'string' || refresh_token === refreshTokens[at])
      throw new Error('a refresh that did not rotate');
    refreshTokens[at] = refresh_token;
    busy.delete(at);
  };
}

function introspectAny(subject: Subject, refreshTokens: readonly string[]) {
  const headers = { authorization: basic(subject.web) };
  return async (connection: Parameters<Parameters<typeof measure>[2]>[0]) => {
    const token = refreshTokens[randomBytes(4).readUInt32BE() % refreshTokens.length];
    const answer = await connection.post(subject.paths.introspect, `token=${token}`, headers);
    if (answer.status !== 200 || !answer.body.includes('"active":true')) throw unexpected(answer);
  };
}

function summary(rounds: readonly Measured[]): Record<string, number> {
  return {
    requests_per_second: Math.round(median(rounds.map((each) => each.requestsPerSecond))),
    p50_ms: Number(median(rounds.map((each) => each.p50)).toFixed(1)),
    p99_ms: Number(median(rounds.map((each) => each.p99)).toFixed(1)),
    cpu_microseconds: Math.round(median(rounds.map((each) => each.cpuMicroseconds ?? Number.NaN))),
  };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  await main();
} catch (error) {
  say(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  for (const end of endings.toReversed()) await end().catch((error: unknown) => say(String(error)));
}
process.exit();
