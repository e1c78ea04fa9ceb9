import type { Logger } from 'pino';
import { AccountError } from './accounts/errors.ts';
import { createUser } from './accounts/users.ts';
import { type Config, ConfigError } from './config.ts';
import { MasterSecret } from './master-secret.ts';
import { Metrics } from './metrics.ts';
import { FailureLimits } from './oauth/failure-limits.ts';
import { SigningKeys } from './oauth/signing-keys.ts';
import { VerifiedTokens } from './oauth/verified-tokens.ts';
import { writeInstanceChange } from './registry/change-instance.ts';
import { Clients } from './registry/clients.ts';
import { type Instance, labelsOf } from './registry/instance.ts';
import { Instances } from './registry/instances.ts';
import { makeInstance } from './registry/make-instance.ts';
import { maxNameLength } from './registry/text.ts';
import type { Services } from './services.ts';
import { system } from './store/audit-events.ts';
import { type Database, UniqueViolation } from './store/database.ts';
import { findDefaultInstance, listInstances } from './store/instances.ts';
import { LastUsed } from './store/last-used.ts';
import { migrate } from './store/migrate.ts';
import { openPostgres } from './store/postgres.ts';
import { openSqlite } from './store/sqlite.ts';
import { countUsers } from './store/users.ts';
import type { Clock } from './units.ts';

/**
 * The database of the configuration, open and as it is: not migrated.
 * @throws DatabaseUnavailable when a SQLite file cannot be made or opened
 */
export function openDatabase(config: Config): Database {
  return config.database.engine === 'sqlite'
    ? openSqlite(config.database.file)
    : openPostgres(config.database.url);
}

/**
 * Opens the database, brings it up to date, and sees to the default instance and the administrator of the
 * configuration. Safe when several processes start at once.
 * @param purpose a server moves the default instance to POSTERN_URL; a command, which may run without the server's
 *   settings, leaves it where it is
 * @throws WrongSecret when the master secret is not the one that this database was made with
 */
export async function openServices(
  config: Config,
  log: Logger,
  clock: Clock,
  purpose: 'serve' | 'command' = 'serve',
): Promise<Services> {
  const db = openDatabase(config);
  try {
    await migrate(db);
    const secret = new MasterSecret(config.secrets);
    const clients = new Clients(db);
    const metrics = new Metrics();
    const services: Services = {
      config,
      db,
      clock,
      log,
      secret,
      instances: new Instances(db),
      clients,
      signingKeys: new SigningKeys(db, secret, clock),
      verifiedTokens: new VerifiedTokens(),
      lastUsed: new LastUsed(db),
      metrics,
      failureLimits: new FailureLimits({ config, db, clock, secret, metrics }),
    };
    const instance = await seeToDefaultInstance(services, purpose);
    for (const each of await listInstances(db)) await services.signingKeys.reseal(each.id);
    await seeToAdministrator(services, instance);
    return services;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Ends what `openServices` began, after what was gathered in memory is written. */
export async function closeServices(services: Services): Promise<void> {
  await services.lastUsed
    .stop()
    .catch((error: unknown) => services.log.warn({ err: error }, 'last-used times were not written'));
  await services.db.close();
}

async function seeToDefaultInstance(services: Services, purpose: 'serve' | 'command'): Promise<Instance> {
  const { db, config } = services;
  const found = await findDefaultInstance(db);
  if (found) return found.url === config.url || purpose === 'command' ? found : moveInstance(services, found);
  try {
    return await db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), {
        name: 'default',
        url: config.url,
        isDefault: true,
      }),
    );
  } catch (error) {
    const madeByAnother = error instanceof UniqueViolation && (await findDefaultInstance(db));
    if (madeByAnother) return madeByAnother;
    throw error;
  }
}

/** POSTERN_URL has changed: the instance goes along, and its labels too unless an administrator chose them. */
async function moveInstance(services: Services, instance: Instance): Promise<Instance> {
  const { url } = services.config;
  const before = labelsOf(instance.url, instance.name);
  const after = labelsOf(url, instance.name);
  try {
    const moved = await services.db.transaction((tx) =>
      writeInstanceChange(
        tx,
        services.clock(),
        { instanceId: instance.id, actor: system, ip: null },
        {
          url,
          host: new URL(url).host,
          ...(instance.domain === before.domain && { domain: after.domain }),
          ...(instance.lane === before.lane && { lane: after.lane }),
        },
      ),
    );
    return moved ?? instance;
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw new ConfigError(`POSTERN_URL is the URL of another instance of this database: ${url}`);
    throw error;
  }
}

async function seeToAdministrator(services: Services, instance: Instance): Promise<void> {
  const { administrator } = services.config;
  if (!administrator || (await countUsers(services.db, instance.id)) > 0) return;
  const { email, password } = administrator;
  try {
    await createUser(services, {
      instance,
      email,
      name: [...(email.split('@')[0] as string)].slice(0, maxNameLength).join(''),
      role: 'administrator',
      password,
      actor: system,
      ip: null,
    });
  } catch (error) {
    // Another process that starts now was faster.
    if (!(error instanceof AccountError && error.code === 'email_taken')) throw error;
  }
}
