import type { Id } from '../base/ids.ts';
import { Refusal } from '../base/refusal.ts';
import { type Instant, toUnixSeconds } from '../base/units.ts';
import type { Core } from '../core.ts';
import type { Act } from '../model/act.ts';
import { lastAuthenticatedAt } from '../model/authentication.ts';
import { adminScope } from '../model/scopes.ts';
import { hasEnded } from '../model/session.ts';
import type { User } from '../model/user.ts';
import { findClientOfApplication, lockApplication } from '../store/applications.ts';
import { lockAuthorization } from '../store/authorizations.ts';
import type { Transaction } from '../store/engine/database.ts';
import { lockIdentityProvider } from '../store/identity-providers.ts';
import { lockInstance } from '../store/instances.ts';
import { lockScimToken } from '../store/scim-tokens.ts';
import { lockSession } from '../store/sessions.ts';
import { lockRevocation } from '../store/spent-tokens.ts';
import { lockUser } from '../store/users.ts';
import { accessTokenScopes } from './liveness.ts';

/** What a deed takes of whoever does it. */
export interface Takes {
  /**
   * `self`: it is about nobody but this user, who needs no role for it. `provider`: it is about the users of a provider, and done by its
   * SCIM client.
   */
  readonly authority: 'administrator' | 'provider' | { readonly self: Id };
  /** Whether it looks at several rows of the instance, so that one at a time may. */
  readonly alone?: boolean;
  /** Another user whom it changes; their row is locked in its turn. Goes with `alone`. */
  readonly changesUser?: Id | undefined;
}

/** What somebody may do, in the transaction in which they do it. */
export interface Deed {
  readonly tx: Transaction;
  readonly now: Instant;
  /** When they last gave their password in this session; null for an access token and the operator, who have none to give. */
  readonly authenticatedAt: Instant | null;
}

/**
 * Does what somebody asks for in one transaction, which begins by judging whether they may. What they showed when the request began
 * says nothing any more: its body may have come late, or it waited for a password to be hashed.
 * @throws Refusal `not_signed_in`, `invalid_token`, `insufficient_scope`, `not_administrator`; and what the work throws
 */
export function perform<T>(
  core: Pick<Core, 'db' | 'clock'>,
  act: Act,
  takes: Takes,
  work: (deed: Deed) => Promise<T>,
): Promise<T> {
  return core.db.transaction(async (tx) => {
    const now = core.clock();
    const authenticatedAt = await judge(tx, act, takes, now);
    return work({ tx, now, authenticatedAt });
  });
}

/**
 * Judges an act, and locks all that the judgement stands on until the transaction ends: whoever takes the right away waits for it.
 * Locks are taken in one order, here and by the rules: the instance, users, the session, providers and their tokens,
 * applications, authorizations.
 */
async function judge(
  tx: Transaction,
  { instance, right }: Act,
  { authority, alone = false, changesUser }: Takes,
  now: Instant,
): Promise<Instant | null> {
  const isAllowed = ({ id, role }: User) => {
    if (typeof authority === 'object') return id === authority.self;
    return authority === 'administrator' && role === 'administrator';
  };
  switch (right.of) {
    case 'operator':
      if (alone) await lockInstance(tx, instance.id);
      return null;

    case 'session': {
      // All on their way at once: PostgreSQL is asked once.
      const [, found, , session] = await Promise.all([
        alone && lockInstance(tx, instance.id),
        lockUser(tx, instance.id, right.userId),
        changesUser && lockUser(tx, instance.id, changesUser),
        lockSession(tx, instance.id, right.userId, right.tokenHash),
      ]);
      if (!found?.user.active || !session || hasEnded(session, found.user.role, now)) throw notSignedIn();
      if (!isAllowed(found.user)) throw notAdministrator();
      return lastAuthenticatedAt(session.authentications);
    }

    case 'token': {
      const { userId, applicationId, claims } = right;
      const { jti, authorization_id: authorizationId } = claims;
      // Whatever a token does it does alone: it may change the very application that another one hangs on.
      const [, found] = await Promise.all([
        lockInstance(tx, instance.id),
        lockUser(tx, instance.id, userId),
        changesUser && lockUser(tx, instance.id, changesUser),
        lockApplication(tx, instance.id, applicationId),
        lockRevocation(tx, instance.id, jti),
        authorizationId && lockAuthorization(tx, instance.id, authorizationId),
      ]);
      // From here on nothing changes of what the one rule looks at.
      const client = await findClientOfApplication(tx, instance.id, applicationId);
      const scopes = client && (await accessTokenScopes(tx, client, claims, now));
      if (!found || !scopes || claims.exp <= toUnixSeconds(now)) throw invalidToken();
      if (found.user.role !== 'administrator' || !isAllowed(found.user)) throw notAdministrator();
      if (!scopes.includes(adminScope)) throw insufficientScope();
      return null;
    }

    case 'scim': {
      const { providerId, tokenId } = right;
      if (authority !== 'provider') throw notAdministrator();
      const [, , provider, isThere] = await Promise.all([
        alone && lockInstance(tx, instance.id),
        changesUser && lockUser(tx, instance.id, changesUser),
        lockIdentityProvider(tx, instance.id, providerId),
        lockScimToken(tx, instance.id, providerId, tokenId),
      ]);
      if (!provider?.enabled || !isThere) throw invalidScimToken();
      return null;
    }
  }
}

export function notSignedIn(): Refusal {
  return new Refusal('not_signed_in', 'Sign in, or send an access token with the scope admin.');
}

export function invalidToken(): Refusal {
  return new Refusal(
    'invalid_token',
    'The access token is malformed, expired, revoked or not from this instance.',
  );
}

export function invalidScimToken(): Refusal {
  return new Refusal(
    'invalid_token',
    'The SCIM token is malformed, deleted, of a disabled provider or not from this instance.',
  );
}

export function insufficientScope(): Refusal {
  return new Refusal('insufficient_scope', `The access token does not have the scope ${adminScope}.`);
}

export function notAdministrator(): Refusal {
  return new Refusal('not_administrator', 'Only administrators may do this.');
}
