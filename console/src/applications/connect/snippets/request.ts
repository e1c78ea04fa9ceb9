/** What a program reads from its environment, so that no secret stands in its text. */
export type Variable =
  | 'ACCESS_TOKEN'
  | 'API_URL'
  | 'CLIENT_SECRET'
  | 'CODE'
  | 'CODE_VERIFIER'
  | 'PRIVATE_KEY_FILE'
  | 'REFRESH_TOKEN';

/** A value in a request: text as it is, what a variable holds, or the JWT that the program signed. */
export type Value = string | { readonly variable: Variable } | { readonly signed: 'jwt' };

/** The claims of the JWT that a program signs; it adds `iat`, `exp` and `jti` when it runs. */
export interface JwtClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
}

/** One HTTP request as every language can write it. */
export interface SnippetRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string | { readonly variable: 'API_URL' };
  /** HTTP Basic with this client ID, and the secret of CLIENT_SECRET. */
  readonly basicClientId?: string;
  /** The header that carries ACCESS_TOKEN, and what stands before the token in it. */
  readonly tokenHeader?: { readonly name: string; readonly prefix: string };
  readonly form: readonly (readonly [name: string, value: Value])[];
  /** Claims of a JWT to sign RS256 with the key in PRIVATE_KEY_FILE before the request. */
  readonly jwt?: JwtClaims;
}

/** The variables that a request reads, in the order in which it does. */
export function variablesOf(request: SnippetRequest): Variable[] {
  const { url, basicClientId, tokenHeader, form, jwt } = request;
  const all: (Variable | undefined)[] = [
    typeof url === 'string' ? undefined : url.variable,
    jwt && 'PRIVATE_KEY_FILE',
    basicClientId === undefined ? undefined : 'CLIENT_SECRET',
    tokenHeader && 'ACCESS_TOKEN',
    ...form.map(([, value]) =>
      typeof value === 'object' && 'variable' in value ? value.variable : undefined,
    ),
  ];
  return [...new Set(all.filter((each) => each !== undefined))];
}
