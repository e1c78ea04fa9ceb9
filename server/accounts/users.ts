import { isDeepStrictEqual as isDeepEqual } from 'node:util';
import { type Deed, perform } from '../authorizations/act.ts';
import { endAdministration } from '../authorizations/end.ts';
import { type Id, newId, parseId } from '../base/ids.ts';
import { Refusal, wrongPassword } from '../base/refusal.ts';
import type { Clock, Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Act } from '../model/act.ts';
import { byPassword } from '../model/authentication.ts';
import { emailKey } from '../model/email.ts';
import type { By } from '../model/event.ts';
import type { Instance } from '../model/instance.ts';
import { requireRecentAuthentication } from '../model/recent-authentication.ts';
import type { Locale, Role, User, UserClaims } from '../model/user.ts';
import { checkUserFields } from '../model/user-rules.ts';
import { findClient } from '../store/applications.ts';
import { type Transaction, UniqueViolation } from '../store/engine/database.ts';
import { lookAgainAtSessionsOf } from '../store/session-clients.ts';
import {
  countOtherAdministrators,
  countUsers,
  findUser,
  findUserBySubject,
  insertUser,
  lockUser,
  noPassword,
  type UserWithPassword,
  updateUserRow,
} from '../store/users.ts';
import { endSessionsOfUser, renewSession } from './sessions.ts';
import { hashPassword } from './sign-in/passwords.ts';

export interface NewUser {
  email: string;
  name: string;
  role: Role;
  /** True without it. */
  active?: boolean | undefined;
  /** Without it they cannot sign in by a password. */
  password?: string | undefined;
  locale?: Locale | null | undefined;
  /** What tokens call them, for good; the ID without it. */
  subject?: string | undefined;
  /** True without it: administrators vouch for the addresses that they enter. */
  emailVerified?: boolean | undefined;
  claims?: UserClaims | undefined;
}

/**
 * Adds a user to an instance, which takes an administrator and a recent password: whoever has an account of their own needs the
 * session no more that made it.
 * @throws Refusal `invalid_*`, `weak_password`, `email_taken`, `subject_taken`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function createUser(core: Core, act: Act, fields: NewUser): Promise<User> {
  const { user, passwordHash } = await prepareUser(core.clock, act.instance, fields);
  return perform(core, act, { authority: 'administrator' }, ({ tx, now, authenticatedAt }) => {
    requireRecentAuthentication(authenticatedAt, now);
    return addUser(tx, user, passwordHash, act);
  }).catch(translateTaken);
}

/**
 * Adds a user to an instance that has none.
 * @returns null when it has one
 * @throws Refusal as `createUser`
 */
export async function createFirstUser(core: Core, act: Act, fields: NewUser): Promise<User | null> {
  const { instance } = act;
  if ((await countUsers(core.db, instance.id)) > 0) return null;
  const { user, passwordHash } = await prepareUser(core.clock, instance, fields);
  // Alone: another process may have made one while the password was hashed.
  return perform(core, act, { authority: 'administrator', alone: true }, async ({ tx }) =>
    (await countUsers(tx, instance.id)) > 0 ? null : addUser(tx, user, passwordHash, act),
  );
}

/**
 * Checks a new user and hashes the password: what must be done before a transaction.
 * @throws Refusal `invalid_*`, `weak_password`
 */
export async function prepareUser(
  clock: Clock,
  instance: Instance,
  fields: NewUser,
): Promise<{ user: User; passwordHash: string }> {
  checkNewUser(fields);
  const passwordHash = fields.password === undefined ? noPassword : await hashPassword(fields.password);
  // The hash took its time, in which audit events were recorded and read: this user's comes after them.
  return { user: newUser(clock(), instance, fields, passwordHash), passwordHash };
}

/** @throws Refusal `invalid_*`, `weak_password` */
export function checkNewUser(fields: NewUser): void {
  const { role, locale = null, password, subject, claims } = fields;
  const [email, name] = [fields.email.trim(), fields.name.trim()];
  checkUserFields({ email, name, role, locale, password, subject, claims });
}

/** A user whose fields were checked. @param passwordHash `noPassword` for none */
export function newUser(now: Instant, instance: Instance, fields: NewUser, passwordHash: string): User {
  const { role, active = true, locale = null, subject, emailVerified = true, claims = {} } = fields;
  const id = newId(now);
  return {
    id,
    subject: subject ?? id,
    instanceId: instance.id,
    email: fields.email.trim(),
    emailVerified,
    name: fields.name.trim(),
    role,
    active,
    locale,
    claims,
    hasPassword: passwordHash !== noPassword,
    lastActiveAt: null,
    createdAt: now,
    updatedAt: null,
  };
}

