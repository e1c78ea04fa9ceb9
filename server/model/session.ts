import { DAY, HOUR, type Instant, MINUTE } from '../base/units.ts';
import type { Role } from './user.ts';

/** Milliseconds after which a session ends, unused or in any case. */
export const sessionLimits: Record<Role, { readonly idle: number; readonly absolute: number }> = {
  administrator: { idle: 30 * MINUTE, absolute: 12 * HOUR },
  user: { idle: 14 * DAY, absolute: 90 * DAY },
};

/** The longest that any session can lie unused. In milliseconds. */
export const longestIdle = Math.max(...Object.values(sessionLimits).map(({ idle }) => idle));

/** When a session is over by its age, or for want of further use, for somebody of this role. */
export function endsAt(
  session: { readonly createdAt: Instant; readonly lastSeenAt: Instant },
  role: Role,
): Instant {
  const { idle, absolute } = sessionLimits[role];
  return Math.min(session.lastSeenAt + idle, session.createdAt + absolute);
}

/** Whether it is over. */
export function hasEnded(
  session: { readonly createdAt: Instant; readonly lastSeenAt: Instant },
  role: Role,
  now: Instant,
): boolean {
  return now >= endsAt(session, role);
}
