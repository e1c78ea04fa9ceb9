import { apiOfScope, scopesOf } from '../model/api.ts';
import { type Instance, initialScopes, offlineAccess } from '../model/instance.ts';
import { descriptionIn, identityScopes } from '../model/scopes.ts';
import { type Html, html } from './html.ts';
import { foreign } from './layout.ts';
import type { MessageKey, Translator } from './locale.ts';

/**
 * What an application may do or asks to do, one thing a line: who somebody is, what may be done for them, and for how long. Where more
 * than one API is among it, what belongs to each stands below its name, after all the rest.
 * @param names as a request or an authorization has them; some may be gone from the instance since
 */
export function scopeList(t: Translator, instance: Instance, names: readonly string[]): Html {
  const those = (list: readonly string[]) => list.filter((name) => names.includes(name));
  const identity = those(identityScopes);
  const access = those(scopesOf(instance).map(({ name }) => name));
  const lasting = those([offlineAccess]);
  const gone = names.filter((name) => ![...identity, ...access, ...lasting].includes(name));
  const items = (list: readonly string[]) => list.map((name) => scopeItem(t, instance, name));

  const byApi = Map.groupBy(access, (name) => apiOfScope(instance, name));
  if (byApi.size <= 1)
    return html`<ul class="scopes">${items([...identity, ...access, ...lasting, ...gone])}</ul>`;
  const apis = [...byApi].map(
    ([api, its]) => html`<li class="of-api"><b>${api && foreign(api.name)}</b>
<ul class="scopes">${items(its)}</ul></li>`,
  );
  return html`<ul class="scopes">${items([...identity, ...lasting, ...gone])}${apis}</ul>`;
}

function scopeItem(t: Translator, instance: Instance, name: string): Html {
  return html`<li class="${withIcon.includes(name) && name}"><span>${foreign(scopeInWords(t, instance, name))}</span></li>`;
}

/**
 * A scope in words. Those that every instance begins with are translated as long as the administrator has not described them
 * otherwise; the rest are in the administrator's words, in the reader's language where there are any.
 */
function scopeInWords(t: Translator, instance: Instance, name: string): string {
  const builtIn = builtInWords.get(name);
  if (builtIn) return t(builtIn);
  const scope = scopesOf(instance).find((each) => each.name === name);
  const description = scope ? descriptionIn(t.locale, scope) : '';
  const initial = initialScopes.find((each) => each.name === name);
  if (initial && (description === '' || description === initial.description)) {
    if (name === 'api') return t('scope.api');
    if (name === 'admin') return t('scope.admin');
  }
  return description || name;
}

const builtInWords: ReadonlyMap<string, MessageKey> = new Map([
  ['openid', 'scope.openid'],
  ['profile', 'scope.profile'],
  ['email', 'scope.email'],
  [offlineAccess, 'scope.offline_access'],
] as const);

/** Those that the style sheet has an icon for; the others have a check mark. */
const withIcon = [...identityScopes, offlineAccess, 'admin'];
