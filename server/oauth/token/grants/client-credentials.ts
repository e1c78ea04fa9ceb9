import { nothingToSpend } from '../../client/spending.ts';
import { OAuthError } from '../../errors.ts';
import { defaultScopes, requestedScopes } from '../../scope.ts';
import type { Grant } from '../request.ts';

/**
 * A token for the client itself, no user behind it (RFC 6749 4.4).
 * @throws OAuthError
 */
export const grantClientCredentials: Grant = async (_needs, { request, client }) => {
  const { application, credentialId } = client;
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
  return nothingToSpend({
    application,
    userId: null,
    subject: null,
    scopes,
    authorizationId: null,
    credentialId,
    generation: null,
    openid: null,
  });
};
