import { newId } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { recordAuditEvent } from '../../store/audit-events.ts';
import {
  type AuthorizationCode,
  findAuthorizationCode,
  spendAuthorizationCode,
} from '../../store/authorization-codes.ts';
import { insertAuthorization } from '../../store/authorizations.ts';
import { findUser } from '../../store/users.ts';
import { SECOND } from '../../units.ts';
import { spend } from '../assertion.ts';
import type { AuthenticatedClient } from '../client-auth.ts';
import { endOne } from '../end-authorization.ts';
import { OAuthError } from '../errors.ts';
import { matchesChallenge } from '../pkce.ts';
import { stillAllowed } from '../scope.ts';
import type { TokenRequest, TokenResponse } from '../token-request.ts';
import { isOffline, respondWithTokens } from '../token-response.ts';

/**
 * Redeems an authorization code (RFC 6749 4.1.3, RFC 7636 4.6). A code is good for one use; a second one ends what
 * the first one issued (RFC 9700 2.1.1). The right client spends it even with a wrong verifier or redirect URI;
 * nobody else can.
 * @throws OAuthError
 */
export async function redeemAuthorizationCode(
  services: Services,
  request: TokenRequest,
  client: AuthenticatedClient,
): Promise<TokenResponse> {
  const { instance, code } = request;
  const { application } = client;
  if (code === undefined) throw new OAuthError('invalid_request', 'code is missing');
  if (application.type === 'machine')
    throw new OAuthError(
      'unauthorized_client',
      'a machine application has no users who sign in; use client_credentials or the JWT-bearer grant',
    );
  const found = await findAuthorizationCode(services.db, instance.id, code);
  const now = services.clock();
  if (!found || found.applicationId !== application.id)
    throw new OAuthError('invalid_grant', 'the code is not one that was issued to this client');
  if (found.spentAt !== null) throw await reused(services, request, client, code);
  if (found.expiresAt <= now)
    throw new OAuthError('invalid_grant', 'the code has expired; it must be redeemed at once');
  const mismatch = mismatchOf(found, request);
  if (mismatch) throw await spendInVain(services, request, client, code, mismatch);
  const user = await findUser(services.db, instance.id, found.userId);
  if (!user?.active)
    throw new OAuthError('invalid_grant', 'the user who allowed this is not active any more');
  const scopes = stillAllowed(found.scopes, application.scopes);
  if (scopes.length === 0)
    throw new OAuthError(
      'invalid_grant',
      'the application may not have the scopes any more that the user allowed',
    );

  const authorization = {
    id: newId(now),
    instanceId: instance.id,
    applicationId: application.id,
    userId: user.id,
    scopes,
    generation: 1,
    createdAt: now,
    rotatedAt: null,
    lastUsedAt: null,
    expiresAt: isOffline(scopes) ? null : now + application.accessTokenLifetime * SECOND,
    revokedAt: null,
  };
  const signingKey = await services.signingKeys.active(instance.id);
  const won = await services.db.transaction(async (tx) => {
    await spend(tx, client, client.assertion, 'invalid_client');
    if (!(await spendAuthorizationCode(tx, instance.id, code, now, authorization.id))) return false;
    await insertAuthorization(tx, authorization);
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'authorization.granted',
      actor: { type: 'user', id: user.id },
      applicationId: application.id,
      userId: user.id,
      ip: request.ip,
      detail: { authorization_id: authorization.id, scopes },
    });
    return true;
  });
  if (!won) throw await reused(services, request, client, code);

  return respondWithTokens(
    services,
    request,
    { application, userId: user.id, scopes, authorizationId: authorization.id, signingKey },
    isOffline(scopes) ? { authorizationId: authorization.id, generation: authorization.generation } : null,
  );
}

function mismatchOf(code: AuthorizationCode, request: TokenRequest): string | undefined {
  // The parameter repeats what the authorization request said, and is left out where that left it out.
  if (code.redirectUri !== (request.redirectUri ?? null))
    return code.redirectUri === null
      ? 'redirect_uri must be left out, as it was in the authorization request'
      : 'redirect_uri must be the one of the authorization request';
  if (!matchesChallenge(code.codeChallenge, request.codeVerifier))
    return code.codeChallenge === null
      ? 'code_verifier was sent, but the authorization request had no code_challenge'
      : 'code_verifier is missing or does not match the code_challenge of the authorization request';
  return undefined;
}

async function spendInVain(
  services: Services,
  request: TokenRequest,
  client: AuthenticatedClient,
  code: string,
  description: string,
): Promise<OAuthError> {
  const first = await services.db.transaction(async (tx) => {
    await spend(tx, client, client.assertion, 'invalid_client');
    return spendAuthorizationCode(tx, request.instance.id, code, services.clock(), null);
  });
  return first ? new OAuthError('invalid_grant', description) : reused(services, request, client, code);
}

/** A code came back: whoever has it now, what its first use issued can be trusted no longer. */
async function reused(
  services: Services,
  request: TokenRequest,
  client: AuthenticatedClient,
  code: string,
): Promise<OAuthError> {
  const { instance, ip } = request;
  const now = services.clock();
  await services.db.transaction(async (tx) => {
    const spent = await findAuthorizationCode(tx, instance.id, code);
    if (!spent?.authorizationId) return;
    const by = {
      instanceId: instance.id,
      actor: { type: 'application', id: client.application.id },
      ip,
    } as const;
    const ended = await endOne(tx, now, spent.authorizationId, by, 'authorization_code_reused');
    if (!ended) return;
    await recordAuditEvent(tx, now, {
      ...by,
      type: 'authorization_code.reused',
      applicationId: ended.applicationId,
      userId: ended.userId,
      detail: { authorization_id: ended.id },
    });
  });
  return new OAuthError('invalid_grant', 'the code was used before; what it issued has been revoked');
}
