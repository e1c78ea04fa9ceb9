import postgres from 'postgres';
import { SECOND } from '../units.ts';
import {
  type Database,
  DatabaseUnavailable,
  type Sql,
  type SqlValue,
  type Transaction,
  toEngineValue,
  UniqueViolation,
} from './database.ts';

/** How long a request may wait for the database before it is answered 503; the contract allows 5 s in all. */
const patience = 4 * SECOND;
const attempts = 4;

type Connection = postgres.Sql | postgres.TransactionSql;

/** PostgreSQL through a pool of prepared, pipelined connections; READ COMMITTED, so rules live in conditional writes. */
export function openPostgres(url: string): Database {
  const pool = postgres(url, {
    max: 10,
    connect_timeout: 3,
    // The driver would wait ever longer, up to 20 s, and so refuse requests long after the database is back.
    backoff: () => 0.25 + Math.random() * 0.25,
    idle_timeout: 60,
    onnotice: () => {},
    connection: {
      application_name: 'postern',
      statement_timeout: patience,
      idle_in_transaction_session_timeout: patience,
    },
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
  });
  const statement = runner(pool as unknown as postgres.Sql);
  const run: Sql = (text, ...values) => inTime(() => statement(text, ...values));
  return {
    engine: 'postgres',
    sql: run,
    write: run,
    transaction: (work) =>
      inTime((late) => withRetries(() => begin(pool as unknown as postgres.Sql, work, late))),
    backup: () => Promise.reject(new Error('use pg_dump to back up PostgreSQL')),
    close: () => pool.end({ timeout: 5 }),
  };
}

function runner(connection: Connection): Sql {
  return async <Row>(text: TemplateStringsArray, ...values: SqlValue[]) => {
    const rows = await connection<Record<string, unknown>[]>(
      text,
      ...(values.map(toEngineValue) as postgres.ParameterOrFragment<never>[]),
    );
    return [...rows] as Row[];
  };
}

async function begin<T>(
  pool: postgres.Sql,
  work: (tx: Transaction) => Promise<T>,
  late: () => boolean,
): Promise<T> {
  const result = await pool.begin((connection) => {
    // The caller was told 503 while this waited for a connection: what is refused must leave no trace.
    if (late()) throw new DatabaseUnavailable('the database did not answer in time');
    return work({ sql: runner(connection) } as Transaction);
  });
  return result as T;
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
async function inTime<T>(work: (late: () => boolean) => Promise<T>): Promise<T> {
  let expired = false;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      expired = true;
      reject(new DatabaseUnavailable('the database did not answer in time'));
    }, patience);
  });
  const result = work(() => expired);
  result.catch(() => {}); // it may fail after the deadline, when nobody listens any more
  try {
    return await Promise.race([result, deadline]);
  } catch (error) {
    throw translate(error);
  } finally {
    clearTimeout(timer);
  }
}

/** SQLSTATE classes and codes, and the driver's own, that mean "not now" rather than "not like this". */
const unavailable =
  /^(08...|53...|57...|58...|25006|40001|40P01|55P03|3D000|28...|XX000|CONN.*|CONNECTION.*|CONNECT_TIMEOUT|E[A-Z]+)$/;

function translate(error: unknown): unknown {
  const code = (error as { code?: string }).code;
  if (typeof code !== 'string') return error;
  if (code === '23505') return new UniqueViolation((error as Error).message, { cause: error });
  if (unavailable.test(code)) return new DatabaseUnavailable((error as Error).message, { cause: error });
  return error;
}
