import type { Id } from '../ids.ts';
import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { recordAuditEvent, system } from '../store/audit-events.ts';
import type { Transaction } from '../store/database.ts';
import { countOne, countOneLess, resetCount } from '../store/rate-limits.ts';
import { MINUTE, SECOND } from '../units.ts';
import { isEmail } from './email.ts';

/** How long failures count, from the first one. */
const window = 15 * MINUTE;

/**
 * How many failures each counter allows in a window, in the order they are counted: the narrowest first, so that
 * one address cannot use up what an account allows to all of them.
 */
const limits = [
  { name: 'account_and_address', allowed: 10 },
  { name: 'address', allowed: 100 },
  { name: 'account', allowed: 50 },
] as const;
type LimitName = (typeof limits)[number]['name'];

/** One try of a password. */
export interface Attempt {
  readonly instance: Instance;
  /** The key of the email address that was given, whether or not a user has it. */
  readonly account: string;
  readonly email: string;
  readonly userId: Id | null;
  readonly ip: string;
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
    for (const [index, { name, allowed }] of limits.entries()) {
      const { points, resetAt } = await countOne(tx, counterKey(services, attempt, name), now, now + window);
      if (points <= allowed) continue;
      for (const counted of limits.slice(0, index))
        await countOneLess(tx, counterKey(services, attempt, counted.name), now);
      const retryAfter = Math.max(1, Math.ceil((resetAt - now) / SECOND));
      // The first try over the limit is where the lock begins; those after it would only fill the log.
      if (points === allowed + 1) await recordLock(tx, now, attempt, name, retryAfter);
      return { retryAfter };
    }
    return null;
  });
}

/** After the right password: this try was no failure, and those before it from the same place were mistakes. */
export async function giveAttemptBack(tx: Transaction, services: Services, attempt: Attempt): Promise<void> {
  if (!services.config.rateLimits) return;
  const now = services.clock();
  await resetCount(tx, counterKey(services, attempt, 'account_and_address'));
  await countOneLess(tx, counterKey(services, attempt, 'address'), now);
  await countOneLess(tx, counterKey(services, attempt, 'account'), now);
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
function counterKey(services: Services, attempt: Attempt, limit: LimitName): Buffer {
  const account = limit === 'address' ? null : attempt.account;
  const address = limit === 'account' ? null : network(attempt.ip);
  return services.secret.mac('login-limit', JSON.stringify([limit, attempt.instance.id, account, address]));
}

/** Whoever has an IPv6 address has all of its /64, so that counts as one. */
function network(address: string): string {
  const ip = withoutPort(address);
  if (!ip.includes(':') || !URL.canParse(`http://[${ip}]`)) return ip;
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  if (canonical.startsWith('::ffff:')) return canonical;
  const [before = '', after] = canonical.split('::');
  const groups = before === '' ? [] : before.split(':');
  const tail = after ? after.split(':').length : 0;
  while (after !== undefined && groups.length + tail < 8) groups.push('0');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Some proxies add the port to an address that they forward, as `192.0.2.1:443` or `[2001:db8::1]:443`. */
function withoutPort(address: string): string {
  const [, v4, v6] = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/.exec(address) ?? [];
  return v4 ?? v6 ?? address;
}
