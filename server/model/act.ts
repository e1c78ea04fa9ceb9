import type { Id } from '../base/ids.ts';
import type { AccessTokenClaims } from './claims.ts';
import type { By, Via } from './event.ts';
import type { Instance } from './instance.ts';

/**
 * By what right somebody acts: what was shown when the request began, and is judged again in the transaction that writes
 * (`authorizations/act.ts`).
 */
export type Right =
  /** Whoever runs the server: its command line, and the server by itself. */
  | { readonly of: 'operator' }
  | {
      readonly of: 'session';
      readonly userId: Id;
      readonly sessionId: Id;
      /** SHA-256 of the cookie's value that was shown. */
      readonly tokenHash: Buffer;
    }
  | ({ readonly of: 'token'; readonly userId: Id } & TokenOfAct)
  /** The SCIM client of a provider, by a token of its own. It is nobody's, and does for its provider's users alone. */
  | { readonly of: 'scim'; readonly providerId: Id; readonly tokenId: Id };

/** The access token that acts for a person. */
export interface TokenOfAct {
  readonly applicationId: Id;
  readonly claims: AccessTokenClaims;
}

/** Who does something in an instance, from where, and by what right: one value from the route to the statement that writes. */
export interface Act extends By {
  readonly instance: Instance;
  readonly right: Right;
}

/** What the operator does, by the command line or by starting the server. */
export function actOfOperator(instance: Instance): Act {
  return {
    instance,
    instanceId: instance.id,
    actor: { type: 'system', id: null },
    ip: null,
    via: null,
    right: { of: 'operator' },
  };
}

/** What somebody does in their own browser session. */
export function actOfSession(
  instance: Instance,
  session: { readonly id: Id; readonly user: { readonly id: Id }; readonly tokenHash: Buffer },
  ip: string,
): Act {
  return {
    instance,
    instanceId: instance.id,
    actor: { type: 'user', id: session.user.id },
    ip,
    via: null,
    right: { of: 'session', userId: session.user.id, sessionId: session.id, tokenHash: session.tokenHash },
  };
}

/** What an application does for a person with an access token. */
export function actOfToken(instance: Instance, userId: Id, token: TokenOfAct, ip: string): Act {
  const { authorization_id, credential_id } = token.claims;
  const via: Via = {
    applicationId: token.applicationId,
    authorizationId: authorization_id ?? null,
    // Nothing else gets a token for a user without an authorization.
    publicKeyId: authorization_id === undefined ? (credential_id ?? null) : null,
  };
  return {
    instance,
    instanceId: instance.id,
    actor: { type: 'user', id: userId },
    ip,
    via,
    right: { of: 'token', userId, ...token },
  };
}

/** What the SCIM client of a provider does. */
export function actOfScim(
  instance: Instance,
  provider: { readonly id: Id; readonly name: string },
  tokenId: Id,
  ip: string,
): Act {
  return {
    instance,
    instanceId: instance.id,
    actor: { type: 'system', id: null },
    ip,
    via: null,
    scim: { providerId: provider.id, provider: provider.name },
    right: { of: 'scim', providerId: provider.id, tokenId },
  };
}
