import { endOne } from '../../../authorizations/end.ts';
import { scopesNow } from '../../../authorizations/liveness.ts';
import { newId } from '../../../base/ids.ts';
import { SECOND } from '../../../base/units.ts';
import { recordAuditEvent } from '../../../events/record.ts';
import { openidScope } from '../../../model/scopes.ts';
import {
  type AuthorizationCode,
  findAuthorizationCode,
  forgetIssued,
  type SpentCode,
  spendAuthorizationCode,
} from '../../../store/authorization-codes.ts';
import { insertAuthorization } from '../../../store/authorizations.ts';
import type { Transaction } from '../../../store/engine/database.ts';
import { noteSessionClient } from '../../../store/session-clients.ts';
import { audienceOf, readResources } from '../../audience.ts';
import { matchesChallenge } from '../../authorize/pkce.ts';
import { byClient } from '../../client/call.ts';
import type { Spending } from '../../client/spending.ts';
import { OAuthError } from '../../errors.ts';
import type { Needs } from '../../needs.ts';
import { lifetimeOf } from '../../tokens/access-token.ts';
import type { Grant, TokenCall, TokenRequest } from '../request.ts';
import { type Issue, isOffline } from '../response.ts';

/**
 * Redeems an authorization code (RFC 6749 4.1.3, RFC 7636 4.6). A code is good for one use; a second one ends what
 * the first one issued (RFC 9700 2.1.1). The right client spends it even with a wrong verifier or redirect URI;
 * nobody else can.
 * @throws OAuthError
 */
export const redeemAuthorizationCode: Grant = async (needs, call) => {
  const { request, client } = call;
  const { code } = request;
  if (code === undefined) throw new OAuthError('invalid_request', 'code is missing');
  if (client.application.type === 'machine')
    throw new OAuthError(
      'unauthorized_client',
      'a machine application has no users who sign in; use client_credentials or the JWT-bearer grant',
    );
  return {
    inTransaction: true,
    spend: (tx) => spendAndGrant(tx, call, code),
    otherwise: () => whyNotSpent(needs, call, code),
  };
};

/**
 * Spends the code for a new authorization, or, where the request does not match the code, for nothing.
 * @returns undefined when there is no such code to spend
 * @throws OAuthError when the user or the scopes are gone, or `resource` names other APIs; then the code stays as it was
 */
async function spendAndGrant(
  tx: Transaction,
  { request, client: { application }, now }: TokenCall,
  code: string,
): Promise<Issue | OAuthError | undefined> {
  const { instance, ip } = request;
  const authorizationId = newId(now);
  const spent = await spendAuthorizationCode(tx, instance.id, application.id, code, now, authorizationId);
  if (!spent) return undefined;
  const mismatch = mismatchOf(spent, request);
  if (mismatch !== undefined) {
    await forgetIssued(tx, instance.id, code);
    return new OAuthError('invalid_grant', mismatch);
  }
  if (spent.userRole === null)
    throw new OAuthError('invalid_grant', 'the user who allowed this is not active any more');
  const scopes = scopesNow(spent.scopes, application, spent.userRole);
  if (scopes.length === 0)
    throw new OAuthError(
      'invalid_grant',
      'the application may not have the scopes any more that the user allowed',
    );
  const audience = audienceOf(instance, scopes, spent.resources, readResources(instance, request.resources));
  const { userId } = spent;
  const openid = scopes.includes(openidScope) ? spent.openid : null;
  await Promise.all([
    insertAuthorization(tx, {
      id: authorizationId,
      instanceId: instance.id,
      applicationId: application.id,
      userId,
      scopes,
      openid: openid && { ...openid, nonce: null },
      resources: spent.resources,
      generation: 1,
      createdAt: now,
      rotatedAt: null,
      lastUsedAt: null,
      expiresAt: isOffline(scopes) ? null : now + lifetimeOf({ application, apis: audience.apis }) * SECOND,
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
    openid &&
      noteSessionClient(tx, {
        sessionId: openid.sessionId,
        applicationId: application.id,
        instanceId: instance.id,
        userId,
      }),
  ]);
  return {
    application,
    userId,
    subject: spent.subject,
    ...audience,
    authorizationId,
    credentialId: null,
    generation: isOffline(scopes) ? 1 : null,
    openid,
  };
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

/** Why a code could not be spent. One that was spent before ends what it issued. */
async function whyNotSpent(needs: Needs, call: TokenCall, code: string): Promise<Spending<Issue>> {
  const found = await findAuthorizationCode(needs.db, call.request.instance.id, code);
  if (!found || found.applicationId !== call.client.application.id)
    throw new OAuthError('invalid_grant', 'the code is not one that was issued to this client');
  if (found.spentAt === null)
    throw new OAuthError(
      'invalid_grant',
      found.expiresAt <= call.now
        ? 'the code has expired; it must be redeemed at once'
        : 'the user has taken back what they had allowed; ask again',
    );
  return { inTransaction: true, spend: (tx) => endReused(tx, call, found) };
}

/** A code came back: whoever has it now, what its first use issued can be trusted no longer. */
async function endReused(tx: Transaction, call: TokenCall, code: AuthorizationCode): Promise<OAuthError> {
  const by = byClient(call);
  const { authorizationId: id } = code;
  const ended = id && (await endOne(tx, call.now, { ...code, id }, by, 'authorization_code_reused'));
  if (ended)
    await recordAuditEvent(tx, call.now, {
      ...by,
      type: 'authorization_code.reused',
      applicationId: ended.applicationId,
      userId: ended.userId,
      detail: { authorization_id: ended.id },
    });
  return new OAuthError('invalid_grant', 'the code was used before; what it issued has been revoked');
}
