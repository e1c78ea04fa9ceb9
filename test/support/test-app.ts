import { after } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { createUser } from '../../server/accounts/users.ts';
import { actOfOperator } from '../../server/model/act.ts';
import type { Instance } from '../../server/model/instance.ts';
import { buildApp } from '../../server/process/app.ts';
import { parseConfig } from '../../server/process/config.ts';
import { createLog } from '../../server/process/log.ts';
import type { ProcessServices } from '../../server/process/open-services.ts';
import { closeServices, openServices } from '../../server/process/open-services.ts';
import { Admin } from './admin.ts';
import { Browser, type Person } from './browser.ts';
import { type MovableClock, movableClock } from './clock.ts';
import { type Engine, type FreshDatabase, freshDatabase } from './engines.ts';
import type { Headers, Target } from './http.ts';
import { freePort } from './postgres.ts';

export const testSecret = 'a master secret that only tests use and that is long enough';

export interface AppOptions {
  engine: Engine;
  /** A movable clock of its own unless given, such as one that two processes share. */
  clock?: MovableClock;
  /** POSTERN_URL; `http://localhost:<port>` unless given. The server listens on 127.0.0.1 in any case. */
  url?: string;
  /** Another loopback host instead of `localhost`: what shares a host name shares its cookies, whatever the port. */
  host?: string;
  /** More `POSTERN_*` settings. */
  config?: Record<string, string>;
  /** Another process's database to share; the one who made it removes it. */
  database?: FreshDatabase;
}

/** The whole server in this process, with an administrator and a user in it. */
export interface TestApp extends Target {
  readonly engine: Engine;
  readonly clock: MovableClock;
  readonly services: ProcessServices;
  /** The application that listens, for tests that ask which routes there are. */
  readonly server: FastifyInstance;
  /** The default instance as it was at the start. */
  readonly instance: Instance;
  readonly database: FreshDatabase;
  readonly administrator: Person;
  readonly user: Person;
  /** The administrator at the REST API. */
  readonly admin: Admin;
  /** A new browser without cookies. */
  browser(headers?: Headers): Browser;
  /** Everything that was logged so far, from `trace` on. */
  logText(): string;
  close(): Promise<void>;
}

const open = new Set<TestApp>();

after(async () => {
  for (const app of open) await app.close();
});

const people = {
  administrator: {
    email: 'admin@example.com',
    name: 'Ada Administrator',
    password: 'the administrator of the tests',
  },
  user: { email: 'user@example.com', name: 'Uma User', password: 'the everyday user of the tests' },
};

/** Starts the real server on a real database, listening on a free port of 127.0.0.1. */
export async function startApp(options: AppOptions): Promise<TestApp> {
  const { engine, clock = movableClock() } = options;
  const database = options.database ?? (await freshDatabase(engine, 'migrated'));
  const port = await freePort();
  const url = options.url ?? `http://${options.host ?? 'localhost'}:${port}`;
  const config = parseConfig({
    POSTERN_URL: url,
    POSTERN_PORT: String(port),
    POSTERN_DATABASE_URL: database.url,
    POSTERN_SECRET: testSecret,
    POSTERN_LOG_LEVEL: 'trace',
    ...options.config,
  });
  const log: string[] = [];
  const services = await openServices(
    config,
    createLog(config.logLevel, (line) => log.push(line)),
    clock.now,
  );
  const instance = await services.instances.byHost(new URL(url).host);
  if (!instance) throw new Error(`no instance for ${url}`);
  const administrator = await seeTo('administrator', services, instance);
  const user = await seeTo('user', services, instance);
  const server = await buildApp(services);
  await server.listen({ host: '127.0.0.1', port });
  services.outbox.start();

  const target = { url: url.replace(/\/$/, ''), port };
  const app: TestApp = {
    ...target,
    engine,
    clock,
    services,
    server,
    instance,
    database,
    administrator,
    user,
    admin: new Admin(target, administrator),
    browser: (headers) => new Browser(target, headers),
    logText: () => log.join(''),
    close: async () => {
      if (!open.delete(app)) return;
      await server.close();
      await closeServices(services);
      if (!options.database) await database.remove();
    },
  };
  open.add(app);
  return app;
}

/** Makes the person, or finds the one that another process of the same database made. */
async function seeTo(
  role: keyof typeof people,
  services: ProcessServices,
  instance: Instance,
): Promise<Person> {
  const person = people[role];
  const [row] = await services.db.sql<{ id: Uint8Array }>`SELECT id FROM users WHERE email = ${person.email}`;
  if (row) return { id: Buffer.from(row.id).toString('hex'), ...person };
  const { id } = await createUser(services, actOfOperator(instance), { role, ...person });
  return { id, ...person };
}
