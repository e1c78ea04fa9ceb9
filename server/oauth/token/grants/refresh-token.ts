import { endOne } from '../../../authorizations/end.ts';
import { type Lapse, livenessOf, scopesNow } from '../../../authorizations/liveness.ts';
import type { Id } from '../../../base/ids.ts';
import { type Instant, SECOND } from '../../../base/units.ts';
import { recordAuditEvent } from '../../../events/record.ts';
import type { Api } from '../../../model/api.ts';
import type { Authorization } from '../../../model/authorization.ts';
import { findAuthorization, refreshAuthorization } from '../../../store/authorizations.ts';
import type { Transaction } from '../../../store/engine/database.ts';
import { type Audience, areAlike, audienceOf, readResources } from '../../audience.ts';
import { byClient } from '../../client/call.ts';
import type { Spending } from '../../client/spending.ts';
import { OAuthError } from '../../errors.ts';
import type { Needs } from '../../needs.ts';
import { inSentence, parseScope } from '../../scope.ts';
import { readRefreshToken } from '../../tokens/refresh-token.ts';
import type { Grant, TokenCall } from '../request.ts';
import type { Issue } from '../response.ts';

/** A genuine refresh token, read. */
interface Token {
  readonly authorizationId: Id;
  readonly generation: number;
}

/**
 * Refreshes (RFC 6749 6), by the application's policy of this moment. With rotation each use gives a successor. The
 * token spent last gives the same successor again within the instance's grace period; after it, or with any older
 * token, somebody has a copy, and the whole authorization ends (RFC 9700 4.14.2). What fails leaves the token unspent.
 * @throws OAuthError
 */
export const refresh: Grant = async (needs, call) => {
  const { instance, refreshToken, scope, resources } = call.request;
  if (refreshToken === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing');
  const token = readRefreshToken(needs.secret, instance.id, refreshToken);
  if (!token) throw new OAuthError('invalid_grant', 'the refresh token is not one that was issued here');
  const asked = readResources(instance, resources);
  // As nearly all are: the write that spends makes every check of `look` at once. What may be asked for only the authorization knows, and so
  // whether one token can be for all that it is for, and whether what it named is left.
  const isPlain = scope === undefined && !asked && areAlike(instance.apis);
  return call.client.application.refreshTokenRotation && isPlain
    ? rotation(needs, call, token, { apis: null, audience: null }, 1)
    : look(needs, call, token, asked, 1);
};

/** So often a request looks again when another was quicker between its look and its write. */
const looks = 3;

/**
 * Spends the token for its successor; where it finds nothing to spend, `look` tells why.
 * @param asked the APIs that the request names, and what `look` found that the access token is for; null where it has not looked, which
 *   only an authorization takes that is for no APIs in particular
 */
function rotation(
  needs: Needs,
  call: TokenCall,
  token: Token,
  asked: { readonly apis: readonly Api[] | null; readonly audience: Audience | null },
  round: number,
): Spending<Issue> {
  const { request, client, now } = call;
  const { application } = client;
  return {
    inTransaction: false,
    spend: async (write) => {
      const spent = await refreshAuthorization(
        write,
        request.instance.id,
        application.id,
        token,
        application,
        now,
        asked.audience ? 'any' : 'none',
      );
      if (!spent) return undefined;
      const left = scopesNow(spent.scopes, application, spent.userRole);
      // The user may have lost some since the look.
      const audience = asked.audience
        ? { ...asked.audience, scopes: asked.audience.scopes.filter((name) => left.includes(name)) }
        : audienceOf(request.instance, left, null, null);
      return issue(call, token.authorizationId, {
        userId: spent.userId,
        subject: spent.subject,
        audience,
        generation: token.generation + 1,
        openid: spent.openid,
      });
    },
    otherwise: () => look(needs, call, token, asked.apis, round + 1),
  };
}

/** Makes the checks one by one, in order, each with its error. */
async function look(
  needs: Needs,
  call: TokenCall,
  token: Token,
  apis: readonly Api[] | null,
  round: number,
): Promise<Spending<Issue>> {
  const { request, client, now } = call;
  const { instance } = request;
  const authorization = await findAuthorization(needs.db, instance.id, token.authorizationId);
  if (!authorization || authorization.applicationId !== client.application.id)
    throw new OAuthError('invalid_grant', 'the refresh token is not one that was issued to this client');
  const { user, scopes: granted } = authorization;
  const liveness = livenessOf({ client, authorization, credential: null, user, granted }, now);
  if (liveness.lapse === 'authorization_revoked') throw lapsed(liveness.lapse);
  const standing = standingOf(authorization, token.generation, now, instance.refreshTokenGrace);
  if (standing === 'reused')
    return { inTransaction: true, spend: (tx) => endReused(tx, call, authorization) };
  if (standing === 'unknown')
    throw new OAuthError('invalid_grant', 'the refresh token is not one that was issued here');
  if (liveness.lapse !== null) throw lapsed(liveness.lapse);
  const scopes = narrowed(request.scope, liveness.scopes);
  const audience = audienceOf(instance, scopes, authorization.resources, apis);
  if (standing === 'current' && client.application.refreshTokenRotation) {
    if (round > looks)
      throw new OAuthError('invalid_grant', 'the authorization is changing at this moment; try again');
    return rotation(needs, call, token, { apis, audience }, round);
  }
  const { id, userId, generation, openid } = authorization;
  return {
    inTransaction: false,
    spend: async () => {
      needs.lastUsed.note('authorizations', instance.id, id, now);
      return issue(call, id, { userId, subject: user?.subject ?? userId, audience, generation, openid });
    },
  };
}

function issue(
  { client: { application } }: TokenCall,
  authorizationId: Id,
  {
    audience,
    ...given
  }: Pick<Issue, 'userId' | 'subject' | 'generation' | 'openid'> & { audience: Audience },
): Issue {
  return { application, authorizationId, credentialId: null, ...audience, ...given };
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

function standingOf(authorization: Authorization, generation: number, now: Instant, grace: number): Standing {
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

/** A token came back that was spent before: somebody has a copy. */
async function endReused(
  tx: Transaction,
  call: TokenCall,
  authorization: Authorization,
): Promise<OAuthError> {
  const by = byClient(call);
  const ended = await endOne(tx, call.now, authorization, by, 'refresh_token_reused');
  if (ended)
    await recordAuditEvent(tx, call.now, {
      ...by,
      type: 'refresh_token.reused',
      applicationId: ended.applicationId,
      userId: ended.userId,
      detail: { authorization_id: ended.id },
    });
  return new OAuthError(
    'invalid_grant',
    'the refresh token was used before; the authorization has been revoked, ask the user again',
  );
}
