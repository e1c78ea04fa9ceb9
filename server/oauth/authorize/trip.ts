import type { Session } from '../../accounts/sessions.ts';
import { MINUTE } from '../../base/units.ts';
import type { Instance } from '../../model/instance.ts';
import type { Needs } from '../needs.ts';

/** How long a trip to the sign-in page may take. A mark that is found later, in a history or a log, is worth nothing. */
export const longestTrip = 15 * MINUTE;

/**
 * Marks a trip to the sign-in page, so that a request for a fresh sign-in knows one that came after it.
 * @param clientId the client whose request it is; a mark is good for no other
 */
export function sealLoginMark(needs: Needs, instance: Instance, clientId: string): string {
  return needs.secret
    .seal('form', String(needs.clock()), loginMarkContext(instance, clientId))
    .toString('base64url');
}

/** Whether the user signed in after the trip that this mark began, a quarter of an hour ago at most. */
export function signedInSince(
  needs: Needs,
  instance: Instance,
  clientId: string,
  mark: string | undefined,
  session: Session,
): boolean {
  if (mark === undefined) return false;
  const context = loginMarkContext(instance, clientId);
  const opened = needs.secret.open('form', Buffer.from(mark, 'base64url'), context);
  if (opened === undefined) return false;
  const began = Number(opened.plain.toString());
  return session.authenticatedAt >= began && needs.clock() < began + longestTrip;
}

export function loginMarkContext(instance: Instance, clientId: string): string {
  return `login mark ${instance.id} ${clientId}`;
}
