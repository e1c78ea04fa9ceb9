import { initialScopes, offlineAccess, type Scope } from '../../../server/model/instance.ts';
import { builtInScopes } from '../../../server/model/scopes.ts';
import type { MessageKey } from '../intl/messages.ts';
import type { Text } from '../intl/text.ts';

const words: Record<string, MessageKey> = {
  api: 'applications.scope_api',
  admin: 'applications.scope_admin',
  openid: 'applications.scope_openid',
  profile: 'applications.scope_profile',
  email: 'applications.scope_email',
  [offlineAccess]: 'applications.scope_offline_access',
};

/**
 * What a scope allows, in words. Those that every instance begins with are in the user's language as long as no
 * administrator has described them otherwise; the rest are in the administrator's words. Empty when there are none.
 */
export function scopeWords(t: Text, { name, description }: Pick<Scope, 'name' | 'description'>): string {
  const initial = initialScopes.find((scope) => scope.name === name);
  const isOurs = builtInScopes.includes(name) || description === '' || description === initial?.description;
  const key = words[name];
  return isOurs && key ? t(key) : description;
}
