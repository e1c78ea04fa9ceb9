import { perform } from '../authorizations/act.ts';
import { type Id, newId } from '../base/ids.ts';
import { Refusal, refuseFieldErrors } from '../base/refusal.ts';
import { checkName } from '../base/text.ts';
import type { Instant } from '../base/units.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Act } from '../model/act.ts';
import type { By } from '../model/event.ts';
import type { Identity, IdentityProvider } from '../model/identity-provider.ts';
import { requireRecentAuthentication } from '../model/recent-authentication.ts';
import type { User } from '../model/user.ts';
import { type Reader, type Transaction, UniqueViolation } from '../store/engine/database.ts';
import { deleteIdentityRow, insertIdentity, listIdentitiesOfUser } from '../store/identities.ts';
import { findIdentityProvider, lockIdentityProvider } from '../store/identity-providers.ts';
import { listScimUsersOfUser } from '../store/scim-users.ts';
import { lockUser } from '../store/users.ts';
import { endSessionsByProvider } from './sessions.ts';
import { userNotFound } from './users.ts';

const maxSubjectLength = 255;

/**
 * Says that a provider means this user by a subject of its own: whoever it vouches for by that signs in as them. It takes a recent
 * authentication.
 * @throws Refusal `user_not_found`, `validation_failed`, `identity_taken`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function linkIdentity(
  core: Core,
  act: Act,
  userId: Id,
  { providerId, subject }: { readonly providerId: Id | undefined; readonly subject: string },
): Promise<Identity> {
  const { instanceId } = act;
  const wrong = checkName(subject, maxSubjectLength);
  refuseFieldErrors(wrong === null ? [] : [{ path: 'subject', message: wrong }]);
  return perform(core, act, takes(act, userId), async ({ tx, now, authenticatedAt }) => {
    if (!(await lockUser(tx, instanceId, userId))) throw userNotFound();
    const provider = providerId && (await lockIdentityProvider(tx, instanceId, providerId));
    if (!provider) {
      const message = 'must be the ID of an identity provider of this instance';
      throw new Refusal('validation_failed', 'There is no identity provider with this ID.', {
        errors: [{ path: 'provider_id', message }],
      });
    }
    requireRecentAuthentication(authenticatedAt, now);
    return addIdentity(tx, now, act, provider, { subject, userId, gaveRole: false, lastUsedAt: null });
  }).catch(translateTaken);
}

/**
 * Writes whom a provider means by a subject, with the audit event; for whoever has locked the provider, which may be about to go.
 * @throws UniqueViolation when it means somebody by that subject already
 */
export async function addIdentity(
  tx: Transaction,
  now: Instant,
  by: By,
  provider: Pick<IdentityProvider, 'id' | 'instanceId' | 'name'>,
  given: Pick<Identity, 'subject' | 'userId' | 'gaveRole' | 'lastUsedAt'>,
): Promise<Identity> {
  const { id: providerId, instanceId } = provider;
  const identity: Identity = { ...given, id: newId(now), instanceId, providerId, createdAt: now };
  await insertIdentity(tx, identity);
  await recordAuditEvent(tx, now, {
    ...by,
    type: 'identity.linked',
    userId: given.userId,
    detail: { provider: provider.name, provider_id: providerId },
  });
  return identity;
}

/**
 * Takes an identity from a user, and ends the sessions that they have by its provider: whoever is in one of them may be the reason for it. In
 * need it must be quick, and gives nobody power: nothing is asked for. The role stays that the provider may have given.
 * @throws Refusal `user_not_found`, `identity_not_found`, and those of an act (`perform`)
 */
export async function unlinkIdentity(
  core: Core,
  act: Act,
  userId: Id,
  identityId: Id | undefined,
): Promise<void> {
  const { instanceId } = act;
  await perform(core, act, takes(act, userId), async ({ tx, now }) => {
    if (!(await lockUser(tx, instanceId, userId))) throw userNotFound();
    const identity = identityId && (await deleteIdentityRow(tx, instanceId, userId, identityId));
    if (!identity) throw new Refusal('identity_not_found', 'This user has no identity with this ID.');
    const { providerId } = identity;
    const provider = await findIdentityProvider(tx, instanceId, providerId);
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'identity.unlinked',
      userId,
      detail: { provider: provider?.name, provider_id: providerId },
    });
    await endSessionsByProvider(tx, now, act, userId, providerId);
  });
}

/**
 * Whether an account has its address by the word of a provider that is not trusted with it: whoever signs in there may have chosen
 * somebody else's, and must not get what is brought for that person.
 */
export async function isClaimedElsewhere(
  db: Reader,
  { instanceId, id, emailVerified }: User,
): Promise<boolean> {
  if (emailVerified) return false;
  return (
    (await listIdentitiesOfUser(db, instanceId, id)).length > 0 ||
    (await listScimUsersOfUser(db, instanceId, id)).length > 0
  );
}

/** One at a time: a provider that is being deleted gets no identity. */
function takes(act: Act, userId: Id) {
  const changesUser = act.actor.id === userId ? undefined : userId;
  return { authority: 'administrator', alone: true, changesUser } as const;
}

function translateTaken(error: unknown): never {
  if (!(error instanceof UniqueViolation)) throw error;
  throw new Refusal('identity_taken', 'The provider means somebody by this subject already.', {
    errors: [{ path: 'subject', message: 'belongs to a user already' }],
  });
}
