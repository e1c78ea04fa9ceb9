import { type Instance, initialScopes, offlineAccess } from '../registry/instance.ts';
import type { Translator } from './locale.ts';

/**
 * A scope in words. Those that every instance begins with are translated as long as the administrator has not
 * described them otherwise; the rest are in the administrator's words.
 */
export function scopeInWords(t: Translator, scope: { name: string; description: string }): string {
  if (scope.name === offlineAccess) return t('scope.offline_access');
  const initial = initialScopes.find(({ name }) => name === scope.name);
  if (initial && (scope.description === '' || scope.description === initial.description)) {
    if (scope.name === 'api') return t('scope.api');
    if (scope.name === 'admin') return t('scope.admin');
  }
  return scope.description || scope.name;
}

/** The same for a name as an authorization holds it; the scope may be gone from the instance since. */
export function scopeNameInWords(t: Translator, instance: Instance, name: string): string {
  const description = instance.scopes.find((scope) => scope.name === name)?.description ?? '';
  return scopeInWords(t, { name, description });
}
