import { initialScopes, offlineAccess } from '../../../server/model/instance.ts';
import { builtInScopes, descriptionIn } from '../../../server/model/scopes.ts';
import type { ApiScope } from '../api/types.ts';
import { useLocale } from '../intl/locale.tsx';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';

const words: Record<string, MessageKey> = {
  api: 'applications.scope_api',
  admin: 'applications.scope_admin',
  openid: 'applications.scope_openid',
  profile: 'applications.scope_profile',
  email: 'applications.scope_email',
  [offlineAccess]: 'applications.scope_offline_access',
};

/** A scope as far as it can be told of in words. */
export type DescribedScope = Pick<ApiScope, 'name' | 'description' | 'descriptions'>;

/**
 * What a scope allows, in words. Those that every instance begins with are in the user's language as long as no
 * administrator has described them otherwise; the rest are in the administrator's words, in the user's language where there are any.
 * Empty when there are none.
 */
export function useScopeWords(): (scope: DescribedScope) => string {
  const t = useText();
  const { locale } = useLocale();
  return (scope) => {
    const { name } = scope;
    const description = descriptionIn(locale, scope);
    const initial = initialScopes.find((each) => each.name === name);
    const isOurs = builtInScopes.includes(name) || description === '' || description === initial?.description;
    const key = words[name];
    return isOurs && key ? t(key) : description;
  };
}

/** Scopes that belong to no API, or are there no more. */
export function named(names: readonly string[]): DescribedScope[] {
  return names.map((name) => ({ name, description: '', descriptions: {} }));
}
