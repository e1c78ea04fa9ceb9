import {
  type NamedInstanceFields,
  settableInstanceFieldLines,
} from '../../../server/model/instance-fields.ts';
import type { Instance } from '../api/types.ts';
import { type DraftValue, inForm, inRequest } from '../ui/field-values.ts';

/** What can be changed of an instance, as it is being edited: by the names of the REST API, what each control shows. */
export type Draft = {
  readonly [Name in keyof NamedInstanceFields]: DraftValue<NamedInstanceFields[Name]>;
};

/** The draft with nothing changed. */
export function draftOf(instance: Instance): Draft {
  return Object.fromEntries(
    settableInstanceFieldLines.map(({ name, kind }) => [name, inForm(kind, instance[name as keyof Draft])]),
  ) as unknown as Draft;
}

/** The fields that the draft changes, as the API takes them. */
export function changesOf(instance: Instance, draft: Draft): Partial<Instance> {
  const [before, after] = [valuesOf(draftOf(instance)), valuesOf(draft)];
  return Object.fromEntries(
    (Object.keys(after) as (keyof NamedInstanceFields)[])
      .filter((name) => !isSame(before[name], after[name]))
      .map((name) => [name, after[name]]),
  );
}

/** The draft as the API takes it; texts without the space around them. */
export function valuesOf(draft: Draft): NamedInstanceFields {
  return Object.fromEntries(
    settableInstanceFieldLines.map(({ name, kind }) => [name, inRequest(kind, draft[name as keyof Draft])]),
  ) as unknown as NamedInstanceFields;
}

function isSame(a: unknown, b: unknown): boolean {
  // NaN is the number that is missing.
  return Object.is(a, b) || (typeof a !== 'number' && JSON.stringify(a) === JSON.stringify(b));
}
