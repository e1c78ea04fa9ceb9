import {
  type NamedInstanceFields,
  settableInstanceFieldLines,
} from '../../../server/model/instance-fields.ts';
import type { Instance } from '../api/types.ts';
import { type DraftValue, inForm, inRequest } from '../ui/field-values.ts';

/** A scope as it is being edited. */
export interface ScopeDraft {
  /** Tells the rows apart while names change. */
  readonly key: string;
  /** Whether the instance has it; its name is then fixed, since applications know it by that. */
  readonly isSaved: boolean;
  readonly name: string;
  readonly description: string;
  readonly default: boolean;
}

/** What can be changed of an instance, as it is being edited: by the names of the REST API, what each control shows. */
export type Draft = {
  readonly [Name in keyof NamedInstanceFields]: Name extends 'scopes'
    ? readonly ScopeDraft[]
    : DraftValue<NamedInstanceFields[Name]>;
};

/** The draft with nothing changed. */
export function draftOf(instance: Instance): Draft {
  const values = Object.fromEntries(
    settableInstanceFieldLines.map(({ name, kind }) => [name, inForm(kind, instance[name as keyof Draft])]),
  );
  const scopes = instance.scopes.map((scope) => ({ ...scope, key: scope.name, isSaved: true }));
  return { ...values, scopes } as unknown as Draft;
}

/** A scope that is still to be filled in. */
export function newScope(): ScopeDraft {
  return { key: crypto.randomUUID(), isSaved: false, name: '', description: '', default: false };
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
  const values = Object.fromEntries(
    settableInstanceFieldLines.map(({ name, kind }) => [name, inRequest(kind, draft[name as keyof Draft])]),
  );
  const scopes = draft.scopes.map(({ name, description, default: isDefault }) => ({
    name: name.trim(),
    description: description.trim(),
    default: isDefault,
  }));
  return { ...values, scopes } as unknown as NamedInstanceFields;
}

function isSame(a: unknown, b: unknown): boolean {
  // NaN is the number that is missing.
  return Object.is(a, b) || (typeof a !== 'number' && JSON.stringify(a) === JSON.stringify(b));
}
