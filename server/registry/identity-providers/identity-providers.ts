import type { Id } from '../../base/ids.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { Database } from '../../store/engine/database.ts';
import { ShortCache } from '../../store/engine/short-cache.ts';
import { listIdentityProviders } from '../../store/identity-providers.ts';

/** The identity providers of an instance as sign-ins find them: at most a second old. */
export class IdentityProviders {
  readonly #db: Database;
  readonly #ofInstance = new ShortCache<Id, readonly IdentityProvider[]>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** All of an instance, disabled ones too, oldest first. */
  async list(instanceId: Id): Promise<readonly IdentityProvider[]> {
    return (await this.#ofInstance.get(instanceId, () => listIdentityProviders(this.#db, instanceId))) ?? [];
  }

  /** Those by which people may sign in. */
  async listEnabled(instanceId: Id): Promise<readonly IdentityProvider[]> {
    return (await this.list(instanceId)).filter(({ enabled }) => enabled);
  }

  /** The provider, disabled ones too; undefined when there is none of that ID in that instance. */
  async find(instanceId: Id, id: Id): Promise<IdentityProvider | undefined> {
    return (await this.list(instanceId)).find((provider) => provider.id === id);
  }

  /** After a change through this process. */
  clear(): void {
    this.#ofInstance.clear();
  }
}
