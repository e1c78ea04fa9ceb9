import { endOne } from '../../../authorizations/end.ts';
import { type Lapse, livenessOf, scopesNow } from '../../../authorizations/liveness.ts';
import type { Id } from '../../../base/ids.ts';
import { type Instant, SECOND } from '../../../base/units.ts';
import { recordAuditEvent } from '../../../events/record.ts';
import type { AuthorizationOfUser } from '../../../model/authorization.ts';
import {
  findAuthorization,
  refreshAuthorization,
  rotateAuthorization,
} from '../../../store/authorizations.ts';
import { spend } from '../../client/assertion.ts';
import type { AuthenticatedClient } from '../../client/authenticate.ts';
import { OAuthError } from '../../errors.ts';
import type { Needs } from '../../needs.ts';
import { inSentence, parseScope } from '../../scope.ts';
import { readRefreshToken } from '../../tokens/refresh-token.ts';
import type { TokenRequest, TokenResponse } from '../request.ts';
import { respondWithTokens } from '../response.ts';

/**
 * Refreshes (RFC 6749 6), by the application's policy of this moment. With rotation each use gives a successor. The
 * token spent last gives the same successor again within the instance's grace period; after it, or with any older
 * token, somebody has a copy, and the whole authorization ends (RFC 9700 4.14.2). What fails leaves the token unspent.
 * @throws OAuthError
 */
