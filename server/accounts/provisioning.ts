import type { Id } from '../base/ids.ts';
import { Refusal } from '../base/refusal.ts';
import { maxNameLength } from '../base/text.ts';
import type { Instant } from '../base/units.ts';
import { type Act, actOfOperator } from '../model/act.ts';
import { emailKey } from '../model/email.ts';
import type { Identity, IdentityProvider } from '../model/identity-provider.ts';
import type { Instance } from '../model/instance.ts';
import type { User, UserClaims } from '../model/user.ts';
import { findClaimsMistake, maxClaimNames, maxUserClaims } from '../model/user-claims.ts';
import { isSubject } from '../model/user-rules.ts';
import { type Reader, type Transaction, UniqueViolation } from '../store/engine/database.ts';
import { findIdentity, listIdentitiesOfUser, noteIdentityUse } from '../store/identities.ts';
import { lockIdentityProvider } from '../store/identity-providers.ts';
import { findScimUser } from '../store/scim-users.ts';
import { findUser, findUserByEmail, findUserBySubject, lockUser, noPassword } from '../store/users.ts';
import { addIdentity } from './identities.ts';
import type { Person } from './providers/person.ts';
import { ProviderProblem } from './providers/vouched.ts';
import { isTrustedWith } from './trusted-addresses.ts';
import { addUser, changeLockedUser, newUser, refuseLastAdministrator, type UserChange } from './users.ts';

/** Why somebody whom a provider vouches for may not come in. */
export type NotAdmitted =
  /** Nobody here is meant, and no account is made for strangers. */
  | 'no_account'
  /** An account needs an address, and the provider tells none. */
  | 'no_email'
  /** The address or the subject is somebody's whom this provider cannot speak for. */
  | 'taken'
  | 'deactivated';

/** Whom a provider means. */
export type Recognized =
  | { readonly who: 'known'; readonly identity: Identity; readonly user: User }
  /** Somebody here who has no identity at this provider yet, and may get one. */
  | { readonly who: 'linked'; readonly by: 'scim' | 'subject' | 'email' | 'password'; readonly user: User }
  /** Perhaps somebody here, who has to show it by the password that they have. */
  | { readonly who: 'to_confirm'; readonly user: User }
  | { readonly who: 'new' }
  | { readonly who: 'nobody'; readonly because: NotAdmitted };

/**
 * Finds whom a provider means: by what it called them before; by what its SCIM client called them; the product that hands its users over
 * by the subjects that it gave them; by an address that is verified there and here, where the provider is trusted with that. Nobody becomes
 * an administrator of ours by any of these but the first without the password that they have.
 */
export async function recognize(
  db: Reader,
  instance: Instance,
  provider: IdentityProvider,
  person: Person,
): Promise<Recognized> {
  const identity = await findIdentity(db, instance.id, provider.id, person.subject);
  const known = identity && (await findUser(db, instance.id, identity.userId));
  if (identity && known)
    return known.active ? { who: 'known', identity, user: known } : { who: 'nobody', because: 'deactivated' };

  const { subject } = person;
  const managed = await findScimUser(db, instance.id, provider.id, {
    externalId: subject,
    userName: subject,
  });
  if (managed) return linkTo(managed, 'scim', true);

  const named = provider.type === 'handover' ? await findNamed(db, instance.id, provider, person) : undefined;
  if (named) return named;

  const { email } = person;
  const found = email === undefined ? undefined : await findUserByEmail(db, instance.id, emailKey(email));
  if (found) {
    const isVerified = person.emailVerified && found.user.emailVerified;
    const isTheirs = isVerified && (await isTrustedWith(db, provider, found.user.email));
    return linkTo(found.user, 'email', isTheirs);
  }
  if (provider.provisioning === 'existing') return { who: 'nobody', because: 'no_account' };
  return email === undefined ? { who: 'nobody', because: 'no_email' } : { who: 'new' };
}

