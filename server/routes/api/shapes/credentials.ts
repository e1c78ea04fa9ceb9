import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { ClientSecret, PublicKey } from '../../../model/application.ts';
import { IdText, nullableId, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';

export const ClientSecretSchema = Type.Object(
  {
    id: IdText('The ID of the client secret.'),
    hint: Type.String({ description: 'The last four characters of the secret.' }),
    created_at: time('When it was added.'),
    last_used_at: nullableTime('When a client last authenticated with it.'),
  },
  { $id: 'ClientSecret' },
);

export const NewClientSecretSchema = Type.Object(
  {
    id: IdText('The ID of the client secret.'),
    client_secret: Type.String({ description: 'The client secret. Returned in this answer only.' }),
    hint: Type.String({ description: 'The last four characters of the secret.' }),
    created_at: time('When it was added.'),
  },
  { $id: 'NewClientSecret' },
);

export const PublicKeySchema = Type.Object(
  {
    id: IdText('The ID of the public key.'),
    kid: Type.String({ description: 'The key ID. An assertion with a `kid` must have this one.' }),
    name: Type.String(),
    algorithm: Type.String({
      description: '`RS256` (`PS256` is accepted too), `ES256`, `ES384` or `EdDSA`.',
    }),
    thumbprint: Type.String({ description: 'The SHA-256 thumbprint of the key (RFC 7638).' }),
    not_after: nullableTime('When the certificate that contained the key expires; `null` if there was none.'),
    acts_as_user_id: nullableId(
      'The user on whose behalf JWT-bearer assertions signed with this key may ask for tokens.',
    ),
    created_by: nullableId('The user who added the key; `null` for the command line.'),
    created_at: time('When it was added.'),
    last_used_at: nullableTime('When an assertion signed with the key was last accepted.'),
  },
  { $id: 'PublicKey' },
);

export const notSpa = 'Not for the type `spa`.';

export type ClientSecretView = Static<typeof ClientSecretSchema>;

export type NewClientSecretView = Static<typeof NewClientSecretSchema>;

export type PublicKeyView = Static<typeof PublicKeySchema>;

export function presentClientSecret(secret: ClientSecret): ClientSecretView {
  return {
    id: secret.id,
    hint: secret.hint,
    created_at: toRfc3339(secret.createdAt),
    last_used_at: presentTime(secret.lastUsedAt),
  };
}

/**
 * The one answer that holds a client secret.
 * @param clientSecret in clear, as it was made a moment ago
 */
export function presentNewClientSecret(secret: ClientSecret, clientSecret: string): NewClientSecretView {
  return {
    id: secret.id,
    client_secret: clientSecret,
    hint: secret.hint,
    created_at: toRfc3339(secret.createdAt),
  };
}

/** A public key without the key itself, which the thumbprint (RFC 7638) stands for. */
export function presentPublicKey(key: PublicKey): PublicKeyView {
  return {
    id: key.id,
    kid: key.kid,
    name: key.name,
    algorithm: key.algorithm,
    thumbprint: key.thumbprint,
    not_after: presentTime(key.notAfter),
    acts_as_user_id: key.actsAsUserId,
    created_by: key.createdBy,
    created_at: toRfc3339(key.createdAt),
    last_used_at: presentTime(key.lastUsedAt),
  };
}
