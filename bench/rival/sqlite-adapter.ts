import { DatabaseSync } from 'node:sqlite';
import { GroupCommit } from '../floor/group-commit.ts';

type Payload = Record<string, unknown>;

/**
 * What node-oidc-provider stores, in SQLite and as durable as Postern: a write is on disk before it is answered
 * (`synchronous=FULL`), and the writes of one turn of the event loop share a commit. One table, a row for each record, JSON
 * inside; the indexes that its look-ups need, and nothing else.
 * @returns the adapter class to configure it with
 */
export function sqliteAdapter(file: string) {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
    CREATE TABLE records (
      model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, grant_id TEXT, uid TEXT, PRIMARY KEY (model, id)
    ) WITHOUT ROWID;
    CREATE INDEX records_by_grant ON records (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX records_by_uid ON records (uid) WHERE uid IS NOT NULL`);
  const commits = new GroupCommit(database);
  const write = (text: string) => {
    const statement = database.prepare(text);
    return (...values: (string | number | null)[]) =>
      commits.add(() => statement.run(...values).changes > 0).then(() => {});
  };
  const upsert = write(`
    INSERT INTO records (model, id, payload, grant_id, uid) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid`);
  const consume = write(
    "UPDATE records SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?",
  );
  const destroy = write('DELETE FROM records WHERE model = ? AND id = ?');
  const revoke = write('DELETE FROM records WHERE grant_id = ?');
  const find = database.prepare('SELECT payload FROM records WHERE model = ? AND id = ?');
  const findByUid = database.prepare('SELECT payload FROM records WHERE uid = ? AND model = ?');
  const payloadOf = (row: unknown): Payload | undefined =>
    row === undefined ? undefined : (JSON.parse((row as { payload: string }).payload) as Payload);

  return class SqliteAdapter {
    readonly #model: string;

    constructor(model: string) {
      this.#model = model;
    }

    async upsert(id: string, payload: Payload): Promise<void> {
      const { grantId = null, uid = null } = payload as { grantId?: string; uid?: string };
      await upsert(this.#model, id, JSON.stringify(payload), grantId, uid);
    }

    async find(id: string): Promise<Payload | undefined> {
      return payloadOf(find.get(this.#model, id));
    }

    async findByUid(uid: string): Promise<Payload | undefined> {
      return payloadOf(findByUid.get(uid, this.#model));
    }

    async findByUserCode(): Promise<undefined> {}

    consume(id: string): Promise<void> {
      return consume(Math.floor(Date.now() / 1000), this.#model, id);
    }

    destroy(id: string): Promise<void> {
      return destroy(this.#model, id);
    }

    revokeByGrantId(grantId: string): Promise<void> {
      return revoke(grantId);
    }
  };
}
