import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import { type ApplicationType, applicationTypes, type Client } from '../../../model/application.ts';
import {
  type ApplicationFieldName,
  applicationFieldLines,
  type applicationFields,
  typeHas,
} from '../../../model/application-fields.ts';
import { namedValues } from '../../../model/fields.ts';
import type { Instance } from '../../../model/instance.ts';
import { logoUri } from '../../../registry/applications/logos.ts';
import { IdText, nullableId, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { oneOf } from '../http/validation.ts';
import {
  ClientSecretSchema,
  notSpa,
  PublicKeySchema,
  presentClientSecret,
  presentPublicKey,
} from './credentials.ts';
import { shownSchemas } from './fields.ts';

/** Says which types do not have a field. */
export function missingTypes({ types }: { types?: readonly string[] }): string {
  return applicationTypes
    .filter((type) => types?.includes(type) === false)
    .map((type) => `Not for the type \`${type}\`.`)
    .join(' ');
}

export const ApplicationSchema = Type.Object(
  {
    id: IdText('The ID of the application.'),
    type: oneOf(applicationTypes),
    client_id: IdText('The client identifier (RFC 6749).'),
    ...shownSchemas<typeof applicationFields, typeof applicationTypes>(
      applicationFieldLines,
      missingTypes,
      (field) => missingTypes(field) !== '',
    ),
    secrets: Type.Optional(
      Type.Array(Type.Object({ ...ClientSecretSchema.properties }), { description: notSpa }),
    ),
    public_keys: Type.Optional(
      Type.Array(Type.Object({ ...PublicKeySchema.properties }), { description: notSpa }),
    ),
    created_by: nullableId('The user who registered the application; `null` for the command line.'),
    created_at: time('When the application was registered.'),
    updated_at: time('When a field was last changed.'),
    last_used_at: nullableTime('When a token was last issued to the application.'),
  },
  { $id: 'Application' },
);

export const ListedApplicationSchema = Type.Object(
  {
    ...ApplicationSchema.properties,
    user_count: Type.Optional(
      Type.Integer({ description: 'How many users the application has; only when the request includes it.' }),
    ),
  },
  { $id: 'ListedApplication' },
);

export const NewApplicationSchema = Type.Object(
  {
    ...ApplicationSchema.properties,
    client_secret: Type.Optional(Type.String({ description: `Returned in this answer only. ${notSpa}` })),
  },
  { $id: 'NewApplication' },
);

export type ApplicationView = Static<typeof ApplicationSchema>;
type FieldsView = Pick<ApplicationView, ApplicationFieldName>;

const linesOf = (type: ApplicationType) => applicationFieldLines.filter(({ name }) => typeHas(type, name));
const linesOfType = { machine: linesOf('machine'), spa: linesOf('spa'), web: linesOf('web') };

/** An application with the fields that belong to its type. */
export function presentApplication(
  instance: Instance,
  { application, secrets, publicKeys }: Client,
): ApplicationView {
  const { type } = application;
  const fields = namedValues(linesOfType[type], {
    ...application,
    logoVersion: logoUri(instance, application),
  });
  return {
    id: application.id,
    type,
    client_id: application.clientId,
    ...(fields as FieldsView),
    ...(typeHas(type, 'secrets') && { secrets: secrets.map(presentClientSecret) }),
    ...(typeHas(type, 'public_keys') && { public_keys: publicKeys.map(presentPublicKey) }),
    created_by: application.createdBy,
    created_at: toRfc3339(application.createdAt),
    updated_at: toRfc3339(application.updatedAt),
    last_used_at: presentTime(application.lastUsedAt),
  };
}
