/**
 * A server-side client: sends the browser to Postern, swaps the code for tokens, keeps them here on the server, and
 * refreshes them before they expire. Environment: ISSUER, CLIENT_ID, CLIENT_SECRET, PORT, API.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as client from 'openid-client';
import { html, page } from './page.ts';

const { ISSUER = 'http://localhost:3000', CLIENT_ID = '', CLIENT_SECRET = '', PORT = '3001' } = process.env;
const { API = 'http://localhost:3003' } = process.env;
const origin = `http://localhost:${PORT}`;
const redirectUri = `${origin}/callback`; // register this one

/** Somebody's browser, known by a cookie. A real application keeps this in its database, the tokens encrypted. */
interface Visit {
  signingIn?: { state: string; verifier: string };
  tokens?: { accessToken: string; refreshToken: string | undefined; expiresAt: number };
  refreshing?: Promise<void>;
}
const visits = new Map<string, Visit>();

// Plain http is for a Postern on this machine; elsewhere it has https.
const postern = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  client.ClientSecretBasic(CLIENT_SECRET),
  { algorithm: 'oauth2', execute: ISSUER.startsWith('http:') ? [client.allowInsecureRequests] : [] },
);

async function signIn(visit: Visit): Promise<string> {
  const [state, verifier] = [client.randomState(), client.randomPKCECodeVerifier()];
  visit.signingIn = { state, verifier };
  const url = client.buildAuthorizationUrl(postern, {
    redirect_uri: redirectUri,
    scope: 'api offline_access', // offline_access asks for a refresh token
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return url.href;
}

/** Postern sent the browser back: checks state and issuer, and swaps the code for tokens. */
async function callback(visit: Visit, url: URL): Promise<void> {
  const { signingIn } = visit;
  if (!signingIn) throw new Error('This browser did not begin a sign-in here.');
  delete visit.signingIn;
  const checks = { expectedState: signingIn.state, pkceCodeVerifier: signingIn.verifier };
  keep(visit, await client.authorizationCodeGrant(postern, url, checks));
}

/** Keeps what the server gave: with rotation, the refresh token that came is the only one that works from now on. */
function keep(visit: Visit, answer: Awaited<ReturnType<typeof client.refreshTokenGrant>>): void {
  visit.tokens = {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? visit.tokens?.refreshToken,
    expiresAt: Date.now() + (answer.expiresIn() ?? 0) * 1000,
  };
}

/** Two requests at once share one refresh. A refused one (access ended) means: sign in again. */
function refresh(visit: Visit): Promise<void> {
  visit.refreshing ??= (async () => {
    try {
      keep(visit, await client.refreshTokenGrant(postern, visit.tokens?.refreshToken ?? ''));
    } catch (error) {
      if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') delete visit.tokens;
      throw error;
    } finally {
      delete visit.refreshing;
    }
  })();
  return visit.refreshing;
}

async function projects(visit: Visit): Promise<{ name: string }[]> {
  if (visit.tokens && visit.tokens.expiresAt - Date.now() < 60_000) await refresh(visit);
  const headers = { Authorization: `Bearer ${visit.tokens?.accessToken}` };
  const response = await fetch(`${API}/attask/api/v19.0/proj/search`, { headers });
  if (!response.ok) throw new Error(`The API answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { data: { name: string }[] }).data;
}

async function signOut(visit: Visit): Promise<void> {
  const token = visit.tokens?.refreshToken ?? visit.tokens?.accessToken;
  delete visit.tokens;
  if (token) await client.tokenRevocation(postern, token);
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', origin);
  const visit = visitOf(request, response);
  const redirect = (to: string) => void response.writeHead(303, { Location: to }).end();

  // A form of another site must not sign anyone out.
  if (request.method === 'POST' && request.headers.origin !== origin)
    return void response.writeHead(403).end();
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      return page(response, visit.tokens ? html.projects(await projects(visit)) : html.signIn());
    case 'GET /login':
      return redirect(await signIn(visit));
    case 'GET /callback':
      await callback(visit, url);
      return redirect('/');
    case 'POST /refresh':
      await refresh(visit);
      return redirect('/');
    case 'POST /logout':
      await signOut(visit);
      return redirect('/');
    default:
      response.writeHead(404).end();
  }
}

function visitOf(request: IncomingMessage, response: ServerResponse): Visit {
  const known = request.headers.cookie?.match(/(?:^|; )web-example=([\w-]+)/)?.[1] ?? '';
  let visit = visits.get(known);
  if (!visit) {
    const id = randomBytes(32).toString('base64url');
    response.setHeader('Set-Cookie', `web-example=${id}; HttpOnly; SameSite=Lax; Path=/`);
    visit = {};
    visits.set(id, visit);
  }
  return visit;
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: Error) => page(response, html.failed(explain(error)), 502));
});

/** What OAuth says of the mistake, where it says something. */
function explain(error: Error): string {
  if (error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError)
    return `${error.error}: ${error.error_description ?? ''}`;
  return error.message;
}

server.listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`web client: ${origin}\n`));
process.once('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections());
