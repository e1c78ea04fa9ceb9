import { type Id, newId } from '../ids.ts';
import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { type Actor, recordAuditEvent } from '../store/audit-events.ts';
import { type Transaction, UniqueViolation } from '../store/database.ts';
import { lockInstance } from '../store/instances.ts';
import { deleteSessionsOfUser } from '../store/sessions.ts';
import {
  countOtherAdministrators,
  findUserWithPassword,
  insertUser,
  lockUser,
  updateUserRow,
} from '../store/users.ts';
import type { Instant } from '../units.ts';
import { emailKey } from './email.ts';
import { AccountError } from './errors.ts';
import { hashPassword, verifyHash } from './passwords.ts';
import { countAttempt, giveAttemptBack } from './sign-in-limits.ts';
import type { Locale, Role, User } from './user.ts';
import { checkUserFields } from './user-rules.ts';

export interface NewUser {
  instance: Instance;
  email: string;
  name: string;
  role: Role;
  /** True without it. */
  active?: boolean | undefined;
  password: string;
  locale?: Locale | null | undefined;
  actor: Actor;
  ip: string | null;
}

/**
 * Adds a user to an instance.
 * @throws AccountError `invalid_*`, `weak_password`, `email_taken`
 */
export async function createUser(services: Services, wish: NewUser): Promise<User> {
  const { user, passwordHash } = await prepareUser(services.clock(), wish);
  return services.db.transaction((tx) => addUser(tx, user, passwordHash, wish)).catch(translateTaken);
}

/**
 * Checks a new user and hashes the password: what must be done before a transaction.
 * @throws AccountError `invalid_*`, `weak_password`
 */
export async function prepareUser(
  now: Instant,
  wish: Omit<NewUser, 'actor' | 'ip'>,
): Promise<{ user: User; passwordHash: string }> {
  const { instance, role, active = true, password, locale = null } = wish;
  const email = wish.email.trim();
  const name = wish.name.trim();
  checkUserFields({ email, name, role, locale, password });
  const user: User = {
    id: newId(now),
    instanceId: instance.id,
    email,
    name,
    role,
    active,
    locale,
    lastActiveAt: null,
    createdAt: now,
  };
  return { user, passwordHash: await hashPassword(password) };
}

/**
 * Writes a user that `prepareUser` made, with the audit event.
 * @throws UniqueViolation when the email address is taken; see `translateTaken`
 */
export async function addUser(
  tx: Transaction,
  user: User,
  passwordHash: string,
  by: { actor: Actor; ip: string | null },
): Promise<User> {
  await insertUser(tx, user, emailKey(user.email), passwordHash);
  await recordAuditEvent(tx, user.createdAt, {
    instanceId: user.instanceId,
    type: 'user.created',
    actor: by.actor,
    userId: user.id,
    ip: by.ip,
    detail: { email: user.email, role: user.role, ...(!user.active && { active: false }) },
  });
  return user;
}

/** The database's word for a taken email address, in ours. */
export function translateTaken(error: unknown): never {
  if (!(error instanceof UniqueViolation)) throw error;
  throw new AccountError('email_taken', 'There is a user with this email address already.', {
    errors: [{ path: 'email', message: 'belongs to another user of this instance' }],
  });
}

/** The fields to change; an absent one stays. */
export interface UserChange {
  name?: string | undefined;
  role?: Role | undefined;
  active?: boolean | undefined;
  locale?: Locale | null | undefined;
  password?: string | undefined;
}

/**
 * Changes a user. Deactivation and a new password end the user's browser sessions, but for the one that asks.
 * @throws AccountError `user_not_found`, `invalid_*`, `weak_password`, `last_administrator`
 */
