import { type Id, parseId } from '../../base/ids.ts';
import type { Client } from '../../model/application.ts';
import { findApplication, findClient, listSpaRedirectUris } from '../../store/applications.ts';
import type { Database } from '../../store/engine/database.ts';
import { ShortCache } from '../../store/engine/short-cache.ts';

/** The registered clients as the protocol finds them: by client ID, at most a second old. */
export class Clients {
  readonly #db: Database;
  readonly #byClientId = new ShortCache<string, Client>();
  readonly #spaOrigins = new ShortCache<Id, ReadonlySet<string>>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** The client, disabled ones too; undefined when there is none of that ID in that instance. */
  find(instanceId: Id, clientId: string): Promise<Client | undefined> {
    const id = parseId(clientId);
    if (!id) return Promise.resolve(undefined);
    return this.#byClientId.get(instanceId + id, () => findClient(this.#db, instanceId, id));
  }

  /** The same by the application's ID. */
  async findById(instanceId: Id, applicationId: Id): Promise<Client | undefined> {
    const application = await findApplication(this.#db, instanceId, applicationId);
    return application && this.find(instanceId, application.clientId);
  }

  /** The origins of the redirect URIs of enabled `spa` applications: those that CORS answers. */
  async spaOrigins(instanceId: Id): Promise<ReadonlySet<string>> {
    const origins = await this.#spaOrigins.get(instanceId, async () => {
      const uris = await listSpaRedirectUris(this.#db, instanceId);
      return new Set(uris.map((uri) => new URL(uri).origin).filter((origin) => origin !== 'null'));
    });
    return origins ?? new Set();
  }

  /** After a change through this process. */
  clear(): void {
    this.#byClientId.clear();
    this.#spaOrigins.clear();
  }
}
