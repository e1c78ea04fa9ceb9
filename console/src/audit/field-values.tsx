import type { ReactNode } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import type { Scope } from '../../../server/model/instance.ts';
import { formatDuration } from '../intl/duration.ts';
import { languageNames, type MessageKey } from '../intl/messages.ts';
import { type Text, useText } from '../intl/text.ts';

/** What the fields of applications, users and the instance are called. */
const fieldNames: Record<string, MessageKey> = {
  name: 'audit.field_name',
  handle: 'instance.handle',
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
  url: 'instance.url',
  domain: 'instance.domain',
  lane: 'instance.lane',
  customer_id: 'connect.customer_id',
  max_applications: 'audit.field_max_applications',
  refresh_token_grace: 'audit.field_grace',
  authorization_code_lifetime: 'audit.field_code_lifetime',
};

/** The words for roles. */
export const roleNames: Record<string, MessageKey> = {
  administrator: 'users.role_administrator',
  user: 'users.role_user',
};

/** The fields that are seconds. */
const isDuration = (field: string) => field.endsWith('_lifetime') || field === 'refresh_token_grace';

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
    return isDuration(field) ? formatDuration(intl, value) : intl.formatNumber(value);
  if (Array.isArray(value) && value.length > 0)
    return (
      <ul>
        {value.map(listed(t)).map((each) => (
          <li key={each}>{each}</li>
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

/** What stands in a list: a text, or a scope of the instance with what it allows. */
function listed(t: Text): (each: unknown) => string {
  return (each) => {
    if (typeof each !== 'object' || each === null) return String(each);
    const { name, description, default: isDefault } = each as Partial<Scope>;
    if (name === undefined || description === undefined) return JSON.stringify(each);
    return t(isDefault ? 'audit.value_default_scope' : 'audit.value_scope', { name, description });
  };
}
