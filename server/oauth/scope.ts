import type { Instance } from '../model/instance.ts';
import { maxScopeNameLength, scopeToken } from '../model/scopes.ts';
import { OAuthError } from './errors.ts';

/**
 * The names of a `scope` parameter, each once (RFC 6749 3.3).
 * @throws OAuthError `invalid_scope`
 */
export function parseScope(text: string): string[] {
  const names = text.split(' ').filter((name) => name !== '');
  if (names.length === 0 || !names.every((name) => scopeToken.test(name)))
    throw new OAuthError('invalid_scope', 'scope must be names with one space between them');
  return [...new Set(names)];
}

/** The scopes of a request that names none: the instance's default ones, as far as the application may have them. */
export function defaultScopes(instance: Instance, allowed: readonly string[]): string[] {
  return instance.scopes
    .filter((scope) => scope.default && allowed.includes(scope.name))
    .map((scope) => scope.name);
}

/**
 * The scopes that a request asks for, all of which the application may have.
 * @param text the `scope` parameter; undefined when there was none
 * @param allowed what the application may have
 * @param otherwise what a request without `scope` asks for
 * @throws OAuthError `invalid_scope`
 */
export function requestedScopes(
  text: string | undefined,
  allowed: readonly string[],
  otherwise: readonly string[],
): string[] {
  const names = text === undefined ? [...otherwise] : parseScope(text);
  if (names.length === 0)
    throw new OAuthError(
      'invalid_scope',
      'no scope was asked for, and none of the default scopes is allowed for this application',
    );
  const refused = names.find((name) => !allowed.includes(name));
  if (refused !== undefined)
    throw new OAuthError(
      'invalid_scope',
      `the scope ${inSentence(refused)} does not exist here or is not allowed for this application`,
    );
  return names;
}

/** A scope as a sentence may name it: its characters are those that an error description may have (RFC 6749 3.3, 5.2). */
export function inSentence(scope: string): string {
  return scope.length > maxScopeNameLength ? `${scope.slice(0, maxScopeNameLength)}...` : scope;
}
