import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateDirectory } from '../../base/private-folder.ts';
import { SECOND } from '../../base/units.ts';
import { type Announcement, Announcements } from './announcements.ts';
import {
  type Database,
  DatabaseUnavailable,
  type Sql,
  type SqlPart,
  statementOf,
  type Transaction,
  UniqueViolation,
} from './database.ts';

/** How long a write waits for the lock; the contract allows 5 s until a request is answered 503. */
const patience = 3 * SECOND;

/**
 * SQLite in WAL mode with `synchronous=FULL`. One connection writes, and the transactions that wait at one
 * moment share one commit (each of several statements in a savepoint of its own), so that a disk that syncs a thousand times a second
 * acknowledges many thousand transactions. Another connection reads what is committed.
 */
export function openSqlite(file: string): Database {
  const [writer, reader] = open(file);
  writer.exec('PRAGMA busy_timeout = 0'); // the commits wait by themselves, without holding up the reads
  reader.exec('PRAGMA query_only = ON');

  const commits = new GroupCommit(writer);
  const read = statementRunner(reader);
  return {
    engine: 'sqlite',
    sql: async <Row>(text: TemplateStringsArray, ...values: SqlPart[]) => {
      try {
        return read(text, values) as Row[];
      } catch (error) {
        throw translate(error);
      }
    },
    write: <Row>(text: TemplateStringsArray, ...values: SqlPart[]) =>
      commits.add({ text, values }) as Promise<Row[]>,
    transaction: <T>(work: (tx: Transaction) => Promise<T>) => commits.add(work) as Promise<T>,
    unhurried: <T>(work: (tx: Transaction) => Promise<T>) =>
      commits.add(work, Number.POSITIVE_INFINITY) as Promise<T>,
    hear: (what, listener) => commits.announcements.hear(what, listener),
    backup: (target) => writeBackup(reader, target),
    close: async () => {
      await commits.drained();
      reader.close();
      writer.close();
    },
  };
}

/** Writes a copy under another name, and gives it its own when it is whole and on disk: a backup that failed must not look like one. */
async function writeBackup(reader: DatabaseSync, target: string): Promise<void> {
  const partial = `${target}.${randomBytes(4).toString('hex')}.partial`;
  try {
    closeSync(openSync(partial, 'wx', 0o600));
    await backup(reader, partial);
    sync(partial, 'r+');
    nameFile(partial, target);
    if (process.platform !== 'win32') sync(dirname(target), 'r'); // Windows opens no folders
  } finally {
    for (const rest of [partial, `${partial}-journal`]) rmSync(rest, { force: true });
  }
}

/** Gives a file another name, which no file has. @throws Error `EEXIST` */
function nameFile(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') throw error;
    // A disk without hard links, such as a stick: there the name is taken first.
    closeSync(openSync(name, 'wx', 0o600));
    renameSync(file, name);
  }
}

function sync(path: string, flags: 'r' | 'r+'): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
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
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY',
  );
  return connection;
}

type RunStatement = (text: TemplateStringsArray, values: readonly SqlPart[]) => unknown[];

/** Prepares each template once per connection and runs it with its values. */
function statementRunner(connection: DatabaseSync): RunStatement {
  const prepared = new WeakMap<TemplateStringsArray, StatementSync>();
  return (template, values) => {
    const [text, parameters] = statementOf(template, values);
    let statement = prepared.get(text);
    if (!statement) {
      statement = connection.prepare(text.join('?'));
      prepared.set(text, statement);
    }
    return statement.all(...parameters);
  };
}

/** One statement, or a function that runs several. */
type Work =
  | { readonly text: TemplateStringsArray; readonly values: readonly SqlPart[] }
  | ((tx: Transaction) => Promise<unknown>);

interface Job {
  /** How long it waits for the lock, on the monotonic clock. */
  giveUpAt: number;
  work: Work;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Collects the transactions of one turn of the event loop and commits them together. */
class GroupCommit {
  readonly announcements = new Announcements();
  readonly #connection: DatabaseSync;
  readonly #statement: RunStatement;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#statement = statementRunner(connection);
    this.#savepoint = connection.prepare('SAVEPOINT job');
    this.#release = connection.prepare('RELEASE job');
  }

  add(work: Work, mayWait = patience): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ giveUpAt: performance.now() + mayWait, work, resolve, reject });
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
      await this.#begin((jobs[0] as Job).giveUpAt);
      for (const job of jobs)
        settle.push(
          typeof job.work === 'function'
            ? await this.#inSavepoint(job, job.work)
            : this.#alone(job, job.work),
        );
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

  /**
   * Runs a job of one statement; gives what to tell its caller once the commit is on disk. It needs no savepoint: SQLite
   * itself takes back what a statement that fails has done, and leaves the transaction as it was before it.
   */
  #alone(job: Job, { text, values }: Exclude<Work, (...tx: never) => unknown>): () => void {
    try {
      const rows = this.#statement(text, values);
      return () => job.resolve(rows);
    } catch (error) {
      return this.#refusalOf(job, error);
    }
  }

  /** Runs a job of several statements, with the same promise. */
  async #inSavepoint(job: Job, work: (tx: Transaction) => Promise<unknown>): Promise<() => void> {
    // Work that was refused for waiting goes on later: by then it must reach nobody's transaction.
    let over = false;
    const sql: Sql = async <Row>(text: TemplateStringsArray, ...values: SqlPart[]) => {
      if (over) throw new Error('the transaction is over');
      return this.#statement(text, values) as Row[];
    };
    const announced = new Set<Announcement>();
    const announce = (what: Announcement) => void announced.add(what);
    this.#savepoint.run();
    try {
      const value = await withoutWaiting(work({ sql, announce } as Transaction));
      this.#release.run();
      return () => {
        job.resolve(value);
        this.announcements.tell(announced);
      };
    } catch (error) {
      const tell = this.#refusalOf(job, error);
      this.#connection.exec('ROLLBACK TO job; RELEASE job');
      return tell;
    } finally {
      over = true;
    }
  }

  /** @throws the error itself when SQLite has rolled everything back, as it does on a full or broken disk */
  #refusalOf(job: Job, error: unknown): () => void {
    if (!this.#connection.isTransaction) throw error;
    return () => job.reject(translate(error));
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
