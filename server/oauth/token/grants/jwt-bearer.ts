import { scopesNow } from '../../../authorizations/liveness.ts';
import { instanceUrl } from '../../../base/paths.ts';
import { findUser } from '../../../store/users.ts';
import { audienceOf, readResources, scopesOfRequest } from '../../audience.ts';
import { readUnverified, verifyAssertion } from '../../client/assertion.ts';
import { authenticateClient, hasCredentials } from '../../client/authenticate.ts';
import type { Identify } from '../../client/call.ts';
import type { Spending } from '../../client/spending.ts';
import { OAuthError } from '../../errors.ts';
import type { Needs } from '../../needs.ts';
import { defaultScopes } from '../../scope.ts';
import type { Grant, TokenCall, TokenRequest } from '../request.ts';
import type { Issue } from '../response.ts';

/**
 * The assertion identifies the client, and it is verified by `grantJwtBearer`. Client authentication may come with it, and must then be
 * valid and the same client's.
 * @throws OAuthError
 */
export const identifyByAssertion: Identify<TokenRequest> = async (
  needs,
  { instance, assertion, credentials },
) => {
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
  if (authenticated) return authenticated;
  const client = await needs.clients.find(instance.id, issuer);
  if (!client?.application.enabled)
    throw new OAuthError(
      'invalid_grant',
      'the iss of the assertion is not the client ID of an enabled application',
    );
  return { ...client, method: 'none', credentialId: null, proofs: [] };
};

/**
 * A token for the user whom a public key acts for, against a JWT signed by that key (RFC 7523 2.1). Nobody signs in
 * and no authorization is made.
 * @throws OAuthError
 */
export const grantJwtBearer: Grant = (needs, call) =>
  exchange(needs, call, { audience: 'required', issuers: [call.client.application.clientId] });

/**
 * The JWT exchange of the Workfront profile: the client authenticates with its secret, and the assertion's `iss` may
 * also be the customer ID; `aud`, `jti` and `iat` may be missing, and `aud` may name this endpoint.
 * @throws OAuthError
 */
export const exchangeWorkfrontJwt: Grant = (needs, call) => {
  const { instance } = call.request;
  return exchange(needs, call, {
    audience: 'optional',
    alsoAudience: instanceUrl(instance, '/integrations/oauth2/api/v1/jwt/exchange'),
    issuers: [instance.customerId, call.client.application.clientId],
    tokenType: 'sessionID',
  });
};

/** In what the two differ. */
interface Terms extends Pick<Issue, 'tokenType'> {
  readonly audience: 'required' | 'optional';
  readonly alsoAudience?: string;
  /** Whom `iss` may name. */
  readonly issuers: readonly string[];
}

async function exchange(
  needs: Needs,
  { request, client, now }: TokenCall,
  { issuers, tokenType, ...rules }: Terms,
): Promise<Spending<Issue>> {
  const { instance } = request;
  const { application } = client;
  if (application.type !== 'machine')
    throw new OAuthError('unauthorized_client', 'the JWT-bearer grant is for machine applications');
  const { claims, key, proofs } = verifyAssertion(needs, instance, client, request.assertion ?? '', {
    code: 'invalid_grant',
    ...rules,
  });
  if (!issuers.includes(claims.iss ?? ''))
    throw new OAuthError(
      'invalid_grant',
      issuers.length === 1
        ? 'the iss of the assertion is not the client ID of this application'
        : 'the iss of the assertion is neither the customer ID nor the client ID of this application',
    );
  const user = key.actsAsUserId && (await findUser(needs.db, instance.id, key.actsAsUserId));
  if (claims.sub === undefined || (claims.sub !== key.actsAsUserId && claims.sub !== user?.subject))
    throw new OAuthError(
      'invalid_grant',
      'the sub of the assertion is neither the subject nor the ID of the user whom the public key acts for',
    );
  if (!user?.active)
    throw new OAuthError('invalid_grant', 'the user whom the public key acts for is not active any more');
  const allowed = scopesNow(application.scopes, application, user.role);
  const named = readResources(instance, request.resources);
  const scopes = scopesOfRequest(instance, request.scope, named, allowed, defaultScopes(instance, allowed));
  const audience = audienceOf(instance, scopes, named && request.resources, named);
  return {
    proofs,
    inTransaction: false,
    spend: async () => {
      needs.lastUsed.note('public_keys', instance.id, key.id, now);
      needs.lastUsed.note('applications', instance.id, application.id, now);
      return {
        application,
        userId: user.id,
        subject: user.subject,
        ...audience,
        authorizationId: null,
        credentialId: key.id,
        generation: null,
        openid: null,
        ...(tokenType && { tokenType }),
      };
    },
  };
}
