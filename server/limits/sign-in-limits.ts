import type { Id } from '../base/ids.ts';
import { networkOf } from '../base/network.ts';
import { HOUR, type Instant, MINUTE } from '../base/units.ts';
import { recordAuditEvent } from '../events/record.ts';
import { isEmail } from '../model/email.ts';
import { system } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import type { Transaction } from '../store/engine/database.ts';
import {
  type Counter,
  type CounterKeys,
  lockCounter,
  resetCounter,
  writeCounter,
} from '../store/rate-limits.ts';
import { findUser } from '../store/users.ts';
import { type Limit, type Quota, raise, secondsLeft, takeBack } from './growing-delay.ts';
import type { Limited } from './needs.ts';
import { fewAtATime } from './one-at-a-time.ts';

const window = 15 * MINUTE;
const delays = { window, firstDelay: MINUTE, longestDelay: 15 * MINUTE };
/** Of what strangers use up for each other. */
const shortDelays = { ...delays, longestDelay: MINUTE };

/**
 * What is counted of a try. In a browser where this user signed in before, or is signed in, that browser alone, so that
 * nobody elsewhere can make its owner wait; and all such browsers together, since somebody may collect them. Anywhere else
 * the account at this address, the address, and the account.
 */
const limits = {
  known_browser: { allowed: 10, ...delays },
  known_browsers: { allowed: 100, window: HOUR },
  account_and_address: { allowed: 10, ...delays },
  address: { allowed: 100, ...shortDelays },
  account: { allowed: 100, ...shortDelays },
} as const satisfies Record<string, Limit | Quota>;
type LimitName = keyof typeof limits;

/** Always in these orders, so that two tries never lock the same counters in opposite ones. */
const inKnownBrowser: readonly LimitName[] = ['known_browser', 'known_browsers'];
const elsewhere: readonly LimitName[] = ['account_and_address', 'address', 'account'];
/** Failures there that came before a right password were its owner's mistakes. */
const forgiven: ReadonlySet<LimitName> = new Set(['known_browser', 'account_and_address']);

/** Of what an address may fail, so much is under way there at once in a process. */
const underWayAtAddress = 10;

/** The ID of nobody, for whom the same work is done as for a user. */
export const nobody = '0'.repeat(32) as Id;

/** One try of a password. */
export interface Attempt {
  readonly instance: Instance;
  /** The key of the email address that was given, whether or not a user has it. */
  readonly account: string;
  readonly email: string;
  readonly userId: Id | null;
  readonly ip: string;
  /** The browser in which this user has signed in before, with the password of this hash; undefined where nothing shows that. */
  readonly knownBrowser: { readonly id: string; readonly passwordHash: string } | undefined;
}

/** A try that may go on. */
export interface CountedAttempt {
  /**
   * After the right password: this try was no failure, and those before it from the same place were mistakes. What others share
   * with whoever made it is as it would be without it.
   */
  giveBack(tx: Transaction): Promise<void>;
}

/**
 * Does the work of a try that its address counts, after those before it there. Counted is what is under way, too: a hundred people behind
 * one address who come at the same moment, each with the right password, would keep each other out.
 */
export function inTurnOfAddress<T>(
  { instance, ip, knownBrowser }: Attempt,
  work: () => Promise<T>,
): Promise<T> {
  if (knownBrowser !== undefined) return work();
  return fewAtATime(`address ${instance.id} ${networkOf(ip)}`, underWayAtAddress, work);
}

/**
 * Counts a try before the password is looked at, so that guesses made at the same instant count too.
 * @returns how to give it back, or the seconds until the next one may be made
 */
export async function countAttempt(
  core: Limited,
  attempt: Attempt,
): Promise<CountedAttempt | { retryAfter: number }> {
  if (!core.config.rateLimits) return { giveBack: async () => {} };
  const now = core.clock();
  return core.db.transaction(async (tx) => {
    const counters = [];
    for (const name of attempt.knownBrowser === undefined ? elsewhere : inKnownBrowser) {
      const keys = counterKeys(core, attempt, name);
      counters.push({ name, keys, counter: await lockCounter(tx, keys, now) });
    }
    const blocking = counters.find(({ counter }) => counter.blockedUntil > now);
    if (blocking) return { retryAfter: await turnAway(core, tx, now, attempt, blocking) };
    const counted: Counted[] = [];
    for (const { name, keys, counter } of counters) {
      const after = raise(counter, limits[name], now);
      await writeCounter(tx, keys, after);
      counted.push({ name, keys, before: counter, after });
    }
    return { giveBack: (then) => giveBack(then, core, counted) };
  });
}

/** One counter of a try, as it was before and after. */
interface Counted {
  readonly name: LimitName;
  readonly keys: CounterKeys;
  readonly before: Counter;
  readonly after: Counter;
}

async function giveBack(tx: Transaction, core: Limited, counted: readonly Counted[]): Promise<void> {
  const now = core.clock();
  for (const { name, keys, ...counter } of counted)
    if (forgiven.has(name)) await resetCounter(tx, keys);
    else await writeCounter(tx, keys, takeBack(await lockCounter(tx, keys, now), counter, now));
}

/** @returns the seconds to wait */
async function turnAway(
  core: Limited,
  tx: Transaction,
  now: Instant,
  attempt: Attempt,
  { name, keys, counter }: { name: LimitName; keys: CounterKeys; counter: Counter },
): Promise<number> {
  await writeCounter(tx, keys, { ...counter, refused: counter.refused + 1 });
  const retryAfter = secondsLeft(counter, now);
  // The first that is turned away is where the lock begins; those after it would only fill the log.
  if (counter.refused === 0) await recordLock(tx, now, attempt, name, retryAfter);
  core.metrics.limited.inc({ limit: name });
  return retryAfter;
}

async function recordLock(
  tx: Transaction,
  now: number,
  attempt: Attempt,
  limit: LimitName,
  retryAfter: number,
): Promise<void> {
  // Deleted while the try waited for its turn: what is about nobody is deleted with nobody.
  const user = await findUser(tx, attempt.instance.id, attempt.userId ?? nobody);
  await recordAuditEvent(tx, now, {
    instanceId: attempt.instance.id,
    type: 'login.locked',
    actor: system,
    userId: user?.id ?? null,
    ip: attempt.ip,
    detail: { limit, retry_after: retryAfter, ...attemptedEmail(attempt.email) },
  });
}

/** The address for the audit log, unless it may be something else: people type passwords into the wrong field. */
export function attemptedEmail(email: string): { email: string } | Record<string, never> {
  return isEmail(email) ? { email } : {};
}

/** MACed, so that the table does not tell who tried from where. */
function counterKeys(core: Limited, attempt: Attempt, limit: LimitName): CounterKeys {
  const account = limit === 'address' ? null : attempt.account;
  const place = placeOf(attempt, limit);
  return core.secret.macs('login-limit', JSON.stringify([limit, attempt.instance.id, account, place]));
}

function placeOf(attempt: Attempt, limit: LimitName): string | null {
  if (limit === 'known_browser') return attempt.knownBrowser?.id ?? null;
  // Known browsers end with the password, and so does what was counted of them.
  if (limit === 'known_browsers') return attempt.knownBrowser?.passwordHash ?? null;
  return limit === 'account' ? null : networkOf(attempt.ip);
}
