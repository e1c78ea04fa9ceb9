import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { AuthorizationView } from '../../../model/authorization.ts';
import { IdText, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';

export const AuthorizationSchema = Type.Object(
  {
    id: IdText('The ID of the authorization.'),
    application: Type.Object({ id: IdText('The ID of the application.'), name: Type.String() }),
    user: Type.Object({ id: IdText('The ID of the user.'), name: Type.String(), email: Type.String() }),
    scopes: Type.Array(Type.String()),
    resources: Type.Array(Type.String(), {
      description:
        'The identifiers of the APIs that the application named when it asked; empty where it named none, and the APIs of the scopes count.',
    }),
    created_at: time('When the user gave it.'),
    last_used_at: nullableTime('When the application last refreshed its tokens.'),
    expires_at: nullableTime('When it expires unless it is used or ended before; `null` for never.'),
    expires_because: oneOf(['absolute', 'inactivity', null], {
      description: 'Which lifetime of the application `expires_at` follows from.',
    }),
  },
  { $id: 'Authorization' },
);

export type AuthorizationViewSchema = Static<typeof AuthorizationSchema>;

/** An authorization with the names of its application and user, and when and why it ends by the policy of this moment. */
export function presentAuthorization(authorization: AuthorizationView): AuthorizationViewSchema {
  const { application, user } = authorization;
  return {
    id: authorization.id,
    application: { id: application.id, name: application.name },
    user: { id: user.id, name: user.name, email: user.email },
    scopes: [...authorization.scopes],
    resources: [...(authorization.resources ?? [])],
    created_at: toRfc3339(authorization.createdAt),
    last_used_at: presentTime(authorization.lastUsedAt),
    expires_at: presentTime(authorization.expiresAt),
    expires_because: authorization.expiresBecause,
  };
}
