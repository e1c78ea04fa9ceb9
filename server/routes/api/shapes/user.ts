import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { User } from '../../../model/user.ts';
import { locales, roles } from '../../../model/user.ts';
import { IdText, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';

export const UserSchema = Type.Object(
  {
    id: IdText('The user'),
    email: Type.String(),
    name: Type.String(),
    role: oneOf(roles),
    active: Type.Boolean({
      description: 'false: cannot sign in, and what they gave applications is inactive',
    }),
    locale: oneOf([...locales, null], {
      description: 'The language of their pages; null: as the browser says',
    }),
    last_active_at: nullableTime('The last sign-in or use of a browser session'),
    created_at: time('When the user was added'),
  },
  { $id: 'User' },
);

export type UserView = Static<typeof UserSchema>;

/** A user without anything of the password. */
export function presentUser(user: User): UserView {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    active: user.active,
    locale: user.locale,
    last_active_at: presentTime(user.lastActiveAt),
    created_at: toRfc3339(user.createdAt),
  };
}
