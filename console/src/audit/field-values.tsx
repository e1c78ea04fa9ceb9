import type { ReactNode } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import { formatDuration } from '../intl/duration.ts';
import { languageNames, type MessageKey } from '../intl/messages.ts';
import { type Text, useText } from '../intl/text.ts';

/** What the fields of applications and users are called. */
const fieldNames: Record<string, MessageKey> = {
  name: 'audit.field_name',
  description: 'settings.description',
  enabled: 'audit.field_enabled',
  redirect_uris: 'settings.redirect_urls',
  require_pkce: 'settings.pkce',
  scopes: 'settings.scopes',
  access_token_lifetime: 'settings.access_token_lifetime',
  refresh_token_rotation: 'settings.rotation',
  refresh_token_absolute_lifetime: 'settings.absolute',
  refresh_token_inactivity_lifetime: 'settings.inactivity',
  client_uri: 'settings.client_uri',
  policy_uri: 'settings.policy_uri',
  developer_name: 'settings.developer_name',
  developer_email: 'settings.developer_email',
  logo_uri: 'settings.logo',
  can_introspect: 'settings.can_introspect',
  role: 'audit.field_role',
  active: 'audit.field_active',
  locale: 'audit.field_locale',
  password: 'audit.field_password',
};

/** The words for roles. */
export const roleNames: Record<string, MessageKey> = {
  administrator: 'users.role_administrator',
  user: 'users.role_user',
};

/** A field in words; by its name in the API when there are none. */
export function fieldName(t: Text, field: string): string {
  const key = fieldNames[field];
  return key ? t(key) : field;
}

/** The value of a field as people read it. */
export function FieldValue({ field, value }: { field: string; value: unknown }) {
  const t = useText();
  const intl = useIntl();
  return <>{inWords(t, intl, field, value)}</>;
}

function inWords(t: Text, intl: IntlShape, field: string, value: unknown): ReactNode {
  if (typeof value === 'boolean') return t(value ? 'audit.value_yes' : 'audit.value_no');
  if (typeof value === 'number')
    return field.endsWith('_lifetime') ? formatDuration(intl, value) : intl.formatNumber(value);
  if (Array.isArray(value) && value.length > 0)
    return (
      <ul>
        {value.map((each) => (
          <li key={String(each)}>{String(each)}</li>
        ))}
      </ul>
    );
  if (value === null && field.endsWith('_lifetime')) return t('settings.no_expiration');
  if (value === null || value === undefined || value === '' || Array.isArray(value))
    return t('audit.value_none');
  if (typeof value !== 'string') return JSON.stringify(value);
  if (field === 'role' && roleNames[value]) return t(roleNames[value]);
  if (field === 'locale' && Object.hasOwn(languageNames, value))
    return languageNames[value as keyof typeof languageNames];
  return value;
}
