import { valuesSent } from '../../model/fields.ts';
import type { Scope } from '../../model/instance.ts';
import {
  type InstanceFields,
  type instanceFields,
  settableInstanceFieldLines,
} from '../../model/instance-fields.ts';
import { changeInstance } from '../../registry/instances/change.ts';
import type { Services } from '../../services.ts';
import { findInstance } from '../../store/instances.ts';
import type { Api } from './http/api.ts';
import { answer, problems, ref } from './http/schema.ts';
import Type from './http/schema-builders.ts';
import { changeSchemas } from './shapes/fields.ts';
import { presentInstance } from './shapes/instance.ts';

const InstanceBody = Type.Object(
  { ...changeSchemas<typeof instanceFields>(settableInstanceFieldLines) },
  { additionalProperties: false },
);

/** GET and PATCH /instance. */
export function registerInstance(api: Api, services: Services): void {
  api.get(
    '/instance',
    {
      schema: {
        operationId: 'getInstance',
        summary: 'Get the settings of the instance',
        tags: ['instance'],
        response: { 200: answer('The instance.', ref('Instance')), ...problems() },
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
        summary: 'Update the settings of the instance',
        tags: ['instance'],
        body: InstanceBody,
        response: { 200: answer('The instance.', ref('Instance')), ...problems(409, 413, 415, 422) },
      },
    },
    async (request) => {
      const changed = await changeInstance(services, request.caller.act, {
        ...(valuesSent(settableInstanceFieldLines, request.body) as InstanceFields),
        ...(request.body.scopes && { scopes: request.body.scopes.map(wholeScope) }),
      });
      return presentInstance(changed);
    },
  );
}

/** A scope with what may be left out of it, its members in our order. */
function wholeScope({ name, description, default: isDefault = false }: Scope): Scope {
  return { name, description, default: isDefault };
}
