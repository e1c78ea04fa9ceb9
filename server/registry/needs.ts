import type { Core } from '../core.ts';
import type { Clients } from './clients/clients.ts';
import type { IdentityProviders } from './identity-providers/identity-providers.ts';
import type { Instances } from './instances/instances.ts';

/** What the rules of the registry work with. The caches are cleared by whoever changes what they hold, after the commit. */
export interface Needs extends Core {
  readonly clients: Clients;
  readonly identityProviders: IdentityProviders;
  readonly instances: Instances;
}
