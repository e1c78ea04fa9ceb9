import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';

/** What a provider's SCIM client shows for itself. The token is nowhere, but for its SHA-256 in the database. */
export interface ScimToken {
  readonly id: Id;
  readonly instanceId: Id;
  /** Whose users it may see and change. */
  readonly providerId: Id;
  /** What administrators call it. */
  readonly name: string;
  /** Null for one that the operator made, or a user who is not there any more. */
  readonly createdBy: Id | null;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
}
