/**
 * `npm run bench:growth`: whether Postern stays as fast, as small and as quick to start as it grows. Docs: docs/performance.md.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { idBytes, newId } from '../server/ids.ts';
import { MasterSecret } from '../server/master-secret.ts';
import { writeRefreshToken } from '../server/oauth/refresh-token.ts';
import { checkRefusals } from './checks.ts';
import { authorize, tokens, unexpected } from './exchanges.ts';
import { basic } from './http-client.ts';
import { type Measured, measure } from './load.ts';
import { startPostgres } from './postern/postgres.ts';
import { benchSecret, restartPostern, startPostern } from './postern/start.ts';
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
const scopes = 'api offline_access';
type Engine = 'sqlite' | 'postgres';

interface Place {
  readonly engine: Engine;
  readonly directory: string;
  /** As in POSTERN_DATABASE_URL. */
  readonly url: string;
  readonly file: string;
}

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
  const results: Record<string, unknown>[] = [];
  for (const size of values.sizes.split(',').map(Number))
    results.push(await atSize(engine, size, Number(values.rounds)));
  if (Number(values.refreshes) > 0) results.push(await refreshes(engine, Number(values.refreshes)));
  for (const result of results) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
}

/** Speed, size of the database and time to start with so many live authorizations. */
async function atSize(engine: Engine, size: number, rounds: number): Promise<Record<string, unknown>> {
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
  say(`${engine}: measuring at ${size} …`);
  const refreshed: Measured[] = [];
  const introspected: Measured[] = [];
  const authorized: Measured[] = [];
  const load = { sharesCore: engine === 'postgres' };
  for (let round = -2; round < rounds; round++) {
    const [a, b, c] = [
      await measure(restarted, count, refreshAny(restarted, refreshTokens), load),
      await measure(restarted, count, introspectAny(restarted, refreshTokens), load),
      await measure(
        restarted,
        count / 4,
        async (connection, index) => {
          await authorize(restarted, connection, index);
        },
        load,
      ),
    ];
    if (round < 0) continue;
    refreshed.push(a);
    introspected.push(b);
    authorized.push(c);
  }
  const memory = memoryOf(pid);
  await again.stop();
  return {
    engine,
    authorizations: size,
    bytes_per_authorization: Math.round(bytesEach),
    cold_start_ms: Math.round(coldStart),
    resident_megabytes: memory,
    refresh: summary(refreshed),
    introspect_refresh: summary(introspected),
    authorize: summary(authorized),
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

/**
 * Writes live authorizations straight into the database, a user for every ten of them, as if they had been granted during the last
 * hour. @returns their refresh tokens, which are derived and so need no answer of the server
 */
async function grow(place: Place, subject: Subject, size: number): Promise<string[]> {
  const store = openStore(place);
  const secret = new MasterSecret([benchSecret]);
  const { instanceId, applicationId } = await store.ids(subject.web.id);
  const instance = instanceId.toString('hex') as Parameters<typeof writeRefreshToken>[1];
  const now = Date.now();
  const refreshTokens: string[] = [];
  const batch = 10_000;
  for (let done = 0; done < size; done += batch) {
    const users: Buffer[] = [];
    const authorizations: { id: Buffer; user: Buffer; createdAt: number }[] = [];
    for (let index = done; index < Math.min(done + batch, size); index++) {
      const createdAt = now - 3_600_000 + Math.floor((index / size) * 3_600_000);
      if (index % 10 === 0) users.push(idBytes(newId(createdAt)));
      const id = newId(createdAt);
      authorizations.push({ id: idBytes(id), user: users.at(-1) as Buffer, createdAt });
      refreshTokens.push(writeRefreshToken(secret, instance, id, 1));
    }
    await store.insert(instanceId, applicationId, users, authorizations, now);
  }
  await store.close();
  return refreshTokens;
}

interface Store {
  ids(clientId: string): Promise<{ instanceId: Buffer; applicationId: Buffer }>;
  insert(
    instanceId: Buffer,
    applicationId: Buffer,
    users: readonly Buffer[],
    authorizations: readonly { id: Buffer; user: Buffer; createdAt: number }[],
    now: number,
  ): Promise<void>;
  close(): Promise<void>;
}

function openStore({ engine, url, file }: Place): Store {
  return engine === 'sqlite' ? sqliteStore(file) : postgresStore(url);
}

function sqliteStore(file: string): Store {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 10000');
  return {
    ids: async (clientId) => {
      const row = database
        .prepare('SELECT id, instance_id FROM applications WHERE client_id = ?')
        .get(Buffer.from(clientId, 'hex')) as { id: Uint8Array; instance_id: Uint8Array };
      return { instanceId: Buffer.from(row.instance_id), applicationId: Buffer.from(row.id) };
    },
    insert: async (instanceId, applicationId, users, authorizations, now) => {
      const user = database.prepare(`
        INSERT INTO users (id, instance_id, email, email_key, name, role, active, password_hash, last_active_at, created_at)
        VALUES (?, ?, ?, ?, 'somebody', 'user', 1, '', ?, ?)`);
      const authorization = database.prepare(`
        INSERT INTO authorizations (id, instance_id, application_id, user_id, scopes, generation, created_at)
        VALUES (?, ?, ?, ?, ?, 1, ?)`);
      database.exec('BEGIN IMMEDIATE');
      for (const id of users) {
        const email = `${id.toString('hex')}@example.com`;
        user.run(id, instanceId, email, email, now, now);
      }
      for (const { id, user: of, createdAt } of authorizations)
        authorization.run(id, instanceId, applicationId, of, scopes, createdAt);
      database.exec('COMMIT');
    },
    close: async () => {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

function postgresStore(url: string): Store {
  const sql = postgres(url, { max: 1 });
  return {
    ids: async (clientId) => {
      const [row] =
        await sql`SELECT id, instance_id FROM applications WHERE client_id = ${Buffer.from(clientId, 'hex')}`;
      return { instanceId: Buffer.from(row?.['instance_id']), applicationId: Buffer.from(row?.['id']) };
    },
    insert: async (instanceId, applicationId, users, authorizations, now) => {
      for (let at = 0; at < users.length; at += 1000)
        await sql`INSERT INTO users ${sql(
          users.slice(at, at + 1000).map((id) => {
            const email = `${id.toString('hex')}@example.com`;
            return {
              id,
              instance_id: instanceId,
              email,
              email_key: email,
              name: 'somebody',
              role: 'user',
              active: 1,
              password_hash: '',
              last_active_at: now,
              created_at: now,
            };
          }),
        )}`;
      for (let at = 0; at < authorizations.length; at += 1000)
        await sql`INSERT INTO authorizations ${sql(
          authorizations.slice(at, at + 1000).map(({ id, user, createdAt }) => ({
            id,
            instance_id: instanceId,
            application_id: applicationId,
            user_id: user,
            scopes,
            generation: 1,
            created_at: createdAt,
          })),
        )}`;
    },
    close: async () => {
      await sql`VACUUM ANALYZE authorizations`;
      await sql.end();
    },
  };
}

/** Bytes on disk, indexes included, after a checkpoint. */
async function databaseSize({ engine, url, file }: Place): Promise<number> {
  if (engine === 'sqlite') {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 10000; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    return statSync(file).size;
  }
  const sql = postgres(url, { max: 1 });
  const [row] = await sql`SELECT pg_database_size(current_database())::int8 AS size`;
  await sql.end();
  return Number(row?.['size']);
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
