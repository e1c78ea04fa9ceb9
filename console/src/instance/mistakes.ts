import { checkInteger, checkName, maxNameLength } from '../../../server/base/text.ts';
import { offlineAccess } from '../../../server/model/instance.ts';
import {
  codeLifetimeRange,
  customerIdPattern,
  graceRange,
  labelPattern,
  maxInstanceNameLength,
} from '../../../server/model/instance-fields.ts';
import { maxScopeNameLength, scopeToken } from '../../../server/model/scopes.ts';
import { Problem } from '../api/problem.ts';
import type { Text } from '../intl/text.ts';
import type { Draft } from './draft.ts';

/** What is wrong, by the field's name in the API (`name`, `scopes.1.description`), in words. */
export type Mistakes = Readonly<Record<string, string>>;

const label = new RegExp(labelPattern);
const customerId = new RegExp(customerIdPattern);
const ranges = [
  ['refresh_token_grace', graceRange],
  ['authorization_code_lifetime', codeLifetimeRange],
] as const;

/** What the server would refuse of a draft, by its own rules. */
export function findMistakes(t: Text, draft: Draft): Mistakes {
  const isName = (text: string, max: number) => checkName(text.trim(), max) === null;
  const mistakes: Record<string, string> = {};
  if (!isName(draft.name, maxInstanceNameLength))
    mistakes['name'] = t('instance.name_wrong', { max: maxInstanceNameLength });
  if (!label.test(draft.domain.trim())) mistakes['domain'] = t('instance.label_wrong');
  if (!label.test(draft.lane.trim())) mistakes['lane'] = t('instance.label_wrong');
  if (!customerId.test(draft.customer_id.trim())) mistakes['customer_id'] = t('instance.customer_id_wrong');
  for (const [field, range] of ranges) {
    const [min, max] = range;
    if (checkInteger(draft[field], min, max) !== null) mistakes[field] = t('instance.range', { min, max });
  }
  for (const [index, { description }] of draft.scopes.entries()) {
    const name = scopeNameMistake(t, draft, index);
    if (name !== null) mistakes[`scopes.${index}.name`] = name;
    if (!isName(description, maxNameLength))
      mistakes[`scopes.${index}.description`] = t('instance.scope_description_wrong');
  }
  return mistakes;
}

function scopeNameMistake(t: Text, { scopes }: Draft, index: number): string | null {
  const names = scopes.map(({ name }) => name.trim());
  const name = names[index] ?? '';
  if (name === '') return t('instance.scope_name_missing');
  if (name.length > maxScopeNameLength || !scopeToken.test(name)) return t('instance.scope_name_wrong');
  if (name === offlineAccess) return t('instance.scope_name_built_in');
  return names.indexOf(name) === index ? null : t('instance.scope_name_twice');
}

/** What the server refused, at the fields that it names. */
export function refusedBy(t: Text, error: unknown): Mistakes {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.errors.map(({ path, message }) => [path, t('settings.refused', { message })]),
  );
}