export async function refresh(
  needs: Needs,
  request: TokenRequest,
  client: AuthenticatedClient,
): Promise<TokenResponse> {
  const { instance, refreshToken } = request;
  const { application } = client;
  if (refreshToken === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing');
  const token = readRefreshToken(needs.secret, instance.id, refreshToken);
  if (!token) throw new OAuthError('invalid_grant', 'the refresh token is not one that was issued here');
  const refreshed = await refreshAtOnce(needs, request, client, token);
  if (refreshed) return refreshed;
  const authorization = await findAuthorization(needs.db, instance.id, token.authorizationId);
  const now = needs.clock();
  if (!authorization || authorization.applicationId !== application.id)
    throw new OAuthError('invalid_grant', 'the refresh token is not one that was issued to this client');
  const { user, scopes: granted } = authorization;
  const liveness = livenessOf({ client, authorization, credential: null, user, granted }, now);
  if (liveness.lapse === 'authorization_revoked') throw lapsed(liveness.lapse);
  const standing = standingOf(authorization, token.generation, now, instance.refreshTokenGrace);
  if (standing === 'reused') throw await reused(needs, request, client, authorization);
  if (standing === 'unknown')
    throw new OAuthError('invalid_grant', 'the refresh token is not one that was issued here');
  if (liveness.lapse !== null) throw lapsed(liveness.lapse);
  const scopes = narrowed(request.scope, liveness.scopes);

  const signingKey = await needs.signingKeys.active(instance.id);
  const generation = await spendToken(needs, request, client, authorization, standing, now);
  return respondWithTokens(
    needs,
    request,
    {
      application,
      userId: authorization.userId,
      scopes,
      authorizationId: authorization.id,
      credentialId: null,
      signingKey,
    },
    { authorizationId: authorization.id, generation },
  );
}

/**
 * The refresh as nearly all are, in the one write that spends: with rotation, by a token that nothing speaks against.
 * The write makes the checks of `refresh` all at once; where it finds nothing to spend, they tell why.
 * @returns null where those checks have to be made one by one; nothing is spent then
 */
async function refreshAtOnce(
  needs: Needs,
  request: TokenRequest,
  client: AuthenticatedClient,
  token: { authorizationId: Id; generation: number },
): Promise<TokenResponse | null> {
  const { instance, scope } = request;
  const { application, assertion } = client;
  if (!application.refreshTokenRotation || scope !== undefined || assertion?.spend) return null;
  const { db, signingKeys, clock } = needs;
  const signingKey = await signingKeys.active(instance.id);
  const spent = await refreshAuthorization(
    db.write,
    instance.id,
    application.id,
    token,
    application,
    clock(),
  );
  if (!spent) return null;
  return respondWithTokens(
    needs,
    request,
    {
      application,
      userId: spent.userId,
      scopes: scopesNow(spent.scopes, application, spent.userRole),
      authorizationId: token.authorizationId,
      credentialId: null,
      signingKey,
    },
    { authorizationId: token.authorizationId, generation: token.generation + 1 },
  );
}

const whyLapsed: Record<Lapse, string> = {
  application_disabled: 'the application is disabled',
  credential_deleted: 'the credential of the application was deleted',
  authorization_revoked: 'the authorization has been revoked; ask the user again',
  user_inactive: 'the user who allowed this is not active any more',
  absolute: 'the refresh token has reached its absolute expiration; ask the user again',
  inactivity:
    'the refresh token has expired, because the user was not active for too long; ask the user again',
};

function lapsed(lapse: Lapse): OAuthError {
  return new OAuthError('invalid_grant', whyLapsed[lapse]);
}

/** What a genuine token is worth: the good one, the one spent last while the grace period runs, or a copy. */
type Standing = 'current' | 'spent_last' | 'reused' | 'unknown';

function standingOf(
  authorization: AuthorizationOfUser,
  generation: number,
  now: Instant,
  grace: number,
): Standing {
  if (generation === authorization.generation) return 'current';
  // A generation that is still to come: the database was set back to an earlier state (a restored backup).
  if (generation > authorization.generation) return 'unknown';
  const { rotatedAt } = authorization;
  // No grace is none, also where another process's clock is ahead of this one.
  const withinGrace =
    grace > 0 &&
    generation === authorization.generation - 1 &&
    rotatedAt !== null &&
    now < rotatedAt + grace * SECOND;
  return withinGrace ? 'spent_last' : 'reused';
}

/** The scopes of the new access token: those asked for, all of which were granted (RFC 6749 6). */
function narrowed(scope: string | undefined, granted: readonly string[]): readonly string[] {
  if (scope === undefined) return granted;
  const names = parseScope(scope);
  const refused = names.find((name) => !granted.includes(name));
  if (refused !== undefined)
    throw new OAuthError(
      'invalid_scope',
      `the scope ${inSentence(refused)} is more than the user allowed; a refresh can only narrow that`,
    );
  return names;
}

/** Spends what the request spends. @returns the generation of the refresh token to answer with */
async function spendToken(
  needs: Needs,
  request: TokenRequest,
  client: AuthenticatedClient,
  authorization: AuthorizationOfUser,
  standing: 'current' | 'spent_last',
  now: Instant,
): Promise<number> {
  const { instance } = request;
  const { id, generation } = authorization;
  const { assertion, application } = client;
  if (standing === 'spent_last' || !application.refreshTokenRotation) {
    if (assertion?.spend) await needs.db.transaction((tx) => spend(tx, client, assertion, 'invalid_client'));
    needs.lastUsed.note('authorizations', instance.id, id, now);
    return generation;
  }
  const rotated = assertion?.spend
    ? await needs.db.transaction(async (tx) => {
        await spend(tx, client, assertion, 'invalid_client');
        return rotateAuthorization(tx.sql, instance.id, id, generation, now);
      })
    : await rotateAuthorization(needs.db.write, instance.id, id, generation, now);
  if (rotated) return generation + 1;
  // The assertion is spent by now; to present it once more would be a second use of it.
  return lostTheRace(needs, request, { ...client, assertion: null }, authorization);
}

/** Another request spent the same token between our look and our write: we are a second use of it. */
async function lostTheRace(
  needs: Needs,
  request: TokenRequest,
  client: AuthenticatedClient,
  before: AuthorizationOfUser,
): Promise<number> {
  const authorization = await findAuthorization(needs.db, request.instance.id, before.id);
  if (!authorization || authorization.revokedAt !== null) throw lapsed('authorization_revoked');
  const standing = standingOf(
    authorization,
    before.generation,
    needs.clock(),
    request.instance.refreshTokenGrace,
  );
  if (standing !== 'spent_last') throw await reused(needs, request, client, authorization);
  return authorization.generation;
}

/** Only a client that authenticates may end an authorization: one whose assertion was used before has not. */
async function reused(
  needs: Needs,
  request: TokenRequest,
  client: AuthenticatedClient,
  authorization: AuthorizationOfUser,
): Promise<OAuthError> {
  const now = needs.clock();
  const by = {
    instanceId: request.instance.id,
    actor: { type: 'application', id: client.application.id },
    ip: request.ip,
  } as const;
  await needs.db.transaction(async (tx) => {
    await spend(tx, client, client.assertion, 'invalid_client');
    const ended = await endOne(tx, now, authorization.id, by, 'refresh_token_reused');
    if (!ended) return;
    await recordAuditEvent(tx, now, {
      ...by,
      type: 'refresh_token.reused',
      applicationId: ended.applicationId,
      userId: ended.userId,
      detail: { authorization_id: ended.id },
    });
  });
  return new OAuthError(
    'invalid_grant',
    'the refresh token was used before; the authorization has been revoked, ask the user again',
  );
}
