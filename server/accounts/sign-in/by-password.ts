import { recordAuditEvent } from '../../events/record.ts';
import { Capacity } from '../../limits/capacity.ts';
import { readKnownBrowser, writeKnownBrowser } from '../../limits/known-browser.ts';
import type { Limited } from '../../limits/needs.ts';
import { oneAtATime } from '../../limits/one-at-a-time.ts';
import { type Attempt, attemptedEmail, countAttempt, giveAttemptBack } from '../../limits/sign-in-limits.ts';
import { emailKey, isEmail } from '../../model/email.ts';
import { system } from '../../model/event.ts';
import type { Instance } from '../../model/instance.ts';
import type { User } from '../../model/user.ts';
import { findUserByEmail, noteSignIn, type UserWithPassword } from '../../store/users.ts';
import { startSession } from '../sessions.ts';
import { passwordsAtOnce, verifyHash } from './passwords.ts';

export type SignInOutcome =
  | {
      readonly outcome: 'signed-in' /** The cookie's new value. */;
      readonly token: string;
      readonly user: User;
      /** The value of the cookie by which this browser is known from now on. */
      readonly knownBrowser: string;
    }
  /** Unknown user, wrong password or deactivated: nobody outside learns which. */
  | { readonly outcome: 'refused' }
  /** Too many failures; `retryAfter` in seconds. */
  | { readonly outcome: 'locked'; readonly retryAfter: number };

export interface SignIn {
  readonly instance: Instance;
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  readonly userAgent: string;
  /** The session cookie that came with the request; that session ends. */
  readonly replaces?: string | undefined;
  /** The cookie by which a browser is known in which somebody signed in before. */
  readonly knownBrowser?: string | undefined;
}

/** Whoever comes after so many would wait for five seconds and more. */
export const signInCapacity = new Capacity(200 * passwordsAtOnce);

/** Signs somebody in by email address and password. @throws TooBusy */
export async function signIn(core: Limited, wish: SignIn): Promise<SignInOutcome> {
  const { instance, ip } = wish;
  const email = wish.email.trim();
  // What is no address is not brought into one form: of many thousand accents that takes a second.
  const account = isEmail(email) ? emailKey(email) : email.slice(0, 254);
  const found = isEmail(email) ? await findUserByEmail(core.db, instance.id, account) : undefined;
  const knownBrowser = found && readKnownBrowser(core.secret, found.user, wish.knownBrowser);
  const attempt = { instance, account, email, userId: found?.user.id ?? null, ip, knownBrowser };
  const work = () => signInCapacity.do(() => verifyAndStart(core, wish, attempt, found));
  // A try counts as a failure until it has succeeded. One after the other, right passwords do not add up.
  return core.config.rateLimits
    ? oneAtATime(`${instance.id} ${knownBrowser ?? ip} ${account}`, work)
    : work();
}

async function verifyAndStart(
  core: Limited,
  { instance, password, ip, userAgent, replaces, ...wish }: SignIn,
  attempt: Attempt,
  found: UserWithPassword | undefined,
): Promise<SignInOutcome> {
  const locked = await countAttempt(core, attempt);
  if (locked) return { outcome: 'locked', ...locked };

  const verified = await verifyHash(found?.passwordHash ?? null, password);
  const now = core.clock();
  return core.db.transaction(async (tx): Promise<SignInOutcome> => {
    // The hash may have changed, or the user been deactivated, since it was read: the write decides.
    if (!found || !verified || !(await noteSignIn(tx, instance.id, found.user.id, found.passwordHash, now))) {
      await recordAuditEvent(tx, now, {
        instanceId: instance.id,
        type: 'login.failed',
        actor: system,
        userId: attempt.userId,
        ip,
        detail: attemptedEmail(attempt.email),
      });
      return { outcome: 'refused' };
    }
    const user: User = { ...found.user, lastActiveAt: now };
    await giveAttemptBack(tx, core, attempt);
    const token = await startSession(tx, now, { user, ip, userAgent, replaces });
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'login.succeeded',
      actor: { type: 'user', id: user.id },
      userId: user.id,
      ip,
    });
    const knownBrowser = writeKnownBrowser(core.secret, user, wish.knownBrowser);
    return { outcome: 'signed-in', token, user, knownBrowser };
  });
}
