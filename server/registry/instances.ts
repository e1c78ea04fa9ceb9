import type { Database } from '../store/database.ts';
import { findInstanceByHost } from '../store/instances.ts';
import { ShortCache } from '../store/short-cache.ts';
import type { Instance } from './instance.ts';

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