/** The user whom the product named so when it had them made; never one who belongs to another provider. */
async function findNamed(
  db: Reader,
  instanceId: Id,
  provider: IdentityProvider,
  { subject }: Person,
): Promise<Recognized | undefined> {
  const user = isSubject(subject) ? await findUserBySubject(db, instanceId, subject) : undefined;
  if (!user) return undefined;
  const identities = await listIdentitiesOfUser(db, instanceId, user.id);
  // An ID is none that the product gave.
  if (user.subject === user.id || identities.some(({ providerId }) => providerId !== provider.id))
    return { who: 'nobody', because: 'taken' };
  return linkTo(user, 'subject', true);
}

function linkTo(user: User, by: 'scim' | 'subject' | 'email', isTheirs: boolean): Recognized {
  if (isTheirs && user.role !== 'administrator')
    return user.active ? { who: 'linked', by, user } : { who: 'nobody', because: 'deactivated' };
  // Whether it is deactivated is not told to somebody who has shown nothing.
  return user.hasPassword && user.active ? { who: 'to_confirm', user } : { who: 'nobody', because: 'taken' };
}

/**
 * Whether a provider may say now what was read by an earlier look at it: an administrator who changes one, perhaps since it says too much, means
 * the people who are on their way too.
 */
export function speaksStill(
  then: Pick<IdentityProvider, 'updatedAt'>,
  now: IdentityProvider | undefined,
): boolean {
  return now?.enabled === true && now.updatedAt === then.updatedAt;
}

/** Somebody is not admitted after all: undoes the transaction. */
export class NobodyAdmitted extends Error {
  override name = 'NobodyAdmitted';
  readonly because: NotAdmitted;

  constructor(because: NotAdmitted) {
    super(because);
    this.because = because;
  }
}

/**
 * Lets somebody in whom a provider means: makes or links the account where it has to, and brings it up to what the provider says.
 * Call `lockInstance` first where the provider has a say in who is an administrator.
 * @param recognized in this transaction
 * @returns the user as they are now, locked
 * @throws NobodyAdmitted; ProviderProblem `bad_answer`; UniqueViolation where somebody else came first, and then it is worth trying again
 */
export async function admit(
  tx: Transaction,
  now: Instant,
  { instance, provider, ip }: { instance: Instance; provider: IdentityProvider; ip: string },
  person: Person,
  recognized: Exclude<Recognized, { who: 'nobody' }>,
): Promise<{ user: User; passwordHash: string }> {
  const act: Act = { ...actOfOperator(instance), ip };
  const found =
    recognized.who === 'new'
      ? { user: await makeUser(tx, now, act, provider, person), passwordHash: noPassword }
      : await lockUser(tx, instance.id, recognized.user.id);
  if (!found?.user.active) throw new NobodyAdmitted('deactivated');
  // Somebody may have made them one since nobody asked for a password.
  if (recognized.who === 'linked' && recognized.by !== 'password' && found.user.role === 'administrator')
    throw new NobodyAdmitted('taken');
  const gaveRoleBefore = recognized.who === 'known' && recognized.identity.gaveRole;
  const role = await roleOf(tx, found.user, person, gaveRoleBefore);
  const change = await changeOf(tx, provider, person, found.user);
  const deed = { tx, now, authenticatedAt: null };
  const { user } = await changeLockedUser(
    deed,
    act,
    found,
    { ...change, role: role.role },
    { newHash: undefined, isProved: false },
  );
  if (recognized.who === 'known') {
    // The link that it was recognized by may be gone.
    if (!(await noteIdentityUse(tx, recognized.identity, role.given, now))) throw new UniqueViolation();
  } else
    await link(tx, now, act, provider, { subject: person.subject, userId: user.id, gaveRole: role.given });
  return { user, passwordHash: found.passwordHash };
}

