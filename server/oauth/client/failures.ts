import type { Failures } from '../../limits/client-failures.ts';
import { OAuthError, type OAuthErrorCode } from '../errors.ts';
import { readUnverified } from './assertion.ts';
import type { Credentials } from './authenticate.ts';

/** What a failure weighs. A client that proved who it is may err more often than somebody who only says so. */
const points = { invalid_client: 5, invalid_grant: 1 } as const satisfies Partial<
  Record<OAuthErrorCode, number>
>;

/** Which failures of clients count, for `limits/client-failures.ts`. */
export const clientFailures: Failures = {
  heaviest: points.invalid_client,
  weigh: (error) =>
    error instanceof OAuthError ? (points as Partial<Record<OAuthErrorCode, number>>)[error.code] : undefined,
  tooMany: (description, seconds) =>
    new OAuthError('too_many_requests', description, { retryAfter: seconds }),
};

/**
 * Which client a request says it comes from, true or not.
 * @param assertion of the JWT-bearer grant, which names the client too
 */
export function claimedClientId(credentials: Credentials, assertion?: string): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/_=-]+) *$/i.exec(credentials.authorization ?? '') ?? [];
  const claimed =
    encoded !== undefined
      ? Buffer.from(encoded, 'base64').toString().split(':', 1)[0]
      : (credentials.clientId ??
        subjectOf(credentials.clientAssertion, 'sub') ??
        subjectOf(assertion, 'iss'));
  return claimed === undefined || claimed === '' ? undefined : claimed.slice(0, 64);
}

function subjectOf(jwt: string | undefined, claim: 'sub' | 'iss'): string | undefined {
  const value = jwt === undefined ? undefined : readUnverified(jwt)?.[claim];
  return typeof value === 'string' ? value : undefined;
}
