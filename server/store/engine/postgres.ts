import postgres from 'postgres';
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
import { type PostgresAddress, readPostgresUrl } from './postgres-url.ts';

/** How long a request may wait for the database before it is answered 503; the contract allows 5 s in all, on a busy machine too. */
const patience = 3.5 * SECOND;
/** Less, so that a statement that waits for a lock is answered: a database that answers nothing is one that is gone. */
const statementPatience = 3 * SECOND;
const attempts = 4;

type Connection = postgres.Sql | postgres.TransactionSql;

/**
 * PostgreSQL through a pool of prepared, pipelined connections; READ COMMITTED, so rules live in conditional writes.
 * @throws BadDatabaseUrl
 */
export function openPostgres(url: string): Database {
  const pools = new Pools(readPostgresUrl(url));
  const announcements = new Announcements();
  const run: Sql = <Row>(text: TemplateStringsArray, ...values: SqlPart[]) =>
    inTime(pools, () => runOn<Row>(pools.current, text, values));
  return {
    engine: 'postgres',
    sql: run,
    write: run,
    transaction: (work) =>
      inTime(pools, (late) => withRetries(() => begin(pools.current, announcements, work, late))),
    unhurried: (work) =>
      withRetries(() =>
        begin(
          pools.current,
          announcements,
          (tx) => withoutTimeouts(tx).then(() => work(tx)),
          () => false,
        ),
      ).catch((error: unknown) => {
        throw translate(error);
      }),
    hear: (what, listener) => announcements.hear(what, listener),
    backup: () => Promise.reject(new Error('use pg_dump to back up PostgreSQL')),
    close: () => pools.close(),
  };
}

/** The connections to the database; all of them are replaced when they lead to one that is no good any more. */
class Pools {
  readonly #address: PostgresAddress;
  #current: postgres.Sql;
  #leaving: Promise<void> | null = null;
  /** When the current one was last answered, on the monotonic clock; null when it never was. */
  #answered: number | null = null;

  constructor(address: PostgresAddress) {
    this.#address = address;
    this.#current = connect(address);
  }

  get current(): postgres.Sql {
    return this.#current;
  }

  /** The database said something, be it an error. */
  heard(): void {
    this.#answered = performance.now();
  }

  /**
   * A request waited in vain. When nobody was answered meanwhile, the other end may be gone without a word, which
   * TCP takes many minutes to find out.
   * @param since when the request began, on the monotonic clock
   */
  silent(since: number): void {
    if (this.#answered !== null && this.#answered < since) this.giveUp();
  }

  /**
   * A connection broke. The driver keeps what it had not sent on it yet, and a connection in that state may never
   * come up again (postgres 3.4.9), so a pool that worked until now is replaced as a whole.
   */
  lost(): void {
    if (this.#answered !== null) this.giveUp();
  }

  /** From now on there are new connections. The old ones go when what runs on them is done, or after `patience`. */
  giveUp(): void {
    // One at a time: a database with little room would have none left for the new ones.
    if (this.#leaving) return;
    const old = this.#current;
    this.#current = connect(this.#address);
    this.#answered = null;
    this.#leaving = old.end({ timeout: patience / SECOND }).finally(() => {
      this.#leaving = null;
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#current.end({ timeout: 5 }), this.#leaving]);
  }
}

function connect(address: PostgresAddress): postgres.Sql {
  return postgres({
    ...(address as postgres.Options<Record<string, postgres.PostgresType>>), // the driver takes lists of hosts that its types do not know
    max: 10,
    connect_timeout: 3,
    // The driver would wait ever longer, up to 20 s, and so refuse requests long after the database is back.
    backoff: () => 0.25 + Math.random() * 0.25,
    idle_timeout: 60,
    onnotice: () => {},
    // Asked at the beginning of each connection, where the driver catches no error: the process would end. No column is an array.
    fetch_types: false,
    connection: {
      application_name: 'postern',
      statement_timeout: statementPatience,
      idle_in_transaction_session_timeout: patience,
      ...address.connection,
    },
    types: {
      bigint: { to: 20, from: [20], parse: Number, serialize: String },
      // Where the driver repeats a statement by itself it writes the parameters twice: what is text by then stays as it is.
      bytea: {
        to: 17,
        from: [17],
        parse: (text: string) => Buffer.from(text.slice(2), 'hex'),
        serialize: (bytes: Uint8Array | string) =>
          typeof bytes === 'string' ? bytes : `\\x${Buffer.from(bytes).toString('hex')}`,
      },
    },
  }) as unknown as postgres.Sql;
}

async function runOn<Row>(
  connection: Connection,
  template: TemplateStringsArray,
  values: SqlPart[],
): Promise<Row[]> {
  const [text, parameters] = statementOf(template, values);
  const rows = await connection<Record<string, unknown>[]>(
    text,
    ...(parameters as postgres.ParameterOrFragment<never>[]),
  );
  return [...rows] as Row[];
}

async function begin<T>(
  pool: postgres.Sql,
  announcements: Announcements,
  work: (tx: Transaction) => Promise<T>,
  late: () => boolean,
): Promise<T> {
  // The caller was told 503 while this waited: what is refused must leave no trace.
  const refuseIfLate = () => {
    if (late()) throw new DatabaseUnavailable('the database did not answer in time');
  };
  const announced = new Set<Announcement>();
  const announce = (what: Announcement) => void announced.add(what);
  const result = await pool.begin(async (connection) => {
    const sql: Sql = async <Row>(text: TemplateStringsArray, ...values: SqlPart[]) => {
      refuseIfLate();
      try {
        return await runOn<Row>(connection, text, values);
      } catch (error) {
        // The driver would now write ROLLBACK into a socket that is not there, and throw where nobody can catch it.
        // It ends the transaction by itself as soon as it knows that the connection is closed.
        if (isConnectionLost(error)) await never;
        throw error;
      }
    };
    const value = await work({ sql, announce } as Transaction);
    refuseIfLate();
    return value;
  });
  announcements.tell(announced);
  return result as T;
}

async function withoutTimeouts(tx: Transaction): Promise<void> {
  await tx.sql`SET LOCAL statement_timeout = 0`;
  await tx.sql`SET LOCAL idle_in_transaction_session_timeout = 0`;
}

const never = new Promise<never>(() => {});

/** Whether the connection is gone with the statement: cut off, or closed by the server after a fatal error. */
function isConnectionLost(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return /^(FATAL|PANIC)$/.test(error.severity);
  // The driver's own codes and the system's; rules that refuse within a transaction have codes of other kinds.
  return /^(CONNECTION_[A-Z]+|CONNECT_TIMEOUT|E[A-Z]+)$/.test(String((error as { code?: unknown }).code));
}

async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = (error as { code?: string }).code;
      // Serialization failure and deadlock: nothing happened, and the same work may succeed now.
      if ((code !== '40001' && code !== '40P01') || attempt === attempts) throw error;
    }
  }
}

