import type { Id } from '../../base/ids.ts';
import { offlineAccess } from '../../model/instance.ts';
import type { Needs } from '../needs.ts';
import { tokenType } from '../profile.ts';
import { type AccessTokenGrant, issueAccessToken } from '../tokens/access-token.ts';
import { writeRefreshToken } from '../tokens/refresh-token.ts';
import type { TokenRequest, TokenResponse } from './request.ts';

/** The refresh token that goes with an access token. */
export interface RefreshTokenGrant {
  readonly authorizationId: Id;
  readonly generation: number;
}

/** Writes an answer of the token endpoint, with the fields that the request's profile has (RFC 6749 5.1). */
export function respondWithTokens(
  needs: Needs,
  request: TokenRequest,
  grant: AccessTokenGrant,
  refreshToken: RefreshTokenGrant | null,
): TokenResponse {
  const { instance, profile } = request;
  const { accessToken, expiresIn } = issueAccessToken(needs, instance, grant);
  return {
    token_type: tokenType(profile, grant.application),
    access_token: accessToken,
    expires_in: expiresIn,
    ...(refreshToken && {
      refresh_token: writeRefreshToken(
        needs.secret,
        instance.id,
        refreshToken.authorizationId,
        refreshToken.generation,
      ),
    }),
    ...(profile === 'standard' && { scope: grant.scopes.join(' ') }),
    ...(profile === 'workfront' && grant.userId && { wid: grant.userId }),
  };
}

/** Whether these scopes asked for a refresh token. */
export function isOffline(scopes: readonly string[]): boolean {
  return scopes.includes(offlineAccess);
}
