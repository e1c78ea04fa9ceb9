import { setImmediate as letOthers } from 'node:timers/promises';
import { type Deed, perform } from '../authorizations/act.ts';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import type { Core } from '../core.ts';
import type { Act } from '../model/act.ts';
import { emailKey } from '../model/email.ts';
import { requireRecentAuthentication } from '../model/recent-authentication.ts';
import { UniqueViolation } from '../store/engine/database.ts';
import {
  findUserByEmail,
  findUserBySubject,
  lockUser,
  noPassword,
  tellOfManyUsers,
  type UserWithPassword,
} from '../store/users.ts';
import { isClaimedElsewhere } from './identities.ts';
import { readForeignHash } from './sign-in/password-hash-kinds.ts';
import { addUser, changeLockedUser, checkNewUser, type NewUser, newUser } from './users.ts';

/** What came of an import. */
export interface ImportResult {
  readonly created: number;
  /** Those who were there already: changed, or as they should be. */
  readonly updated: number;
  /** The lines of which nothing was taken, in their order. */
  readonly failed: readonly ImportFailure[];
}

export interface ImportFailure {
  /** From 1. */
  readonly line: number;
  readonly code: RefusalCode;
  readonly message: string;
}

/** A line that was read: who is to be there, and the hash of the password that they have elsewhere. */
interface ImportedUser extends Omit<NewUser, 'password' | 'role'> {
  /** Without it new users are no administrators, and those who are there stay what they are. */
  readonly role?: NewUser['role'];
  readonly passwordHash: string | undefined;
}

/** Lines in one transaction: few enough that others wait for some milliseconds. */
const batchSize = 100;
/** Characters of one line; the claims of a user have 4 KiB at most. */
const longestLine = 16 * 1024;

/**
 * Takes users over from elsewhere, a JSON object a line. Whoever is there already, by subject or else by email address, is changed where
 * the line says something else; a password hash counts only for those who have no password here, so that no import takes back one that was
 * changed since. Lines are written in batches: what is counted is on disk.
 * @param lines without their ends; empty ones are skipped
 * @param isDryRun whether nothing is written, and the result is what would come of it
 * @throws Refusal `reauthentication_required`, and those of an act (`perform`); what was written before stays
 */
export async function importUsers(
  core: Core,
  act: Act,
  lines: AsyncIterable<string>,
  isDryRun: boolean,
): Promise<ImportResult> {
  const result: Counts = { created: 0, updated: 0, failed: [] };
  const run = new ImportRun(core, act, isDryRun, result);
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    try {
      run.add(number, readLine(line));
    } catch (error) {
      result.failed.push(failureOf(number, error));
    }
    if (run.isFull) await run.finishBatch();
  }
  await run.finishBatch();
  result.failed.sort((a, b) => a.line - b.line);
  return result;
}

/** A line and its number. */
interface Line {
  readonly line: number;
  readonly user: ImportedUser;
}

interface Counts {
  created: number;
  updated: number;
  readonly failed: ImportFailure[];
}

/** Writes the lines of one import, batch by batch. */
class ImportRun {
  readonly #core: Core;
  readonly #act: Act;
  readonly #isDryRun: boolean;
  readonly #result: Counts;
  #batch: Line[] = [];
  #written = 0;
  /** With so many written, the database is told. */
  #toldAt = 500;
  /** Whom a dry run would have made. */
  readonly #made = new Set<string>();

  constructor(core: Core, act: Act, isDryRun: boolean, result: Counts) {
    this.#core = core;
    this.#act = act;
    this.#isDryRun = isDryRun;
    this.#result = result;
  }

  get isFull(): boolean {
    return this.#batch.length >= batchSize;
  }

  add(line: number, user: ImportedUser): void {
    this.#batch.push({ line, user });
  }

