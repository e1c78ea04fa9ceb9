import type { FieldError } from '../base/refusal.ts';
import { checkName } from '../base/text.ts';
import type { ApplicationType } from './application.ts';
import { offlineAccess, type Scope } from './instance.ts';
import type { Locale } from './user.ts';

/** The scope that opens the REST API, so no instance can be without it. */
export const adminScope = 'admin';

/** The scope that makes an authorization request one of OpenID Connect. */
export const openidScope = 'openid';
/** The scopes that ask who somebody is (OpenID Connect Core 3.1.2.1, 5.4). */
export const identityScopes: readonly string[] = [openidScope, 'profile', 'email'];
/** The scopes that every instance has and none lists. They are about users: `machine` applications do not have them. */
export const builtInScopes: readonly string[] = [...identityScopes, offlineAccess];

export const maxScopes = 100;
export const maxScopeNameLength = 100;

/** One name of a scope (RFC 6749 3.3): printable ASCII without space, quote and backslash. */
export const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * What counts now of what was granted then: the application may have lost scopes meanwhile. `offline_access` stays: by the
 * Workfront profile applications get it that may not ask for it. Who ends a connection revokes it.
 */
export function stillAllowed(granted: readonly string[], allowed: readonly string[]): string[] {
  return granted.filter((name) => name === offlineAccess || allowed.includes(name));
}

/** Whether a token with these scopes opens anything: `offline_access` is about refresh tokens only. */
export function opensAnything(scopes: readonly string[]): boolean {
  return scopes.some((name) => name !== offlineAccess);
}

/** What a scope allows, in a language; in the administrator's own words where there are none in it. */
export function descriptionIn(
  locale: Locale,
  { description, descriptions }: Pick<Scope, 'description' | 'descriptions'>,
): string {
  return descriptions?.[locale] ?? description;
}

/** What an application of this type may ask for when nobody says otherwise. */
export function defaultApplicationScopes(type: ApplicationType, scopes: readonly Scope[]): string[] {
  const names = scopes.some((scope) => scope.name === 'api')
    ? ['api']
    : scopes.filter((scope) => scope.default).map((scope) => scope.name);
  return type === 'machine' ? names : [...identityScopes, ...names, offlineAccess];
}

/** What is wrong with the scopes of an application: each must be the instance's, or a built-in one where users are. */
export function checkApplicationScopes(
  type: ApplicationType,
  names: readonly string[],
  scopes: readonly Scope[],
): FieldError[] {
  if (names.length === 0) return [{ path: 'scopes', message: 'must have at least one scope' }];
  const known = scopes.map((scope) => scope.name);
  return names.flatMap((name, index) => {
    const path = `scopes.${index}`;
    if (names.indexOf(name) !== index) return [{ path, message: 'is there twice' }];
    if (builtInScopes.includes(name))
      return type === 'machine'
        ? [{ path, message: `${name} is not for machine applications: ${whyNotForMachines(name)}` }]
        : [];
    return known.includes(name)
      ? []
      : [
          {
            path,
            message: `must be one of ${[...known, ...(type === 'machine' ? [] : builtInScopes)].join(', ')}`,
          },
        ];
  });
}

function whyNotForMachines(scope: string): string {
  return scope === offlineAccess ? 'they have no refresh tokens' : 'nobody signs in to them';
}

/** What is wrong with the scope list of an instance. */
export function checkInstanceScopes(scopes: readonly Scope[]): FieldError[] {
  const errors: FieldError[] = [];
  if (scopes.length > maxScopes)
    errors.push({ path: 'scopes', message: `must have at most ${maxScopes} scopes` });
  const names = scopes.map((scope) => scope.name);
  for (const [index, { name, description }] of scopes.entries()) {
    const path = `scopes.${index}.name`;
    if (name.length > maxScopeNameLength || !scopeToken.test(name))
      errors.push({
        path,
        message: `must be 1 to ${maxScopeNameLength} printable ASCII characters without space, " and \\ (RFC 6749 3.3)`,
      });
    if (builtInScopes.includes(name)) errors.push({ path, message: `${name} is built in and is not listed` });
    if (names.indexOf(name) !== index) errors.push({ path, message: 'is there twice' });
    const problem = checkName(description);
    if (problem) errors.push({ path: `scopes.${index}.description`, message: problem });
  }
  return errors;
}
