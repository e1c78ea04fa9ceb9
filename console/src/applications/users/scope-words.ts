import type { Instance } from '../../api/types.ts';
import type { MessageKey } from '../../intl/messages.ts';
import type { Text } from '../../intl/text.ts';

/** What every instance begins with, in the words that the server gives it, and ours for administrators. */
const known: Record<string, { readonly description: string; readonly words: MessageKey }> = {
  api: { description: 'Use the API as you', words: 'people.scope_api' },
  admin: { description: 'Manage applications and users', words: 'people.scope_admin' },
};

/**
 * What a scope allows. Scopes that every instance begins with are translated as long as nobody has described them
 * otherwise.
 * @returns undefined for a scope that the instance no longer has
 */
export function scopeInWords(t: Text, scopes: Instance['scopes'], name: string): string | undefined {
  if (name === 'offline_access') return t('people.scope_offline_access');
  const description = scopes.find((scope) => scope.name === name)?.description;
  if (description !== undefined && known[name]?.description === description) return t(known[name].words);
  return description;
}
