import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import type { Instance } from '../../../model/instance.ts';
import { IdText, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';

export const ScopeSchema = Type.Object(
  {
    name: Type.String(),
    description: Type.String({ description: 'What people read on the authorization page' }),
    default: Type.Boolean({ description: 'Granted when a request names no scope' }),
  },
  { $id: 'Scope' },
);

export const InstanceSchema = Type.Object(
  {
    id: IdText('The instance'),
    handle: Type.String({
      description: 'What `--instance` of the command line takes; the operator changes it there',
    }),
    name: Type.String({ description: 'What people read on every page; another instance may have the same' }),
    url: Type.String({ description: 'Public base URL and issuer identifier' }),
    domain: Type.String({ description: 'Sent with redirects of the Workfront profile' }),
    lane: Type.String({ description: 'Sent with redirects of the Workfront profile' }),
    customer_id: Type.String({ description: 'What iss may be in JWT exchanges of the Workfront profile' }),
    max_applications: Type.Integer({ description: 'The operator changes it on the command line' }),
    refresh_token_grace: Type.Integer({
      description: 'Seconds in which the refresh token spent last still gives its successor',
    }),
    authorization_code_lifetime: Type.Integer({ description: 'Seconds' }),
    scopes: Type.Array(Type.Object({ ...ScopeSchema.properties })),
    created_at: time('When it was made'),
  },
  { $id: 'Instance' },
);

export type InstanceView = Static<typeof InstanceSchema>;

/** The instance; what it counts and locks by stays here. */
export function presentInstance(instance: Instance): InstanceView {
  return {
    id: instance.id,
    handle: instance.handle,
    name: instance.name,
    url: instance.url,
    domain: instance.domain,
    lane: instance.lane,
    customer_id: instance.customerId,
    max_applications: instance.maxApplications,
    refresh_token_grace: instance.refreshTokenGrace,
    authorization_code_lifetime: instance.authorizationCodeLifetime,
    scopes: instance.scopes.map((scope) => ({
      name: scope.name,
      description: scope.description,
      default: scope.default,
    })),
    created_at: toRfc3339(instance.createdAt),
  };
}