export async function updateUser(
  services: Services,
  wish: {
    instance: Instance;
    userId: Id;
    change: UserChange;
    actor: Actor;
    ip: string | null;
    currentSessionId?: Id | undefined;
  },
): Promise<User> {
  const { instance, userId, change, actor, ip } = wish;
  checkUserFields({ ...change, name: change.name?.trim() });
  const newHash = change.password === undefined ? undefined : await hashPassword(change.password);
  const now = services.clock();

  return services.db.transaction(async (tx) => {
    // "The last active administrator stays" looks at several users, so only one transaction at a time may.
    if (change.role !== undefined || change.active !== undefined) await lockInstance(tx, instance.id);
    const found = await lockUser(tx, instance.id, userId);
    if (!found) throw new AccountError('user_not_found', 'There is no such user.');
    const before = found.user;
    const after: User = {
      ...before,
      name: change.name?.trim() ?? before.name,
      role: change.role ?? before.role,
      active: change.active ?? before.active,
      locale: change.locale === undefined ? before.locale : change.locale,
    };

    const stopsAdministering = isAdministering(before) && !isAdministering(after);
    if (stopsAdministering && (await countOtherAdministrators(tx, instance.id, userId)) === 0)
      throw new AccountError(
        'last_administrator',
        'This is the last active administrator: make somebody else an administrator first.',
      );

    const changed = (['name', 'role', 'active', 'locale'] as const).filter(
      (field) => before[field] !== after[field],
    );
    if (changed.length === 0 && newHash === undefined) return after;
    await updateUserRow(tx, after, newHash ?? found.passwordHash);
    if (!after.active) await deleteSessionsOfUser(tx, instance.id, userId, undefined);
    else if (newHash !== undefined)
      await deleteSessionsOfUser(tx, instance.id, userId, wish.currentSessionId);
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'user.updated',
      actor,
      userId,
      ip,
      detail: {
        fields: newHash === undefined ? changed : [...changed, 'password'],
        ...(before.role !== after.role && { role: after.role }),
        ...(before.active !== after.active && { active: after.active }),
      },
    });
    return after;
  });
}

function isAdministering(user: User): boolean {
  return user.active && user.role === 'administrator';
}

/**
 * Makes a signed-in user prove that they know their password. Tries count like those of a sign-in.
 * @throws AccountError `wrong_password` (path `current_password`), `too_many_attempts` with `retryAfter` in seconds
 */
async function verifyPassword(
  services: Services,
  wish: { instance: Instance; user: User; password: string; ip: string },
): Promise<void> {
  const { instance, user, password, ip } = wish;
  const attempt = { instance, account: emailKey(user.email), email: user.email, userId: user.id, ip };
  const locked = await countAttempt(services, attempt);
  if (locked)
    throw new AccountError('too_many_attempts', 'Too many wrong passwords: try again later.', {
      retryAfter: locked.retryAfter,
    });
  const found = await findUserWithPassword(services.db, instance.id, user.id);
  const now = services.clock();
  if (await verifyHash(found?.passwordHash ?? null, password)) {
    await services.db.transaction((tx) => giveAttemptBack(tx, services, attempt));
    return;
  }
  await services.db.transaction((tx) =>
    recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'login.failed',
      actor: { type: 'user', id: user.id },
      userId: user.id,
      ip,
      detail: { email: user.email, during: 'password_change' },
    }),
  );
  throw new AccountError('wrong_password', 'The current password is wrong.', {
    errors: [{ path: 'current_password', message: 'is not the current password' }],
  });
}

/**
 * A signed-in user's own new password; ends their other sessions.
 * @param wish.change what else of themselves changes with it, or not at all
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
): Promise<User> {
  const { instance, user, currentPassword, newPassword, currentSessionId, ip } = wish;
  const change = { ...wish.change, password: newPassword };
  checkUserFields({ ...change, name: change.name?.trim() });
  await verifyPassword(services, { instance, user, password: currentPassword, ip });
  const actor = { type: 'user', id: user.id } as const;
  return updateUser(services, { instance, userId: user.id, change, actor, ip, currentSessionId });
}
