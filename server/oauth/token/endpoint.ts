import { type AuthenticatedClient, authenticateClient } from '../client/authenticate.ts';
import { OAuthError } from '../errors.ts';
import type { Needs } from '../needs.ts';
import { redeemAuthorizationCode } from './grants/authorization-code.ts';
import { grantClientCredentials } from './grants/client-credentials.ts';
import { grantJwtBearer } from './grants/jwt-bearer.ts';
import { refresh } from './grants/refresh-token.ts';
import type { TokenRequest, TokenResponse } from './request.ts';

export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
] as const;

/**
 * The token endpoint (RFC 6749 3.2). What may happen once is spent by one conditional write; what fails leaves it unspent, but for a code
 * whose own client sends what does not go with it.
 * @throws OAuthError
 */
export async function answerTokenRequest(needs: Needs, request: TokenRequest): Promise<TokenResponse> {
  switch (request.grantType) {
    case undefined:
      throw new OAuthError(
        'invalid_request',
        `grant_type is missing; it must be one of ${grantTypes.join(', ')}`,
      );
    case 'authorization_code':
      return redeemAuthorizationCode(needs, request, await authenticate(needs, request));
    case 'refresh_token':
      return refresh(needs, request, await authenticate(needs, request));
    case 'client_credentials':
      return grantClientCredentials(needs, request, await authenticate(needs, request));
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return grantJwtBearer(needs, request); // the assertion identifies the client
    default:
      throw new OAuthError('unsupported_grant_type', `grant_type must be one of ${grantTypes.join(', ')}`);
  }
}

function authenticate(needs: Needs, request: TokenRequest): Promise<AuthenticatedClient> {
  return authenticateClient(needs, request.instance, request.credentials);
}
