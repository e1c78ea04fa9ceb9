import { singleQuoted } from '../snippets/quote.ts';
import { isInsecure, placeOf, type SignInValues } from './values.ts';

/** A web server for Node.js that signs users in, with openid-client. */
export function nodeProgram(values: SignInValues): string {
  const { issuer, clientId, redirectUri, scopes, signedOutUri } = values;
  const { port, callback, home } = placeOf(values);
  return `import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import * as client from 'openid-client';

const redirectUri = ${singleQuoted(redirectUri)};
const server = await client.discovery(
  new URL(${singleQuoted(issuer)}),
  ${singleQuoted(clientId)},
  process.env.CLIENT_SECRET,
${isInsecure(values) ? '  undefined,\n  { execute: [client.allowInsecureRequests] },\n' : ''});
client.enableNonRepudiationChecks(server); // checks the ID token's signature too

// By the cookie of each browser. Keep them in a store that all your servers share.
const asked = new Map();
const signedIn = new Map();

createServer(async (request, response) => {
  const url = new URL(request.url, redirectUri);
  const cookie = /(?:^|; )browser=([\\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  const goTo = (address, browser) => {
    if (browser) response.setHeader('set-cookie', \`browser=\${browser}; HttpOnly; SameSite=Lax; Path=/\`);
    response.writeHead(303, { location: address }).end();
  };
  try {
    if (url.pathname === '/sign-in') {
      const browser = randomUUID();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const verifier = client.randomPKCECodeVerifier();
      asked.set(browser, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier });
      const address = client.buildAuthorizationUrl(server, {
        redirect_uri: redirectUri,
        scope: ${singleQuoted(scopes.join(' '))},
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      goTo(address.href, browser);
    } else if (url.pathname === ${singleQuoted(callback)}) {
      const checks = asked.get(cookie);
      asked.delete(cookie);
      if (!checks) throw new Error('This answer was not asked for');
      const tokens = await client.authorizationCodeGrant(server, url, checks);
      const user = await client.fetchUserInfo(server, tokens.access_token, tokens.claims().sub);
      const browser = randomUUID();
      signedIn.set(browser, { user, idToken: tokens.id_token });
      goTo(${singleQuoted(home)}, browser);
    } else if (url.pathname === '/sign-out') {
      const session = signedIn.get(cookie);
      signedIn.delete(cookie);
      const address = client.buildEndSessionUrl(server, {
        ...(session && { id_token_hint: session.idToken }),
${signedOutUri === undefined ? '' : `        post_logout_redirect_uri: ${singleQuoted(signedOutUri)},\n`}      });
      goTo(address.href);
    } else {
      const { user } = signedIn.get(cookie) ?? {};
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        user
          ? \`<p>Signed in as \${escaped(user.name ?? user.sub)}</p><a href="/sign-out">Sign out</a>\`
          : '<a href="/sign-in">Sign in</a>',
      );
    }
  } catch (error) {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end(String(error));
  }
}).listen(${port});

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => \`&#\${character.charCodeAt(0)};\`);
}
`;
}
