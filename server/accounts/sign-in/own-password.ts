import { perform } from '../../authorizations/act.ts';
import type { Id } from '../../base/ids.ts';
import { Refusal, wrongPassword } from '../../base/refusal.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Limited } from '../../limits/needs.ts';
import { countAttempt } from '../../limits/sign-in-limits.ts';
import type { Act } from '../../model/act.ts';
import { byPassword } from '../../model/authentication.ts';
import { emailKey } from '../../model/email.ts';
import { mayUsePassword } from '../../model/identity-provider.ts';
import type { User } from '../../model/user.ts';
import { checkUserFields } from '../../model/user-rules.ts';
import { findUserWithPassword } from '../../store/users.ts';
import { renewSession } from '../sessions.ts';
import { type UserChange, updateUser } from '../users.ts';
import { verifyHash } from './passwords.ts';

/** What a signed-in user wants to do with the password that they have. */
interface Proof {
  user: User;
  password: string;
  /** For the audit log. */
  during: 'password_change' | 'reauthentication';
  /** The name of the password's field, for whoever has to correct it. */
  field: 'current_password' | 'password';
}

/**
 * Makes a signed-in user prove that they know their password. Tries count like those of a sign-in.
 * @returns the hash that proves it, which somebody else may replace at any moment
 * @throws Refusal `wrong_password` (with the field's path), `too_many_attempts` with `retryAfter` in seconds, and those of an act
 */
async function verifyPassword(core: Limited, act: Act, proof: Proof): Promise<string> {
  const { user, password } = proof;
  // A session that has ended is nothing to guess passwords with: neither before the guess nor after it does it learn anything.
  await perform(core, act, { authority: { self: user.id } }, async () => {});
  const found = await findUserWithPassword(core.db, act.instanceId, user.id);
  const attempt = {
    instance: act.instance,
    account: emailKey(user.email),
    email: user.email,
    userId: user.id,
    ip: act.ip ?? '',
    knownBrowser:
      act.right.of === 'session'
        ? { id: `session ${act.right.sessionId}`, passwordHash: found?.passwordHash ?? '' }
        : undefined,
  };
  const counted = await countAttempt(core, attempt);
  if ('retryAfter' in counted)
    throw new Refusal('too_many_attempts', 'Too many wrong passwords: try again later.', {
      retryAfter: counted.retryAfter,
    });
  if ((await verifyHash(found?.passwordHash ?? null, password)) && found) {
    await core.db.transaction((tx) => counted.giveBack(tx));
    return found.passwordHash;
  }
  await perform(core, act, { authority: { self: user.id } }, ({ tx, now }) =>
    recordAuditEvent(tx, now, {
      ...act,
      type: 'login.failed',
      userId: user.id,
      detail: { email: user.email, during: proof.during },
    }),
  );
  throw wrongPassword(proof.field);
}

/**
 * Where passwords do not count, they prove nothing of a session either, and nobody is told whether theirs is right.
 * @throws Refusal `password_sign_in_off`
 */
function requirePasswordSignIn({ instance }: Act, { role }: User): void {
  if (!mayUsePassword(instance.signIn, role))
    throw new Refusal(
      'password_sign_in_off',
      'Passwords do not count here: sign in again by your identity provider.',
    );
}

/**
 * A signed-in user's own new password; ends their other sessions.
 * @param passwords.current proves that it is they who ask
 * @param change what else of themselves changes with it, or not at all
 * @returns the user, and the new value of the cookie of the session that asks
 * @throws Refusal `password_sign_in_off`, `weak_password`, `wrong_password`, `too_many_attempts`, `invalid_name`, `invalid_locale`, and those of an act
 */
export async function changeOwnPassword(
  core: Limited,
  act: Act,
  user: User,
  passwords: { current: string; next: string },
  change: Pick<UserChange, 'name' | 'locale'> = {},
): Promise<{ user: User; sessionToken?: string }> {
  const all = { ...change, password: passwords.next };
  checkUserFields({ ...all, name: change.name?.trim() });
  requirePasswordSignIn(act, user);
  const provedBy = await verifyPassword(core, act, {
    user,
    password: passwords.current,
    during: 'password_change',
    field: 'current_password',
  });
  return updateUser(core, act, user.id, all, provedBy);
}

/**
 * Somebody who is signed in gives their password again, so that they may do for a while what takes a recent one.
 * @returns the new value of the session's cookie
 * @throws Refusal `password_sign_in_off`, `wrong_password`, `too_many_attempts`, and those of an act
 */
export async function authenticateAgain(
  core: Limited,
  act: Act,
  session: { user: User; id: Id },
  password: string,
): Promise<string> {
  const { user } = session;
  requirePasswordSignIn(act, user);
  const provedBy = await verifyPassword(core, act, {
    user,
    password,
    during: 'reauthentication',
    field: 'password',
  });
  return perform(core, act, { authority: { self: user.id } }, async ({ tx, now }) => {
    // Hashing took a while, in which somebody else may have set another password.
    if ((await findUserWithPassword(tx, act.instanceId, user.id))?.passwordHash !== provedBy)
      throw wrongPassword('password');
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'login.succeeded',
      userId: user.id,
      detail: { during: 'reauthentication' },
    });
    return renewSession(tx, user, session.id, byPassword(now));
  });
}