  /** Writes what was added, in one transaction; where somebody else was quicker with one of them, each in its own. */
  async finishBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length === 0) return;
    try {
      await this.#writeTogether(batch);
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
      for (const one of batch)
        await this.#writeTogether([one]).catch((reason: unknown) => {
          if (!(reason instanceof UniqueViolation)) throw reason;
          this.#result.failed.push({ line: one.line, ...taken('email_taken', 'email') });
        });
    }
    this.#written += batch.length;
    if (!this.#isDryRun && this.#written >= this.#toldAt) {
      this.#toldAt = 4 * this.#written;
      await tellOfManyUsers(this.#core.db);
    }
    // Requests of others have waited for the batch.
    await letOthers();
  }

  async #writeTogether(batch: readonly Line[]): Promise<void> {
    const takes = { authority: 'administrator', alone: true } as const;
    const all = await perform(this.#core, this.#act, takes, async (deed) => {
      requireRecentAuthentication(deed.authenticatedAt, deed.now);
      const take = ({ line, user }: Line) =>
        this.#take(deed, user).catch((error: unknown) => failureOf(line, error));
      const [first, again] = withoutRepetition(batch);
      // All on their way at once: PostgreSQL is asked a few times, not a few times for each.
      const outcomes = await Promise.all(first.map(take));
      // These are about somebody whom an earlier line may have made.
      for (const line of again) outcomes.push(await take(line));
      return outcomes;
    });
    for (const outcome of all)
      if (typeof outcome === 'string') this.#result[outcome]++;
      else this.#result.failed.push(outcome);
  }

  async #take(deed: Deed, user: ImportedUser): Promise<'created' | 'updated'> {
    const { tx, now } = deed;
    const { instance } = this.#act;
    const found = await this.#find(deed, user);
    if (found === 'made') return 'updated';
    const { passwordHash, ...fields } = user;
    if (!found) {
      const hash = passwordHash ?? noPassword;
      if (this.#isDryRun) for (const key of keysOf(user)) this.#made.add(key);
      else await addUser(tx, newUser(now, instance, { role: 'user', ...fields }, hash), hash, this.#act);
      return 'created';
    }
    if (this.#isDryRun) return 'updated';
    const newHash = found.user.hasPassword ? undefined : passwordHash;
    // The hash stands for no new password: sessions that there are go on.
    await changeLockedUser(deed, this.#act, found, fields, { newHash, isProved: true });
    return 'updated';
  }

  /**
   * Who is meant.
   * @throws Refusal `subject_taken`, `email_taken` where subject and address are not one user's, or the address is somebody's who has only
   *   claimed it elsewhere
   */
  async #find(
    { tx }: Deed,
    { subject, email }: ImportedUser,
  ): Promise<UserWithPassword | 'made' | undefined> {
    const { id: instanceId } = this.#act.instance;
    const [bySubject, byEmail] = await Promise.all([
      subject === undefined ? undefined : findUserBySubject(tx, instanceId, subject),
      findUserByEmail(tx, instanceId, emailKey(email)),
    ]);
    if (byEmail && bySubject && byEmail.user.id !== bySubject.id) throw refusalOf('email_taken', 'email');
    if (byEmail && !bySubject && subject !== undefined)
      throw new Refusal(
        'subject_taken',
        'The user with this email address has another subject, and subjects never change.',
      );
    if (byEmail && !bySubject && (await isClaimedElsewhere(tx, byEmail.user)))
      throw new Refusal(
        'email_taken',
        'The user with this email address has it from a provider that did not show that it is theirs: verify it, or delete them, first.',
      );
    const id = bySubject?.id ?? byEmail?.user.id;
    if (id !== undefined) return lockUser(tx, instanceId, id);
    return keysOf({ subject, email }).some((key) => this.#made.has(key)) ? 'made' : undefined;
  }
}

/** The lines that name nobody whom an earlier one names, and the others. */
function withoutRepetition(batch: readonly Line[]): [first: Line[], again: Line[]] {
  const [first, again]: [Line[], Line[]] = [[], []];
  const named = new Set<string>();
  for (const line of batch) {
    const keys = keysOf(line.user);
    (keys.some((key) => named.has(key)) ? again : first).push(line);
    for (const key of keys) named.add(key);
  }
  return [first, again];
}

function keysOf({ subject, email }: Pick<ImportedUser, 'subject' | 'email'>): string[] {
  return [`email ${emailKey(email)}`, ...(subject === undefined ? [] : [`subject ${subject}`])];
}

function refusalOf(code: 'email_taken', path: string): Refusal {
  return new Refusal(code, `The ${path} belongs to another user.`);
}

function taken(code: 'email_taken', path: string): Omit<ImportFailure, 'line'> {
  return { code, message: refusalOf(code, path).detail };
}

const readers: Readonly<Record<string, (value: unknown) => Partial<ImportedUser>>> = {
  email: (value) => ({ email: textOf('email', value) }),
  email_verified: (value) => ({ emailVerified: flagOf('email_verified', value) }),
  name: (value) => ({ name: textOf('name', value) }),
  subject: (value) => ({ subject: textOf('subject', value) }),
  role: (value) => ({ role: textOf('role', value) as NewUser['role'] }),
  active: (value) => ({ active: flagOf('active', value) }),
  locale: (value) => ({ locale: value === null ? null : (textOf('locale', value) as NewUser['locale']) }),
  claims: (value) => ({ claims: value as NewUser['claims'] }),
  password_hash: (value) => ({ passwordHash: value === null ? undefined : hashOf(value) }),
};

/** @throws Refusal that says what is wrong with the line */
function readLine(line: string): ImportedUser {
  if (line.length > longestLine) throw wrong(`must have at most ${longestLine} characters`);
  const value = parse(line);
  const user: Partial<ImportedUser> = {};
  for (const [name, member] of Object.entries(value)) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (!read) throw wrong(`has a member that users do not have: ${name.slice(0, 100)}`);
    Object.assign(user, read(member));
  }
  const { email, name } = user;
  if (email === undefined || name === undefined) throw wrong('must have email and name');
  const whole: ImportedUser = { ...user, passwordHash: user.passwordHash, email, name };
  checkNewUser({ role: 'user', ...whole });
  return whole;
}

function parse(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, as whatever else is no object.
  }
  throw wrong('must be a JSON object');
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(`has ${name}, which must be a text`);
  return value;
}

function flagOf(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrong(`has ${name}, which must be true or false`);
  return value;
}

function hashOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > 1000 || !readForeignHash(value))
    throw wrong(
      'has a password_hash that cannot be used: it must be a PHC string of argon2, scrypt or PBKDF2, or bcrypt, and cheap enough to check at a sign-in',
    );
  return value;
}

function wrong(what: string): Refusal {
  return new Refusal('validation_failed', `The line ${what}.`);
}

/** @throws the error itself, where it is no refusal of the line */
function failureOf(line: number, error: unknown): ImportFailure {
  if (!(error instanceof Refusal) || error.code === 'reauthentication_required') throw error;
  return { line, code: error.code, message: error.detail };
}
