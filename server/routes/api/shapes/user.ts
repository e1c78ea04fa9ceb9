import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { Identity } from '../../../model/identity-provider.ts';
import type { User, UserClaims } from '../../../model/user.ts';
import { locales, roles } from '../../../model/user.ts';
import { IdText, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';

export const IdentitySchema = Type.Object(
  {
    id: IdText('The ID of the identity.'),
    provider_id: IdText('The ID of the identity provider.'),
    subject: Type.String({ description: 'What the provider calls the user.' }),
    created_at: time('When the identity was linked to the user.'),
    last_used_at: nullableTime('When the user last signed in by it.'),
  },
  { $id: 'Identity' },
);

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
    identities: Type.Array(Type.Object({ ...IdentitySchema.properties }), {
      description: 'What identity providers call the user.',
    }),
    has_password: Type.Boolean({ description: 'Whether the user can sign in with a password.' }),
    last_active_at: nullableTime('When the user last signed in or used a browser session.'),
    created_at: time('When the user was created.'),
  },
  { $id: 'User' },
);

export type UserView = Static<typeof UserSchema>;

export type IdentityView = Static<typeof IdentitySchema>;

/** A user without anything of the password. @param identities theirs */
export function presentUser(user: User, identities: readonly Identity[]): UserView {
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
    identities: identities.map(presentIdentity),
    has_password: user.hasPassword,
    last_active_at: presentTime(user.lastActiveAt),
    created_at: toRfc3339(user.createdAt),
  };
}

export function presentIdentity(identity: Identity): IdentityView {
  return {
    id: identity.id,
    provider_id: identity.providerId,
    subject: identity.subject,
    created_at: toRfc3339(identity.createdAt),
    last_used_at: presentTime(identity.lastUsedAt),
  };
}
