import type { Instant } from '../../base/units.ts';
import { recordAuditEvent } from '../../events/record.ts';
import { Capacity } from '../../limits/capacity.ts';
import { readKnownBrowser } from '../../limits/known-browser.ts';
import type { Limited } from '../../limits/needs.ts';
import { oneAtATime } from '../../limits/one-at-a-time.ts';
import {
  type Attempt,
  attemptedEmail,
  countAttempt,
  inTurnOfAddress,
  nobody,
} from '../../limits/sign-in-limits.ts';
import { byPassword } from '../../model/authentication.ts';
import { emailKey, isEmail } from '../../model/email.ts';
import { system } from '../../model/event.ts';
import { type IdentityProvider, mayUsePassword } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import type { User } from '../../model/user.ts';
import type { Transaction } from '../../store/engine/database.ts';
import { lockInstance } from '../../store/instances.ts';
import { findUserByEmail, noteSignIn, type UserWithPassword, writePasswordHash } from '../../store/users.ts';
import type { Person } from '../providers/person.ts';
import type { VouchedPerson } from '../providers/vouched.ts';
import { admit } from '../provisioning.ts';
import { authenticationOf } from './by-provider.ts';
import { finishSignIn, type SignedIn, type SignInPlace } from './finish.ts';
import { hashPassword, isOwnHash, passwordsAtOnce, verifyHash } from './passwords.ts';

export type SignInOutcome =
  | ({ readonly outcome: 'signed-in' } & SignedIn)
  /** Unknown user, wrong password or deactivated: nobody outside learns which. */
  | { readonly outcome: 'refused' }
  /** Too many failures; `retryAfter` in seconds. */
  | { readonly outcome: 'locked'; readonly retryAfter: number };

export interface SignIn {
  readonly instance: Instance;
  readonly email: string;
  readonly password: string;
  readonly place: SignInPlace;
  /** Whom a provider vouches for, where the password is to show that the account is theirs: it links them. */
  readonly links?: PendingLink;
}

/** Whoever comes after so many would wait for five seconds and more. */
export const signInCapacity = new Capacity(200 * passwordsAtOnce);

/** An account that is linked to an identity provider as soon as its owner has given their password. */
export interface PendingLink {
  readonly provider: IdentityProvider;
  readonly person: Person;
  /** What the provider said of the sign-in there. */
  readonly vouched: Pick<VouchedPerson, 'authenticatedAt' | 'methods'>;
}

/**
 * Signs somebody in by email address and password. Unknown, deactivated and wrong cost the same work, statement by statement, so
 * that the time tells nothing of who has an account.
 * @throws TooBusy
 */
export async function signIn(core: Limited, given: SignIn): Promise<SignInOutcome> {
  const { instance, place } = given;
  const { ip } = place;
  const email = given.email.trim();
  // What is no address is not brought into one form: of many thousand accents that takes a second.
  const account = isEmail(email) ? emailKey(email) : email.slice(0, 254);
  const found = isEmail(email) ? await findUserByEmail(core.db, instance.id, account) : undefined;
  const owner = {
    instanceId: instance.id,
    userId: found?.user.id ?? nobody,
    passwordHash: found?.passwordHash ?? '',
  };
  const browserId = readKnownBrowser(core.secret, owner, place.knownBrowser);
  const knownBrowser =
    browserId === undefined ? undefined : { id: browserId, passwordHash: owner.passwordHash };
  const attempt = { instance, account, email, userId: found?.user.id ?? null, ip, knownBrowser };
  const verify = () => verifyAndStart(core, given, attempt, found);
  if (!core.config.rateLimits) return signInCapacity.do(verify);
  // A try counts as a failure until it has succeeded. One after the other, right passwords do not add up.
  return oneAtATime(`${instance.id} ${browserId ?? ip} ${account}`, () =>
    signInCapacity.do(() => inTurnOfAddress(attempt, verify)),
  );
}

async function verifyAndStart(
  core: Limited,
  { instance, password, place, links }: SignIn,
  attempt: Attempt,
  found: UserWithPassword | undefined,
): Promise<SignInOutcome> {
  const counted = await countAttempt(core, attempt);
  if ('retryAfter' in counted) return { outcome: 'locked', retryAfter: counted.retryAfter };

  const isRight = await verifyHash(found?.passwordHash ?? null, password);
  // Where passwords do not count, a right one still links an account: it shows whose that is.
  const counts = found && (links !== undefined || mayUsePassword(instance.signIn, found.user.role));
  const provedBy = isRight && counts ? found.passwordHash : null;
  // What another program hashed becomes ours with the first password that is right.
  const better = provedBy !== null && !isOwnHash(provedBy) ? await hashPassword(password) : undefined;
  const now = core.clock();
  return core.db.transaction(async (tx): Promise<SignInOutcome> => {
    if (links?.provider.claims.administrator) await lockInstance(tx, instance.id);
    // The hash may have changed, or the user been deactivated or deleted, since it was read: the write decides.
    const noted = await noteSignIn(tx, instance.id, found?.user.id ?? nobody, provedBy, now);
    if (!found || provedBy === null || noted !== 'entered') {
      await recordAuditEvent(tx, now, {
        instanceId: instance.id,
        type: 'login.failed',
        actor: system,
        // What is about nobody is deleted with nobody.
        userId: noted === 'gone' ? null : attempt.userId,
        ip: place.ip,
        detail: attemptedEmail(attempt.email),
      });
      return { outcome: 'refused' };
    }
    await counted.giveBack(tx);
    const user = links ? await linkAccount(tx, now, instance, found.user, links, place) : found.user;
    const authentications = [
      ...(links ? [authenticationOf(links.provider, links.vouched, now)] : []),
      byPassword(now),
    ];
    if (better !== undefined) await writePasswordHash(tx, instance.id, user.id, better);
    const signIn = {
      user,
      passwordHash: better ?? provedBy,
      authentications,
      place,
      ...(links && { provider: links.provider }),
    };
    return { outcome: 'signed-in', ...(await finishSignIn(tx, core, now, signIn)) };
  });
}

/** @throws UniqueViolation when the provider means somebody by that subject meanwhile */
async function linkAccount(
  tx: Transaction,
  now: Instant,
  instance: Instance,
  user: User,
  { provider, person }: PendingLink,
  { ip }: SignInPlace,
): Promise<User> {
  const admitted = await admit(tx, now, { instance, provider, ip }, person, {
    who: 'linked',
    by: 'password',
    user,
  });
  return admitted.user;
}
