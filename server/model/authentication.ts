import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';

/** One proof of who somebody is. A sign-in is a list of these, and a session keeps it. */
export interface Authentication {
  readonly method: 'password' | 'totp' | 'passkey' | 'link' | 'provider' | 'hand_over';
  readonly at: Instant;
  /** Which of several that the user has; null for what they have one of, such as their password. */
  readonly credentialId: Id | null;
}

/** A password that was right, at this moment. */
export function byPassword(at: Instant): Authentication {
  return { method: 'password', at, credentialId: null };
}

/** When somebody last showed who they are: what `max_age` and "recent" count from. */
export function lastAuthenticatedAt(authentications: readonly Authentication[]): Instant {
  return Math.max(...authentications.map(({ at }) => at));
}

/** The list with one more, which takes the place of an earlier one by the same credential. */
export function withAuthentication(
  authentications: readonly Authentication[],
  added: Authentication,
): Authentication[] {
  const others = authentications.filter(
    ({ method, credentialId }) => method !== added.method || credentialId !== added.credentialId,
  );
  return [...others, added];
}
