import { type Id, newId } from '../base/ids.ts';
import { Refusal, wrongPassword } from '../base/refusal.ts';
import type { Clock, Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import { byPassword } from '../model/authentication.ts';
import { emailKey } from '../model/email.ts';
import type { Actor } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import type { Locale, Role, User } from '../model/user.ts';
import { checkUserFields } from '../model/user-rules.ts';
import { type Transaction, UniqueViolation } from '../store/engine/database.ts';
import { lockInstance } from '../store/instances.ts';
import { deleteSessionsOfUser, hasSession } from '../store/sessions.ts';
import { countOtherAdministrators, insertUser, lockUser, updateUserRow } from '../store/users.ts';
import { renewSession } from './sessions.ts';
import { hashPassword } from './sign-in/passwords.ts';
import { requireRecentAuthentication } from './sign-in/recent-authentication.ts';

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
  /** When whoever asks gave their password; undefined for an access token or the command line. */
  authenticatedAt?: Instant | undefined;
}

/**
 * Adds a user to an instance.
 * @throws Refusal `invalid_*`, `weak_password`, `email_taken`, `reauthentication_required` for an administrator
 */
export async function createUser(core: Core, wish: NewUser): Promise<User> {
  if (wish.role === 'administrator') requireRecentAuthentication(wish.authenticatedAt, core.clock());
  const { user, passwordHash } = await prepareUser(core.clock, wish);
  return core.db.transaction((tx) => addUser(tx, user, passwordHash, wish)).catch(translateTaken);
}

/**
 * Checks a new user and hashes the password: what must be done before a transaction.
 * @throws Refusal `invalid_*`, `weak_password`
 */
export async function prepareUser(
  clock: Clock,
  wish: Omit<NewUser, 'actor' | 'ip'>,
): Promise<{ user: User; passwordHash: string }> {
  const { instance, role, active = true, password, locale = null } = wish;
  const email = wish.email.trim();
  const name = wish.name.trim();
  checkUserFields({ email, name, role, locale, password });
  const passwordHash = await hashPassword(password);
  // The hash took its time, in which audit events were recorded and read: this user's comes after them.
  const now = clock();
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
  return { user, passwordHash };
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
  throw new Refusal('email_taken', 'There is a user with this email address already.', {
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
 * Changes a user. Deactivation and a new password end the user's browser sessions, but for the one that asks, whose
 * cookie gets a new value.
 * @returns the user, and that value when there is one
 * @throws Refusal `user_not_found`, `invalid_*`, `weak_password`, `last_administrator`,
 *   `reauthentication_required` for a password or one more administrator, `wrong_password` for a proof that is none any more
 */
export async function updateUser(
  core: Core,
  wish: {
    instance: Instance;
    userId: Id;
    change: UserChange;
    actor: Actor;
    ip: string | null;
    /** The browser session that asks. */
    currentSessionId?: Id | undefined;
    /** When whoever asks gave their password; undefined for an access token or the command line. */
    authenticatedAt?: Instant | undefined;
    /** For one's own new password: the hash that the one before was checked against. */
    provedBy?: string | undefined;
  },
): Promise<{ user: User; sessionToken?: string }> {
  const { instance, userId, change, actor, ip, currentSessionId } = wish;
  checkUserFields({ ...change, name: change.name?.trim() });
  const newHash = change.password === undefined ? undefined : await hashPassword(change.password);
  const now = core.clock();

  return core.db.transaction(async (tx) => {
    // "The last active administrator stays" looks at several users, so only one transaction at a time may.
    if (change.role !== undefined || change.active !== undefined) await lockInstance(tx, instance.id);
    const found = await lockUser(tx, instance.id, userId);
    if (!found) throw new Refusal('user_not_found', 'There is no such user.');
    const before = found.user;
    // Hashing took a while, in which an administrator may have shut out whoever asks.
    if (wish.provedBy !== undefined && (wish.provedBy !== found.passwordHash || !before.active))
      throw wrongPassword('current_password');
    if (newHash !== undefined && currentSessionId && !(await hasSession(tx, instance.id, currentSessionId)))
      throw new Refusal('reauthentication_required', 'The session has ended: sign in again.');
    const after: User = {
      ...before,
      name: change.name?.trim() ?? before.name,
      role: change.role ?? before.role,
      active: change.active ?? before.active,
      locale: change.locale === undefined ? before.locale : change.locale,
    };

    const becomesAdministrator =
      after.role === 'administrator' && (before.role !== 'administrator' || (after.active && !before.active));
    if (newHash !== undefined || becomesAdministrator) requireRecentAuthentication(wish.authenticatedAt, now);
    const stopsAdministering = isAdministering(before) && !isAdministering(after);
    if (stopsAdministering && (await countOtherAdministrators(tx, instance.id, userId)) === 0)
      throw new Refusal(
        'last_administrator',
        'This is the last active administrator: make somebody else an administrator first.',
      );

    const changed = (['name', 'role', 'active', 'locale'] as const).filter(
      (field) => before[field] !== after[field],
    );
    if (changed.length === 0 && newHash === undefined) return { user: after };
    await updateUserRow(tx, after, newHash ?? found.passwordHash);
    if (!after.active) await deleteSessionsOfUser(tx, instance.id, userId, undefined);
    else if (newHash !== undefined) await deleteSessionsOfUser(tx, instance.id, userId, currentSessionId);
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
    const isOwn = newHash !== undefined && actor.id === userId && after.active;
    if (!isOwn || currentSessionId === undefined) return { user: after };
    const authentication = wish.provedBy === undefined ? null : byPassword(now);
    return { user: after, sessionToken: await renewSession(tx, after, currentSessionId, authentication) };
  });
}

function isAdministering(user: User): boolean {
  return user.active && user.role === 'administrator';
}
