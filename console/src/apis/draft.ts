import type { Api } from '../api/types.ts';

/** The settings of an API as they are being edited. */
export interface Draft {
  readonly identifier: string;
  readonly name: string;
  /** Seconds; NaN: as applications have it. */
  readonly access_token_lifetime: number;
  readonly signing_alg: Api['signing_alg'];
  readonly token_typ: Api['token_typ'];
}

/** What stands in empty fields; the same in every language. */
export const examples = {
  identifier: 'https://orders.example.com',
  scope: 'orders:read',
  claims: 'plan seats',
} as const;

/** An API that is still to be filled in. */
export const emptyDraft: Draft = {
  identifier: '',
  name: '',
  access_token_lifetime: Number.NaN,
  signing_alg: 'ES256',
  token_typ: 'at+jwt',
};

/** The draft with nothing changed. */
export function draftOf(api: Api): Draft {
  const { identifier, name, access_token_lifetime, signing_alg, token_typ } = api;
  return {
    identifier,
    name,
    access_token_lifetime: access_token_lifetime ?? Number.NaN,
    signing_alg,
    token_typ,
  };
}

/** The draft as the API takes it; texts without the space around them. */
export function fieldsOf({ identifier, name, access_token_lifetime, signing_alg, token_typ }: Draft) {
  return {
    identifier: identifier.trim(),
    name: name.trim(),
    access_token_lifetime: Number.isNaN(access_token_lifetime) ? null : access_token_lifetime,
    signing_alg,
    token_typ,
  };
}

/** The fields that the draft changes. */
export function changesOf(api: Api, draft: Draft): Partial<ReturnType<typeof fieldsOf>> {
  const fields = fieldsOf(draft);
  return Object.fromEntries(
    (Object.keys(fields) as (keyof typeof fields)[])
      .filter((name) => fields[name] !== api[name])
      .map((name) => [name, fields[name]]),
  );
}
