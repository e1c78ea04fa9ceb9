import { toUnixSeconds } from '../base/units.ts';
import { expiryOf } from '../model/authorization.ts';
import type { Instance } from '../model/instance.ts';
import { findAuthorization } from '../store/authorizations.ts';
import { spend } from './client/assertion.ts';
import { type AuthenticatedClient, authenticateClient, type Credentials } from './client/authenticate.ts';
import { OAuthError } from './errors.ts';
import type { Needs } from './needs.ts';
import { verifyAccessToken } from './tokens/access-token.ts';
import { looksLikeRefreshToken, readRefreshToken } from './tokens/refresh-token.ts';

/** An answer of RFC 7662 2.2; times in Unix seconds. */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly iss: string;
      readonly client_id: string;
      readonly sub: string;
      readonly scope: string;
      readonly iat: number;
      /** Missing for a refresh token that does not expire. */
      readonly exp?: number;
      readonly aud?: string;
      readonly jti?: string;
      readonly token_type?: 'Bearer';
      readonly instance_id: string;
      readonly authorization_id?: string;
    };

const inactive: IntrospectionResponse = { active: false };

/**
 * The introspection endpoint (RFC 7662 2.1): confidential clients learn about their own tokens, and one that may
 * introspect about all. Whatever it may not know, or is not good now, is inactive and nothing else.
 * @throws OAuthError
 */
export async function introspect(
  needs: Needs,
  instance: Instance,
  request: { token?: string | undefined; credentials: Credentials },
): Promise<IntrospectionResponse> {
  const client = await authenticateClient(needs, instance, request.credentials);
  if (client.method === 'none')
    throw new OAuthError('invalid_client', 'a public client cannot introspect tokens');
  const { token } = request;
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  if (client.assertion?.spend)
    await needs.db.transaction((tx) => spend(tx, client, client.assertion, 'invalid_client'));
  return looksLikeRefreshToken(token)
    ? introspectRefreshToken(needs, instance, client, token)
    : introspectAccessToken(needs, instance, client, token);
}

async function introspectAccessToken(
  needs: Needs,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<IntrospectionResponse> {
  const claims = await verifyAccessToken(needs, instance, token);
  if (!claims || (claims.client_id !== client.application.clientId && !client.application.canIntrospect))
    return inactive;
  const { iss, client_id, sub, scope, iat, exp, aud, jti, instance_id, authorization_id } = claims;
  return {
    active: true,
    iss,
    client_id,
    sub,
    scope,
    iat,
    exp,
    aud,
    jti,
    token_type: 'Bearer',
    instance_id,
    ...(authorization_id && { authorization_id }),
  };
}

async function introspectRefreshToken(
  needs: Needs,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<IntrospectionResponse> {
  const read = readRefreshToken(needs.secret, instance.id, token);
  if (!read) return inactive;
  const authorization = await findAuthorization(needs.db, instance.id, read.authorizationId);
  if (
    !authorization ||
    authorization.revokedAt !== null ||
    !authorization.userActive ||
    read.generation !== authorization.generation
  )
    return inactive;
  const owner =
    authorization.applicationId === client.application.id
      ? client
      : await needs.clients.findById(instance.id, authorization.applicationId);
  if (
    !owner?.application.enabled ||
    (owner.application.id !== client.application.id && !client.application.canIntrospect)
  )
    return inactive;
  const expiry = expiryOf(authorization, owner.application);
  if (expiry && expiry.expiresAt <= needs.clock()) return inactive;
  return {
    active: true,
    iss: instance.url,
    client_id: owner.application.clientId,
    sub: authorization.userId,
    scope: authorization.scopes.join(' '),
    iat: toUnixSeconds(authorization.rotatedAt ?? authorization.createdAt),
    ...(expiry && { exp: toUnixSeconds(expiry.expiresAt) }),
    instance_id: instance.id,
    authorization_id: authorization.id,
  };
}
