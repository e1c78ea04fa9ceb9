import { maxNameLength } from '../../base/text.ts';
import {
  codeLifetimeRange,
  customerIdPattern,
  graceRange,
  labelPattern,
  maxInstanceNameLength,
} from '../../model/instance-fields.ts';
import { maxScopeNameLength, maxScopes } from '../../model/scopes.ts';
import { changeInstance } from '../../registry/instances/change.ts';
import type { Services } from '../../services.ts';
import { findInstance } from '../../store/instances.ts';
import type { Api } from './http/api.ts';
import { actorOf } from './http/authenticate.ts';
import { answer, problems, ref } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { presentInstance } from './shapes/instance.ts';

const InstanceBody = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: maxInstanceNameLength })),
    domain: Type.Optional(Type.String({ pattern: labelPattern })),
    lane: Type.Optional(Type.String({ pattern: labelPattern })),
    customer_id: Type.Optional(Type.String({ pattern: customerIdPattern })),
    refresh_token_grace: Type.Optional(
      Type.Integer({
        minimum: graceRange[0],
        maximum: graceRange[1],
        description: 'Seconds; 0 is strict single use',
      }),
    ),
    authorization_code_lifetime: Type.Optional(
      Type.Integer({ minimum: codeLifetimeRange[0], maximum: codeLifetimeRange[1], description: 'Seconds' }),
    ),
    scopes: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: maxScopeNameLength }),
            description: Type.String({ minLength: 1, maxLength: maxNameLength }),
            default: Type.Optional(Type.Boolean({ description: 'false without it' })),
          },
          { additionalProperties: false },
        ),
        { maxItems: maxScopes, description: 'All of them; admin must be there, offline_access is built in' },
      ),
    ),
  },
  { additionalProperties: false },
);

/** GET and PATCH /instance. */
export function registerInstance(api: Api, services: Services): void {
  api.get(
    '/instance',
    {
      schema: {
        operationId: 'getInstance',
        summary: 'The settings of the instance',
        tags: ['instance'],
        response: { 200: answer('The instance', ref('Instance')), ...problems() },
      },
    },
    // The request's own instance may be a second old.
    async ({ instance }) => presentInstance((await findInstance(services.db, instance.id)) ?? instance),
  );

  api.patch(
    '/instance',
    {
      schema: {
        operationId: 'updateInstance',
        summary: 'Change the settings that are given',
        tags: ['instance'],
        body: InstanceBody,
        response: { 200: answer('The instance', ref('Instance')), ...problems(409, 413, 415, 422) },
      },
    },
    async (request) => {
      const { instance, body } = request;
      const changed = await changeInstance(services, instance, actorOf(request), request.ip, {
        ...(body.name !== undefined && { name: body.name }),
        ...(body.domain !== undefined && { domain: body.domain }),
        ...(body.lane !== undefined && { lane: body.lane }),
        ...(body.customer_id !== undefined && { customerId: body.customer_id }),
        ...(body.refresh_token_grace !== undefined && { refreshTokenGrace: body.refresh_token_grace }),
        ...(body.authorization_code_lifetime !== undefined && {
          authorizationCodeLifetime: body.authorization_code_lifetime,
        }),
        ...(body.scopes && {
          scopes: body.scopes.map((scope) => ({
            name: scope.name,
            description: scope.description,
            default: scope.default ?? false,
          })),
        }),
      });
      return presentInstance(changed);
    },
  );
}
