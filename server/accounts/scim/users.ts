import { perform } from '../../authorizations/act.ts';
import { type Id, parseId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Instant } from '../../base/units.ts';
import type { Core } from '../../core.ts';
import type { Act } from '../../model/act.ts';
import { emailKey } from '../../model/email.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { ScimUser } from '../../model/scim-user.ts';
import type { User } from '../../model/user.ts';
import { type Reader, type Transaction, UniqueViolation } from '../../store/engine/database.ts';
import { findIdentityProvider } from '../../store/identity-providers.ts';
import { findScimUsers, writeScimUser } from '../../store/scim-users.ts';
import { lockUser, noPassword } from '../../store/users.ts';
import { isTrustedWith } from '../trusted-addresses.ts';
import { addUser, changeLockedUser, checkNewUser, newUser } from '../users.ts';
import { noSuchUser, ScimError } from './error.ts';
import { changesBeside, fieldsOf, localeOf, resourceOf, type ScimFields } from './mapping.ts';
import { applyOperations, type Operation } from './patch.ts';
import type { Resource } from './resource.ts';
import { findMeant, knownBefore, refuseTakenNames, type ScimClient, taken } from './whose.ts';

/**
 * Makes a user, or takes one over who is there: whom this client deleted, or, where the provider is trusted with addresses, the one whose
 * verified address it is.
 * @throws ScimError `invalidValue`, `uniqueness`; Refusal of `checkUserFields`, and those of an act (`perform`)
 */
export async function createScimUser(core: Core, client: ScimClient, resource: Resource): Promise<ScimUser> {
  const { act, providerId } = client;
  const fields = fieldsOf(resource);
  checkNewUser({ ...fields, role: 'user' });
  // Locked in its turn; the transaction looks again. Whoever is found only there is locked late, and should two wait for each other crosswise,
  // the database has one of them begin again.
  const changesUser = (await findMeant(core.db, client, fields))?.id;
  return perform(core, act, { authority: 'provider', alone: true, changesUser }, async (deed) => {
    const { tx, now } = deed;
    const provider = await providerOf(tx, act, providerId);
    const meant = await findMeant(tx, client, fields);
    await refuseTakenNames(tx, client, fields, meant?.id);
    const found = meant && (await lockUser(tx, act.instanceId, meant.id));
    if (!found) return insertNew(tx, now, act, provider, fields);

    const before = await knownBefore(tx, provider, found.user);
    const change = { ...(await changeOf(tx, provider, found.user, fields)), active: fields.active ?? true };
    const user = (
      await changeLockedUser(deed, act, found, change, { newHash: undefined, isProved: false }, ['scim'])
    ).user;
    return write(tx, fields, { user, providerId, createdAt: before?.createdAt ?? now, updatedAt: now });
  }).catch(translateTaken);
}

async function insertNew(
  tx: Transaction,
  now: Instant,
  act: Act,
  provider: IdentityProvider,
  fields: ScimFields,
): Promise<ScimUser> {
  const { id: providerId } = provider;
  const { email, name, active, locale } = fields;
  const emailVerified = await isTrustedWith(tx, provider, email);
  const made = newUser(
    now,
    act.instance,
    { email, name, active, locale, role: 'user', emailVerified },
    noPassword,
  );
  const user = await addUser(tx, made, noPassword, act);
  return write(tx, fields, { user, providerId, createdAt: now, updatedAt: now });
}

/**
 * Puts another user in place of one (RFC 7644 3.5.1). What is not there is not there any more, but `active`: nobody is let in by silence.
 * @param id as a stranger wrote it
 * @throws as `createScimUser`; ScimError 404, 403 for what SCIM may not change of an administrator
 */
export function replaceScimUser(
  core: Core,
  client: ScimClient,
  id: string,
  resource: Resource,
): Promise<ScimUser> {
  return changeScimUser(core, client, id, () => resource);
}

/**
 * Changes parts of a user (RFC 7644 3.5.2).
 * @throws as `replaceScimUser`; ScimError `invalidPath`, `noTarget`, `mutability`
 */
export function patchScimUser(
  core: Core,
  client: ScimClient,
  id: string,
  operations: readonly Operation[],
): Promise<ScimUser> {
  return changeScimUser(core, client, id, (before) => applyOperations(resourceOf(before), operations));
}

