import { audienceOf, readResources, scopesOfRequest } from '../../audience.ts';
import { nothingToSpend } from '../../client/spending.ts';
import { OAuthError } from '../../errors.ts';
import { defaultScopes } from '../../scope.ts';
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
  const { instance } = request;
  const allowed = application.scopes;
  const named = readResources(instance, request.resources);
  const scopes = scopesOfRequest(instance, request.scope, named, allowed, defaultScopes(instance, allowed));
  return nothingToSpend({
    application,
    userId: null,
    subject: null,
    ...audienceOf(instance, scopes, named && request.resources, named),
    authorizationId: null,
    credentialId,
    generation: null,
    openid: null,
  });
};
