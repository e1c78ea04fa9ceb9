import { maxNameLength } from '../../../server/base/text.ts';
import type { Kind } from '../../../server/model/field-kinds.ts';
import { type instanceFields, settableInstanceFieldLines } from '../../../server/model/instance-fields.ts';
import { Problem } from '../api/problem.ts';
import type { Text } from '../intl/text.ts';
import { type Draft, valuesOf } from './draft.ts';
import type { PlainField } from './field.tsx';

/** What is wrong, by the field's name in the API, in words. */
export type Mistakes = Readonly<Record<string, string>>;

/** The fields whose texts have a form, which is in words of theirs. */
type PatternField = PlainField & FormOf<(typeof instanceFields)[keyof typeof instanceFields]>;
type FormOf<F> = F extends { name: infer Name; kind: { pattern: string } } ? Name : never;

/** What the server would refuse of a draft, by its own rules. */
export function findMistakes(t: Text, draft: Draft): Mistakes {
  const values = valuesOf(draft);
  const mistakes: Record<string, string> = {};
  for (const { name, kind } of settableInstanceFieldLines)
    if (name !== 'scopes' && name !== 'sign_in' && kind.check(values[name as PlainField]) !== null)
      mistakes[name] = kindWords(t, name as PlainField, kind);
  return mistakes;
}

function kindWords(t: Text, name: PlainField, { pattern, range, maxLength }: Kind<unknown>): string {
  if (pattern !== undefined) return t(`field.instance.${name as PatternField}_wrong`);
  if (range) return t('instance.range', { min: range[0], max: range[1] });
  return t('instance.name_wrong', { max: maxLength ?? maxNameLength });
}

/** What the server refused, at the fields that it names. */
export function refusedBy(t: Text, error: unknown): Mistakes {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.errors.map(({ path, message }) => [path, t('settings.refused', { message })]),
  );
}
