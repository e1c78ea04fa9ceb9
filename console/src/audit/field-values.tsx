import type { ReactNode } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import {
  type ApplicationFieldName,
  applicationFieldLines,
} from '../../../server/model/application-fields.ts';
import type { Scope } from '../../../server/model/instance.ts';
import { type InstanceFieldName, instanceFieldLines } from '../../../server/model/instance-fields.ts';
import { formatDuration } from '../intl/duration.ts';
import { languageNames, type MessageKey } from '../intl/messages.ts';
import { type Text, useText } from '../intl/text.ts';

/** What the fields are called that are in no table. */
const fieldNames: Record<string, MessageKey> = {
  role: 'audit.field_role',
  active: 'audit.field_active',
  locale: 'audit.field_locale',
  password: 'audit.field_password',
  scim: 'audit.field_scim',
  scim_user_name: 'audit.field_scim_user_name',
  scim_external_id: 'audit.field_scim_external_id',
  scim_attributes: 'audit.field_scim_attributes',
};

const applicationField = (field: string) => applicationFieldLines.find(({ name }) => name === field);
const instanceField = (field: string) => instanceFieldLines.find(({ name }) => name === field);

/** Whether a field is seconds. */
const isDuration = (field: string) =>
  (applicationField(field) ?? instanceField(field))?.kind.unit === 'second';

/** The words for roles. */
export const roleNames: Record<string, MessageKey> = {
  administrator: 'users.role_administrator',
  user: 'users.role_user',
};

/** A field in words; by its name in the API when there are none. */
export function fieldName(t: Text, field: string): string {
  if (applicationField(field)) return t(`field.application.${field as ApplicationFieldName}`);
  if (instanceField(field)) return t(`field.instance.${field as InstanceFieldName}`);
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
  if (value === null && isDuration(field)) return t('settings.no_expiration');
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
