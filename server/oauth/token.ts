import type { Services } from '../services.ts';
import { type AuthenticatedClient, authenticateClient } from './client-auth.ts';
import { OAuthError } from './errors.ts';
import { redeemAuthorizationCode } from './grants/authorization-code.ts';
import { grantClientCredentials } from './grants/client-credentials.ts';
import { grantJwtBearer } from './grants/jwt-bearer.ts';
import { refresh } from './grants/refresh-token.ts';
import type { TokenRequest, TokenResponse } from './token-request.ts';

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
export async function answerTokenRequest(services: Services, request: TokenRequest): Promise<TokenResponse> {
  switch (request.grantType) {
    case undefined:
      throw new OAuthError(
        'invalid_request',
        `grant_type is missing; it must be one of ${grantTypes.join(', ')}`,
      );
    case 'authorization_code':
      return redeemAuthorizationCode(services, request, await authenticate(services, request));
    case 'refresh_token':
      return refresh(services, request, await authenticate(services, request));
    case 'client_credentials':
      return grantClientCredentials(services, request, await authenticate(services, request));
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return grantJwtBearer(services, request); // the assertion identifies the client
    default:
      throw new OAuthError('unsupported_grant_type', `grant_type must be one of ${grantTypes.join(', ')}`);
  }
}

function authenticate(services: Services, request: TokenRequest): Promise<AuthenticatedClient> {
  return authenticateClient(services, request.instance, request.credentials);
}
