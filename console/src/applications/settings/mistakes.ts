import {
  maxDescriptionLength,
  maxEmailLength,
  maxNameLength,
  maxUrlLength,
} from '../../../../server/base/text.ts';
import { checkApplicationFields, maxRedirectUris } from '../../../../server/model/application-fields.ts';
import type { Scope } from '../../../../server/model/instance.ts';
import type { FieldError } from '../../api/problem.ts';
import type { ApplicationType } from '../../api/types.ts';
import type { Text } from '../../intl/text.ts';
import { nameWords } from '../name-words.ts';
import { type Draft, filledRows, type Values, valuesOf } from './draft.ts';
import { redirectUriWords } from './redirect-uri-words.ts';

/** What is wrong with which part of the form, in the user's words: by field, for a redirect URL by field and row. */
export type Mistakes = Readonly<Record<string, string>>;

/** Where a row's mistake is found. */
export function pathOfRow(key: string): string {
  return `redirect_uris.${key}`;
}

/** What the server would refuse, found by the server's own rules. @param scopes the instance's */
export function findMistakes(
  t: Text,
  type: ApplicationType,
  draft: Draft,
  scopes: readonly Scope[],
): Mistakes {
  const values = valuesOf(draft);
  const withUsers = type !== 'machine';
  const errors = checkApplicationFields(
    type,
    {
      name: values.name,
      description: values.description,
      scopes: values.scopes,
      accessTokenLifetime: values.access_token_lifetime,
      ...(withUsers && {
        redirectUris: values.redirect_uris,
        refreshTokenAbsoluteLifetime: values.refresh_token_absolute_lifetime,
        refreshTokenInactivityLifetime: values.refresh_token_inactivity_lifetime,
        clientUri: values.client_uri,
        policyUri: values.policy_uri,
        developerName: values.developer_name,
        developerEmail: values.developer_email,
      }),
    },
    scopes,
  );
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
  const rows = filledRows(draft);
  const mistakes: Record<string, string> = {};
  for (const { path, message } of errors) {
    const [field = '', index] = path.split('.');
    const row = field === 'redirect_uris' && index !== undefined ? rows[Number(index)] : undefined;
    const words = row
      ? redirectUrlWords(t, type, values, Number(index))
      : fieldWords(t, field, index, values);
    mistakes[row ? pathOfRow(row.key) : field] ??= words ?? t('settings.refused', { message });
  }
  return mistakes;
}

function redirectUrlWords(t: Text, type: ApplicationType, values: Values, index: number): string | null {
  const uri = values.redirect_uris[index];
  if (uri === undefined || type === 'machine') return null;
  if (values.redirect_uris.indexOf(uri) !== index) return t('settings.uri_twice');
  return redirectUriWords(t, uri, type);
}

function fieldWords(t: Text, field: string, index: string | undefined, values: Values): string | null {
  switch (field) {
    case 'name':
      return nameWords(t, values.name);
    case 'description':
      return tooLong(t, values.description, maxDescriptionLength) ?? t('settings.no_control_characters');
    case 'redirect_uris':
      return values.redirect_uris.length > maxRedirectUris
        ? t('settings.redirect_urls_full', { max: maxRedirectUris })
        : null;
    case 'scopes':
      return t(index === undefined ? 'settings.scopes_missing' : 'settings.scope_gone');
    case 'access_token_lifetime':
    case 'refresh_token_absolute_lifetime':
    case 'refresh_token_inactivity_lifetime':
      return t('settings.lifetime_missing');
    case 'client_uri':
    case 'policy_uri':
      return urlWords(t, values[field]);
    case 'developer_name':
      return lineWords(t, values.developer_name, maxNameLength);
    case 'developer_email':
      return tooLong(t, values.developer_email, maxEmailLength) ?? t('problems.invalid_email');
    default:
      return null;
  }
}

function lineWords(t: Text, text: string | null, max: number): string {
  return tooLong(t, text, max) ?? t('settings.one_line');
}

function urlWords(t: Text, text: string | null): string {
  const url = URL.parse(text ?? '');
  if (url && (url.username || url.password)) return t('settings.url_credentials');
  return tooLong(t, text, maxUrlLength) ?? t('settings.not_web_url');
}

function tooLong(t: Text, text: string | null, max: number): string | null {
  return [...(text ?? '')].length > max ? t('settings.too_long', { max }) : null;
}
