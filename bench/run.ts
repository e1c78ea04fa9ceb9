/**
 * `npm run bench`: Postern beside node-oidc-provider and beside what the machine allows. What is measured, how, and
 * what came out is in docs/performance.md.
 */
import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkRefusals, checkSamples } from './checks.ts';
import { startFloor } from './floor/start.ts';
import { type Measured, measure } from './load.ts';
import { type Operation, operations, type Sample } from './operations.ts';
import { type Options, readOptions, usage } from './options.ts';
import { startPostgres } from './postern/postgres.ts';
import { startPostern } from './postern/start.ts';
import { pinLoad, Servers } from './processes.ts';
import { sharesTable } from './profile-shares.ts';
import { type Result, summarize, toJson, toTables } from './results.ts';
import { startRival } from './rival/start.ts';
import type { Setting, Subject, SubjectName } from './subject.ts';

const minute = 60_000;
const quickShare = 0.25;
/** Not counted: the compiler of each server works for that long. */
const warmUpRounds = 3;

/** What has to be ended, the last one first. */
const endings: (() => Promise<unknown>)[] = [];

async function bench(options: Options): Promise<void> {
  const pinned = pinLoad();
  if (!pinned)
    say('note: no taskset or one core only, so servers and load share the cores; the figures are rougher');
  const results: Result[] = [];
  const { setting, subjects, servers } = await start(options);
  for (const operation of operations) {
    if (!options.operations.includes(operation.name)) continue;
    say(`${operation.name}: ${operation.title} …`);
    results.push({ operation, rounds: await measureInTurn(operation, subjects, setting, options) });
  }
  process.stdout.write(`\n${toTables(results)}`);
  if (options.json) await writeFile(options.json, `${JSON.stringify(toJson(results, pinned), null, 2)}\n`);
  if (setting.profile) {
    await servers.stop(); // they write their profiles when they end
    process.stdout.write(`\n${toShares(results, subjects, setting.profile)}`);
  }
}

/** Where the time of each server went; the figures are of the last operation. */
function toShares(results: readonly Result[], subjects: readonly Subject[], profiles: string): string {
  return sharesTable(
    subjects.map(({ name, pid }) => ({
      name,
      pid,
      folder: join(profiles, name),
      cpuMicroseconds: summarize(results.at(-1)?.rounds.get(name) ?? []).cpuMicroseconds,
    })),
  );
}

async function start(options: Options): Promise<{ setting: Setting; subjects: Subject[]; servers: Servers }> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const setting: Setting = {
    directory,
    assertionKey: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    users: 20,
    profile: options.profile && resolve(options.profile),
  };
  const servers = new Servers();
  endings.push(() => servers.stop());
  const starts: Record<SubjectName, () => Promise<Subject>> = {
    'postern-sqlite': () => startPostern(servers, setting, 'postern-sqlite'),
    'postern-postgres': async () => {
      const { url, stop } = await startPostgres();
      // After the servers: Postern has last words for its database.
      endings.unshift(stop);
      return startPostern(servers, setting, 'postern-postgres', url);
    },
    'oidc-provider': () => startRival(servers, setting, 'oidc-provider'),
    'oidc-provider-sqlite': () => startRival(servers, setting, 'oidc-provider-sqlite'),
    floor: () => startFloor(servers, setting),
  };
  const subjects: Subject[] = [];
  for (const name of options.subjects) {
    say(`starting ${name} …`);
    const subject = await starts[name]();
    await checkRefusals(subject);
    subjects.push(subject);
  }
  return { setting, subjects, servers };
}

/** Each server once and again, so that what disturbs the machine for a while disturbs all of them. */
async function measureInTurn(
  operation: Operation,
  subjects: readonly Subject[],
  setting: Setting,
  options: Options,
): Promise<Map<SubjectName, Measured[]>> {
  const count = options.isQuick ? Math.ceil(operation.count * quickShare) : operation.count;
  const those = subjects.filter(({ name }) => operation.only?.includes(name) ?? true);
  const rounds = new Map<SubjectName, Measured[]>(those.map(({ name }) => [name, []]));
  for (let round = options.isQuick ? 0 : 1 - warmUpRounds; round <= options.rounds; round++) {
    for (const subject of those) {
      const samples: Sample[] = [];
      const perform = await operation.prepare(subject, setting, count, samples);
      const end = operation.beside?.(subject) ?? (async () => {});
      const measured = await measure(operation.measured?.(subject) ?? subject, count, perform, {
        sharesCore: subject.name === 'postern-postgres',
        ...operation.load,
      }).catch((cause: unknown) => {
        throw new Error(`${subject.name} is not reported: ${operation.name} failed`, { cause });
      });
      await end();
      if (!operation.measured) await checkSamples(subject, samples);
      if (round > 0) rounds.get(subject.name)?.push(measured);
    }
  }
  return rounds;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function interrupted(options: Options): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
    const limit = options.isQuick ? 6 * minute : 30 * minute;
    setTimeout(() => reject(new Error(`not done after ${limit / minute} minutes`)), limit).unref();
  });
}

async function main(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === 'help') process.stdout.write(usage);
    else await Promise.race([bench(options), interrupted(options)]);
  } catch (error) {
    const { message, cause } = error as Error;
    say(`bench: ${message}${cause instanceof Error ? `\n${cause.message}` : ''}`);
    process.exitCode = 1;
  } finally {
    for (const end of endings.toReversed()) await end().catch((error: unknown) => say(String(error)));
  }
  process.exit();
}

await main();
