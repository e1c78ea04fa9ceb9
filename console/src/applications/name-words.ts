import { checkName, maxNameLength } from '../../../server/base/text.ts';
import type { Text } from '../intl/text.ts';

/** What is wrong with an application's name, in the user's words; null when nothing is. */
export function nameWords(t: Text, name: string): string | null {
  if (checkName(name) === null) return null;
  if ([...name].length > maxNameLength) return t('settings.too_long', { max: maxNameLength });
  return t(name.trim() === '' ? 'applications.name_missing' : 'settings.one_line');
}
