import { checkName } from '../../../server/base/text.ts';
import { checkProvider, providerFieldLines } from '../../../server/model/identity-provider-fields.ts';
import {
  checkProviderSecret,
  findLoginUrlMistake,
  maxMetadataLength,
} from '../../../server/model/identity-provider-rules.ts';
import { findCalledUriMistake } from '../../../server/model/redirect-uri.ts';
import type { ProviderFields } from '../api/identity-providers.ts';
import { Problem } from '../api/problem.ts';
import type { ProviderType } from '../api/types.ts';
import { uriWords } from '../applications/uri-words.ts';
import type { Text } from '../intl/text.ts';
import { problemText } from '../ui/problem-text.ts';
import { type Draft, fieldsOf } from './draft.ts';

/** What is wrong, by the control that can put it right, in words. */
export type Mistakes = Readonly<Partial<Record<keyof Draft, string>>>;

/** What the server would refuse of a draft, by its own rules. */
export function findMistakes(t: Text, type: ProviderType, draft: Draft): Mistakes {
  const fields = fieldsOf(type, draft);
  const mistakes: Partial<Record<keyof Draft, string>> = {};
  if (type === 'handover' && typeof fields['jwks'] === 'string') mistakes.jwks = t('providers.jwks_wrong');
  else
    for (const { path } of checkProvider(type, valuesOf(fields))) {
      const control = controlOf(path, draft);
      mistakes[control] ??= wordsOf(t, type, control, path, fields);
    }
  if (type === 'oidc' && draft.client_secret !== '' && checkProviderSecret(draft.client_secret) !== null)
    mistakes.client_secret = t('providers.secret_wrong');
  return mistakes;
}

/** What the server refused, at the controls that it is about; empty where it is about none. */
export function refusedBy(t: Text, draft: Draft, error: unknown): Mistakes {
  if (!(error instanceof Problem)) return {};
  const isPrivate = error.code === 'private_key_refused';
  return Object.fromEntries(
    error.errors.map(({ path, message }) => [
      controlOf(path, draft),
      isPrivate ? problemText(t, error) : t('settings.refused', { message }),
    ]),
  );
}

/** The fields under what the rules call them. */
function valuesOf(fields: ProviderFields): object {
  return Object.fromEntries(
    providerFieldLines
      .filter(({ name }) => fields[name] !== undefined)
      .map(({ name, property }) => [property, fields[name]]),
  );
}

const ofClaims: Readonly<Record<string, keyof Draft>> = {
  'claims.subject': 'subject',
  'claims.email': 'email',
  'claims.name': 'claim_name',
  'claims.locale': 'locale',
  'claims.administrator.claim': 'role_claim',
  'claims.administrator.values': 'role_values',
  'claims.copy': 'copy',
};

function controlOf(path: string, { source }: Draft): keyof Draft {
  const field = path.replace(/\.\d+$/, '').replace(/^jwks\..*/, 'jwks');
  // Which of a pair is missing is where somebody is about to give it.
  if (field === 'metadata' && source === 'url') return 'metadata_url';
  if (field === 'jwks' && source === 'url') return 'jwks_uri';
  return ofClaims[field] ?? (field as keyof Draft);
}

function wordsOf(
  t: Text,
  type: ProviderType,
  control: keyof Draft,
  path: string,
  fields: ProviderFields,
): string {
  const text = String(fields[control] ?? '');
  const entry = entryAt(path, fields);
  if (control === 'issuer' && type === 'handover') return t('providers.issuer_wrong');
  if (text === '' && addresses.has(control)) return t('settings.not_web_url');
  switch (control) {
    case 'issuer':
      return uriWords(t, findCalledUriMistake(text)) ?? t('providers.issuer_query');
    case 'login_url':
      return uriWords(t, findLoginUrlMistake(text)) ?? t('settings.uri_absolute');
    case 'metadata_url':
    case 'jwks_uri':
      return uriWords(t, findCalledUriMistake(text)) ?? t('settings.uri_absolute');
    case 'name':
      return t(checkName(text) === null ? 'settings.too_long' : 'applications.name_missing', { max: 100 });
    case 'client_id':
      return t('providers.client_id_wrong');
    case 'scopes':
      return t('providers.scopes_wrong');
    case 'email_domains':
      return t('providers.domain_wrong', { domain: entry });
    case 'metadata':
      return t('providers.metadata_wrong', { kib: maxMetadataLength / 1024 });
    case 'jwks':
      return t('providers.jwks_wrong');
    case 'copy':
      return t('providers.copy_wrong', { name: entry });
    case 'role_claim':
    case 'role_values':
      return t('providers.role_wrong');
    default:
      return t('providers.claim_wrong');
  }
}

const addresses: ReadonlySet<keyof Draft> = new Set(['issuer', 'login_url', 'metadata_url', 'jwks_uri']);

/** What stands at the end of a path such as `email_domains.1`. */
function entryAt(path: string, fields: ProviderFields): string {
  let value: unknown = fields;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === 'string' ? value : '';
}
