import type { Instant } from '../../base/units.ts';
import type { Core } from '../../core.ts';
import { recordAuditEvent } from '../../events/record.ts';
import { type Authentication, byProvider } from '../../model/authentication.ts';
import { system } from '../../model/event.ts';
import type { IdentityProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import type { User } from '../../model/user.ts';
import { type Transaction, UniqueViolation } from '../../store/engine/database.ts';
import { findIdentityProvider } from '../../store/identity-providers.ts';
import { lockInstance } from '../../store/instances.ts';
import { spendAssertion } from '../../store/spent-tokens.ts';
import { noteSignIn } from '../../store/users.ts';
import { checkFreshness } from '../providers/freshness.ts';
import { type Person, readPerson } from '../providers/person.ts';
import { type LoginRequest, loginRequestLifetime, type VouchedPerson } from '../providers/vouched.ts';
import {
  admit,
  NobodyAdmitted,
  type NotAdmitted,
  type Recognized,
  recognize,
  speaksStill,
} from '../provisioning.ts';
import { finishSignIn, type SignedIn, type SignInPlace } from './finish.ts';

/** Somebody whom a provider sent here, with the trip that brought them; null for one who came unasked. */
export interface Arrival {
  readonly instance: Instance;
  readonly provider: IdentityProvider;
  readonly request: LoginRequest | null;
  readonly vouched: VouchedPerson;
}

/** What an arrival comes to, its claims read and its age judged. */
export interface CheckedArrival extends Arrival {
  readonly person: Person;
}

/**
 * Holds an arrival to what was asked for, and reads whom it is about.
 * @throws ProviderProblem `not_fresh`, `bad_answer`
 */
export function checkArrival(arrival: Arrival, now: Instant): CheckedArrival {
  if (arrival.request) checkFreshness(arrival.request, arrival.vouched, now);
  return { ...arrival, person: readPerson(arrival.provider, arrival.vouched) };
}

export type ProviderSignIn =
  | ({ readonly outcome: 'signed-in' } & SignedIn)
  /** The account is somebody's who has to show by their password that it is theirs. */
  | { readonly outcome: 'to_confirm'; readonly user: User }
  | { readonly outcome: 'not_admitted'; readonly because: NotAdmitted }
  /** The answer, or the trip that it belongs to, has served before; or the provider is there no more. */
  | { readonly outcome: 'over' };

/** Signs in somebody whom a provider vouches for: one transaction in which the answer is spent, the account found, made or linked. */
export async function signInByProvider(
  core: Core,
  arrival: CheckedArrival,
  place: SignInPlace,
): Promise<ProviderSignIn> {
  // Somebody else may have made the account, or the link, since this transaction looked for it: the next one finds it.
  for (let attempt = 1; ; attempt++) {
    try {
      return await core.db.transaction((tx) => signInOnce(tx, core, arrival, place));
    } catch (error) {
      const isLast = attempt === 3;
      const isTaken = error instanceof NobodyAdmitted && error.because === 'taken';
      if ((error instanceof UniqueViolation || isTaken) && !isLast) continue;
      if (error instanceof NobodyAdmitted) return notAdmitted(core, arrival, place, error.because);
      throw error;
    }
  }
}

async function signInOnce(
  tx: Transaction,
  core: Core,
  arrival: CheckedArrival,
  place: SignInPlace,
): Promise<ProviderSignIn> {
  const { instance, provider, person, vouched } = arrival;
  const now = core.clock();
  if (provider.claims.administrator) await lockInstance(tx, instance.id);
  const there = await findIdentityProvider(tx, instance.id, provider.id);
  if (!speaksStill(provider, there) || !(await spendArrival(tx, arrival, now))) return { outcome: 'over' };
  const recognized = await recognize(tx, instance, provider, person);
  if (recognized.who === 'nobody') throw new NobodyAdmitted(recognized.because);
  if (recognized.who === 'to_confirm') return { outcome: 'to_confirm', user: recognized.user };
  const { user, passwordHash } = await admit(
    tx,
    now,
    { instance, provider, ip: place.ip },
    person,
    recognized,
  );
  await noteSignIn(tx, instance.id, user.id, passwordHash, now);
  const signedIn = await finishSignIn(tx, core, now, {
    user,
    passwordHash: null,
    authentications: [authenticationOf(provider, vouched, now)],
    place,
    provider,
  });
  return { outcome: 'signed-in', ...signedIn };
}

/** What a session keeps of it. */
export function authenticationOf(
  provider: IdentityProvider,
  vouched: Pick<VouchedPerson, 'authenticatedAt' | 'methods'>,
  now: Instant,
): Authentication {
  return byProvider(provider, vouched.authenticatedAt, now, vouched.methods);
}

/**
 * Spends the trip and what came back by it: each counts once.
 * @returns false when one of them has served before
 */
export async function spendArrival(
  tx: Transaction,
  { instance, provider, request, vouched }: Arrival,
  now: Instant,
): Promise<boolean> {
  const { once } = vouched;
  if (
    once &&
    !(await spendAssertion(tx, instance.id, provider.id, `vouched ${once.id}`, Math.max(once.expiresAt, now)))
  )
    return false;
  return (
    !request ||
    spendAssertion(
      tx,
      instance.id,
      provider.id,
      `login_request ${request.id}`,
      request.startedAt + loginRequestLifetime,
    )
  );
}

async function notAdmitted(
  core: Core,
  { instance, provider, request, vouched }: CheckedArrival,
  { ip }: SignInPlace,
  because: NotAdmitted,
): Promise<ProviderSignIn> {
  await core.db.transaction(async (tx) => {
    const now = core.clock();
    if (!(await spendArrival(tx, { instance, provider, request, vouched }, now))) return;
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'login.failed',
      actor: system,
      ip,
      detail: { provider: provider.name, provider_id: provider.id, because },
    });
  });
  return { outcome: 'not_admitted', because };
}

/** What a sign-in would come to, for an administrator who tries a provider; nothing is changed. */
export function foresee(core: Core, { instance, provider, person }: CheckedArrival): Promise<Recognized> {
  return recognize(core.db, instance, provider, person);
}
