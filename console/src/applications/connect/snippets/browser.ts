import { addressesOf } from '../endpoints.ts';
import { singleQuoted } from './quote.ts';
import type { SnippetValues, StepId } from './steps.ts';

/**
 * A step of a single-page application as a function of a module for the browser.
 * @returns undefined where a step of other types has no such function
 */
export function browserSnippet(id: StepId, values: SnippetValues): string | undefined {
  switch (id) {
    case 'sign_in':
      return signIn(values);
    case 'code':
      return finishSignIn(values);
    case 'refresh':
      return refresh(values);
    case 'api':
      return callApi();
    case 'revoke':
      return revoke(values);
    default:
      return undefined;
  }
}

function signIn({ issuer, profile, clientId, redirectUri, scopes, resource }: SnippetValues): string {
  const scope = profile === 'workfront' ? '' : `    scope: ${singleQuoted(scopes.join(' '))},\n`;
  const forApi = resource === undefined ? '' : `    resource: ${singleQuoted(resource)},\n`;
  return `const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export async function signIn() {
  const state = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  sessionStorage.setItem('sign-in', JSON.stringify({ state, verifier }));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: ${singleQuoted(clientId)},
    redirect_uri: ${singleQuoted(redirectUri)},
${scope}${forApi}    state,
    code_challenge: base64url(new Uint8Array(hash)),
    code_challenge_method: 'S256',
  });
  location.assign(\`${addressesOf(issuer)[profile].authorize}?\${query}\`);
}
`;
}

function finishSignIn({ issuer, profile, clientId, redirectUri }: SnippetValues): string {
  return `export async function finishSignIn() {
  const answer = new URLSearchParams(location.search);
  const { state, verifier } = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}');
  sessionStorage.removeItem('sign-in');
  history.replaceState(null, '', location.pathname);
  if (answer.get('state') !== state || answer.get('iss') !== ${singleQuoted(issuer)})
    throw new Error('This answer was not asked for');
  if (answer.has('error')) throw new Error(answer.get('error_description'));
${posted(addressesOf(issuer)[profile].token, [
  ['grant_type', "'authorization_code'"],
  ['client_id', singleQuoted(clientId)],
  ['code', "answer.get('code')"],
  ['code_verifier', 'verifier'],
  ['redirect_uri', singleQuoted(redirectUri)],
])}
  return response.json();
}
`;
}

function refresh({ issuer, profile, clientId }: SnippetValues): string {
  return `export async function refresh(tokens) {
${posted(addressesOf(issuer)[profile].token, [
  ['grant_type', "'refresh_token'"],
  ['client_id', singleQuoted(clientId)],
  ['refresh_token', 'tokens.refresh_token'],
])}
  return response.json();
}
`;
}

function callApi(): string {
  return `export function callApi(tokens, url) {
  return fetch(url, { headers: { authorization: \`Bearer \${tokens.access_token}\` } });
}
`;
}

function revoke({ issuer, profile, clientId }: SnippetValues): string {
  return `export async function revoke(tokens) {
${posted(addressesOf(issuer)[profile].revoke, [
  ['client_id', singleQuoted(clientId)],
  [profile === 'workfront' ? 'refresh_token' : 'token', 'tokens.refresh_token'],
])}
}
`;
}

function posted(url: string, form: readonly (readonly [name: string, expression: string])[]): string {
  return `  const response = await fetch(${singleQuoted(url)}, {
    method: 'POST',
    body: new URLSearchParams({
${form.map(([name, expression]) => `      ${name}: ${expression},`).join('\n')}
    }),
  });
  if (!response.ok) throw new Error(await response.text());`;
}
