import type { Static } from 'typebox';
import { toRfc3339 } from '../../../base/units.ts';
import { namedValues } from '../../../model/fields.ts';
import type { Instance } from '../../../model/instance.ts';
import {
  type InstanceFieldName,
  instanceFieldLines,
  type instanceFields,
} from '../../../model/instance-fields.ts';
import { IdText, time } from '../http/schema.ts';
import Type from '../http/schema-builders.ts';
import { shownSchemas } from './fields.ts';

export const InstanceSchema = Type.Object(
  {
    id: IdText('The ID of the instance.'),
    ...shownSchemas<typeof instanceFields>(instanceFieldLines),
    created_at: time('When the instance was created.'),
  },
  { $id: 'Instance' },
);

export type InstanceView = Static<typeof InstanceSchema>;

/** The instance; what it counts and locks by stays here. */
export function presentInstance(instance: Instance): InstanceView {
  return {
    id: instance.id,
    ...(namedValues(instanceFieldLines, instance) as Pick<InstanceView, InstanceFieldName>),
    created_at: toRfc3339(instance.createdAt),
  };
}
