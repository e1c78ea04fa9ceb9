import type { SQLInputValue } from 'node:sqlite';

/**
 * What the rest of the server sees of a database. Two engines stand behind it, and one SQL text runs on both:
 * `sqlite.ts` and `postgres.ts`. A column is text, an integer (booleans are 0 and 1, instants are
 * milliseconds) or bytes.
 */
export type SqlValue = string | number | boolean | Uint8Array | null;

/**
 * Names of columns, which become a part of a statement's text. Statements name what they read, never `*`: what a statement
 * gives must not change when a newer process adds a column (decision 043).
 */
export class Columns {
  readonly names: string;

  constructor(names: string) {
    this.names = names;
  }
}

/**
 * Runs one statement, written as a tagged template; values become parameters, the template's identity is the
 * key of the prepared statement. Gives the rows, also of a `RETURNING`.
 */
export type Sql = <Row>(text: TemplateStringsArray, ...values: (SqlValue | Columns)[]) => Promise<Row[]>;

/** What can read: a database, or a transaction that reads what it wrote. */
export interface Reader {
  readonly sql: Sql;
}

declare const inTransaction: unique symbol;

/** Several statements that happen together or not at all. A function that asks for one must be called in one. */
export interface Transaction extends Reader {
  readonly [inTransaction]: true;
}

export interface Database extends Reader {
  readonly engine: 'sqlite' | 'postgres';
  /** Reads only. What other processes committed is seen at once. */
  readonly sql: Sql;
  /** One writing statement that is on disk when the promise resolves. */
  readonly write: Sql;
  /**
   * On disk when the promise resolves, without a trace when it rejects. The work may run more than once (a
   * serialization conflict), and must wait for nothing but SQL.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same without a limit on the time that it takes or waits for others: for a start, when no request waits for it. */
  unhurried<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A consistent copy of the whole database in a file (SQLite; PostgreSQL has pg_dump). */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

/** The database cannot be reached, is full or does not answer in time. Answered as 503 with Retry-After. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
}

/** The database was brought up to date by a newer version of the program. */
export class DatabaseTooNew extends Error {
  override name = 'DatabaseTooNew';
}

/** A row that must be unique is there already. */
export class UniqueViolation extends Error {
  override name = 'UniqueViolation';
}

/** The value as both engines take it. */
function toEngineValue(value: SqlValue): SQLInputValue {
  return typeof value === 'boolean' ? (value ? 1 : 0) : value;
}

const withColumns = new WeakMap<TemplateStringsArray, TemplateStringsArray>();

/** A statement with its columns written into its text, which is the same object each time, and its parameters. */
export function statementOf(
  text: TemplateStringsArray,
  values: readonly (SqlValue | Columns)[],
): [text: TemplateStringsArray, parameters: SQLInputValue[]] {
  if (!values.some((value) => value instanceof Columns))
    return [text, (values as readonly SqlValue[]).map(toEngineValue)];
  let whole = withColumns.get(text);
  if (!whole) {
    whole = writeColumns(text, values);
    withColumns.set(text, whole);
  }
  return [whole, values.filter((value): value is SqlValue => !(value instanceof Columns)).map(toEngineValue)];
}

function writeColumns(
  text: TemplateStringsArray,
  values: readonly (SqlValue | Columns)[],
): TemplateStringsArray {
  const parts = [text[0] ?? ''];
  for (const [index, value] of values.entries()) {
    const next = text[index + 1] ?? '';
    if (value instanceof Columns) parts.push(`${parts.pop()}${value.names}${next}`);
    else parts.push(next);
  }
  return Object.assign(parts, { raw: parts });
}
