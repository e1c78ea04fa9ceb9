import { scopesNow } from '../../../authorizations/liveness.ts';
import { parseId } from '../../../base/ids.ts';
import { instanceUrl } from '../../../base/paths.ts';
import type { Client } from '../../../model/application.ts';
import { findUser } from '../../../store/users.ts';
import { readUnverified, spend, verifyAssertion } from '../../client/assertion.ts';
import { type AuthenticatedClient, authenticateClient, hasCredentials } from '../../client/authenticate.ts';
import { OAuthError } from '../../errors.ts';
import type { Needs } from '../../needs.ts';
import { defaultScopes, requestedScopes } from '../../scope.ts';
import type { TokenRequest, TokenResponse } from '../request.ts';
import { respondWithTokens } from '../response.ts';

/**
 * A token for the user whom a public key acts for, against a JWT signed by that key (RFC 7523 2.1). Nobody signs in
 * and no authorization is made. The assertion identifies the client; client authentication may come with it.
 * @throws OAuthError
 */
export async function grantJwtBearer(needs: Needs, request: TokenRequest): Promise<TokenResponse> {
  const { instance, assertion, credentials } = request;
  if (assertion === undefined) throw new OAuthError('invalid_request', 'assertion is missing');
  const authenticated = hasCredentials(credentials)
    ? await authenticateClient(needs, instance, credentials)
    : null;
  const issuer = readUnverified(assertion)?.iss;
  if (typeof issuer !== 'string')
    throw new OAuthError('invalid_grant', 'assertion must be a JWT whose iss is the client ID');
  if ((authenticated?.application.clientId ?? credentials.clientId ?? issuer) !== issuer)
    throw new OAuthError(
      'invalid_grant',
      'the iss of the assertion must be the client ID of the client that sends it',
    );
  const client = authenticated ?? (await needs.clients.find(instance.id, issuer));
  if (!client?.application.enabled)
    throw new OAuthError(
      'invalid_grant',
      'the iss of the assertion is not the client ID of an enabled application',
    );
  return exchange(needs, request, client, authenticated, {
    audience: 'required',
    issuers: [client.application.clientId],
  });
}

/**
 * The JWT exchange of the Workfront profile: the client authenticates with its secret, and the assertion's `iss` may
 * also be the customer ID; `aud`, `jti` and `iat` may be missing, and `aud` may name this endpoint.
 * @throws OAuthError
 */
export async function exchangeWorkfrontJwt(needs: Needs, request: TokenRequest): Promise<TokenResponse> {
  const { instance, assertion, credentials } = request;
  if (assertion === undefined) throw new OAuthError('invalid_request', 'jwt_token is missing');
  const client = await authenticateClient(needs, instance, credentials);
  const response = await exchange(needs, request, client, client, {
    audience: 'optional',
    alsoAudience: instanceUrl(instance, '/integrations/oauth2/api/v1/jwt/exchange'),
    issuers: [instance.customerId, client.application.clientId],
  });
  return { ...response, token_type: 'sessionID' };
}

async function exchange(
  needs: Needs,
  request: TokenRequest,
  client: Client,
  authenticated: AuthenticatedClient | null,
  {
    issuers,
    ...rules
  }: { audience: 'required' | 'optional'; alsoAudience?: string; issuers: readonly string[] },
): Promise<TokenResponse> {
  const { instance } = request;
  const { application } = client;
  if (application.type !== 'machine')
    throw new OAuthError('unauthorized_client', 'the JWT-bearer grant is for machine applications');
  const assertion = verifyAssertion(needs, instance, client, request.assertion ?? '', {
    code: 'invalid_grant',
    ...rules,
  });
  if (!issuers.includes(assertion.claims.iss ?? ''))
    throw new OAuthError(
      'invalid_grant',
      issuers.length === 1
        ? 'the iss of the assertion is not the client ID of this application'
        : 'the iss of the assertion is neither the customer ID nor the client ID of this application',
    );
  const userId = parseId(assertion.claims.sub);
  if (!userId || userId !== assertion.key.actsAsUserId)
    throw new OAuthError(
      'invalid_grant',
      'the sub of the assertion is not the ID of the user whom the public key acts for',
    );
  const user = await findUser(needs.db, instance.id, userId);
  if (!user?.active)
    throw new OAuthError('invalid_grant', 'the user whom the public key acts for is not active any more');
  const allowed = scopesNow(application.scopes, application, user.role);
  const scopes = requestedScopes(request.scope, allowed, defaultScopes(instance, allowed));

  const signingKey = await needs.signingKeys.active(instance.id);
  if (assertion.spend || authenticated?.assertion?.spend)
    await needs.db.transaction(async (tx) => {
      await spend(tx, client, authenticated?.assertion ?? null, 'invalid_client');
      await spend(tx, client, assertion, 'invalid_grant');
    });
  needs.lastUsed.note('public_keys', instance.id, assertion.key.id, needs.clock());
  needs.lastUsed.note('applications', instance.id, application.id, needs.clock());
  return respondWithTokens(
    needs,
    request,
    {
      application,
      userId: user.id,
      scopes,
      authorizationId: null,
      credentialId: assertion.key.id,
      signingKey,
    },
    null,
  );
}
