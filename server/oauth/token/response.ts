import type { Id } from '../../base/ids.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import { type Instance, offlineAccess } from '../../model/instance.ts';
import { allowedClaims, type OpenidGrant } from '../../model/openid.ts';
import { openidScope } from '../../model/scopes.ts';
import type { SigningAlgorithm } from '../../model/signing-algorithm.ts';
import type { UserClaims } from '../../model/user.ts';
import { findUser } from '../../store/users.ts';
import { claimsOfScopes } from '../audience.ts';
import type { Needs } from '../needs.ts';
import { tokenType } from '../profile.ts';
import { type AccessTokenContent, issueAccessToken } from '../tokens/access-token.ts';
import { issueIdToken } from '../tokens/id-token.ts';
import { writeRefreshToken } from '../tokens/refresh-token.ts';
import type { TokenRequest, TokenResponse } from './request.ts';

/** What a grant gives: an access token, and perhaps a refresh token. */
export interface Issue extends AccessTokenContent {
  /** Null where the client acts for itself. */
  readonly userId: Id | null;
  /** Of the refresh token; null: none is given. */
  readonly generation: number | null;
  /** What the ID token tells, where the scopes ask for one; null where no sign-in is behind it. */
  readonly openid: OpenidGrant | null;
  /** Where the endpoint has one of its own; otherwise it goes by profile and application. */
  readonly tokenType?: TokenResponse['token_type'];
}

/** The keys that may sign an answer; read before anything is spent, since a spent token without an answer would be lost. */
export type AnswerKeys = ReadonlyMap<SigningAlgorithm, SigningKey>;

/** Writes an answer of the token endpoint, with the fields that the request's profile has (RFC 6749 5.1, OpenID Connect Core 3.1.3.3). */
export async function respondWithTokens(
  needs: Needs,
  { instance, profile }: TokenRequest,
  issue: Issue,
  keys: AnswerKeys,
): Promise<TokenResponse> {
  const { application, userId, subject, authorizationId, generation, scopes, apis } = issue;
  const accessKey = keyOf(keys, apis[0].signingAlg);
  const userClaims = await claimsFor(needs, instance, issue);
  const content = userClaims ? { ...issue, userClaims } : issue;
  const { accessToken, claims, expiresIn } = issueAccessToken(needs, instance, content, accessKey);
  const granted = scopes.includes(openidScope) ? issue.openid : null;
  const openid = granted && { ...granted, idToken: allowedClaims(granted.idToken, application.scopes) };
  // The client asks at userinfo next.
  if (openid) needs.verifiedTokens.keep(accessToken, accessKey, claims);
  return {
    token_type: issue.tokenType ?? tokenType(profile, application),
    access_token: accessToken,
    expires_in: expiresIn,
    ...(authorizationId &&
      generation !== null && {
        refresh_token: writeRefreshToken(needs.secret, instance.id, authorizationId, generation),
      }),
    ...(openid &&
      userId &&
      subject !== null && {
        id_token: issueIdToken(
          instance,
          {
            clientId: application.clientId,
            subject,
            openid,
            user: openid.idToken.length > 0 ? await findUser(needs.db, instance.id, userId) : undefined,
            accessToken,
          },
          keyOf(keys, application.idTokenSignedResponseAlg),
          needs.clock(),
        ),
      }),
    ...(profile === 'standard' && { scope: scopes.join(' ') }),
    ...(profile === 'workfront' && subject !== null && { wid: subject }),
  };
}

/** The claims of the user that the scopes of a token ask for; nothing is read where they ask for none. */
async function claimsFor(
  { db }: Needs,
  instance: Instance,
  { scopes, userId }: Issue,
): Promise<UserClaims | undefined> {
  const names = userId ? claimsOfScopes(instance, scopes) : [];
  if (!userId || names.length === 0) return undefined;
  const user = await findUser(db, instance.id, userId);
  return Object.fromEntries(Object.entries(user?.claims ?? {}).filter(([name]) => names.includes(name)));
}

function keyOf(keys: AnswerKeys, algorithm: SigningAlgorithm): SigningKey {
  const key = keys.get(algorithm);
  if (!key) throw new Error(`no key was read that signs ${algorithm}`);
  return key;
}

/** Whether these scopes asked for a refresh token. */
export function isOffline(scopes: readonly string[]): boolean {
  return scopes.includes(offlineAccess);
}
