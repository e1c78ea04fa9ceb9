import type { Services } from '../../services.ts';
import { spend } from '../assertion.ts';
import type { AuthenticatedClient } from '../client-auth.ts';
import { OAuthError } from '../errors.ts';
import { defaultScopes, requestedScopes } from '../scope.ts';
import type { TokenRequest, TokenResponse } from '../token-request.ts';
import { respondWithTokens } from '../token-response.ts';

/**
 * A token for the client itself, no user behind it (RFC 6749 4.4).
 * @throws OAuthError
 */
export async function grantClientCredentials(
  services: Services,
  request: TokenRequest,
  client: AuthenticatedClient,
): Promise<TokenResponse> {
  const { application, assertion } = client;
  if (application.type !== 'machine')
    throw new OAuthError(
      'unauthorized_client',
      'client_credentials is for machine applications; this one acts for users who sign in',
    );
  const scopes = requestedScopes(
    request.scope,
    application.scopes,
    defaultScopes(request.instance, application.scopes),
  );

  const signingKey = await services.signingKeys.active(request.instance.id);
  if (assertion?.spend) await services.db.transaction((tx) => spend(tx, client, assertion, 'invalid_client'));
  return respondWithTokens(
    services,
    request,
    { application, userId: null, scopes, authorizationId: null, signingKey },
    null,
  );
}
