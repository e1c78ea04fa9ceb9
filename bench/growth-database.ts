import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import postgres from 'postgres';
import { idBytes, newId } from '../server/base/ids.ts';
import { MasterSecret } from '../server/base/master-secret.ts';
import { writeRefreshToken } from '../server/oauth/tokens/refresh-token.ts';
import { benchSecret } from './postern/start.ts';
import type { Subject } from './subject.ts';

export type Engine = 'sqlite' | 'postgres';

/** Where a database is. */
export interface Place {
  readonly engine: Engine;
  readonly directory: string;
  /** As in POSTERN_DATABASE_URL. */
  readonly url: string;
  readonly file: string;
}

/** What every live authorization of the bench may do. */
const scopes = 'api offline_access';

/**
 * Writes live authorizations straight into the database, a user for every ten of them, as if they had been granted during the last
 * hour. @returns their refresh tokens, which are derived and so need no answer of the server
 */
export async function grow(place: Place, subject: Subject, size: number): Promise<string[]> {
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
export async function databaseSize({ engine, url, file }: Place): Promise<number> {
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
