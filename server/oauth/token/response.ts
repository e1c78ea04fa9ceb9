import type { SigningKey } from '../../keys/signing-key.ts';
import { offlineAccess } from '../../model/instance.ts';
import type { Needs } from '../needs.ts';
import { tokenType } from '../profile.ts';
import { type AccessTokenContent, issueAccessToken } from '../tokens/access-token.ts';
import { writeRefreshToken } from '../tokens/refresh-token.ts';
import type { TokenRequest, TokenResponse } from './request.ts';

/** What a grant gives: an access token, and perhaps a refresh token. */
export interface Issue extends AccessTokenContent {
  /** Of the refresh token; null: none is given. */
  readonly generation: number | null;
  /** Where the endpoint has one of its own; otherwise it goes by profile and application. */
  readonly tokenType?: TokenResponse['token_type'];
}

/** Writes an answer of the token endpoint, with the fields that the request's profile has (RFC 6749 5.1). */
export function respondWithTokens(
  needs: Needs,
  { instance, profile }: TokenRequest,
  issue: Issue,
  signingKey: SigningKey,
): TokenResponse {
  const { authorizationId, generation } = issue;
  const { accessToken, expiresIn } = issueAccessToken(needs, instance, issue, signingKey);
  return {
    token_type: issue.tokenType ?? tokenType(profile, issue.application),
    access_token: accessToken,
    expires_in: expiresIn,
    ...(authorizationId &&
      generation !== null && {
        refresh_token: writeRefreshToken(needs.secret, instance.id, authorizationId, generation),
      }),
    ...(profile === 'standard' && { scope: issue.scopes.join(' ') }),
    ...(profile === 'workfront' && issue.userId && { wid: issue.userId }),
  };
}

/** Whether these scopes asked for a refresh token. */
export function isOffline(scopes: readonly string[]): boolean {
  return scopes.includes(offlineAccess);
}
