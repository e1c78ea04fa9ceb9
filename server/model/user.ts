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

/** Someone who signs in. The password's hash is not part of it. */
export interface User extends UserStanding {
  readonly id: Id;
  readonly instanceId: Id;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly locale: Locale | null;
  readonly createdAt: Instant;
  /** When what others read of the user changed last; null: not since `createdAt`. */
  readonly updatedAt: Instant | null;
}
