import { livenessOf } from '../authorizations/liveness.ts';
import { toUnixSeconds } from '../base/units.ts';
import { expiryOf } from '../model/authorization.ts';
import type { Instance } from '../model/instance.ts';
import { opensAnything } from '../model/scopes.ts';
import { findAuthorization } from '../store/authorizations.ts';
import type { AuthenticatedClient } from './client/authenticate.ts';
import type { ClientRequest, Rule } from './client/call.ts';
import { nothingToSpend } from './client/spending.ts';
import { OAuthError } from './errors.ts';
import type { Needs } from './needs.ts';
import { verifyAccessToken } from './tokens/access-token.ts';
import { looksLikeRefreshToken, readRefreshToken } from './tokens/refresh-token.ts';

/** An answer of RFC 7662 2.2; times in Unix seconds. */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true;
      /** A refresh token is never good for an API: whoever asks for one must look at this. */
      readonly token_use: 'access_token' | 'refresh_token';
      readonly iss: string;
      readonly client_id: string;
      readonly sub: string;
      readonly scope: string;
      readonly iat: number;
      /** Missing for a refresh token that does not expire. */
      readonly exp?: number;
      readonly aud?: string | readonly string[];
      readonly jti?: string;
      readonly token_type?: 'Bearer';
      readonly instance_id: string;
      readonly authorization_id?: string;
    };

const inactive: IntrospectionResponse = { active: false };

/** A request to the introspection endpoint. */
export interface IntrospectionRequest extends ClientRequest {
  readonly token?: string | undefined;
}

/**
 * The introspection endpoint (RFC 7662 2.1): confidential clients learn about their own tokens, and one that may
 * introspect about all access tokens. Whatever it may not know, or is not good now, is inactive and nothing else.
 * @throws OAuthError
 */
export const introspect: Rule<IntrospectionRequest, IntrospectionResponse> = async (needs, call) => {
  const { token, instance } = call.request;
  if (call.client.method === 'none')
    throw new OAuthError('invalid_client', 'a public client cannot introspect tokens');
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  return nothingToSpend(
    looksLikeRefreshToken(token)
      ? await introspectRefreshToken(needs, instance, call.client, token)
      : await introspectAccessToken(needs, instance, call.client, token),
  );
};

async function introspectAccessToken(
  needs: Needs,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<IntrospectionResponse> {
  const good = await verifyAccessToken(needs, instance, token);
  if (!good || !opensAnything(good.scopes)) return inactive;
  const { iss, client_id, sub, iat, exp, aud, jti, instance_id, authorization_id } = good.claims;
  if (client_id !== client.application.clientId && !client.application.canIntrospect) return inactive;
  return {
    active: true,
    token_use: 'access_token',
    iss,
    client_id,
    sub,
    scope: good.scopes.join(' '),
    iat,
    exp,
    aud,
    jti,
    token_type: 'Bearer',
    instance_id,
    ...(authorization_id && { authorization_id }),
  };
}

/** For its own client only: whoever else asks takes the answer for one about an access token. */
async function introspectRefreshToken(
  needs: Needs,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<IntrospectionResponse> {
  const { application } = client;
  const read = readRefreshToken(needs.secret, instance.id, token);
  if (!read) return inactive;
  const authorization = await findAuthorization(needs.db, instance.id, read.authorizationId);
  if (authorization?.applicationId !== application.id || read.generation !== authorization.generation)
    return inactive;
  const { user, scopes: granted, id, userId, createdAt, rotatedAt } = authorization;
  const liveness = livenessOf({ client, authorization, credential: null, user, granted }, needs.clock());
  if (liveness.lapse !== null) return inactive;
  const expiry = expiryOf(authorization, user?.lastActiveAt ?? null, application);
  return {
    active: true,
    token_use: 'refresh_token',
    iss: instance.url,
    client_id: application.clientId,
    sub: user?.subject ?? userId,
    scope: liveness.scopes.join(' '),
    iat: toUnixSeconds(rotatedAt ?? createdAt),
    ...(expiry && { exp: toUnixSeconds(expiry.expiresAt) }),
    instance_id: instance.id,
    authorization_id: id,
  };
}
