import { spend } from '../../client/assertion.ts';
import type { AuthenticatedClient } from '../../client/authenticate.ts';
import { OAuthError } from '../../errors.ts';
import type { Needs } from '../../needs.ts';
import { defaultScopes, requestedScopes } from '../../scope.ts';
import type { TokenRequest, TokenResponse } from '../request.ts';
import { respondWithTokens } from '../response.ts';

/**
 * A token for the client itself, no user behind it (RFC 6749 4.4).
 * @throws OAuthError
 */
export async function grantClientCredentials(
  needs: Needs,
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

  const signingKey = await needs.signingKeys.active(request.instance.id);
  if (assertion?.spend) await needs.db.transaction((tx) => spend(tx, client, assertion, 'invalid_client'));
  return respondWithTokens(
    needs,
    request,
    {
      application,
      userId: null,
      scopes,
      authorizationId: null,
      credentialId: client.credentialId,
      signingKey,
    },
    null,
  );
}
