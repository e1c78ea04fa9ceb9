import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { User } from '../../../model/user.ts';
import { locales, roles } from '../../../model/user.ts';
import { IdText, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';

export const UserSchema = Type.Object(
  {
    id: IdText('The ID of the user.'),
    email: Type.String(),
    name: Type.String(),
    role: oneOf(roles),
    active: Type.Boolean({
      description:
        'Whether the user may sign in. While it is `false`, tokens that applications hold for the user are inactive.',
    }),
    locale: oneOf([...locales, null], {
      description: 'The language of the pages for this user; `null` to follow the browser.',
    }),
    last_active_at: nullableTime('When the user last signed in or used a browser session.'),
    created_at: time('When the user was created.'),
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
