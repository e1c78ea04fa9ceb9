import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../base/master-secret.ts';
import { OAuthError } from '../errors.ts';

/**
 * The challenge of an authorization request (RFC 7636 4.3); only S256 is known.
 * @returns null when the request uses no PKCE
 * @throws OAuthError `invalid_request`
 */
export function readCodeChallenge(challenge: string | undefined, method: string | undefined): string | null {
  if (challenge === undefined && method === undefined) return null;
  if (challenge === undefined)
    throw new OAuthError('invalid_request', 'code_challenge is missing beside code_challenge_method');
  if (method !== 'S256') throw new OAuthError('invalid_request', 'code_challenge_method must be S256');
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge))
    throw new OAuthError(
      'invalid_request',
      'code_challenge must be the base64url SHA-256 of the verifier: 43 characters',
    );
  return challenge;
}

/** Whether this verifier belongs to that challenge (RFC 7636 4.6). Each needs the other. */
export function matchesChallenge(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null || verifier === undefined) return challenge === null && verifier === undefined;
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return timingSafeEqual(sha256(verifier), Buffer.from(challenge, 'base64url').subarray(0, 32));
}
