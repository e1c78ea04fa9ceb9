import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { ScimToken } from '../../../model/scim-token.ts';
import { IdText, nullableId, nullableTime, presentTime, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';

export const ScimTokenSchema = Type.Object(
  {
    id: IdText('The ID of the SCIM token.'),
    name: Type.String(),
    created_by: nullableId('The user who added the token; `null` for the command line.'),
    created_at: time('When it was added.'),
    last_used_at: nullableTime('When a SCIM client last came with it.'),
  },
  { $id: 'ScimToken' },
);

export const NewScimTokenSchema = Type.Object(
  {
    ...ScimTokenSchema.properties,
    token: Type.String({ description: 'The token. Returned in this answer only.' }),
    base_url: Type.String({ description: 'Where the client sends it to: its base URL of SCIM.' }),
  },
  { $id: 'NewScimToken' },
);

export type ScimTokenView = Static<typeof ScimTokenSchema>;

/** A SCIM token without the token itself, of which only the hash is kept. */
export function presentScimToken(token: ScimToken): ScimTokenView {
  return {
    id: token.id,
    name: token.name,
    created_by: token.createdBy,
    created_at: toRfc3339(token.createdAt),
    last_used_at: presentTime(token.lastUsedAt),
  };
}
