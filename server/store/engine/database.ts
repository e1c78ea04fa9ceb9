import type { SQLInputValue } from 'node:sqlite';
import type { Announcement } from './announcements.ts';

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

/** Several values with commas between them, as in `VALUES (…)`; how many there are is the same each time that a statement runs. */
export class Values {
  readonly values: readonly SqlValue[];

  constructor(values: readonly SqlValue[]) {
    this.values = values;
  }
}

/**
 * The name of a table, which becomes a part of a statement's text: for a statement that is the same on several tables. The object is
 * made once for each table, since it keeps the texts that were written with its name.
 */
export class Table {
  readonly name: string;
  readonly written = new WeakMap<TemplateStringsArray, TemplateStringsArray>();

  constructor(name: string) {
    this.name = name;
  }
}

/** What stands in a statement's template. */
export type SqlPart = SqlValue | Columns | Table | Values;

/**
 * Runs one statement, written as a tagged template; values become parameters, the template's identity is the
 * key of the prepared statement. Gives the rows, also of a `RETURNING`.
 */
export type Sql = <Row>(text: TemplateStringsArray, ...parts: SqlPart[]) => Promise<Row[]>;

/** What can read: a database, or a transaction that reads what it wrote. */
export interface Reader {
  readonly sql: Sql;
}

declare const inTransaction: unique symbol;

/** Several statements that happen together or not at all. A function that asks for one must be called in one. */
export interface Transaction extends Reader {
  readonly [inTransaction]: true;
  /** Tells this process that there is something new, once the transaction is on disk; nobody hears of one that fails. */
  readonly announce: (what: Announcement) => void;
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
  /** Calls the listener after each transaction of this process that announced this. @returns how to stop that */
  hear(what: Announcement, listener: () => void): () => void;
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

/** The database cannot be made ours: it holds what another program made, or cannot hold what we write. */
export class DatabaseUnusable extends Error {
  override name = 'DatabaseUnusable';
}

/** A row that must be unique is there already. */
export class UniqueViolation extends Error {
  override name = 'UniqueViolation';
}

/** The value as both engines take it. */
function toEngineValue(value: SqlValue): SQLInputValue {
  return typeof value === 'boolean' ? (value ? 1 : 0) : value;
}

/** The texts of statements in which no table is named by a part. */
const written = new WeakMap<TemplateStringsArray, TemplateStringsArray>();

function isParameter(part: SqlPart): part is SqlValue {
  return !(part instanceof Columns || part instanceof Table || part instanceof Values);
}

/** A statement whose parts are written into its text, which is the same object each time, and its parameters. */
export function statementOf(
  text: TemplateStringsArray,
  parts: readonly SqlPart[],
): [text: TemplateStringsArray, parameters: SQLInputValue[]] {
  if (parts.every(isParameter)) return [text, parts.map(toEngineValue)];
  const texts = parts.find((part) => part instanceof Table)?.written ?? written;
  let whole = texts.get(text);
  if (!whole) {
    whole = writeParts(text, parts);
    texts.set(text, whole);
  }
  const values = parts.flatMap((part): readonly SqlValue[] => {
    if (part instanceof Values) return part.values;
    return isParameter(part) ? [part] : [];
  });
  return [whole, values.map(toEngineValue)];
}

/** The text between the parameters: names become a part of it, several values as many parameters. */
function writeParts(text: TemplateStringsArray, parts: readonly SqlPart[]): TemplateStringsArray {
  const between = [text[0] ?? ''];
  for (const [index, part] of parts.entries()) {
    const next = text[index + 1] ?? '';
    if (part instanceof Columns) between.push(`${between.pop()}${part.names}${next}`);
    else if (part instanceof Table) between.push(`${between.pop()}${part.name}${next}`);
    else if (part instanceof Values) between.push(...part.values.slice(1).map(() => ', '), next);
    else between.push(next);
  }
  return Object.assign(between, { raw: between });
}
