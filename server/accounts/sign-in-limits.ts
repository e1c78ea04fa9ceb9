import { type Limit, lower, raise, secondsLeft } from '../growing-delay.ts';
import type { Id } from '../ids.ts';
import { networkOf } from '../network.ts';
import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { recordAuditEvent, system } from '../store/audit-events.ts';
import type { Transaction } from '../store/database.ts';
import { type CounterKeys, lockCounter, resetCounter, writeCounter } from '../store/rate-limits.ts';
import { MINUTE } from '../units.ts';
import { isEmail } from './email.ts';

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
export async function countAttempt(
  services: Services,
  attempt: Attempt,
): Promise<{ retryAfter: number } | null> {
  if (!services.config.rateLimits) return null;
  const now = services.clock();
  return services.db.transaction(async (tx) => {
    const counters = [];
    for (const name of limitsOf(attempt)) {
      const keys = counterKeys(services, attempt, name);
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
    services.metrics.limited.inc({ limit: name });
    return { retryAfter };
  });
}

/** After the right password: this try was no failure, and those before it from the same place were mistakes. */
export async function giveAttemptBack(tx: Transaction, services: Services, attempt: Attempt): Promise<void> {
  if (!services.config.rateLimits) return;
  const now = services.clock();
  for (const name of limitsOf(attempt)) {
    const keys = counterKeys(services, attempt, name);
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
function counterKeys(services: Services, attempt: Attempt, limit: LimitName): CounterKeys {
  const account = limit === 'address' ? null : attempt.account;
  const place =
    limit === 'account' ? null : limit === 'known_browser' ? attempt.knownBrowser : networkOf(attempt.ip);
  return services.secret.macs('login-limit', JSON.stringify([limit, attempt.instance.id, account, place]));
}
