import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';
import type { User } from './user.ts';

/** A user whom a provider's SCIM client made or took over, as that provider knows them. */
export interface ScimUser {
  readonly user: User;
  readonly providerId: Id;
  /** What it calls them to people: unique among its users, whatever the letter case. */
  readonly userName: string;
  /** What it calls them for good: unique among its users. */
  readonly externalId: string | null;
  /** All else that the client says of them, by the names of RFC 7643. */
  readonly attributes: ScimAttributes;
  readonly createdAt: Instant;
  /** When the client changed something last. */
  readonly updatedAt: Instant;
  /** When the client deleted them, which deactivated the user here; null while it manages them. */
  readonly deletedAt: Instant | null;
}

/** JSON of the forms that the schema has. */
export type ScimAttributes = { readonly [name: string]: ScimValue };
export type ScimValue = string | boolean | ScimAttributes | readonly (string | boolean | ScimAttributes)[];

/** Two user names with one key are one: letter case and the way accents are composed do not count. */
export function userNameKey(userName: string): string {
  return userName.normalize('NFC').toLowerCase().normalize('NFC');
}
