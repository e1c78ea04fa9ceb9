import * as openid from 'openid-client';
import { instanceUrl } from '../../base/paths.ts';
import type { OidcProvider } from '../../model/identity-provider.ts';
import type { Instance } from '../../model/instance.ts';
import { type Configured, configureOidc } from './oidc-configuration.ts';
import { checkIdToken, type ProviderTokens } from './oidc-id-token.ts';
import { problemOfProtocol } from './oidc-problems.ts';
import { withUserinfo } from './oidc-userinfo.ts';
import type { LoginRequest, ProviderNeeds, VouchedPerson } from './vouched.ts';

/**
 * Where the browser is sent: the provider's authorization endpoint, with what is asked for (OpenID Connect Core 1.0, 3.1.2.1). `state` is the
 * login request; code verifier and nonce follow from it by the master secret, so that whoever sees the one cannot know the others.
 * @throws ProviderProblem `unreachable`, `bad_answer`, `misconfigured`
 */
export async function beginOidc(
  needs: ProviderNeeds,
  instance: Instance,
  provider: OidcProvider,
  request: LoginRequest,
): Promise<string> {
  const { configuration } = await configureOidc(needs, instance, provider);
  const { prompt, maxAge, loginHint, uiLocales } = request.asked;
  const { verifier, nonce } = secretsOf(needs, request);
  const parameters = {
    redirect_uri: redirectUri(instance, provider),
    scope: [...new Set(['openid', ...provider.settings.scopes])].join(' '),
    state: request.id,
    nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt,
    // Whoever is asked for an age has to tell it (`auth_time`), and by that a new sign-in can be seen to be one.
    max_age: (prompt === 'login' ? (maxAge ?? 0) : maxAge)?.toString(),
    login_hint: loginHint,
    ui_locales: uiLocales,
  };
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return openid.buildAuthorizationUrl(configuration, new URLSearchParams(given)).href;
}

/**
 * Whom the provider vouches for, by what came back to the callback. Everything of the protocol is checked: the answer belongs to this login
 * request (`state`) and comes from this provider (`iss`, RFC 9207), the code is redeemed with the verifier, and the ID token is by a key of the
 * provider, for us, for this login request and of now (OpenID Connect Core 1.0, 3.1.3.7). Whether `auth_time` is recent enough is for the caller.
 * @param callback the parameters of the query
 * @throws ProviderProblem of every kind but `not_fresh`
 */
export async function completeOidc(
  needs: ProviderNeeds,
  instance: Instance,
  provider: OidcProvider,
  request: LoginRequest,
  callback: URLSearchParams,
): Promise<VouchedPerson> {
  const configured = await configureOidc(needs, instance, provider);
  const tokens = await redeem(needs, configured, redirectUri(instance, provider), request, callback);
  const authenticatedAt = await checkIdToken(needs, instance, provider, configured.document, request, tokens);
  const { amr } = tokens.claims;
  return {
    claims: await withUserinfo(configured, provider, tokens),
    authenticatedAt,
    methods: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
    // The login request counts once, and with it all that answers it.
    once: null,
  };
}

/** Checks the callback, asks for the tokens, and checks all of the ID token but its signature and what `checkIdToken` has. */
async function redeem(
  needs: ProviderNeeds,
  { configuration }: Configured,
  redirectUri: string,
  request: LoginRequest,
  callback: URLSearchParams,
): Promise<ProviderTokens> {
  const { verifier, nonce } = secretsOf(needs, request);
  const url = new URL(redirectUri);
  url.search = callback.toString();
  try {
    const answer = await openid.authorizationCodeGrant(configuration, url, {
      expectedState: request.id,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    return {
      accessToken: answer.access_token,
      idToken: answer.id_token ?? '',
      claims: answer.claims() as openid.IDToken,
    };
  } catch (error) {
    throw problemOfProtocol(error);
  }
}

/** 43 characters each: what PKCE asks of a verifier (RFC 7636 4.1). */
function secretsOf({ secret }: ProviderNeeds, { id }: LoginRequest): { verifier: string; nonce: string } {
  return {
    verifier: secret.mac('login-request', `verifier ${id}`).toString('base64url'),
    nonce: secret.mac('login-request', `nonce ${id}`).toString('base64url'),
  };
}

/** Each provider has one of its own: an answer of another one arrives elsewhere (RFC 9700 4.4.2). */
function redirectUri(instance: Instance, { id }: OidcProvider): string {
  return new URL(instanceUrl(instance, `/login/callback/${id}`)).href;
}
