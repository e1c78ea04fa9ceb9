import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';

/** One proof of who somebody is. A sign-in is a list of these, and a session keeps it. */
export interface Authentication {
  readonly method: 'password' | 'totp' | 'passkey' | 'link' | 'provider' | 'hand_over';
  readonly at: Instant;
  /** The provider did not tell when: `at` is when they came from there, where they may have been signed in for long. */
  readonly isUntold?: true;
  /** Which of several that the user has, such as the identity provider; null for what they have one of, such as their password. */
  readonly credentialId: Id | null;
  /** By what they proved it elsewhere, as the identity provider tells (`amr`, RFC 8176); nothing where it does not tell, and for what was proved here. */
  readonly told?: readonly string[];
}

/** A password that was right, at this moment. */
export function byPassword(at: Instant): Authentication {
  return { method: 'password', at, credentialId: null };
}

/** The most names of methods that count of what a provider tells. */
const mostTold = 10;
const methodName = /^[A-Za-z0-9_.:-]{1,40}$/;

/**
 * What an identity provider says of somebody who proved it there.
 * @param at when they did; null where it does not tell
 * @param now by which what a clock that is fast calls the future is now
 * @param told `amr`: names in another form are left out
 */
export function byProvider(
  provider: { readonly id: Id; readonly type: string },
  at: Instant | null,
  now: Instant,
  told: readonly string[],
): Authentication {
  return {
    method: provider.type === 'handover' ? 'hand_over' : 'provider',
    at: Math.min(at ?? now, now),
    ...(at === null && { isUntold: true }),
    credentialId: provider.id,
    told: [...new Set(told)].filter((name) => methodName.test(name)).slice(0, mostTold),
  };
}

/** When somebody last showed who they are, here or by coming from a provider: what "recent" counts from. */
export function lastAuthenticatedAt(authentications: readonly Authentication[]): Instant {
  return Math.max(...authentications.map(({ at }) => at));
}

/** When somebody last did so as far as that is known: what clients are told, and `max_age` counts from. Null for never. */
export function lastToldAt(authentications: readonly Authentication[]): Instant | null {
  const told = authentications.filter(({ isUntold }) => !isUntold);
  return told.length === 0 ? null : lastAuthenticatedAt(told);
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
