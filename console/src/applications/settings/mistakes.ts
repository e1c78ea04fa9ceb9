import {
  checkApplicationFields,
  maxRedirectUris,
  settableFieldLines,
  typeHas,
} from '../../../../server/model/application-fields.ts';
import type { Kind } from '../../../../server/model/field-kinds.ts';
import { valuesSent } from '../../../../server/model/fields.ts';
import type { Scope } from '../../../../server/model/instance.ts';
import {
  findCalledUriMistake,
  findPostLogoutRedirectUriMistake,
  findRedirectUriMistake,
} from '../../../../server/model/redirect-uri.ts';
import type { FieldError } from '../../api/problem.ts';
import type { ApplicationType } from '../../api/types.ts';
import type { Text } from '../../intl/text.ts';
import { nameWords } from '../name-words.ts';
import { uriWords } from '../uri-words.ts';
import { type Draft, filledRows, type UrlListName, urlLists, type Values, valuesOf } from './draft.ts';

/** What is wrong with which part of the form, in the user's words: by field, for a URL of a list by field and row. */
export type Mistakes = Readonly<Record<string, string>>;

/** Where a row's mistake is found. */
export function pathOfRow(list: UrlListName, key: string): `${UrlListName}.${string}` {
  return `${list}.${key}`;
}

/** What the server would refuse, found by the server's own rules. @param scopes those of all APIs */
export function findMistakes(
  t: Text,
  type: ApplicationType,
  draft: Draft,
  scopes: readonly Scope[],
): Mistakes {
  const lines = settableFieldLines.filter(({ name }) => typeHas(type, name));
  const errors = checkApplicationFields(type, valuesSent(lines, valuesOf(draft)), scopes);
  return describe(t, type, draft, errors);
}

/** What the rules or the server said of fields, in the user's words where there are some. */
export function describe(
  t: Text,
  type: ApplicationType,
  draft: Draft,
  errors: readonly FieldError[],
): Mistakes {
  const values = valuesOf(draft);
  const mistakes: Record<string, string> = {};
  for (const { path, message } of errors) {
    const [field = '', index] = path.split('.');
    const list = urlLists.find((name) => name === field);
    const row = list && index !== undefined ? filledRows(draft[list])[Number(index)] : undefined;
    const [place, words] =
      list && row
        ? [pathOfRow(list, row.key), urlWords(t, type, list, values, Number(index))]
        : [field, fieldWords(t, field, index, values)];
    mistakes[place] ??= words ?? t('settings.refused', { message });
  }
  return mistakes;
}

/** By which rules the addresses of a list are judged. */
const findUrlMistake = {
  redirect_uris: findRedirectUriMistake,
  post_logout_redirect_uris: findPostLogoutRedirectUriMistake,
} as const satisfies Record<UrlListName, unknown>;

function urlWords(
  t: Text,
  type: ApplicationType,
  list: UrlListName,
  values: Values,
  index: number,
): string | null {
  const uri = values[list][index];
  if (uri === undefined || type === 'machine') return null;
  if (values[list].indexOf(uri) !== index) return t('settings.uri_twice');
  return uriWords(t, findUrlMistake[list](uri, type));
}

function fieldWords(t: Text, field: string, index: string | undefined, values: Values): string | null {
  if (field === 'name') return nameWords(t, values.name);
  if (field === 'scopes') return t(index === undefined ? 'settings.scopes_missing' : 'settings.scope_gone');
  const list = urlLists.find((name) => name === field);
  if (list)
    return values[list].length > maxRedirectUris ? t('settings.urls_full', { max: maxRedirectUris }) : null;
  if (field === 'backchannel_logout_uri')
    return uriWords(t, findCalledUriMistake(values.backchannel_logout_uri ?? ''));
  const line = settableFieldLines.find(({ name }) => name === field);
  return line ? kindWords(t, line.kind, values[field as keyof Values]) : null;
}

function kindWords(t: Text, { control, maxLength: max }: Kind<unknown>, value: unknown): string | null {
  const text = typeof value === 'string' ? value : '';
  if (max !== undefined && [...text].length > max) return t('settings.too_long', { max });
  switch (control) {
    case 'line':
      return t('settings.one_line');
    case 'paragraph':
      return t('settings.no_control_characters');
    case 'email':
      return t('problems.invalid_email');
    case 'url': {
      const url = URL.parse(text);
      return t(url?.username || url?.password ? 'settings.url_credentials' : 'settings.not_web_url');
    }
    case 'number':
    case 'lifetime':
      return t('settings.lifetime_missing');
    default:
      return null;
  }
}
