import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { MasterSecret } from './master-secret.ts';
import type { Metrics } from './metrics.ts';
import type { FailureLimits } from './oauth/failure-limits.ts';
import type { SigningKeys } from './oauth/signing-keys.ts';
import type { VerifiedTokens } from './oauth/verified-tokens.ts';
import type { Clients } from './registry/clients.ts';
import type { Instances } from './registry/instances.ts';
import type { Database } from './store/database.ts';
import type { LastUsed } from './store/last-used.ts';
import type { Clock } from './units.ts';

/** What one server process is made of: built once by `serve.ts` (and by a test), handed to every route. */
export interface Services {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly secret: MasterSecret;
  /** Short caches; whoever changes a row through this process clears its cache after the commit. */
  readonly instances: Instances;
  readonly clients: Clients;
  readonly signingKeys: SigningKeys;
  readonly verifiedTokens: VerifiedTokens;
  readonly lastUsed: LastUsed;
  readonly metrics: Metrics;
  readonly failureLimits: FailureLimits;
}
