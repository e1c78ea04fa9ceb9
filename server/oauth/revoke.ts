import { endOne } from '../authorizations/end.ts';
import { SECOND } from '../base/units.ts';
import type { Instance } from '../model/instance.ts';
import { findAuthorization } from '../store/authorizations.ts';
import type { Transaction } from '../store/engine/database.ts';
import { revokeAccessToken } from '../store/spent-tokens.ts';
import { spend } from './client/assertion.ts';
import { type AuthenticatedClient, authenticateClient, type Credentials } from './client/authenticate.ts';
import { OAuthError } from './errors.ts';
import type { Needs } from './needs.ts';
import { readAccessToken } from './tokens/access-token.ts';
import { readRefreshToken } from './tokens/refresh-token.ts';

/**
 * The revocation endpoint (RFC 7009 2.1). A refresh token takes its authorization and every access token of it along;
 * an access token goes alone. An unknown token is a success; another client's is refused.
 * @throws OAuthError
 */
export async function revoke(
  needs: Needs,
  instance: Instance,
  request: { token?: string | undefined; credentials: Credentials; ip: string },
): Promise<void> {
  const client = await authenticateClient(needs, instance, request.credentials);
  if (request.token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const end =
    (await endOfRefreshToken(needs, instance, client, request.token, request.ip)) ??
    (await endOfAccessToken(needs, instance, client, request.token));
  if (!end && !client.assertion?.spend) return;
  await needs.db.transaction(async (tx) => {
    await spend(tx, client, client.assertion, 'invalid_client');
    await end?.(tx);
  });
}

type End = (tx: Transaction) => Promise<unknown>;

const notYours = () => new OAuthError('invalid_grant', 'the token was issued to another client');

async function endOfRefreshToken(
  needs: Needs,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
  ip: string,
): Promise<End | undefined> {
  const read = readRefreshToken(needs.secret, instance.id, token);
  const authorization = read && (await findAuthorization(needs.db, instance.id, read.authorizationId));
  if (!authorization) return undefined;
  if (authorization.applicationId !== client.application.id) throw notYours();
  const by = {
    instanceId: instance.id,
    actor: { type: 'application', id: client.application.id },
    ip,
  } as const;
  return (tx) => endOne(tx, needs.clock(), authorization.id, by, 'revoked_by_client');
}

async function endOfAccessToken(
  needs: Needs,
  instance: Instance,
  client: AuthenticatedClient,
  token: string,
): Promise<End | undefined> {
  const claims = await readAccessToken(needs, instance, token);
  if (!claims) return undefined;
  if (claims.client_id !== client.application.clientId) throw notYours();
  return (tx) => revokeAccessToken(tx, instance.id, claims.jti, claims.exp * SECOND);
}