/** Gives up after `patience`, whatever the network does, and names errors as the rest of the server knows them. */
async function inTime<T>(pools: Pools, work: (late: () => boolean) => Promise<T>): Promise<T> {
  const since = performance.now();
  let expired = false;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      expired = true;
      pools.silent(since);
      reject(new DatabaseUnavailable('the database did not answer in time'));
    }, patience);
  });
  const result = work(() => expired);
  result.then(
    () => pools.heard(),
    (error: unknown) => {
      // It may fail after the deadline, when nobody listens any more.
      if (error instanceof postgres.PostgresError) pools.heard();
    },
  );
  try {
    return await Promise.race([result, deadline]);
  } catch (error) {
    if (isConnectionLost(error)) pools.lost();
    // A server that may only be read is perhaps the one that was the primary until now.
    if ((error as { code?: string }).code === '25006') pools.giveUp();
    throw translate(error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * SQLSTATE classes and codes, and the driver's own, that mean "not now" rather than "not like this": also a schema that is not there,
 * rights that are lacking and settings that the server does not know, since only whoever runs the database can mend them.
 */
const unavailable =
  /^(08...|22023|25006|25P0[34]|28...|3D000|3F000|40001|40P01|42501|42704|53...|55P03|57...|58...|XX000|CONN.*|CONNECTION.*|CONNECT_TIMEOUT|SASL_.*|AUTH_.*|E[A-Z]+)$/;
/** What Node.js calls a TLS connection that does not come about: the certificate is not good, or the other end speaks no TLS. */
const tlsFailure =
  /^(ERR_(TLS|SSL)_.*|CERT_.*|CRL_.*|.*_CERT(_LOCALLY|_IN_CHAIN)?|UNABLE_TO_.*|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/;

function translate(error: unknown): unknown {
  const code = (error as { code?: string }).code;
  if (typeof code !== 'string') return error;
  if (code === '23505') return new UniqueViolation((error as Error).message, { cause: error });
  if (unavailable.test(code) || tlsFailure.test(code))
    return new DatabaseUnavailable(messageOf(error as Error & { code: string }), { cause: error });
  return error;
}

/** Where a host name has several addresses, the error of all of them has no words of its own. */
function messageOf(error: Error & { code: string }): string {
  if (error.code === '3F000') return `${error.message}: none of search_path is there for this user`;
  if (error.message !== '') return error.message;
  return error instanceof AggregateError
    ? error.errors.map((each: Error) => each.message).join(', ')
    : error.code;
}
