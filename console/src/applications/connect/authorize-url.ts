import { addressesOf, type Profile } from './endpoints.ts';

/** What an authorization request says (RFC 6749 4.1.1, RFC 7636 4.3, OpenID Connect Core 3.1.2.1). */
export interface AuthorizeParameters {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Empty: the parameter is left out. */
  readonly scopes: readonly string[];
  /** The identifier of the API that the tokens are for (RFC 8707); undefined: by the scopes. */
  readonly resource?: string | undefined;
  readonly state: string;
  readonly challenge?: string | undefined;
  readonly nonce?: string | undefined;
  readonly prompt?: string | undefined;
}

/** The address that a user's browser is sent to. */
export function authorizeUrl(issuer: string, profile: Profile, parameters: AuthorizeParameters): string {
  const { clientId, redirectUri, scopes, resource, state, challenge, nonce, prompt } = parameters;
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(resource !== undefined && { resource }),
    state,
    ...(challenge !== undefined && { code_challenge: challenge, code_challenge_method: 'S256' }),
    ...(nonce !== undefined && { nonce }),
    ...(prompt !== undefined && { prompt }),
  });
  return `${addressesOf(issuer)[profile].authorize}?${query.toString().replaceAll('+', '%20')}`;
}
