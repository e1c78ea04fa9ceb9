import type { Id } from '../../base/ids.ts';
import { Refusal, wrongPassword } from '../../base/refusal.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Limited } from '../../limits/needs.ts';
import { countAttempt } from '../../limits/sign-in-limits.ts';
import { byPassword } from '../../model/authentication.ts';
import { emailKey } from '../../model/email.ts';
import type { Instance } from '../../model/instance.ts';
import type { User } from '../../model/user.ts';
import { checkUserFields } from '../../model/user-rules.ts';
import { findUserWithPassword } from '../../store/users.ts';
import { renewSession } from '../sessions.ts';
import { type UserChange, updateUser } from '../users.ts';
import { verifyHash } from './passwords.ts';

/** What a signed-in user wants to do with the password that they have. */
interface Proof {
  instance: Instance;
  user: User;
  password: string;
  ip: string;
  /** The browser session; undefined for an access token. */
  sessionId: Id | undefined;
  /** For the audit log. */
  during: 'password_change' | 'reauthentication';
  /** The name of the password's field, for whoever has to correct it. */
  field: 'current_password' | 'password';
}

/**
 * Makes a signed-in user prove that they know their password. Tries count like those of a sign-in.
 * @returns the hash that proves it, which somebody else may replace at any moment
 * @throws Refusal `wrong_password` (with the field's path), `too_many_attempts` with `retryAfter` in seconds
 */
async function verifyPassword(core: Limited, proof: Proof): Promise<string> {
  const { instance, user, password, ip } = proof;
  const found = await findUserWithPassword(core.db, instance.id, user.id);
  const attempt = {
    instance,
    account: emailKey(user.email),
    email: user.email,
    userId: user.id,
    ip,
    knownBrowser: proof.sessionId && {
      id: `session ${proof.sessionId}`,
      passwordHash: found?.passwordHash ?? '',
    },
  };
  const counted = await countAttempt(core, attempt);
  if ('retryAfter' in counted)
    throw new Refusal('too_many_attempts', 'Too many wrong passwords: try again later.', {
      retryAfter: counted.retryAfter,
    });
  const now = core.clock();
  if ((await verifyHash(found?.passwordHash ?? null, password)) && found) {
    await core.db.transaction((tx) => counted.giveBack(tx));
    return found.passwordHash;
  }
  await core.db.transaction((tx) =>
    recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'login.failed',
      actor: { type: 'user', id: user.id },
      userId: user.id,
      ip,
      detail: { email: user.email, during: proof.during },
    }),
  );
  throw wrongPassword(proof.field);
}

/**
 * A signed-in user's own new password; ends their other sessions.
 * @param wish.change what else of themselves changes with it, or not at all
 * @returns the user, and the new value of the cookie of the session that asks
 * @throws Refusal `weak_password`, `wrong_password`, `too_many_attempts`, `invalid_name`, `invalid_locale`
 */
export async function changeOwnPassword(
  core: Limited,
  wish: {
    instance: Instance;
    user: User;
    currentPassword: string;
    newPassword: string;
    change?: Pick<UserChange, 'name' | 'locale'>;
    currentSessionId: Id | undefined;
    ip: string;
  },
): Promise<{ user: User; sessionToken?: string }> {
  const { instance, user, currentPassword, newPassword, currentSessionId, ip } = wish;
  const change = { ...wish.change, password: newPassword };
  checkUserFields({ ...change, name: change.name?.trim() });
  const provedBy = await verifyPassword(core, {
    instance,
    user,
    password: currentPassword,
    ip,
    sessionId: currentSessionId,
    during: 'password_change',
    field: 'current_password',
  });
  return updateUser(core, {
    instance,
    userId: user.id,
    change,
    actor: { type: 'user', id: user.id },
    ip,
    currentSessionId,
    authenticatedAt: core.clock(),
    provedBy,
  });
}

/**
 * Somebody who is signed in gives their password again, so that they may do for a while what takes a recent one.
 * @returns the new value of the session's cookie
 * @throws Refusal `wrong_password`, `too_many_attempts`
 */
export async function authenticateAgain(
  core: Limited,
  wish: { instance: Instance; user: User; password: string; sessionId: Id; ip: string },
): Promise<string> {
  const { instance, user, sessionId, ip } = wish;
  await verifyPassword(core, { ...wish, during: 'reauthentication', field: 'password' });
  const now = core.clock();
  return core.db.transaction(async (tx) => {
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'login.succeeded',
      actor: { type: 'user', id: user.id },
      userId: user.id,
      ip,
      detail: { during: 'reauthentication' },
    });
    return renewSession(tx, user, sessionId, byPassword(now));
  });
}
