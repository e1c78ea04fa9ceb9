// express-openid-connect: signs in, signs out at Postern too, and hears of ended sessions by back-channel logout.
import express from 'express';
import openid from 'express-openid-connect';
import session from 'express-session';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, BASE_URL, PORT, SESSION_SECRET } = process.env;

const app = express();
app.use(
  openid.auth({
    issuerBaseURL: ISSUER,
    baseURL: BASE_URL,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: SESSION_SECRET,
    // Its own choices are the implicit flow, and RS256.
    authorizationParams: { response_type: 'code' },
    idTokenSigningAlg: 'ES256',
    idpLogout: true,
    // Memory will do for one process. Several share a store, such as connect-redis.
    backchannelLogout: { store: new session.MemoryStore() },
    authRequired: false,
  }),
);

// `request.oidc.user` is what the ID token says: who, not their name. Userinfo has that.
app.get('/me', openid.requiresAuth(), async (request, response) => {
  response.json(await request.oidc.fetchUserInfo());
});

app.get('/', (_request, response) => response.send('Nobody is asked here who they are.'));
app.listen(PORT, '127.0.0.1');
