import { accessTokenScopes } from '../../authorizations/liveness.ts';
import { type Id, newId } from '../../base/ids.ts';
import { toUnixSeconds } from '../../base/units.ts';
import { signJwt } from '../../keys/jwt.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import { apiOfIdentifier, type TokenTyp } from '../../model/api.ts';
import type { Application } from '../../model/application.ts';
import type { AccessTokenClaims } from '../../model/claims.ts';
import type { Instance } from '../../model/instance.ts';
import { accessTokenAlgorithm, type SigningAlgorithm } from '../../model/signing-algorithm.ts';
import type { UserClaims } from '../../model/user.ts';
import { type Audience, withinApis } from '../audience.ts';
import type { Needs } from '../needs.ts';

/** Whom and what a new token is for. */
export interface AccessTokenContent extends Audience {
  readonly application: Application;
  /** What tokens call the user; null where the client acts for itself (RFC 6749 4.4). */
  readonly subject: string | null;
  /** What else it says of the user, by the scopes that ask for it. */
  readonly userClaims?: UserClaims;
  readonly authorizationId: Id | null;
  /** Where there is no authorization: the client secret or public key that gets the token. */
  readonly credentialId: Id | null;
}

/** How long an access token lives, in seconds: as the application has it, or an API of the token that has it shorter. */
export function lifetimeOf({ application, apis }: Pick<AccessTokenContent, 'application' | 'apis'>): number {
  return Math.min(
    application.accessTokenLifetime,
    ...apis.map(({ accessTokenLifetime }) => accessTokenLifetime ?? Number.POSITIVE_INFINITY),
  );
}

/**
 * A new access token: a JWT of RFC 9068.
 * @param signingKey the one that is active for the algorithm of its APIs
 * @returns the token, its claims, and its lifetime in seconds
 */
export function issueAccessToken(
  needs: Needs,
  instance: Instance,
  content: AccessTokenContent,
  signingKey: SigningKey,
): { accessToken: string; claims: AccessTokenClaims; expiresIn: number } {
  const now = needs.clock();
  const iat = toUnixSeconds(now);
  const { apis } = content;
  const expiresIn = lifetimeOf(content);
  const [{ identifier, tokenTyp }] = apis;
  const claims: AccessTokenClaims = {
    ...content.userClaims,
    iss: instance.url,
    sub: content.subject ?? content.application.clientId,
    aud: apis.length === 1 ? identifier : apis.map((api) => api.identifier),
    client_id: content.application.clientId,
    scope: content.scopes.join(' '),
    iat,
    exp: iat + expiresIn,
    jti: newId(now),
    instance_id: instance.id,
    ...(content.authorizationId && { authorization_id: content.authorizationId }),
    ...(content.credentialId && { credential_id: content.credentialId }),
  };
  return { accessToken: signJwt(signingKey, tokenTyp, claims), claims, expiresIn };
}

/**
 * The claims of a token that this instance signed and that has not expired. Says nothing about revocation.
 * @returns null for everything else
 */
export async function readAccessToken(
  needs: Needs,
  instance: Instance,
  token: string,
): Promise<AccessTokenClaims | null> {
  if (token.length > 8192) return null;
  const { algorithms, types } = kindsOfTokens(instance);
  const [algorithm = accessTokenAlgorithm, ...others] = algorithms;
  let keys = await needs.signingKeys.published(instance.id, algorithm);
  for (const other of others) keys = [...keys, ...(await needs.signingKeys.published(instance.id, other))];
  const claims = needs.verifiedTokens.read(token, types, keys);
  if (
    !claims ||
    claims.iss !== instance.url ||
    claims.instance_id !== instance.id ||
    // An ID token, whose type may be the same, is for a client.
    typeof claims.client_id !== 'string' ||
    !audiencesOf(claims).every((identifier) => apiOfIdentifier(instance, identifier))
  )
    return null;
  return claims.exp > toUnixSeconds(needs.clock()) ? claims : null;
}

/** The APIs that an access token is for. */
export function audiencesOf({ aud }: Pick<AccessTokenClaims, 'aud'>): readonly string[] {
  return typeof aud === 'string' ? [aud] : aud;
}

/** By which algorithms, and as what, access tokens may be signed. */
interface KindsOfTokens {
  readonly algorithms: readonly SigningAlgorithm[];
  readonly types: readonly TokenTyp[];
}

const usualKinds: KindsOfTokens = { algorithms: [accessTokenAlgorithm], types: ['at+jwt'] };

/** The same for an instance. What was signed in the usual way, before an API took another, still counts. */
function kindsOfTokens({ apis }: Instance): KindsOfTokens {
  if (apis.every((api) => api.signingAlg === accessTokenAlgorithm && api.tokenTyp === 'at+jwt'))
    return usualKinds;
  const algorithms = new Set([accessTokenAlgorithm, ...apis.map(({ signingAlg }) => signingAlg)]);
  const types = new Set<TokenTyp>(['at+jwt', ...apis.map(({ tokenTyp }) => tokenTyp)]);
  return { algorithms: [...algorithms], types: [...types] };
}

/** An access token that is good at this moment. */
export interface GoodToken {
  readonly claims: AccessTokenClaims;
  /** Those of `claims.scope` that count now. */
  readonly scopes: readonly string[];
  readonly application: Application;
}

/**
 * A token that is good at this moment (what RFC 7662 calls active): signed by us, not expired, not revoked, and what
 * stands behind it lives (`authorizations/liveness.ts`).
 * @returns null for everything else
 */
export async function verifyAccessToken(
  needs: Needs,
  instance: Instance,
  token: string,
): Promise<GoodToken | null> {
  const claims = await readAccessToken(needs, instance, token);
  const client = claims && (await needs.clients.find(instance.id, claims.client_id));
  if (!client) return null;
  const scopes = await accessTokenScopes(needs.db, client, claims, needs.clock());
  return scopes && { claims, scopes: ofItsApis(instance, claims, scopes), application: client.application };
}

/** Without those that have moved to another API since the token was issued. */
function ofItsApis(
  instance: Instance,
  claims: AccessTokenClaims,
  scopes: readonly string[],
): readonly string[] {
  if (instance.apis.length === 1) return scopes;
  const identifiers = audiencesOf(claims);
  const apis = instance.apis.filter(({ identifier }) => identifiers.includes(identifier));
  return withinApis(instance, apis, scopes);
}
