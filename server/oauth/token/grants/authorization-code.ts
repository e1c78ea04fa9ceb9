import { endOne } from '../../../authorizations/end.ts';
import { scopesNow } from '../../../authorizations/liveness.ts';
import { type Id, newId } from '../../../base/ids.ts';
import { type Instant, SECOND } from '../../../base/units.ts';
import { recordAuditEvent } from '../../../events/record.ts';
import {
  findAuthorizationCode,
  forgetIssued,
  type SpentCode,
  spendAuthorizationCode,
} from '../../../store/authorization-codes.ts';
import { insertAuthorization } from '../../../store/authorizations.ts';
import type { Transaction } from '../../../store/engine/database.ts';
import { matchesChallenge } from '../../authorize/pkce.ts';
import { spend } from '../../client/assertion.ts';
import type { AuthenticatedClient } from '../../client/authenticate.ts';
import { OAuthError } from '../../errors.ts';
import type { Needs } from '../../needs.ts';
import type { TokenRequest, TokenResponse } from '../request.ts';
import { isOffline, respondWithTokens } from '../response.ts';

/**
 * Redeems an authorization code (RFC 6749 4.1.3, RFC 7636 4.6). A code is good for one use; a second one ends what
 * the first one issued (RFC 9700 2.1.1). The right client spends it even with a wrong verifier or redirect URI;
 * nobody else can.
 * @throws OAuthError
 */
export async function redeemAuthorizationCode(
  needs: Needs,
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
  const now = needs.clock();
  const authorizationId = newId(now);
  const signingKey = await needs.signingKeys.active(instance.id);
  const redeemed = await needs.db.transaction((tx) =>
    spendAndGrant(tx, { ...request, code }, client, now, authorizationId),
  );
  if (!redeemed) throw await refusalOf(needs, request, client, code);
  if ('mismatch' in redeemed) throw new OAuthError('invalid_grant', redeemed.mismatch);
  const { userId, scopes } = redeemed;
  return respondWithTokens(
    needs,
    request,
    { application, userId, scopes, authorizationId, credentialId: null, signingKey },
    isOffline(scopes) ? { authorizationId, generation: 1 } : null,
  );
}

/**
 * Spends the code for a new authorization, or, where the request does not match the code, for nothing.
 * @returns undefined when there is no such code to spend
 * @throws OAuthError when the user or the scopes are gone; then the code stays as it was
 */
async function spendAndGrant(
  tx: Transaction,
  request: TokenRequest & { code: string },
  client: AuthenticatedClient,
  now: Instant,
  authorizationId: Id,
): Promise<{ mismatch: string } | { userId: Id; scopes: readonly string[] } | undefined> {
  const { instance, code, ip } = request;
  const { application } = client;
  const spent = await spendAuthorizationCode(tx, instance.id, application.id, code, now, authorizationId);
  if (!spent) return undefined;
  await spend(tx, client, client.assertion, 'invalid_client');
  const mismatch = mismatchOf(spent, request);
  if (mismatch !== undefined) {
    await forgetIssued(tx, instance.id, code);
    return { mismatch };
  }
  if (spent.userRole === null)
    throw new OAuthError('invalid_grant', 'the user who allowed this is not active any more');
  const scopes = scopesNow(spent.scopes, application, spent.userRole);
  if (scopes.length === 0)
    throw new OAuthError(
      'invalid_grant',
      'the application may not have the scopes any more that the user allowed',
    );
  const { userId } = spent;
  await Promise.all([
    insertAuthorization(tx, {
      id: authorizationId,
      instanceId: instance.id,
      applicationId: application.id,
      userId,
      scopes,
      generation: 1,
      createdAt: now,
      rotatedAt: null,
      lastUsedAt: null,
      expiresAt: isOffline(scopes) ? null : now + application.accessTokenLifetime * SECOND,
      revokedAt: null,
    }),
    recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'authorization.granted',
      actor: { type: 'user', id: userId },
      applicationId: application.id,
      userId,
      ip,
      detail: { authorization_id: authorizationId, scopes },
    }),
  ]);
  return { userId, scopes };
}

/** Why a code could not be spent. One that was spent before ends what it issued. */
async function refusalOf(
  needs: Needs,
  request: TokenRequest,
  client: AuthenticatedClient,
  code: string,
): Promise<OAuthError> {
  const found = await findAuthorizationCode(needs.db, request.instance.id, code);
  if (!found || found.applicationId !== client.application.id)
    return new OAuthError('invalid_grant', 'the code is not one that was issued to this client');
  return found.spentAt !== null
    ? reused(needs, request, client, code)
    : new OAuthError('invalid_grant', 'the code has expired; it must be redeemed at once');
}

function mismatchOf(code: SpentCode, request: TokenRequest): string | undefined {
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

/**
 * A code came back: whoever has it now, what its first use issued can be trusted no longer. Only a client that authenticates
 * may end it: one whose assertion was used before has not.
 */
async function reused(
  needs: Needs,
  request: TokenRequest,
  client: AuthenticatedClient,
  code: string,
): Promise<OAuthError> {
  const { instance, ip } = request;
  const now = needs.clock();
  await needs.db.transaction(async (tx) => {
    await spend(tx, client, client.assertion, 'invalid_client');
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
