import { type Id, idFrom } from '../base/ids.ts';
import { sha256 } from '../base/master-secret.ts';
import { type Instant, MINUTE, SECOND } from '../base/units.ts';
import type { Application, Client } from '../model/application.ts';
import { type Authorization, expiryOf } from '../model/authorization.ts';
import type { AccessTokenClaims } from '../model/claims.ts';
import { adminScope, stillAllowed } from '../model/scopes.ts';
import type { Role, UserStanding } from '../model/user.ts';
import type { Reader } from '../store/engine/database.ts';
import {
  type BehindToken,
  findBehindAuthorization,
  findBehindUser,
  isAccessTokenRevoked,
} from '../store/spent-tokens.ts';

/** The client secret, public key or key set that got a token. */
export interface CredentialUsed {
  /** Undefined where the token does not tell, since a version before 0.2 issued it. */
  readonly id: Id | undefined;
  /** When it got the token. */
  readonly at: Instant;
}

/** What stands behind something that an application was given, as it was read a moment ago. */
export interface Basis {
  /** The application with the secrets and keys that it has now. */
  readonly client: Client;
  /** What a user allowed; null where nobody was asked. */
  readonly authorization: Pick<Authorization, 'createdAt' | 'expiresAt' | 'revokedAt'> | null;
  /** Where nobody was asked: what got it. */
  readonly credential: CredentialUsed | null;
  /** Null when there is no such user any more; undefined where the application acts for itself. */
  readonly user: UserStanding | null | undefined;
  /** The scopes that were granted. */
  readonly granted: readonly string[];
}

/** Why something is good no longer, in the order in which it is looked at. */
export type Lapse =
  | 'application_disabled'
  | 'credential_deleted'
  | 'authorization_revoked'
  | 'user_inactive'
  | 'absolute' // the authorization expired, by the policy of this moment
  | 'inactivity';

/** That something is good, and the scopes that count now; or why it is not. */
export type Liveness =
  | { readonly lapse: null; readonly scopes: readonly string[] }
  | { readonly lapse: Lapse };

/**
 * Whether what an application was given is good at this moment, and for what. The one rule for all of it: refresh tokens and
 * access tokens, wherever the server itself looks. `refreshAuthorization` in `store/authorizations.ts` makes the same checks in SQL.
 */
export function livenessOf(basis: Basis, now: Instant): Liveness {
  const { client, authorization, credential, user, granted } = basis;
  const { application } = client;
  if (!application.enabled) return { lapse: 'application_disabled' };
  if (credential && !isStillThere(client, credential)) return { lapse: 'credential_deleted' };
  if (authorization && authorization.revokedAt !== null) return { lapse: 'authorization_revoked' };
  if (user === null || user?.active === false) return { lapse: 'user_inactive' };
  const expiry = authorization && expiryOf(authorization, user?.lastActiveAt ?? null, application);
  if (expiry && expiry.expiresAt <= now) return { lapse: expiry.because };
  return { lapse: null, scopes: scopesNow(granted, application, user?.role) };
}

/**
 * The scopes that count now of those that were granted then: what the application may have still, and `admin` for
 * administrators only.
 * @param role of the user; undefined where the application acts for itself
 */
export function scopesNow(
  granted: readonly string[],
  application: Application,
  role: Role | undefined,
): readonly string[] {
  const allowed = stillAllowed(granted, application.scopes);
  return role === 'user' ? allowed.filter((name) => name !== adminScope) : allowed;
}

/**
 * What a token names as the credential that got it where that was a key at the client's `jwks_uri`: which of them is not ours to know later, so
 * it ends with the address.
 */
export function keySetId(jwksUri: string): Id {
  return idFrom(sha256(jwksUri).subarray(0, 16));
}

/** Clocks of processes may differ by this much. */
const skew = MINUTE;

function isStillThere(client: Client, { id, at }: CredentialUsed): boolean {
  const { jwksUri } = client.application;
  if (jwksUri !== null && id === keySetId(jwksUri)) return true;
  const credentials = [...client.secrets, ...client.publicKeys];
  // A token that does not name its credential: one of those that there were at that time must be left.
  return credentials.some((each) => (id === undefined ? each.createdAt <= at + skew : each.id === id));
}

/**
 * Looks at what stands behind an access token of ours, in one statement.
 * @param client the one that the token was issued to, at most a second old
 * @returns the scopes that count now, which may be none; null when the token is not good
 */
export async function accessTokenScopes(
  db: Reader,
  client: Client,
  claims: AccessTokenClaims,
  now: Instant,
): Promise<readonly string[] | null> {
  const behind = await findBehind(db, client, claims);
  if (!behind || behind.revoked) return null;
  const { authorization, user } = behind;
  const credential = authorization ? null : { id: claims.credential_id, at: claims.iat * SECOND };
  const granted = claims.scope.split(' ');
  const liveness = livenessOf({ client, authorization, credential, user, granted }, now);
  return liveness.lapse === null ? liveness.scopes : null;
}

// Not async: an API asks with every call, and each promise around a promise costs more than what it wraps.
function findBehind(
  db: Reader,
  { application: { instanceId }, publicKeys }: Client,
  claims: AccessTokenClaims,
): Promise<BehindToken | undefined> {
  const { jti, sub, authorization_id, credential_id } = claims;
  if (authorization_id !== undefined) return findBehindAuthorization(db, instanceId, jti, authorization_id);
  if (isOfApplication(claims))
    return isAccessTokenRevoked(db, instanceId, jti).then((revoked) => ({
      revoked,
      authorization: null,
      user: undefined,
    }));
  // A subject may be given anew after its user is deleted; the key still acts for the one that it acted for.
  const actsAs = publicKeys.find(({ id }) => id === credential_id)?.actsAsUserId ?? undefined;
  return findBehindUser(db, instanceId, jti, sub, actsAs);
}

/** Whether an access token is the application's own and nobody's else: no user has a client ID for a subject. */
export function isOfApplication({
  sub,
  client_id,
  authorization_id,
}: Pick<AccessTokenClaims, 'sub' | 'client_id' | 'authorization_id'>): boolean {
  return authorization_id === undefined && sub === client_id;
}
