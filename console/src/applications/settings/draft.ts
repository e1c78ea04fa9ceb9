import {
  type NamedApplicationFields,
  settableFieldLines,
} from '../../../../server/model/application-fields.ts';
import type { Application } from '../../api/types.ts';
import { type DraftValue, inForm, inRequest } from '../../ui/field-values.ts';

/** A line of the list of redirect URLs. Its key stays while others come and go. */
export interface RedirectRow {
  readonly key: string;
  readonly uri: string;
}

/** What the form holds: of each field that can be set, by its name in the REST API, what its control shows. */
export type Draft = {
  readonly [Name in keyof NamedApplicationFields]: Name extends 'redirect_uris'
    ? readonly RedirectRow[]
    : DraftValue<NamedApplicationFields[Name]>;
};
export type Field = keyof Draft;

/** The form's values as the REST API takes them. */
export type Values = NamedApplicationFields;

/** The form of an application as it is. What its type does not have gets a value that nobody sees. */
export function draftOf(application: Application): Draft {
  const values = Object.fromEntries(
    settableFieldLines.map(({ name, kind }) => [name, inForm(kind, application[name as Field])]),
  ) as unknown as Values;
  const rows = values.redirect_uris.map((uri, index) => ({ key: `saved-${index}`, uri }));
  return { ...values, redirect_uris: rows } as Draft;
}

/** The rows that say something: a line that was added and left empty is none. */
export function filledRows(draft: Pick<Draft, 'redirect_uris'>): readonly RedirectRow[] {
  return draft.redirect_uris.filter(({ uri }) => uri.trim() !== '');
}

/** The fields whose value is no longer the application's, as the REST API takes them. */
export function changesOf(edits: Partial<Draft>, application: Application): Partial<Application> {
  const saved = valuesOf(draftOf(application));
  const values = valuesOf({ ...draftOf(application), ...edits });
  const changed = (Object.keys(edits) as Field[]).filter(
    (field) => application[field] !== undefined && !isSame(field, values[field], saved[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, values[field]]));
}

/** The form's values as the REST API takes them. */
export function valuesOf(draft: Draft): Values {
  const values = Object.fromEntries(
    settableFieldLines.map(({ name, kind }) => [name, inRequest(kind, draft[name as Field])]),
  ) as unknown as Values;
  return { ...values, redirect_uris: filledRows(draft).map(({ uri }) => uri.trim()) };
}

function isSame(field: Field, a: unknown, b: unknown): boolean {
  // A number that is missing is not the null that says "No expiration", and which scope was ticked first means nothing.
  if (typeof a === 'number' || typeof b === 'number') return Object.is(a, b);
  const comparable = (value: unknown) => (field === 'scopes' ? [...(value as string[])].sort() : value);
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
}
