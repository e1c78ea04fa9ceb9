import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { expiryOf, findAuthorization } from '../store/authorizations.ts';
import { toUnixSeconds } from '../units.ts';
import { verifyAccessToken } from './access-token.ts';
import { spend } from './assertion.ts';
import { type AuthenticatedClient, authenticateClient, type Credentials } from './client-auth.ts';
import { OAuthError } from './errors.ts';
import { looksLikeRefreshToken, readRefreshToken } from './refresh-token.ts';

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
  services: Services,
  instance: Instance,
  request: { token?: string | undefined; credentials: Credentials },
): Promise<IntrospectionResponse> {
  const client = await authenticateClient(services, instance, request.credentials);
  if (client.method === 'none')
    throw new OAuthError('invalid_client', 'a public client cannot introspect tokens');
  const { token } = request;
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  if (client.assertion?.spend)
    await services.db.transaction((tx) => spend(tx, client, client.assertion, 'invalid_client'));
  return looksLikeRefreshToken(token)
    ? introspectRefreshToken(services, instance, client, token)
    : introspectAccessToken(services, instance, client, token);
}

async function introspectAccessToken(
  services: Services,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<IntrospectionResponse> {
  const claims = await verifyAccessToken(services, instance, token);
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
  services: Services,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<IntrospectionResponse> {
  const read = readRefreshToken(services.secret, instance.id, token);
  if (!read) return inactive;
  const authorization = await findAuthorization(services.db, instance.id, read.authorizationId);
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
      : await services.clients.findById(instance.id, authorization.applicationId);
  if (
    !owner?.application.enabled ||
    (owner.application.id !== client.application.id && !client.application.canIntrospect)
  )
    return inactive;
  const expiry = expiryOf(authorization, owner.application);
  if (expiry && expiry.expiresAt <= services.clock()) return inactive;
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
