import { singleQuoted } from '../snippets/quote.ts';
import { isInsecure, type SignInValues } from './values.ts';

/** A module for the browser that signs users in, with openid-client, which is for browsers too. */
export function browserProgram(values: SignInValues): string {
  const { issuer, clientId, redirectUri, scopes, signedOutUri } = values;
  return `import * as client from 'openid-client';

const redirectUri = ${singleQuoted(redirectUri)};
const server = await client.discovery(
  new URL(${singleQuoted(issuer)}),
  ${singleQuoted(clientId)},
  undefined,
  client.None(), // a browser keeps no secret
${isInsecure(values) ? '  { execute: [client.allowInsecureRequests] },\n' : ''});
client.enableNonRepudiationChecks(server); // checks the ID token's signature too

/** Call it when the user presses "Sign in". */
export async function signIn() {
  const state = client.randomState();
  const nonce = client.randomNonce();
  const verifier = client.randomPKCECodeVerifier();
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
  sessionStorage.setItem('sign-in', JSON.stringify(checks));
  const address = client.buildAuthorizationUrl(server, {
    redirect_uri: redirectUri,
    scope: ${singleQuoted(scopes.join(' '))},
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  location.assign(address);
}

/** Call it on the page of the redirect URL. Gives the user, with \`sub\` and what the scopes allow, and the tokens. */
export async function finishSignIn() {
  const answer = new URL(location.href);
  const checks = JSON.parse(sessionStorage.getItem('sign-in'));
  sessionStorage.removeItem('sign-in');
  history.replaceState(null, '', location.pathname);
  if (!checks) throw new Error('This answer was not asked for');
  const tokens = await client.authorizationCodeGrant(server, answer, checks);
  const user = await client.fetchUserInfo(server, tokens.access_token, tokens.claims().sub);
  return { user, tokens };
}

/** Call it when the user presses "Sign out". */
export function signOut(tokens) {
  const address = client.buildEndSessionUrl(server, {
    id_token_hint: tokens.id_token,
${signedOutUri === undefined ? '' : `    post_logout_redirect_uri: ${singleQuoted(signedOutUri)},\n`}  });
  location.assign(address);
}
`;
}
