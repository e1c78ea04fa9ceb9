/**
 * A single-page client: authorization code with PKCE, no client secret. State and verifier wait in sessionStorage
 * while the browser is at Postern; the tokens are kept in memory only, so closing the page forgets them.
 */
import * as oauth from '/oauth4webapi.js';

const settings = await (await fetch('/settings.json')).json();
const redirectUri = `${location.origin}/`; // register this one
const client = { client_id: settings.clientId };
// Plain http is for a Postern on this machine; elsewhere it has https.
const insecure = { [oauth.allowInsecureRequests]: settings.issuer.startsWith('http:') };
const postern = await discover();

/** @type {{accessToken: string, refreshToken: string | undefined, expiresAt: number} | undefined} */
let tokens;

async function discover() {
  const issuer = new URL(settings.issuer);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(issuer, answer);
}

async function signIn() {
  const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()];
  sessionStorage.setItem('signing-in', JSON.stringify({ state, verifier }));
  const url = new URL(postern.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: 'api offline_access', // offline_access asks for a refresh token
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(url);
}

/** Postern sent the browser back: checks state and issuer, and swaps the code for tokens. */
async function callback() {
  const url = new URL(location.href);
  history.replaceState(null, '', '/'); // the code must not stay in the address bar
  const signingIn = JSON.parse(sessionStorage.getItem('signing-in') ?? 'null');
  sessionStorage.removeItem('signing-in');
  if (!signingIn) throw new Error('This page did not begin a sign-in.');
  const { state, verifier } = signingIn;
  const parameters = oauth.validateAuthResponse(postern, client, url, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    postern,
    client,
    oauth.None(),
    parameters,
    redirectUri,
    verifier,
    insecure,
  );
  keep(await oauth.processAuthorizationCodeResponse(postern, client, answer));
}

/** Keeps what the server gave: with rotation, the refresh token that came is the only one that works from now on. */
function keep(answer) {
  tokens = {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? tokens?.refreshToken,
    expiresAt: Date.now() + answer.expires_in * 1000,
  };
}

async function refresh() {
  try {
    const answer = await oauth.refreshTokenGrantRequest(
      postern,
      client,
      oauth.None(),
      tokens.refreshToken,
      insecure,
    );
    keep(await oauth.processRefreshTokenResponse(postern, client, answer));
  } catch (error) {
    if (error.error === 'invalid_grant') tokens = undefined; // access has ended: sign in again
    throw error;
  }
}

async function signOut() {
  const token = tokens.refreshToken ?? tokens.accessToken;
  tokens = undefined;
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(postern, client, oauth.None(), token, insecure),
  );
}

async function projects() {
  if (tokens.expiresAt - Date.now() < 60_000) await refresh();
  const url = new URL('/attask/api/v19.0/proj/search', settings.api);
  const answer = await oauth.protectedResourceRequest(
    tokens.accessToken,
    'GET',
    url,
    undefined,
    null,
    insecure,
  );
  if (!answer.ok) throw new Error(`The API answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).data;
}

const element = (id) => document.getElementById(id);

async function show() {
  const found = tokens ? await projects() : [];
  element('status').textContent = tokens ? 'Your projects' : 'Your projects, once you have signed in.';
  element('projects').replaceChildren(
    ...found.map(({ name }) => Object.assign(document.createElement('li'), { textContent: name })),
  );
}

/** Does something, then shows how things are, or what went wrong. One thing at a time: the buttons wait. */
async function act(something) {
  for (const button of document.querySelectorAll('button')) button.hidden = true;
  try {
    await something();
    await show();
  } catch (error) {
    element('status').textContent = `That did not work. ${error.error_description ?? error.message}`;
    if (!tokens) element('projects').replaceChildren();
  }
  element('sign-in').hidden = tokens !== undefined;
  element('refresh').hidden = tokens?.refreshToken === undefined;
  element('sign-out').hidden = tokens === undefined;
}

element('sign-in').onclick = () => act(signIn);
element('refresh').onclick = () => act(refresh);
element('sign-out').onclick = () => act(signOut);
const isCallback = /[?&](code|error)=/.test(location.search);
await act(isCallback ? callback : async () => {});
