import type { Id } from '../ids.ts';
import { offlineAccess } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { type AccessTokenGrant, issueAccessToken } from './access-token.ts';
import { tokenType } from './profile.ts';
import { writeRefreshToken } from './refresh-token.ts';
import type { TokenRequest, TokenResponse } from './token-request.ts';

/** The refresh token that goes with an access token. */
export interface RefreshTokenGrant {
  readonly authorizationId: Id;
  readonly generation: number;
}

/** Writes an answer of the token endpoint, with the fields that the request's profile has (RFC 6749 5.1). */
export function respondWithTokens(
  services: Services,
  request: TokenRequest,
  grant: AccessTokenGrant,
  refreshToken: RefreshTokenGrant | null,
): TokenResponse {
  const { instance, profile } = request;
  const { accessToken, expiresIn } = issueAccessToken(services, instance, grant);
  return {
    token_type: tokenType(profile, grant.application),
    access_token: accessToken,
    expires_in: expiresIn,
    ...(refreshToken && {
      refresh_token: writeRefreshToken(
        services.secret,
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
