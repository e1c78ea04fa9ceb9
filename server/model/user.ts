import type { Id } from '../base/ids.ts';
import type { Instant } from '../base/units.ts';

export const roles = ['administrator', 'user'] as const;
export type Role = (typeof roles)[number];

export const locales = ['en', 'fr', 'sv', 'zh-Hans'] as const;
export type Locale = (typeof locales)[number];

/** Someone who signs in. The password's hash is not part of it. */
export interface User {
  readonly id: Id;
  readonly instanceId: Id;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly active: boolean;
  readonly locale: Locale | null;
  /** The last sign-in or use of a browser session. */
  readonly lastActiveAt: Instant | null;
  readonly createdAt: Instant;
}
