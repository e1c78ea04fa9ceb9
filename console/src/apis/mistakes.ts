import { apiTokenLifetime, checkApi } from '../../../server/model/api-rules.ts';
import { builtInScopes, maxScopeNameLength, scopeToken } from '../../../server/model/scopes.ts';
import { checkClaimName } from '../../../server/model/user-claims.ts';
import { Problem } from '../api/problem.ts';
import type { Api, ApiScope } from '../api/types.ts';
import type { Text } from '../intl/text.ts';
import { type Draft, fieldsOf } from './draft.ts';

/** What is wrong, by the control that can put it right, in words. */
export type Mistakes = Readonly<Partial<Record<keyof Draft, string>>>;
export type ScopeMistakes = Readonly<Record<string, string>>;

/** What the server would refuse of the settings, by its own rules. */
export function findMistakes(t: Text, draft: Draft): Mistakes {
  const { identifier, name, access_token_lifetime: accessTokenLifetime } = fieldsOf(draft);
  const errors = checkApi({ identifier, name, accessTokenLifetime }, new Set());
  return Object.fromEntries(errors.map(({ path }) => [path, settingWords(t, path, name)]));
}

function settingWords(t: Text, path: string, name: string): string {
  if (path === 'identifier') return t('apis.identifier_wrong');
  if (path === 'access_token_lifetime') {
    const { least: min, most: max } = apiTokenLifetime;
    return t('apis.lifetime_wrong', { min, max });
  }
  return name === '' ? t('applications.name_missing') : t('settings.too_long', { max: 100 });
}

/** What the server refused, at the fields that it names; empty where it names none. */
export function refusedBy(t: Text, error: unknown): Mistakes {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.errors.map(({ path, message }) => [
      path,
      error.code === 'api_taken' ? t('problems.api_taken') : t('settings.refused', { message }),
    ]),
  );
}

/**
 * What the server would refuse of a scope, by its own rules: by `name`, `description`, a language's tag, or `claims`.
 * @param api the one that it is or will be a scope of, among all `apis`
 * @param before the name that it has already; undefined for a new one
 */
export function findScopeMistakes(
  t: Text,
  scope: ApiScope,
  api: Api,
  apis: readonly Api[],
  before: string | undefined,
): ScopeMistakes {
  const others = api.scopes.filter(({ name }) => name !== before);
  const taken = apis
    .filter(({ id }) => id !== api.id)
    .flatMap(({ scopes }) => scopes.map(({ name }) => name));
  const errors = checkApi({ scopes: [...others, scope] }, new Set(taken));
  const own = `scopes.${others.length}.`;
  const mistakes: Record<string, string> = {};
  for (const { path } of errors) {
    if (!path.startsWith(own)) continue;
    const [field = '', part = ''] = path.slice(own.length).split('.');
    if (field === 'name') mistakes['name'] = scopeNameWords(t, scope.name, apis);
    else if (field === 'claims') mistakes['claims'] ??= claimWords(t, scope.claims[Number(part)], part);
    else mistakes[field === 'descriptions' ? part : field] = t('apis.scope_description_wrong');
  }
  return mistakes;
}

function scopeNameWords(t: Text, name: string, apis: readonly Api[]): string {
  if (name === '') return t('apis.scope_name_missing');
  if (name.length > maxScopeNameLength || !scopeToken.test(name)) return t('apis.scope_name_wrong');
  if (builtInScopes.includes(name)) return t('apis.scope_name_built_in');
  const owner = apis.find(({ scopes }) => scopes.some((each) => each.name === name));
  return t('apis.scope_name_taken', { api: owner?.name ?? '' });
}

function claimWords(t: Text, name: string | undefined, part: string): string {
  if (part === '' || name === undefined) return t('apis.claims_too_many');
  const isReserved = checkClaimName(`${name}_`) === null;
  return t(isReserved ? 'apis.claim_reserved' : 'apis.claim_wrong', { name });
}
