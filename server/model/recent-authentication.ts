import { Refusal } from '../base/refusal.ts';
import { type Instant, MINUTE } from '../base/units.ts';

/** How long after giving their password somebody may hand out power. */
const recent = 15 * MINUTE;

/** Whether the user of a browser session gave their password so lately that they may hand out power. */
export function isRecent(authenticatedAt: Instant, now: Instant): boolean {
  return now < authenticatedAt + recent;
}

/**
 * For deeds that outlive the session that does them: new credentials, other redirect URIs, another's role or password.
 * @param authenticatedAt when the user of the browser session last gave their password; null for an access token or the
 *   command line, which have none to give
 * @throws Refusal `reauthentication_required`
 */
export function requireRecentAuthentication(authenticatedAt: Instant | null, now: Instant): void {
  if (authenticatedAt === null || isRecent(authenticatedAt, now)) return;
  throw new Refusal(
    'reauthentication_required',
    'This needs a password given in the last 15 minutes: POST /api/v1/me/authentications, then try again.',
  );
}