async function changeScimUser(
  core: Core,
  client: ScimClient,
  id: string,
  after: (before: ScimUser) => Resource,
): Promise<ScimUser> {
  const { act, providerId } = client;
  const userId = parseId(id);
  if (!userId) throw noSuchUser();
  return perform(core, act, { authority: 'provider', alone: true, changesUser: userId }, async (deed) => {
    const { tx, now } = deed;
    const found = await lockUser(tx, act.instanceId, userId);
    const before = await findManaged(tx, client, userId);
    if (!found || !before) throw noSuchUser();
    const fields = fieldsOf(after(before));
    checkNewUser({ ...fields, role: 'user' });
    const provider = await providerOf(tx, act, providerId);
    refuseChangeOfAdministrator(before, fields);
    await refuseTakenNames(tx, client, fields, userId);
    const beside = changesBeside(before, fields);
    const change = await changeOf(tx, provider, found.user, fields, before);
    const { user } = await changeLockedUser(
      deed,
      act,
      found,
      change,
      { newHash: undefined, isProved: false },
      beside,
    );
    if (beside.length === 0) return { ...before, user };
    return write(tx, fields, { ...before, user, updatedAt: now });
  }).catch(translateTaken);
}

/**
 * Deletes a user for this provider (RFC 7644 3.6): here they are deactivated, with everything that follows, and stay. Made again by this
 * client, they are who they were.
 * @throws ScimError 404; Refusal `last_administrator`, and those of an act (`perform`)
 */
export async function deleteScimUser(core: Core, client: ScimClient, id: string): Promise<void> {
  const { act } = client;
  const userId = parseId(id);
  if (!userId) throw noSuchUser();
  await perform(core, act, { authority: 'provider', alone: true, changesUser: userId }, async (deed) => {
    const { tx, now } = deed;
    const found = await lockUser(tx, act.instanceId, userId);
    const before = await findManaged(tx, client, userId);
    if (!found || !before) throw noSuchUser();
    const { user } = await changeLockedUser(
      deed,
      act,
      found,
      { active: false },
      { newHash: undefined, isProved: false },
      ['scim'],
    );
    await writeScimUser(tx, { ...before, user, updatedAt: now, deletedAt: now });
  });
}

/** @throws ScimError 404 */
export async function findManagedUser(db: Reader, client: ScimClient, id: string): Promise<ScimUser> {
  const userId = parseId(id);
  const found = userId && (await findManaged(db, client, userId));
  if (!found) throw noSuchUser();
  return found;
}

async function findManaged(
  db: Reader,
  { act, providerId }: ScimClient,
  id: Id,
): Promise<ScimUser | undefined> {
  const [found] = await findScimUsers(db, act.instanceId, providerId, { by: 'id', id });
  return found?.deletedAt === null ? found : undefined;
}

/** As it is while the act keeps it so. */
async function providerOf(tx: Transaction, { instanceId }: Act, id: Id): Promise<IdentityProvider> {
  const provider = await findIdentityProvider(tx, instanceId, id);
  if (!provider) throw new Error('the provider of an act is gone while its row is locked');
  return provider;
}

/**
 * Of somebody who became an administrator here SCIM changes nothing that could make them somebody else, and does not let them in again: it
 * gives nobody that role.
 * @throws ScimError 403
 */
function refuseChangeOfAdministrator({ user, ...before }: ScimUser, fields: ScimFields): void {
  if (user.role !== 'administrator') return;
  if (!user.active && fields.active)
    throw new ScimError(
      403,
      null,
      'The user is an administrator of Postern: only another one can activate them again.',
    );
  if (
    before.userName !== fields.userName ||
    before.externalId !== fields.externalId ||
    emailKey(user.email) !== emailKey(fields.email)
  )
    throw new ScimError(
      403,
      null,
      'The user is an administrator of Postern: SCIM can deactivate them, but not change userName, externalId or the email address.',
    );
}

/** What changes of a user here. @param before what SCIM knew of them; undefined where it knew nothing */
async function changeOf(
  tx: Transaction,
  provider: IdentityProvider,
  user: User,
  fields: ScimFields,
  before?: ScimUser,
) {
  const isOther = emailKey(user.email) !== emailKey(fields.email);
  return {
    email: fields.email,
    emailVerified: isOther ? await isTrustedWith(tx, provider, fields.email) : user.emailVerified,
    name: fields.name,
    active: fields.active,
    // People choose their language here too, which stays until the client says another one.
    ...(before && localeOf(before.attributes) === fields.locale
      ? {}
      : fields.locale !== null && { locale: fields.locale }),
  };
}

async function write(
  tx: Transaction,
  { userName, externalId, attributes }: ScimFields,
  scimUser: Pick<ScimUser, 'user' | 'providerId' | 'createdAt' | 'updatedAt'>,
): Promise<ScimUser> {
  const whole: ScimUser = { ...scimUser, userName, externalId, attributes, deletedAt: null };
  await writeScimUser(tx, whole);
  return whole;
}

/** The database's word for a taken address or name: somebody else came first. */
function translateTaken(error: unknown): never {
  if (error instanceof UniqueViolation) throw taken('email address, userName or externalId');
  if (error instanceof Refusal && error.code === 'email_taken') throw taken('email address');
  throw error;
}
