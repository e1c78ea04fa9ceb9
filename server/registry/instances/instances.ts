import type { Instance } from '../../model/instance.ts';
import type { Database } from '../../store/engine/database.ts';
import { ShortCache } from '../../store/engine/short-cache.ts';
import { findInstanceByHost } from '../../store/instances.ts';

/** The instances as requests find them: by host name, at most a second old. */
export class Instances {
  readonly #db: Database;
  readonly #byHost = new ShortCache<string, Instance>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** @param host `host[:port]` in lower case, as in `Instance.host` */
  byHost(host: string): Promise<Instance | undefined> {
    return this.#byHost.get(host, () => findInstanceByHost(this.#db, host));
  }

  /** After a change through this process. */
  clear(): void {
    this.#byHost.clear();
  }
}
