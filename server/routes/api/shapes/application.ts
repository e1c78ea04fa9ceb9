import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { Client } from '../../../model/application.ts';
import { applicationTypes } from '../../../model/application.ts';
import { typesOfName } from '../../../model/application-fields.ts';
import type { Instance } from '../../../model/instance.ts';
import { logoUri } from '../../../registry/applications/logos.ts';
import {
  IdText,
  lifetime,
  nullableId,
  nullableText,
  nullableTime,
  presentTime,
  time,
} from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';
import {
  ClientSecretSchema,
  notMachine,
  notSpa,
  PublicKeySchema,
  presentClientSecret,
  presentPublicKey,
} from './credentials.ts';

export const ApplicationSchema = Type.Object(
  {
    id: IdText('The application'),
    type: oneOf(applicationTypes),
    client_id: IdText('What the client calls itself'),
    name: Type.String(),
    description: nullableText('What it is for'),
    enabled: Type.Boolean({ description: 'false: nobody can use it, and its tokens are inactive' }),
    redirect_uris: Type.Optional(Type.Array(Type.String(), { description: notMachine })),
    require_pkce: Type.Optional(Type.Boolean({ description: `Always true for the type spa. ${notMachine}` })),
    scopes: Type.Array(Type.String(), { description: 'What it may ask for' }),
    access_token_lifetime: Type.Integer({ description: 'Seconds' }),
    refresh_token_rotation: Type.Optional(
      Type.Boolean({ description: `A new refresh token at every use. ${notMachine}` }),
    ),
    refresh_token_absolute_lifetime: Type.Optional(
      lifetime(`Seconds since the authorization; null: no expiration. ${notMachine}`),
    ),
    refresh_token_inactivity_lifetime: Type.Optional(
      lifetime(`Seconds since the user was last active; null: no expiration. ${notMachine}`),
    ),
    client_uri: Type.Optional(nullableText(`App description URL. ${notMachine}`)),
    policy_uri: Type.Optional(nullableText(`Privacy policy URL. ${notMachine}`)),
    developer_name: Type.Optional(nullableText(notMachine)),
    developer_email: Type.Optional(nullableText(notMachine)),
    logo_uri: Type.Optional(nullableText(`Where the logo is served. ${notMachine}`)),
    can_introspect: Type.Optional(
      Type.Boolean({ description: `May introspect the tokens of every application. ${notSpa}` }),
    ),
    secrets: Type.Optional(
      Type.Array(Type.Object({ ...ClientSecretSchema.properties }), { description: notSpa }),
    ),
    public_keys: Type.Optional(
      Type.Array(Type.Object({ ...PublicKeySchema.properties }), { description: notSpa }),
    ),
    created_by: nullableId('Who registered it; null: the command line'),
    created_at: time('When it was registered'),
    updated_at: time('When a field was last changed'),
    last_used_at: nullableTime('When it was last given a token'),
  },
  { $id: 'Application' },
);

export const ListedApplicationSchema = Type.Object(
  {
    ...ApplicationSchema.properties,
    user_count: Type.Optional(
      Type.Integer({ description: 'How many users it has; only when the request includes it' }),
    ),
  },
  { $id: 'ListedApplication' },
);

export const NewApplicationSchema = Type.Object(
  {
    ...ApplicationSchema.properties,
    client_secret: Type.Optional(Type.String({ description: `Shown this once. ${notSpa}` })),
  },
  { $id: 'NewApplication' },
);

export type ApplicationView = Static<typeof ApplicationSchema>;

/** An application without the fields that do not belong to its type. */
export function presentApplication(
  instance: Instance,
  { application, secrets, publicKeys }: Client,
): ApplicationView {
  const { type } = application;
  const view: ApplicationView = {
    id: application.id,
    type,
    client_id: application.clientId,
    name: application.name,
    description: application.description,
    enabled: application.enabled,
    redirect_uris: [...application.redirectUris],
    require_pkce: application.requirePkce,
    scopes: [...application.scopes],
    access_token_lifetime: application.accessTokenLifetime,
    refresh_token_rotation: application.refreshTokenRotation,
    refresh_token_absolute_lifetime: application.refreshTokenAbsoluteLifetime,
    refresh_token_inactivity_lifetime: application.refreshTokenInactivityLifetime,
    client_uri: application.clientUri,
    policy_uri: application.policyUri,
    developer_name: application.developerName,
    developer_email: application.developerEmail,
    logo_uri: logoUri(instance, application),
    can_introspect: application.canIntrospect,
    secrets: secrets.map(presentClientSecret),
    public_keys: publicKeys.map(presentPublicKey),
    created_by: application.createdBy,
    created_at: toRfc3339(application.createdAt),
    updated_at: toRfc3339(application.updatedAt),
    last_used_at: presentTime(application.lastUsedAt),
  };
  return Object.fromEntries(
    Object.entries(view).filter(([name]) => typesOfName.get(name)?.includes(type) ?? true),
  ) as unknown as ApplicationView;
}
