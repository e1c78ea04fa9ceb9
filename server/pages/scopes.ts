import { scopesOf } from '../model/api.ts';
import { type Instance, initialScopes, offlineAccess } from '../model/instance.ts';
import { identityScopes } from '../model/scopes.ts';
import { type Html, html } from './html.ts';
import { foreign } from './layout.ts';
import type { MessageKey, Translator } from './locale.ts';

/**
 * A scope in words. Those that every instance begins with are translated as long as the administrator has not
 * described them otherwise; the rest are in the administrator's words.
 */
function scopeInWords(t: Translator, scope: { name: string; description: string }): string {
  const builtIn = builtInWords.get(scope.name);
  if (builtIn) return t(builtIn);
  const initial = initialScopes.find(({ name }) => name === scope.name);
  if (initial && (scope.description === '' || scope.description === initial.description)) {
    if (scope.name === 'api') return t('scope.api');
    if (scope.name === 'admin') return t('scope.admin');
  }
  return scope.description || scope.name;
}

/** Scopes by name, as an authorization holds them; some may be gone from the instance since. */
export function describeScopes(
  instance: Instance,
  names: readonly string[],
): { name: string; description: string }[] {
  return names.map((name) => ({
    name,
    description: scopesOf(instance).find((scope) => scope.name === name)?.description ?? '',
  }));
}

/** What an application may do or asks to do, one thing a line. */
export function scopeList(t: Translator, scopes: readonly { name: string; description: string }[]): Html {
  return html`<ul class="scopes">${scopes.map(
    (scope) =>
      html`<li class="${withIcon.includes(scope.name) && scope.name}"><span>${foreign(scopeInWords(t, scope))}</span></li>`,
  )}</ul>`;
}

const builtInWords: ReadonlyMap<string, MessageKey> = new Map([
  ['openid', 'scope.openid'],
  ['profile', 'scope.profile'],
  ['email', 'scope.email'],
  [offlineAccess, 'scope.offline_access'],
] as const);

/** Those that the style sheet has an icon for; the others have a check mark. */
const withIcon = [...identityScopes, offlineAccess, 'admin'];
