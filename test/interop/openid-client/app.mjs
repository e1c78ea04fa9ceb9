// openid-client with Express: every step of the protocol by a function of the library, and back-channel logout by jose.
import express from 'express';
import session from 'express-session';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, BASE_URL, PORT, SESSION_SECRET } = process.env;
const redirectUri = `${BASE_URL}/callback`;
const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  client.ClientSecretBasic(CLIENT_SECRET),
  ISSUER.startsWith('http://localhost') ? { execute: [client.allowInsecureRequests] } : undefined,
);
// The signature of ID tokens too, which come from Postern itself by TLS.
client.enableNonRepudiationChecks(config);
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const sessions = new session.MemoryStore();

const app = express();
app.use(session({ store: sessions, secret: SESSION_SECRET, resave: false, saveUninitialized: false }));

app.get('/login', async (request, response) => {
  const verifier = client.randomPKCECodeVerifier();
  request.session.signIn = { verifier, state: client.randomState(), nonce: client.randomNonce() };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: request.session.signIn.state,
    nonce: request.session.signIn.nonce,
  });
  response.redirect(url.href);
});

app.get('/callback', async (request, response) => {
  const { verifier, state, nonce } = request.session.signIn ?? {};
  const tokens = await client.authorizationCodeGrant(config, new URL(request.originalUrl, BASE_URL), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  // A new session for whoever signed in: nobody can have planted its ID.
  await new Promise((done, failed) =>
    request.session.regenerate((error) => (error ? failed(error) : done())),
  );
  const { sub, sid } = tokens.claims();
  request.session.user = { sub, sid, idToken: tokens.id_token };
  request.session.tokens = { access: tokens.access_token, refresh: tokens.refresh_token };
  response.redirect('/me');
});

app.get('/me', async (request, response) => {
  const { user, tokens } = request.session;
  if (!user) return response.redirect('/login');
  response.json(await client.fetchUserInfo(config, tokens.access, user.sub));
});

app.get('/logout', (request, response) => {
  const hint = request.session.user?.idToken;
  request.session.destroy(() =>
    response.redirect(
      client.buildEndSessionUrl(config, {
        post_logout_redirect_uri: `${BASE_URL}/`,
        ...(hint && { id_token_hint: hint }),
      }).href,
    ),
  );
});

// OpenID Connect Back-Channel Logout 1.0, 2.6: the session that is named has ended, whoever ended it.
app.post('/backchannel-logout', express.urlencoded({ extended: false }), async (request, response) => {
  const { payload } = await jwtVerify(request.body.logout_token, keys, {
    issuer: config.serverMetadata().issuer,
    audience: CLIENT_ID,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'jti', 'sid'],
  });
  const isLogout = 'http://schemas.openid.net/event/backchannel-logout' in (payload.events ?? {});
  if (!isLogout || 'nonce' in payload) return response.status(400).end();
  sessions.all((_error, all) => {
    for (const [id, { user }] of Object.entries(all)) if (user?.sid === payload.sid) sessions.destroy(id);
    response.set('cache-control', 'no-store').end();
  });
});

app.get('/', (_request, response) => response.send('Nobody is asked here who they are.'));
app.listen(PORT, '127.0.0.1');
