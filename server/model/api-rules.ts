import type { FieldError } from '../base/refusal.ts';
import { checkInteger, checkName, maxUrlLength } from '../base/text.ts';
import { type ApiTokens, maxScopesOfApi, tokenTypes } from './api.ts';
import { apiIdentifierForm } from './api-identifier.ts';
import type { Scope } from './instance.ts';
import { checkInstanceScopes } from './scopes.ts';
import { signingAlgorithms } from './signing-algorithm.ts';
import { locales } from './user.ts';
import { checkClaimName } from './user-claims.ts';

/** What an administrator sets of an API; absent members stay, or are as in a new one. */
export interface ApiFields extends Partial<ApiTokens> {
  readonly name?: string | undefined;
  readonly scopes?: readonly Scope[] | undefined;
}

/** The least and the most seconds that access tokens of an API live. */
export const apiTokenLifetime = { least: 60, most: 86_400 };
/** Claims that one scope puts into tokens. */
const mostClaims = 20;

/**
 * What is wrong with the fields that are given.
 * @param taken names of scopes that other APIs of the instance have
 */
export function checkApi(
  fields: ApiFields & { identifier?: string },
  taken: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (path: string, message: string | null) => message !== null && errors.push({ path, message });
  const { identifier, name, scopes, accessTokenLifetime, signingAlg, tokenTyp } = fields;
  if (identifier !== undefined && !apiIdentifierForm(identifier))
    refuse(
      'identifier',
      `must be an absolute URI without fragment, such as https://api.example.com, of at most ${maxUrlLength} characters`,
    );
  if (name !== undefined) refuse('name', checkName(name, 100));
  if (accessTokenLifetime != null)
    refuse(
      'access_token_lifetime',
      checkInteger(accessTokenLifetime, apiTokenLifetime.least, apiTokenLifetime.most),
    );
  if (signingAlg !== undefined && !signingAlgorithms.includes(signingAlg))
    refuse('signing_alg', `must be one of ${signingAlgorithms.join(', ')}`);
  if (tokenTyp !== undefined && !tokenTypes.includes(tokenTyp))
    refuse('token_typ', `must be one of ${tokenTypes.join(', ')}`);
  return scopes ? [...errors, ...checkScopes(scopes, taken)] : errors;
}

/** What is wrong with scopes whose names another API has. @param taken the names that others have */
export function checkTakenScopes(scopes: readonly Scope[], taken: ReadonlySet<string>): FieldError[] {
  return scopes.flatMap(({ name }, index) =>
    taken.has(name)
      ? [{ path: `scopes.${index}.name`, message: 'belongs to another API of this instance' }]
      : [],
  );
}

function checkScopes(scopes: readonly Scope[], taken: ReadonlySet<string>): FieldError[] {
  const errors = [...checkInstanceScopes(scopes), ...checkTakenScopes(scopes, taken)];
  if (scopes.length > maxScopesOfApi)
    errors.push({ path: 'scopes', message: `must have at most ${maxScopesOfApi} scopes` });
  for (const [index, { descriptions = {}, claims = [] }] of scopes.entries()) {
    for (const [locale, text] of Object.entries(descriptions)) {
      const path = `scopes.${index}.descriptions.${locale}`;
      const problem = (locales as readonly string[]).includes(locale)
        ? checkName(text)
        : `must be for one of ${locales.join(', ')}`;
      if (problem) errors.push({ path, message: problem });
    }
    if (claims.length > mostClaims)
      errors.push({ path: `scopes.${index}.claims`, message: `must have at most ${mostClaims} names` });
    for (const [at, claim] of claims.entries()) {
      const problem = checkClaimName(claim);
      if (problem) errors.push({ path: `scopes.${index}.claims.${at}`, message: problem });
    }
  }
  return errors;
}
