import type { Id } from '../../base/ids.ts';
import type { Act } from '../../model/act.ts';
import { emailKey } from '../../model/email.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { ScimUser } from '../../model/scim-user.ts';
import type { User } from '../../model/user.ts';
import type { Reader, Transaction } from '../../store/engine/database.ts';
import {
  findScimUsers,
  freeExternalId,
  freeUserName,
  listScimUsersOfUser,
  type ScimKey,
} from '../../store/scim-users.ts';
import { findUserByEmail } from '../../store/users.ts';
import { isTrustedWith } from '../trusted-addresses.ts';
import { ScimError } from './error.ts';
import type { ScimFields } from './mapping.ts';

/** The SCIM client of a provider, whose token may have been deleted, or the provider disabled, since it was looked at. */
export interface ScimClient {
  readonly act: Act;
  readonly providerId: Id;
}

/** Whom the client means who is here already: whom it deleted under that name or ID, or whose address it is. */
export async function findMeant(
  db: Reader,
  { act, providerId }: ScimClient,
  fields: ScimFields,
): Promise<User | undefined> {
  const { userName, externalId, email } = fields;
  const keys: ScimKey[] = [{ by: 'userName', userName }];
  if (externalId !== null) keys.push({ by: 'externalId', externalId });
  for (const key of keys) {
    const found = await findScimUsers(db, act.instanceId, providerId, key);
    const meant = found.find((each) => each.deletedAt !== null && !isAnotherPerson(each, fields));
    if (meant) return meant.user;
  }
  return (await findUserByEmail(db, act.instanceId, emailKey(email)))?.user;
}

/** Names are given anew: whoever has another ID at the provider, and another address, must not get the account of the one before. */
function isAnotherPerson({ externalId, user }: ScimUser, fields: ScimFields): boolean {
  return (
    externalId !== null &&
    fields.externalId !== null &&
    externalId !== fields.externalId &&
    emailKey(user.email) !== emailKey(fields.email)
  );
}

/**
 * What the provider's client knew of a user whom it may have now.
 * @throws ScimError `uniqueness` where it may not
 */
export async function knownBefore(
  tx: Transaction,
  provider: IdentityProvider,
  user: User,
): Promise<ScimUser | undefined> {
  const known = await listScimUsersOfUser(tx, user.instanceId, user.id);
  const own = known.find(({ providerId }) => providerId === provider.id);
  const isTheirs =
    own !== undefined ||
    // Whom no directory ever had an administrator has locked out, and no directory lets in again.
    ((user.active || known.length > 0) &&
      user.emailVerified &&
      (await isTrustedWith(tx, provider, user.email)));
  const isOthers = known.some(({ deletedAt }) => deletedAt === null);
  // SCIM has administrators only who became it afterwards.
  if (!isTheirs || isOthers || user.role === 'administrator') throw taken('email address');
  return own;
}

/**
 * Both names are one user's, of those whom the client manages. Whom it deleted has them no longer once another is called so.
 * @param userId whose they may be; undefined for a user who is to be made
 * @throws ScimError `uniqueness`
 */
export async function refuseTakenNames(
  tx: Transaction,
  { act, providerId }: ScimClient,
  { userName, externalId }: ScimFields,
  userId: Id | undefined,
): Promise<void> {
  const find = async (key: ScimKey) =>
    (await findScimUsers(tx, act.instanceId, providerId, key)).filter(({ user }) => user.id !== userId);
  for (const other of await find({ by: 'userName', userName })) {
    if (other.deletedAt === null) throw taken('userName');
    await freeUserName(tx, other);
  }
  if (externalId === null) return;
  for (const other of await find({ by: 'externalId', externalId })) {
    if (other.deletedAt === null) throw taken('externalId');
    await freeExternalId(tx, other);
  }
}

/** Something that must be one user's is another's. */
export function taken(what: string): ScimError {
  return new ScimError(409, 'uniqueness', `The ${what} belongs to another user.`);
}
