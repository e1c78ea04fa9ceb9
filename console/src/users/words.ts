import type { User } from '../api/types.ts';
import { languageNames, type MessageKey } from '../intl/messages.ts';
import type { Text } from '../intl/text.ts';

/** What the roles are called, in the order in which they are offered. */
export const roleNames: Record<User['role'], MessageKey> = {
  user: 'users.role_user',
  administrator: 'users.role_administrator',
};

/** The language of a user's pages, in its own words. */
export function languageName(t: Text, locale: User['locale']): string {
  return locale === null ? t('shell.language_browser') : languageNames[locale];
}
