import type { Id } from '../base/ids.ts';
import { networkOf } from '../base/network.ts';
import { MINUTE } from '../base/units.ts';
import { recordAuditEvent } from '../events/record.ts';
import { isEmail } from '../model/email.ts';
import { system } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import type { Transaction } from '../store/engine/database.ts';
import { type CounterKeys, lockCounter, resetCounter, writeCounter } from '../store/rate-limits.ts';
import { type Limit, lower, raise, secondsLeft } from './growing-delay.ts';
import type { Limited } from './needs.ts';

const window = 15 * MINUTE;
const delays = { window, firstDelay: MINUTE, longestDelay: 15 * MINUTE };

/**
 * What is counted of a try. In a browser where this user signed in before, or is signed in, that browser alone, so that
 * nobody elsewhere can make its owner wait. Anywhere else the account at this address, the address, and the account:
 * the last is what strangers can use up for each other, so its delays stay short.
 */
const limits = {
  known_browser: { allowed: 10, ...delays },
  account_and_address: { allowed: 10, ...delays },
  address: { allowed: 100, ...delays },
  account: { allowed: 100, ...delays, longestDelay: MINUTE },
} as const satisfies Record<string, Limit>;
type LimitName = keyof typeof limits;

/** Always in this order, so that two tries never lock the same counters in opposite ones. */
const elsewhere: readonly LimitName[] = ['account_and_address', 'address', 'account'];

/** One try of a password. */
export interface Attempt {
  readonly instance: Instance;
  /** The key of the email address that was given, whether or not a user has it. */
  readonly account: string;
  readonly email: string;
  readonly userId: Id | null;
  readonly ip: string;
  /** What shows that this user has signed in here before; undefined where nothing does. */
  readonly knownBrowser: string | undefined;
}

/**
 * Counts a try before the password is looked at, so that guesses made at the same instant count too.
 * @returns null when it may go on; else the seconds until the next one may
 */
export async function countAttempt(core: Limited, attempt: Attempt): Promise<{ retryAfter: number } | null> {
  if (!core.config.rateLimits) return null;
  const now = core.clock();
  return core.db.transaction(async (tx) => {
    const counters = [];
    for (const name of limitsOf(attempt)) {
      const keys = counterKeys(core, attempt, name);
      counters.push({ name, keys, counter: await lockCounter(tx, keys, now) });
    }
    const blocking = counters.find(({ counter }) => counter.blockedUntil > now);
    if (!blocking) {
      for (const { name, keys, counter } of counters)
        await writeCounter(tx, keys, raise(counter, limits[name], now));
      return null;
    }
    const { name, keys, counter } = blocking;
    await writeCounter(tx, keys, { ...counter, refused: counter.refused + 1 });
    const retryAfter = secondsLeft(counter, now);
    // The first that is turned away is where the lock begins; those after it would only fill the log.
    if (counter.refused === 0) await recordLock(tx, now, attempt, name, retryAfter);
    core.metrics.limited.inc({ limit: name });
    return { retryAfter };
  });
}

/** After the right password: this try was no failure, and those before it from the same place were mistakes. */
export async function giveAttemptBack(tx: Transaction, core: Limited, attempt: Attempt): Promise<void> {
  if (!core.config.rateLimits) return;
  const now = core.clock();
  for (const name of limitsOf(attempt)) {
    const keys = counterKeys(core, attempt, name);
    if (name === 'known_browser' || name === 'account_and_address') await resetCounter(tx, keys);
    else await writeCounter(tx, keys, lower(await lockCounter(tx, keys, now)));
  }
}

function limitsOf(attempt: Attempt): readonly LimitName[] {
  return attempt.knownBrowser === undefined ? elsewhere : ['known_browser'];
}

function recordLock(
  tx: Transaction,
  now: number,
  attempt: Attempt,
  limit: LimitName,
  retryAfter: number,
): Promise<void> {
  return recordAuditEvent(tx, now, {
    instanceId: attempt.instance.id,
    type: 'login.locked',
    actor: system,
    userId: attempt.userId,
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
  const place =
    limit === 'account' ? null : limit === 'known_browser' ? attempt.knownBrowser : networkOf(attempt.ip);
  return core.secret.macs('login-limit', JSON.stringify([limit, attempt.instance.id, account, place]));
}
