import {
  type NamedApplicationFields,
  settableFieldLines,
} from '../../../../server/model/application-fields.ts';
import type { Application } from '../../api/types.ts';
import { type DraftValue, inForm, inRequest } from '../../ui/field-values.ts';

/** A line of a list of URLs. Its key stays while others come and go. */
export interface UrlRow {
  readonly key: string;
  readonly uri: string;
}

/** The fields that are lists of URLs. */
export const urlLists = ['redirect_uris', 'post_logout_redirect_uris'] as const;
export type UrlListName = (typeof urlLists)[number];

/** What the form holds: of each field that can be set, by its name in the REST API, what its control shows. */
export type Draft = {
  readonly [Name in keyof NamedApplicationFields]: Name extends UrlListName
    ? readonly UrlRow[]
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
  const rows = urlLists.map((list) => [
    list,
    values[list].map((uri, index) => ({ key: `saved-${index}`, uri })),
  ]);
  return { ...values, ...Object.fromEntries(rows) } as Draft;
}

/** The rows that say something: a line that was added and left empty is none. */
export function filledRows(rows: readonly UrlRow[]): readonly UrlRow[] {
  return rows.filter(({ uri }) => uri.trim() !== '');
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
  const uris = urlLists.map((list) => [list, filledRows(draft[list]).map(({ uri }) => uri.trim())]);
  return { ...values, ...Object.fromEntries(uris) };
}

function isSame(field: Field, a: unknown, b: unknown): boolean {
  // A number that is missing is not the null that says "No expiration", and which scope was ticked first means nothing.
  if (typeof a === 'number' || typeof b === 'number') return Object.is(a, b);
  const comparable = (value: unknown) => (field === 'scopes' ? [...(value as string[])].sort() : value);
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
}
