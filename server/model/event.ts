import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';

export const auditEventTypes = [
  'application.created',
  'application.updated',
  'application.deleted',
  'client_secret.added',
  'client_secret.deleted',
  'public_key.added',
  'public_key.deleted',
  'user.created',
  'user.updated',
  'user.deleted',
  'login.succeeded',
  'login.failed',
  'login.locked',
  'client.limited',
  'session.ended',
  'authorization.granted',
  'authorization.revoked',
  'refresh_token.reused',
  'authorization_code.reused',
  'signing_key.rotated',
  'instance.created',
  'instance.updated',
  'api.created',
  'api.updated',
  'api.deleted',
  'identity_provider.created',
  'identity_provider.updated',
  'identity_provider.deleted',
  'identity.linked',
  'identity.unlinked',
  'scim_token.added',
  'scim_token.deleted',
] as const;
export type AuditEventType = (typeof auditEventTypes)[number];

/** Who did it: a signed-in person, a client, or the server and its command line (without an ID). */
export type Actor =
  | { readonly type: 'user' | 'application'; readonly id: Id }
  | { readonly type: 'system'; readonly id: null };

export const system: Actor = { type: 'system', id: null };

/** The access token by which an application did something for a person: of an authorization, or got by a public key. */
export interface Via {
  readonly applicationId: Id;
  readonly authorizationId: Id | null;
  /** Null too for a token that does not tell: older versions wrote no key into it. */
  readonly publicKeyId: Id | null;
}

/** Whose doing something is, as events tell it. */
export interface By {
  readonly instanceId: Id;
  readonly actor: Actor;
  /** Null unless a token acted for a person. */
  readonly via?: Via | null;
  /** Where the request came from; null for the command line and the server by itself. */
  readonly ip: string | null;
  /** The provider whose SCIM client did it, which is no user here; every event of it says so in its detail. */
  readonly scim?: { readonly providerId: Id; readonly provider: string };
}

export interface AuditEvent extends Required<Omit<By, 'scim'>> {
  readonly id: Id;
  readonly time: Instant;
  readonly type: AuditEventType;
  readonly applicationId: Id | null;
  /** Whom it concerns, which need not be who did it. */
  readonly userId: Id | null;
  /** Nothing secret: field names and IDs, never a token, secret or password. */
  readonly detail: Record<string, unknown>;
}

/** What a caller says of an event; the rest is filled in here. */
export interface NewAuditEvent extends By {
  type: AuditEventType;
  applicationId?: Id | null;
  userId?: Id | null;
  detail?: Record<string, unknown>;
}