/**
 * Writes a user that `prepareUser` made, with the audit event.
 * @throws UniqueViolation when the email address is taken; see `translateTaken`. Refusal `subject_taken`
 */
export async function addUser(tx: Transaction, user: User, passwordHash: string, by: By): Promise<User> {
  if (await isSubjectTaken(tx, user)) throw subjectTaken();
  await insertUser(tx, user, emailKey(user.email), passwordHash);
  await recordAuditEvent(tx, user.createdAt, {
    ...by,
    type: 'user.created',
    userId: user.id,
    detail: { email: user.email, role: user.role, ...(!user.active && { active: false }) },
  });
  return user;
}

/**
 * Whether somebody or something else goes by that: an ID is what tokens call those who have no subject of their own, and names the others beside
 * their subject; a client ID is what an application's own tokens say (RFC 9068 5). Both are random: those made later meet no subject.
 */
async function isSubjectTaken(tx: Transaction, { id, instanceId, subject }: User): Promise<boolean> {
  if (subject === id) return false;
  if ((await findUserBySubject(tx, instanceId, subject)) !== undefined) return true;
  const asId = parseId(subject);
  return (
    asId !== undefined &&
    ((await findUser(tx, instanceId, asId)) !== undefined ||
      (await findClient(tx, instanceId, asId)) !== undefined)
  );
}

/** The database's word for a taken email address, in ours. */
export function translateTaken(error: unknown): never {
  if (!(error instanceof UniqueViolation)) throw error;
  throw new Refusal('email_taken', 'There is a user with this email address already.', {
    errors: [{ path: 'email', message: 'belongs to another user of this instance' }],
  });
}

function subjectTaken(): Refusal {
  return new Refusal('subject_taken', 'There is a user or an application that tokens call so already.', {
    errors: [{ path: 'subject', message: 'belongs to another user or an application of this instance' }],
  });
}

/** The fields to change; an absent one stays. */
export interface UserChange {
  email?: string | undefined;
  /** Without it a new address is one that the administrator vouches for. */
  emailVerified?: boolean | undefined;
  claims?: UserClaims | undefined;
  name?: string | undefined;
  role?: Role | undefined;
  active?: boolean | undefined;
  locale?: Locale | null | undefined;
  password?: string | undefined;
}

/**
 * Changes a user. Deactivation, the loss of the role of an administrator and a new password end the user's browser sessions; with a
 * password of one's own the one that asks goes on, and its cookie gets a new value. Who loses the role also loses all that lets
 * applications administer for them.
 * @param provedBy for one's own new password: the hash that the one before was checked against
 * @returns the user, and the cookie's new value when there is one
 * @throws Refusal `user_not_found`, `invalid_*`, `weak_password`, `email_taken`, `last_administrator`, `reauthentication_required`,
 *   `wrong_password` for a proof that is none any more, and those of an act (`perform`)
 */
export async function updateUser(
  core: Core,
  act: Act,
  userId: Id,
  change: UserChange,
  provedBy?: string,
): Promise<{ user: User; sessionToken?: string }> {
  checkUserFields({ ...change, name: change.name?.trim(), email: change.email?.trim() });
  const newHash = change.password === undefined ? undefined : await hashPassword(change.password);
  const isOwn = act.actor.id === userId;
  const isHarmless = change.role === undefined && change.active === undefined;
  const authority =
    isOwn && isHarmless && (newHash === undefined || provedBy !== undefined)
      ? { self: userId }
      : 'administrator';
  // "The last active administrator stays" looks at several users; and two who change each other must not wait for each other.
  const alone = !isOwn || !isHarmless;

  return perform(core, act, { authority, alone, changesUser: isOwn ? undefined : userId }, async (deed) => {
    const found = await lockUser(deed.tx, act.instanceId, userId);
    if (!found) throw userNotFound();
    // Hashing took a while, in which somebody else may have set another password.
    if (provedBy !== undefined && provedBy !== found.passwordHash) throw wrongPassword('current_password');
    return changeLockedUser(deed, act, found, change, { newHash, isProved: provedBy !== undefined });
  }).catch(translateTaken);
}

/**
 * Changes a user whom the transaction has locked, for whoever has checked the fields, and does what follows from it.
 * @param password.newHash undefined for the one that there is
 * @param password.isProved whether the one before was given for it just now
 * @param changedBeside what the caller changes of the user besides, as the audit log names it
 * @returns as `updateUser`
 * @throws UniqueViolation when another user has that email address. Refusal `last_administrator`, `reauthentication_required`
 */
