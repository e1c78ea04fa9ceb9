import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import { SECOND } from '../base/units.ts';
import type { OpenidGrant } from './openid.ts';
import type { UserStanding } from './user.ts';

/** A user's standing permission to an application. Its refresh tokens follow from `id` and `generation`. */
export interface Authorization {
  readonly id: Id;
  readonly instanceId: Id;
  readonly applicationId: Id;
  readonly userId: Id;
  readonly scopes: readonly string[];
  /** What its ID tokens and userinfo tell besides the user; null where `openid` was not asked for. */
  readonly openid: OpenidGrant | null;
  /** The identifiers of the APIs that access tokens may be for, where the request named any; null: those of its scopes. */
  readonly resources: readonly string[] | null;
  /** Counts rotations: the refresh token of this generation is the one that is good. */
  readonly generation: number;
  readonly createdAt: Instant;
  /** When the generation before this one was spent; null while none was. */
  readonly rotatedAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  /** Set where no refresh token was given: the end of the access token that is all there is. */
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** An authorization by its ID, and whose it is. */
export type AuthorizationKey = Pick<Authorization, 'id' | 'userId' | 'applicationId'>;

/** An authorization with its user, in one read. */
export interface AuthorizationOfUser extends Authorization {
  /** Null when there is no such user any more. */
  readonly user: (UserStanding & { readonly subject: string }) | null;
}

/** An authorization as people see it: who, what, since when, until when and why. */
export interface AuthorizationView {
  readonly id: Id;
  readonly application: { readonly id: Id; readonly name: string };
  readonly user: { readonly id: Id; readonly name: string; readonly email: string };
  readonly scopes: readonly string[];
  /** As in `Authorization`. */
  readonly resources: readonly string[] | null;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly expiresBecause: 'absolute' | 'inactivity' | null;
}

/** When and why an authorization ends: by the end of all that was given, or by the earlier of the policy's two. */
export interface Expiry {
  readonly expiresAt: Instant;
  readonly because: 'absolute' | 'inactivity';
}

/** What an application's policy of this moment says about one authorization; null when it does not expire. */
export function expiryOf(
  authorization: { createdAt: Instant; expiresAt: Instant | null },
  userLastActiveAt: Instant | null,
  policy: { refreshTokenAbsoluteLifetime: number | null; refreshTokenInactivityLifetime: number | null },
): Expiry | null {
  const { createdAt, expiresAt } = authorization;
  if (expiresAt !== null) return { expiresAt, because: 'absolute' };
  return earlierOf(
    endOf(createdAt, policy.refreshTokenAbsoluteLifetime),
    endOf(userLastActiveAt ?? createdAt, policy.refreshTokenInactivityLifetime),
  );
}

export function endOf(from: Instant, lifetime: number | null): Instant | null {
  return lifetime === null ? null : from + lifetime * SECOND;
}

export function earlierOf(absolute: Instant | null, inactivity: Instant | null): Expiry | null {
  if (absolute !== null && absolute <= (inactivity ?? absolute))
    return { expiresAt: absolute, because: 'absolute' };
  return inactivity === null ? null : { expiresAt: inactivity, because: 'inactivity' };
}
