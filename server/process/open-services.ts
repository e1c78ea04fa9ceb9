import type { Logger } from 'pino';
import { createFirstUser } from '../accounts/users.ts';
import { createFetchSafely } from '../base/fetch-safely.ts';
import { MasterSecret } from '../base/master-secret.ts';
import { Metrics } from '../base/metrics.ts';
import { maxNameLength } from '../base/text.ts';
import type { Clock } from '../base/units.ts';
import { Outbox } from '../events/outbox.ts';
import { SigningKeys } from '../keys/signing-keys.ts';
import { VerifiedTokens } from '../keys/verified-tokens.ts';
import { FailureLimits } from '../limits/client-failures.ts';
import { actOfOperator } from '../model/act.ts';
import { type Instance, initialName } from '../model/instance.ts';
import { deliverLogout } from '../oauth/back-channel-logout.ts';
import { clientFailures } from '../oauth/client/failures.ts';
import { Clients } from '../registry/clients/clients.ts';
import { KeySets } from '../registry/clients/key-sets.ts';
import { DiscoveryDocuments } from '../registry/identity-providers/discovery-documents.ts';
import { IdentityProviders } from '../registry/identity-providers/identity-providers.ts';
import { KnownSamlMetadata } from '../registry/identity-providers/known-saml-metadata.ts';
import { resealProviderSecrets } from '../registry/identity-providers/secret.ts';
import { changesOfMove, writeInstanceChange } from '../registry/instances/change.ts';
import { Instances } from '../registry/instances/instances.ts';
import { makeInstance } from '../registry/instances/make.ts';
import type { Services } from '../services.ts';
import { type Database, UniqueViolation } from '../store/engine/database.ts';
import { migrate } from '../store/engine/migrate.ts';
import { openPostgres } from '../store/engine/postgres.ts';
import { openSqlite } from '../store/engine/sqlite.ts';
import { findDefaultInstance, listInstances } from '../store/instances.ts';
import { LastUsed } from '../store/last-used.ts';
import { type Config, ConfigError } from './config.ts';

/**
 * The database of the configuration, open and as it is: not migrated.
 * @throws DatabaseUnavailable when a SQLite file cannot be made or opened
 */
export function openDatabase(config: Config): Database {
  return config.database.engine === 'sqlite'
    ? openSqlite(config.database.file)
    : openPostgres(config.database.url);
}

/** What a process of ours is made of: what routes get, and every setting. */
export interface ProcessServices extends Services {
  readonly config: Config;
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
): Promise<ProcessServices> {
  const db = openDatabase(config);
  try {
    await migrate(db);
    const secret = new MasterSecret(config.secrets);
    const clients = new Clients(db);
    const metrics = new Metrics();
    const fetchSafely = createFetchSafely({ trustedHosts: config.trustedHosts });
    const services: ProcessServices = {
      config,
      db,
      clock,
      log,
      secret,
      instances: new Instances(db),
      clients,
      identityProviders: new IdentityProviders(db),
      keySets: new KeySets(fetchSafely, clock),
      discoveryDocuments: new DiscoveryDocuments(fetchSafely, clock),
      samlMetadata: new KnownSamlMetadata(fetchSafely, clock),
      signingKeys: new SigningKeys(db, secret, clock),
      verifiedTokens: new VerifiedTokens(),
      lastUsed: new LastUsed(db),
      fetchSafely,
      outbox: new Outbox({ db, clock, log }, 'logout', (entry) => deliverLogout(services, entry)),
      metrics,
      failureLimits: new FailureLimits({ config, db, clock, secret, metrics }, clientFailures),
    };
    const instance = await seeToDefaultInstance(services, purpose);
    for (const each of await listInstances(db)) {
      await services.signingKeys.reseal(each.id);
      await resealProviderSecrets(services, each.id);
    }
    await seeToAdministrator(services, instance);
    return services;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Ends what `openServices` began, after what was gathered in memory is written. */
export async function closeServices(services: Services): Promise<void> {
  await services.outbox.stop();
  await services.lastUsed
    .stop()
    .catch((error: unknown) => services.log.warn({ err: error }, 'last-used times were not written'));
  await services.db.close();
}

async function seeToDefaultInstance(
  services: ProcessServices,
  purpose: 'serve' | 'command',
): Promise<Instance> {
  const { db, config } = services;
  const found = await findDefaultInstance(db);
  if (found) return found.url === config.url || purpose === 'command' ? found : moveInstance(services, found);
  try {
    return await db.transaction((tx) =>
      makeInstance(tx, services.signingKeys, services.clock(), {
        handle: 'default',
        name: initialName,
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

/** POSTERN_URL has changed, and the instance goes along. */
async function moveInstance(services: ProcessServices, instance: Instance): Promise<Instance> {
  const { url } = services.config;
  try {
    const moved = await services.db.transaction((tx) =>
      writeInstanceChange(tx, services.clock(), actOfOperator(instance), (before) =>
        changesOfMove(before, url),
      ),
    );
    return moved ?? instance;
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw new ConfigError(`POSTERN_URL is the URL of another instance of this database: ${url}`);
    throw error;
  }
}

async function seeToAdministrator(services: ProcessServices, instance: Instance): Promise<void> {
  const { administrator } = services.config;
  if (!administrator) return;
  const { email, password } = administrator;
  await createFirstUser(services, actOfOperator(instance), {
    email,
    name: [...(email.split('@')[0] as string)].slice(0, maxNameLength).join(''),
    role: 'administrator',
    password,
  });
}
