import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { User, UserClaims } from '../../../model/user.ts';
import { locales, roles } from '../../../model/user.ts';
import { IdText, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';

export const UserSchema = Type.Object(
  {
    id: IdText('The ID of the user.'),
    subject: Type.String({
      description:
        'What tokens call the user (`sub`, `wid`): the ID, unless another was given at creation. It never changes.',
    }),
    email: Type.String(),
    email_verified: Type.Boolean({ description: 'Whether somebody vouches that the address is the user’s.' }),
    name: Type.String(),
    role: oneOf(roles),
    active: Type.Boolean({
      description:
        'Whether the user may sign in. While it is `false`, tokens that applications hold for the user are inactive.',
    }),
    locale: oneOf([...locales, null], {
      description: 'The language of the pages for this user; `null` to follow the browser.',
    }),
    claims: Type.Record(Type.String(), Type.Unsafe<UserClaims[string]>({}), {
      description:
        'What the product says of the user besides: texts, numbers, booleans and lists of texts, 4 KiB of JSON at most.',
    }),
    has_password: Type.Boolean({ description: 'Whether the user can sign in with a password.' }),
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
    subject: user.subject,
    email: user.email,
    email_verified: user.emailVerified,
    name: user.name,
    role: user.role,
    active: user.active,
    locale: user.locale,
    claims: user.claims,
    has_password: user.hasPassword,
    last_active_at: presentTime(user.lastActiveAt),
    created_at: toRfc3339(user.createdAt),
  };
}