export async function changeLockedUser(
  { tx, now, authenticatedAt }: Deed,
  act: Act,
  found: UserWithPassword,
  change: UserChange,
  { newHash, isProved }: { readonly newHash: string | undefined; readonly isProved: boolean },
  changedBeside: readonly string[] = [],
): Promise<{ user: User; sessionToken?: string }> {
  const before = found.user;
  const userId = before.id;
  const email = change.email?.trim() ?? before.email;
  const after: User = {
    ...before,
    email,
    emailVerified: change.emailVerified ?? (email === before.email ? before.emailVerified : true),
    claims: change.claims ?? before.claims,
    hasPassword: before.hasPassword || newHash !== undefined,
    name: change.name?.trim() ?? before.name,
    role: change.role ?? before.role,
    active: change.active ?? before.active,
    locale: change.locale === undefined ? before.locale : change.locale,
  };
  if (!isAdministering(after)) await refuseLastAdministrator(tx, before);
  const changed = changeable.filter(({ property }) => !isDeepEqual(before[property], after[property]));
  if (changed.length === 0 && newHash === undefined && changedBeside.length === 0) return { user: after };
  if ((newHash !== undefined && !isProved) || changed.some(({ givesPower }) => givesPower))
    requireRecentAuthentication(authenticatedAt, now);

  const isRead = changed.some(({ isTold }) => isTold);
  await updateUserRow(
    tx,
    { ...after, updatedAt: isRead ? now : before.updatedAt },
    emailKey(after.email),
    newHash ?? found.passwordHash,
  );
  await recordAuditEvent(tx, now, {
    ...act,
    type: 'user.updated',
    userId,
    detail: {
      fields: [
        ...changed.map(({ name }) => name),
        ...(newHash === undefined ? [] : ['password']),
        ...changedBeside,
      ],
      ...(before.role !== after.role && { role: after.role }),
      ...(before.active !== after.active && { active: after.active }),
    },
  });
  const losesRole = before.role === 'administrator' && after.role !== 'administrator';
  // Codes before sessions, as a redemption writes: two that meet never wait for each other crosswise.
  if (losesRole) await endAdministration(tx, now, userId, act);
  const current = act.right.of === 'session' && act.right.userId === userId ? act.right.sessionId : undefined;
  if (!after.active) await endSessionsOfUser(tx, now, act, userId, 'user_deactivated');
  else if (losesRole) await endSessionsOfUser(tx, now, act, userId, 'role_lost');
  else if (newHash !== undefined) await endSessionsOfUser(tx, now, act, userId, 'password_changed', current);
  // The sessions of administrators are over sooner.
  else if (before.role !== after.role) await lookAgainAtSessionsOf(tx, act.instanceId, userId);
  if (newHash === undefined || current === undefined || !after.active || losesRole) return { user: after };
  const token = await renewSession(tx, after, current, isProved ? byPassword(now) : null);
  return { user: after, sessionToken: token };
}

/**
 * What can change of a user besides the password: as the audit log names it, whether a change outlasts the session that makes it, and whether
 * ID tokens and userinfo tell of it.
 */
const changeable = [
  { property: 'email', name: 'email', givesPower: true, isTold: true },
  { property: 'emailVerified', name: 'email_verified', givesPower: true, isTold: true },
  { property: 'name', name: 'name', givesPower: false, isTold: true },
  { property: 'role', name: 'role', givesPower: true, isTold: false },
  { property: 'active', name: 'active', givesPower: true, isTold: false },
  { property: 'locale', name: 'locale', givesPower: false, isTold: true },
  { property: 'claims', name: 'claims', givesPower: true, isTold: true },
] as const;

/**
 * Keeps an instance from being without an administrator; meaningful under `lockInstance` only.
 * @throws Refusal `last_administrator` when this user is the last who is active
 */
export async function refuseLastAdministrator(tx: Transaction, user: User): Promise<void> {
  if (isAdministering(user) && (await countOtherAdministrators(tx, user.instanceId, user.id)) === 0)
    throw new Refusal(
      'last_administrator',
      'This is the last active administrator: make somebody else an administrator first.',
    );
}

export function userNotFound(): Refusal {
  return new Refusal('user_not_found', 'There is no user with this ID.');
}

function isAdministering(user: User): boolean {
  return user.active && user.role === 'administrator';
}
