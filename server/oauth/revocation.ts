import type { Instance } from '../registry/instance.ts';
import type { Services } from '../services.ts';
import { findAuthorization } from '../store/authorizations.ts';
import type { Transaction } from '../store/database.ts';
import { revokeAccessToken } from '../store/spent-tokens.ts';
import { SECOND } from '../units.ts';
import { readAccessToken } from './access-token.ts';
import { spend } from './assertion.ts';
import { type AuthenticatedClient, authenticateClient, type Credentials } from './client-auth.ts';
import { endOne } from './end-authorization.ts';
import { OAuthError } from './errors.ts';
import { readRefreshToken } from './refresh-token.ts';

/**
 * The revocation endpoint (RFC 7009 2.1). A refresh token takes its authorization and every access token of it along;
 * an access token goes alone. An unknown token is a success; another client's is refused.
 * @throws OAuthError
 */
export async function revoke(
  services: Services,
  instance: Instance,
  request: { token?: string | undefined; credentials: Credentials; ip: string },
): Promise<void> {
  const client = await authenticateClient(services, instance, request.credentials);
  if (request.token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const end =
    (await endOfRefreshToken(services, instance, client, request.token, request.ip)) ??
    (await endOfAccessToken(services, instance, client, request.token));
  if (!end && !client.assertion?.spend) return;
  await services.db.transaction(async (tx) => {
    await spend(tx, client, client.assertion, 'invalid_client');
    await end?.(tx);
  });
}

type End = (tx: Transaction) => Promise<unknown>;

const notYours = () => new OAuthError('invalid_grant', 'the token was issued to another client');

async function endOfRefreshToken(
  services: Services,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
  ip: string,
): Promise<End | undefined> {
  const read = readRefreshToken(services.secret, instance.id, token);
  const authorization = read && (await findAuthorization(services.db, instance.id, read.authorizationId));
  if (!authorization) return undefined;
  if (authorization.applicationId !== client.application.id) throw notYours();
  const by = {
    instanceId: instance.id,
    actor: { type: 'application', id: client.application.id },
    ip,
  } as const;
  return (tx) => endOne(tx, services.clock(), authorization.id, by, 'revoked_by_client');
}

async function endOfAccessToken(
  services: Services,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<End | undefined> {
  const claims = await readAccessToken(services, instance, token);
  if (!claims) return undefined;
  if (claims.client_id !== client.application.clientId) throw notYours();
  return (tx) => revokeAccessToken(tx, instance.id, claims.jti, claims.exp * SECOND);
}
