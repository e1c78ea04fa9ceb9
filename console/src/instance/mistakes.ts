import { Problem } from '../api/problem.ts';
import type { Text } from '../intl/text.ts';
import type { Draft } from './draft.ts';

/** What is wrong, by the field's name in the API (`name`, `scopes.1.description`), in words. */
export type Mistakes = Readonly<Record<string, string>>;

// These are the server's rules, so that it refuses nothing that could have been seen here.
const maxNameLength = 100;
export const graceRange = { min: 0, max: 60 } as const;
export const codeLifetimeRange = { min: 30, max: 120 } as const;
const label = /^[A-Za-z0-9._-]{1,63}$/;
const customerId = /^[A-Za-z0-9._:-]{1,100}$/;
const scopeName = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const maxDescriptionLength = 200;

/** What the server would refuse of a draft. */
export function findMistakes(t: Text, draft: Draft): Mistakes {
  const isName = (text: string, max: number) => text.trim() !== '' && [...text.trim()].length <= max;
  const isWithin = (value: number, { min, max }: { min: number; max: number }) =>
    Number.isInteger(value) && value >= min && value <= max;
  const mistakes: Record<string, string> = {};
  if (!isName(draft.name, maxNameLength)) mistakes['name'] = t('instance.name_wrong', { max: maxNameLength });
  if (!label.test(draft.domain.trim())) mistakes['domain'] = t('instance.label_wrong');
  if (!label.test(draft.lane.trim())) mistakes['lane'] = t('instance.label_wrong');
  if (!customerId.test(draft.customer_id.trim())) mistakes['customer_id'] = t('instance.customer_id_wrong');
  if (!isWithin(draft.refresh_token_grace, graceRange))
    mistakes['refresh_token_grace'] = t('instance.range', graceRange);
  if (!isWithin(draft.authorization_code_lifetime, codeLifetimeRange))
    mistakes['authorization_code_lifetime'] = t('instance.range', codeLifetimeRange);
  for (const [index, { description }] of draft.scopes.entries()) {
    const name = scopeNameMistake(t, draft, index);
    if (name !== null) mistakes[`scopes.${index}.name`] = name;
    if (!isName(description, maxDescriptionLength))
      mistakes[`scopes.${index}.description`] = t('instance.scope_description_wrong');
  }
  return mistakes;
}

function scopeNameMistake(t: Text, { scopes }: Draft, index: number): string | null {
  const names = scopes.map(({ name }) => name.trim());
  const name = names[index] ?? '';
  if (name === '') return t('instance.scope_name_missing');
  if (!scopeName.test(name)) return t('instance.scope_name_wrong');
  if (name === 'offline_access') return t('instance.scope_name_built_in');
  return names.indexOf(name) === index ? null : t('instance.scope_name_twice');
}

/** What the server refused, at the fields that it names. */
export function refusedBy(t: Text, error: unknown): Mistakes {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.errors.map(({ path, message }) => [
      path,
      error.code === 'instance_name_taken'
        ? t('problems.instance_name_taken')
        : t('settings.refused', { message }),
    ]),
  );
}
