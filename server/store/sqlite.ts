import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateDirectory } from '../config.ts';
import { SECOND } from '../units.ts';
import {
  type Database,
  DatabaseUnavailable,
  type Sql,
  type Transaction,
  toEngineValue,
  UniqueViolation,
} from './database.ts';

/** How long a write waits for the lock; the contract allows 5 s until a request is answered 503. */
const patience = 3 * SECOND;

/**
 * SQLite in WAL mode with `synchronous=FULL`. One connection writes, and the transactions that wait at one
 * moment share one commit (each in a savepoint of its own), so that a disk that syncs a thousand times a second
 * acknowledges many thousand transactions. Another connection reads what is committed.
 */
export function openSqlite(file: string): Database {
  const [writer, reader] = open(file);
  writer.exec('PRAGMA busy_timeout = 0'); // the commits wait by themselves, without holding up the reads
  reader.exec('PRAGMA query_only = ON');

  const commits = new GroupCommit(writer);
  const readSql = statementRunner(reader);
  return {
    engine: 'sqlite',
    sql: async (text, ...values) => {
      try {
        return await readSql(text, ...values);
      } catch (error) {
        throw translate(error);
      }
    },
    write: (text, ...values) => commits.add((tx) => tx.sql(text, ...values)),
    transaction: (work) => commits.add(work),
    backup: async (target) => {
      closeSync(openSync(target, 'wx', 0o600));
      await backup(reader, target);
    },
    close: async () => {
      await commits.drained();
      reader.close();
      writer.close();
    },
  };
}

/** @throws DatabaseUnavailable when the file cannot be made or opened, or is something else */
function open(file: string): [writer: DatabaseSync, reader: DatabaseSync] {
  try {
    if (!existsSync(file)) {
      makePrivateDirectory(dirname(file));
      closeSync(openSync(file, 'a', 0o600));
      chmodSync(file, 0o600);
    }
    // The first connection puts the file into WAL mode, which the second finds.
    return [connect(file), connect(file)];
  } catch (error) {
    if ((error as { syscall?: string }).syscall === undefined) throw translate(error);
    throw new DatabaseUnavailable((error as Error).message, { cause: error });
  }
}

function connect(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: 2 * SECOND, enableForeignKeyConstraints: false });
  connection.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY',
  );
  return connection;
}

/** Prepares each template once per connection and runs it with its values. */
function statementRunner(connection: DatabaseSync): Sql {
  const prepared = new WeakMap<TemplateStringsArray, StatementSync>();
  return async <Row>(text: TemplateStringsArray, ...values: Parameters<Sql>[1][]) => {
    let statement = prepared.get(text);
    if (!statement) {
      statement = connection.prepare(text.join('?'));
      prepared.set(text, statement);
    }
    return statement.all(...values.map(toEngineValue)) as Row[];
  };
}

interface Job {
  /** When it was asked for, on the monotonic clock. */
  since: number;
  work: (tx: Transaction) => Promise<unknown>;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/** Collects the transactions of one turn of the event loop and commits them together. */
class GroupCommit {
  readonly #connection: DatabaseSync;
  readonly #sql: Sql;
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#sql = statementRunner(connection);
  }

  add<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ since: performance.now(), work, resolve, reject });
      this.#running ??= new Promise((done) => setImmediate(() => this.#run().then(done)));
    });
  }

  async drained(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    const jobs = this.#waiting;
    this.#waiting = [];
    try {
      await this.#commit(jobs);
    } finally {
      this.#running =
        this.#waiting.length > 0 ? new Promise((done) => setImmediate(() => this.#run().then(done))) : null;
    }
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    const settle: (() => void)[] = [];
    try {
      await this.#begin((jobs[0] as Job).since + patience);
      for (const job of jobs) settle.push(await this.#inSavepoint(job));
      this.#connection.exec('COMMIT');
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      const failure = translate(error);
      for (const job of jobs) job.reject(failure);
      return;
    }
    for (const tell of settle) tell();
  }

  /** Takes the lock. Another process may have it: the command line, a second server, a person with a shell. */
  async #begin(giveUpAt: number): Promise<void> {
    for (;;) {
      try {
        this.#connection.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUpAt) throw error;
        await sleep(5);
      }
    }
  }

  /** Runs one job; gives what to tell its caller once the commit is on disk. */
  async #inSavepoint(job: Job): Promise<() => void> {
    // Work that was refused for waiting goes on later: by then it must reach nobody's transaction.
    let over = false;
    const sql: Sql = (text, ...values) =>
      over ? Promise.reject(new Error('the transaction is over')) : this.#sql(text, ...values);
    this.#connection.exec('SAVEPOINT job');
    try {
      const value = await withoutWaiting(job.work({ sql } as Transaction));
      this.#connection.exec('RELEASE job');
      return () => job.resolve(value as never);
    } catch (error) {
      // SQLite rolls everything back by itself when the disk is full or broken: then nobody's work is left.
      if (!this.#connection.isTransaction) throw error;
      this.#connection.exec('ROLLBACK TO job; RELEASE job');
      return () => job.reject(translate(error));
    } finally {
      over = true;
    }
  }
}

/** Fails a transaction that waits for anything but SQL: it would hold up every other writer. */
async function withoutWaiting<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Immediate | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setImmediate(() => reject(new Error('a transaction waited for something other than SQL')));
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearImmediate(timer);
  }
}

const unavailable = new Set([
  5, // SQLITE_BUSY: another process writes for longer than we wait
  6, // SQLITE_LOCKED
  8, // SQLITE_READONLY
  10, // SQLITE_IOERR
  11, // SQLITE_CORRUPT
  13, // SQLITE_FULL
  14, // SQLITE_CANTOPEN
  26, // SQLITE_NOTADB
]);

function isBusy(error: unknown): boolean {
  return (((error as { errcode?: number }).errcode ?? 0) & 0xff) === 5;
}

function translate(error: unknown): unknown {
  const code = (error as { errcode?: number }).errcode;
  if (code === undefined) return error;
  if (code === 1555 || code === 2067) return new UniqueViolation((error as Error).message, { cause: error });
  if (unavailable.has(code & 0xff))
    return new DatabaseUnavailable((error as Error).message, { cause: error });
  return error;
}
