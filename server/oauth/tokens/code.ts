import { randomBytes } from 'node:crypto';
import type { Instant } from '../../base/units.ts';

/**
 * A new authorization code (RFC 6749 4.1.2): the instant at which it is issued (6 bytes) and 264 random bits, in base64url.
 * The time is no part of the secret. It makes neighbours in the table of codes that are issued, and soon after spent, together.
 */
export function newAuthorizationCode(now: Instant): string {
  const bytes = randomBytes(39);
  bytes.writeUIntBE(now, 0, 6);
  return bytes.toString('base64url');
}
