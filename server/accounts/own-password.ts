import type { Id } from '../ids.ts';
import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { recordAuditEvent } from '../store/audit-events.ts';
import { findUserWithPassword } from '../store/users.ts';
import { emailKey } from './email.ts';
import { AccountError, wrongPassword } from './errors.ts';
import { verifyHash } from './passwords.ts';
import { renewSession } from './sessions.ts';
import { countAttempt, giveAttemptBack } from './sign-in-limits.ts';
import type { User } from './user.ts';
import { checkUserFields } from './user-rules.ts';
import { type UserChange, updateUser } from './users.ts';

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
 * @throws AccountError `wrong_password` (with the field's path), `too_many_attempts` with `retryAfter` in seconds
 */
async function verifyPassword(services: Services, proof: Proof): Promise<string> {
  const { instance, user, password, ip } = proof;
  const attempt = {
    instance,
    account: emailKey(user.email),
    email: user.email,
    userId: user.id,
    ip,
    knownBrowser: proof.sessionId && `session ${proof.sessionId}`,
  };
  const locked = await countAttempt(services, attempt);
  if (locked)
    throw new AccountError('too_many_attempts', 'Too many wrong passwords: try again later.', {
      retryAfter: locked.retryAfter,
    });
  const found = await findUserWithPassword(services.db, instance.id, user.id);
  const now = services.clock();
  if ((await verifyHash(found?.passwordHash ?? null, password)) && found) {
    await services.db.transaction((tx) => giveAttemptBack(tx, services, attempt));
    return found.passwordHash;
  }
  await services.db.transaction((tx) =>
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
 * @throws AccountError `weak_password`, `wrong_password`, `too_many_attempts`, `invalid_name`, `invalid_locale`
 */
export async function changeOwnPassword(
  services: Services,
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
  const provedBy = await verifyPassword(services, {
    instance,
    user,
    password: currentPassword,
    ip,
    sessionId: currentSessionId,
    during: 'password_change',
    field: 'current_password',
  });
  return updateUser(services, {
    instance,
    userId: user.id,
    change,
    actor: { type: 'user', id: user.id },
    ip,
    currentSessionId,
    authenticatedAt: services.clock(),
    provedBy,
  });
}

/**
 * Somebody who is signed in gives their password again, so that they may do for a while what takes a recent one.
 * @returns the new value of the session's cookie
 * @throws AccountError `wrong_password`, `too_many_attempts`
 */
export async function authenticateAgain(
  services: Services,
  wish: { instance: Instance; user: User; password: string; sessionId: Id; ip: string },
): Promise<string> {
  const { instance, user, sessionId, ip } = wish;
  await verifyPassword(services, { ...wish, during: 'reauthentication', field: 'password' });
  const now = services.clock();
  return services.db.transaction(async (tx) => {
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'login.succeeded',
      actor: { type: 'user', id: user.id },
      userId: user.id,
      ip,
      detail: { during: 'reauthentication' },
    });
    return renewSession(tx, user, sessionId, now);
  });
}
