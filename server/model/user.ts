import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';

export const roles = ['administrator', 'user'] as const;
export type Role = (typeof roles)[number];

export const locales = ['en', 'fr', 'sv', 'zh-Hans'] as const;
export type Locale = (typeof locales)[number];

/** What counts of a user wherever something was given to an application for them. */
export interface UserStanding {
  readonly active: boolean;
  readonly role: Role;
  /** The last sign-in or use of a browser session. */
  readonly lastActiveAt: Instant | null;
}

/** What a product says of a user besides, by names of its own. */
export type UserClaims = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Someone who signs in. The password's hash is not part of it. */
export interface User extends UserStanding {
  readonly id: Id;
  readonly instanceId: Id;
  /** What tokens call them, for good: what the product that has them gave, or else the ID. */
  readonly subject: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly locale: Locale | null;
  readonly claims: UserClaims;
  /** Whether there is a password to sign in with. */
  readonly hasPassword: boolean;
  readonly createdAt: Instant;
  /** When what others read of the user changed last; null: not since `createdAt`. */
  readonly updatedAt: Instant | null;
}
