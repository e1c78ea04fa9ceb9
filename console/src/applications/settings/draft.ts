import type { Application } from '../../api/types.ts';

/** A line of the list of redirect URLs. Its key stays while others come and go. */
export interface RedirectRow {
  readonly key: string;
  readonly uri: string;
}

/** What the form holds. A text that an application may be without is empty; a number that is missing is NaN. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly redirect_uris: readonly RedirectRow[];
  readonly require_pkce: boolean;
  readonly scopes: readonly string[];
  /** Seconds, as are the other lifetimes; null is *No expiration*. */
  readonly access_token_lifetime: number;
  readonly refresh_token_rotation: boolean;
  readonly refresh_token_absolute_lifetime: number | null;
  readonly refresh_token_inactivity_lifetime: number | null;
  readonly client_uri: string;
  readonly developer_name: string;
  readonly developer_email: string;
  readonly policy_uri: string;
  readonly can_introspect: boolean;
}
export type Field = keyof Draft;

/** The form of an application as it is. What its type does not have gets a value that nobody sees. */
export function draftOf(application: Application): Draft {
  return {
    name: application.name,
    description: application.description ?? '',
    redirect_uris: (application.redirect_uris ?? []).map((uri, index) => ({ key: `saved-${index}`, uri })),
    require_pkce: application.require_pkce ?? false,
    scopes: application.scopes,
    access_token_lifetime: application.access_token_lifetime,
    refresh_token_rotation: application.refresh_token_rotation ?? false,
    refresh_token_absolute_lifetime: application.refresh_token_absolute_lifetime ?? null,
    refresh_token_inactivity_lifetime: application.refresh_token_inactivity_lifetime ?? null,
    client_uri: application.client_uri ?? '',
    developer_name: application.developer_name ?? '',
    developer_email: application.developer_email ?? '',
    policy_uri: application.policy_uri ?? '',
    can_introspect: application.can_introspect ?? false,
  };
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
export function valuesOf(draft: Draft) {
  return {
    ...draft,
    name: draft.name.trim(),
    description: textOrNull(draft.description),
    redirect_uris: filledRows(draft).map(({ uri }) => uri.trim()),
    scopes: [...draft.scopes],
    client_uri: textOrNull(draft.client_uri),
    developer_name: textOrNull(draft.developer_name),
    developer_email: textOrNull(draft.developer_email),
    policy_uri: textOrNull(draft.policy_uri),
  };
}
export type Values = ReturnType<typeof valuesOf>;

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function isSame(field: Field, a: unknown, b: unknown): boolean {
  // A number that is missing is not the null that says "No expiration", and which scope was ticked first means nothing.
  if (typeof a === 'number' || typeof b === 'number') return Object.is(a, b);
  const comparable = (value: unknown) => (field === 'scopes' ? [...(value as string[])].sort() : value);
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
}
