import { type Id, idBytes } from '../base/ids.ts';
import { type Instant, SECOND } from '../base/units.ts';
import { type Database, Table, type Transaction } from './engine/database.ts';

const tables = {
  applications: new Table('applications'),
  client_secrets: new Table('client_secrets'),
  public_keys: new Table('public_keys'),
  authorizations: new Table('authorizations'),
  identity_providers: new Table('identity_providers'),
  scim_tokens: new Table('scim_tokens'),
} as const;
type TableName = keyof typeof tables;

interface Use {
  readonly table: TableName;
  readonly instanceId: Id;
  readonly id: Id;
  readonly at: Instant;
}

const flushEvery = 2 * SECOND;

/**
 * Gathers "last used" instants in memory and writes them every few seconds in one transaction, so that a
 * request pays nothing for them. A crash loses at most those seconds of them, and nothing else.
 */
export class LastUsed {
  readonly #db: Database;
  readonly #pending = new Map<TableName, Map<Id, Use>>();
  readonly #timer: NodeJS.Timeout;
  #flushing: Promise<void> | null = null;

  constructor(db: Database) {
    this.#db = db;
    // A failed flush keeps what it gathered for the next.
    this.#timer = setInterval(() => this.flush().catch(() => {}), flushEvery).unref();
  }

  note(table: TableName, instanceId: Id, id: Id, now: Instant): void {
    const uses = this.#pending.get(table) ?? new Map<Id, Use>();
    const noted = uses.get(id);
    if (noted && noted.at >= now) return;
    uses.set(id, { table, instanceId, id, at: now });
    this.#pending.set(table, uses);
  }

  /** Writes what was gathered; one flush at a time. */
  async flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async #write(): Promise<void> {
    const gathered = [...this.#pending.values()].flatMap((uses) => [...uses.values()]);
    if (gathered.length === 0) return;
    // Sorted, so that two processes never lock the same rows in opposite orders.
    gathered.sort((a, b) => (a.table + a.id < b.table + b.id ? -1 : 1));
    // All on their way at once: PostgreSQL is asked once, not once for each.
    await this.#db.transaction((tx) => Promise.all(gathered.map((each) => writeOne(tx, each))));
    for (const use of gathered) {
      const uses = this.#pending.get(use.table);
      if (uses?.get(use.id) === use) uses.delete(use.id);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flushing?.catch(() => {});
    await this.flush();
  }
}

/** Another process may have written a later use, which stays. */
async function writeOne(tx: Transaction, { table, instanceId, id, at }: Use): Promise<void> {
  await tx.sql`
    UPDATE ${tables[table]} SET last_used_at = ${at}
    WHERE id = ${idBytes(id)} AND instance_id = ${idBytes(instanceId)}
      AND (last_used_at IS NULL OR last_used_at < ${at})`;
}
