import { type Deed, perform } from '../authorizations/act.ts';
import type { Id } from '../base/ids.ts';
import { Refusal } from '../base/refusal.ts';
import type { Core } from '../core.ts';
import { recordAuditEvent } from '../events/record.ts';
import type { Act } from '../model/act.ts';
import { type Identity, type IdentityProvider, mayUsePassword } from '../model/identity-provider.ts';
import { requireRecentAuthentication } from '../model/recent-authentication.ts';
import type { User } from '../model/user.ts';
import { deleteIdentityRow, findIdentity, listIdentitiesOfUser } from '../store/identities.ts';
import { findIdentityProvider, lockIdentityProvider } from '../store/identity-providers.ts';
import { addIdentity } from './identities.ts';
import { speaksStill } from './provisioning.ts';
import { endSessionsByProvider, type Session } from './sessions.ts';
import { type CheckedArrival, spendArrival } from './sign-in/by-provider.ts';

/** An identity of somebody with its provider. */
export interface OwnIdentity {
  readonly identity: Identity;
  readonly provider: IdentityProvider;
}

/** The identities of a user, oldest first. @param providers those of the instance */
export async function listOwnIdentities(
  { db }: Pick<Core, 'db'>,
  user: User,
  providers: readonly IdentityProvider[],
): Promise<OwnIdentity[]> {
  const identities = await listIdentitiesOfUser(db, user.instanceId, user.id);
  return identities.flatMap((identity) => {
    const provider = providers.find(({ id }) => id === identity.providerId);
    return provider ? [{ identity, provider }] : [];
  });
}

/** What came of a wish to link one's own account; *over*: the trip has served before. */
export type OwnLink = 'linked' | 'taken' | 'over';

/**
 * Links the account of somebody who is signed in with what a provider calls them, where a form of their own account page sent them. For good,
 * it gives whoever has the one the other: so they must have shown lately who they are, and an administrator by the password.
 * @throws Refusal `reauthentication_required`, and those of an act (`perform`); UniqueViolation where somebody else came first
 */
export async function linkOwnIdentity(
  core: Core,
  act: Act,
  session: Session,
  arrival: CheckedArrival,
): Promise<OwnLink> {
  const { user } = session;
  const { provider, person } = arrival;
  return perform(core, act, { authority: { self: user.id } }, async (deed): Promise<OwnLink> => {
    const { tx, now } = deed;
    requireProof(deed, session);
    const there = await lockIdentityProvider(tx, act.instanceId, provider.id);
    if (!speaksStill(provider, there) || !(await spendArrival(tx, arrival, now))) return 'over';
    const { subject } = person;
    const found = await findIdentity(tx, act.instanceId, provider.id, subject);
    if (found) return found.userId === user.id ? 'linked' : 'taken';
    const given = { subject, userId: user.id, gaveRole: false, lastUsedAt: null };
    await addIdentity(tx, now, act, provider, given);
    return 'linked';
  });
}

/**
 * What somebody must have shown before they link or unlink a provider: who they are, lately.
 * @throws Refusal `reauthentication_required`
 */
export function requireProof(
  { now, authenticatedAt }: Pick<Deed, 'now' | 'authenticatedAt'>,
  { user, authentications }: Session,
): void {
  requireRecentAuthentication(authenticatedAt, now);
  const byPassword = authentications.some(({ method }) => method === 'password');
  // No provider becomes an administrator's by what another provider says.
  if (user.role === 'administrator' && !byPassword)
    throw new Refusal(
      'wrong_password',
      'An administrator links a provider in a session that began with the password.',
    );
}

/**
 * Takes one of one's own identities away, as long as another way in is left, and ends the other sessions by its provider.
 * @returns `only_way_in` where there is none, and nothing is changed
 * @throws Refusal `identity_not_found`, `reauthentication_required`, and those of an act (`perform`)
 */
export async function unlinkOwnIdentity(
  core: Core,
  act: Act,
  { user, id: sessionId }: Session,
  id: Id,
  enabled: readonly IdentityProvider[],
): Promise<'unlinked' | 'only_way_in'> {
  return perform(core, act, { authority: { self: user.id } }, async ({ tx, now, authenticatedAt }) => {
    requireRecentAuthentication(authenticatedAt, now);
    const identities = await listIdentitiesOfUser(tx, act.instanceId, user.id);
    const others = identities.filter((other) => other.id !== id);
    const isLeft =
      (user.hasPassword && mayUsePassword(act.instance.signIn, user.role)) ||
      others.some(({ providerId }) => enabled.some((provider) => provider.id === providerId));
    if (!isLeft) return 'only_way_in';
    const identity = await deleteIdentityRow(tx, act.instanceId, user.id, id);
    if (!identity) throw new Refusal('identity_not_found', 'You have no identity with this ID.');
    const provider = await findIdentityProvider(tx, act.instanceId, identity.providerId);
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'identity.unlinked',
      userId: user.id,
      detail: { provider: provider?.name ?? null, provider_id: identity.providerId },
    });
    await endSessionsByProvider(tx, now, act, user.id, identity.providerId, sessionId);
    return 'unlinked';
  });
}
