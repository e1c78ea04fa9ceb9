import type { Logger } from 'pino';
import type { FetchSafely } from './base/fetch-safely.ts';
import type { MasterSecret } from './base/master-secret.ts';
import type { Metrics } from './base/metrics.ts';
import type { Clock } from './base/units.ts';
import type { Outbox } from './events/outbox.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { VerifiedTokens } from './keys/verified-tokens.ts';
import type { FailureLimits } from './limits/client-failures.ts';
import type { Limited } from './limits/needs.ts';
import type { Clients } from './registry/clients/clients.ts';
import type { KeySets } from './registry/clients/key-sets.ts';
import type { DiscoveryDocuments } from './registry/identity-providers/discovery-documents.ts';
import type { IdentityProviders } from './registry/identity-providers/identity-providers.ts';
import type { KnownSamlMetadata } from './registry/identity-providers/known-saml-metadata.ts';
import type { Instances } from './registry/instances/instances.ts';
import type { Database } from './store/engine/database.ts';
import type { LastUsed } from './store/last-used.ts';

/** What one server process is made of: built once by `process/serve.ts` (and by a test), handed to every route. */
export interface Services {
  readonly config: Limited['config'] & {
    /** The public base URL of the default instance. */
    readonly url: string;
    /** The bearer token that opens `/metrics` from elsewhere than loopback; null: none does. */
    readonly metricsToken: string | null;
  };
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly secret: MasterSecret;
  /** Short caches; whoever changes a row through this process clears its cache after the commit. */
  readonly instances: Instances;
  readonly clients: Clients;
  readonly identityProviders: IdentityProviders;
  readonly keySets: KeySets;
  readonly discoveryDocuments: DiscoveryDocuments;
  readonly samlMetadata: KnownSamlMetadata;
  readonly signingKeys: SigningKeys;
  readonly verifiedTokens: VerifiedTokens;
  readonly lastUsed: LastUsed;
  /** The one way in which this server asks others. */
  readonly fetchSafely: FetchSafely;
  /** What is still to be sent to others; a server sends it, a command leaves it to a server. */
  readonly outbox: Outbox;
  readonly metrics: Metrics;
  readonly failureLimits: FailureLimits;
}