async function link(
  tx: Transaction,
  now: Instant,
  act: Act,
  by: IdentityProvider,
  given: Pick<Identity, 'subject' | 'userId' | 'gaveRole'>,
): Promise<void> {
  // From here on it is not deleted: nothing of it may be left behind.
  const provider = await lockIdentityProvider(tx, by.instanceId, by.id);
  if (!provider || !speaksStill(by, provider)) throw new NobodyAdmitted('no_account');
  await addIdentity(tx, now, act, provider, { ...given, lastUsedAt: now });
}

async function makeUser(
  tx: Transaction,
  now: Instant,
  act: Act,
  provider: IdentityProvider,
  person: Person,
): Promise<User> {
  const { email = '', subject } = person;
  const user = newUser(
    now,
    act.instance,
    {
      email,
      name: person.name ?? [...(email.split('@')[0] as string)].slice(0, maxNameLength).join(''),
      role: 'user',
      locale: person.locale,
      emailVerified: person.emailVerified && (await isTrustedWith(tx, provider, email)),
      // Tokens call the product's users what the product calls them.
      subject: provider.type === 'handover' && isSubject(subject) ? subject : undefined,
    },
    noPassword,
  );
  try {
    return await addUser(tx, user, noPassword, act);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'subject_taken') throw new NobodyAdmitted('taken');
    throw error;
  }
}

/**
 * The role by what the provider says: it makes an administrator, and takes back what it gave. Who was made one here stays it, and so does the
 * last.
 */
async function roleOf(
  tx: Transaction,
  user: User,
  { isAdministrator }: Person,
  gaveBefore: boolean,
): Promise<{ role: User['role']; given: boolean }> {
  if (isAdministrator === undefined) return { role: user.role, given: gaveBefore };
  if (isAdministrator) return { role: 'administrator', given: gaveBefore || user.role !== 'administrator' };
  if (!gaveBefore || user.role !== 'administrator') return { role: user.role, given: false };
  try {
    await refuseLastAdministrator(tx, user);
    return { role: 'user', given: false };
  } catch (error) {
    if (error instanceof Refusal) return { role: user.role, given: true };
    throw error;
  }
}

/** What the provider says anew of the user. An address follows where the provider is trusted with it, and nobody has it. */
async function changeOf(
  tx: Transaction,
  provider: IdentityProvider,
  person: Person,
  user: User,
): Promise<UserChange> {
  const { email, name, locale } = person;
  const claims = mergedClaims(user.claims, person);
  const isTrusted = email !== undefined && person.emailVerified && (await isTrustedWith(tx, provider, email));
  const isNew = isTrusted && email !== user.email;
  const owner = isNew ? await findUserByEmail(tx, user.instanceId, emailKey(email)) : undefined;
  const follows = isNew && (owner === undefined || owner.user.id === user.id);
  return {
    ...(name !== undefined && { name }),
    ...(locale !== undefined && { locale }),
    claims,
    ...(follows && { email }),
    ...((follows || (isTrusted && email === user.email)) && { emailVerified: true }),
  };
}

/**
 * Where all together is too much, nothing of it counts and nobody comes in: what the provider has taken from somebody must not stay because of
 * what they themselves have written much of.
 * @throws ProviderProblem `bad_answer`
 */
function mergedClaims(before: UserClaims, { claims }: Person): UserClaims {
  if (claims.names === undefined) return claims.values;
  const { names, values } = claims;
  const kept = Object.entries(before).filter(([name]) => !names.includes(name));
  const merged = { ...Object.fromEntries(kept), ...values };
  const kind = findClaimsMistake(merged)?.kind;
  if (names.length > 0 && (kind === 'too_many' || kind === 'too_large'))
    throw new ProviderProblem(
      'bad_answer',
      `The claims that are copied (claims.copy) cannot be kept: with those that the user has here they are more than ${maxUserClaims} bytes, or ${maxClaimNames} names.`,
    );
  return merged;
}
