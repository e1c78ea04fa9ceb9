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
  'login.succeeded',
  'login.failed',
  'login.locked',
  'authorization.granted',
  'authorization.revoked',
  'refresh_token.reused',
  'authorization_code.reused',
  'signing_key.rotated',
  'instance.created',
  'instance.updated',
] as const;
export type AuditEventType = (typeof auditEventTypes)[number];

/** Who did it: a signed-in person, a client, or the server and its command line (without an ID). */
export type Actor =
  | { readonly type: 'user' | 'application'; readonly id: Id }
  | { readonly type: 'system'; readonly id: null };

export const system: Actor = { type: 'system', id: null };

export interface AuditEvent {
  readonly id: Id;
  readonly instanceId: Id;
  readonly time: Instant;
  readonly type: AuditEventType;
  readonly actor: Actor;
  readonly applicationId: Id | null;
  /** Whom it concerns, which need not be who did it. */
  readonly userId: Id | null;
  readonly ip: string | null;
  /** Nothing secret: field names and IDs, never a token, secret or password. */
  readonly detail: Record<string, unknown>;
}

/** What a caller says of an event; the rest is filled in here. */
export interface NewAuditEvent {
  instanceId: Id;
  type: AuditEventType;
  actor: Actor;
  applicationId?: Id | null;
  userId?: Id | null;
  ip: string | null;
  detail?: Record<string, unknown>;
}
