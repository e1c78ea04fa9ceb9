// Passport with passport-openidconnect. It asks userinfo once, at the sign-in; whoever wants to know later that a session has
// ended asks it again with the access token.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, BASE_URL, PORT, SESSION_SECRET } = process.env;

passport.use(
  'postern',
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/oauth2/authorize`,
      tokenURL: `${ISSUER}/oauth2/token`,
      userInfoURL: `${ISSUER}/oauth2/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${BASE_URL}/callback`,
      scope: ['profile', 'email'],
      nonce: true,
      // Name and address are at userinfo. Unless told, the strategy asks it only for callbacks with nine parameters.
      skipUserProfile: false,
    },
    (_issuer, profile, _context, idToken, accessToken, _refreshToken, done) =>
      done(null, {
        sub: profile.id,
        name: profile.displayName,
        email: profile.emails[0].value,
        idToken,
        accessToken,
      }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false }));
app.use(passport.session());

app.get('/login', passport.authenticate('postern'));
app.get('/callback', passport.authenticate('postern', { successRedirect: '/me', failureMessage: true }));

app.get('/me', async (request, response) => {
  if (!request.user) return response.redirect('/login');
  const userinfo = await fetch(`${ISSUER}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${request.user.accessToken}` },
  });
  const { sub, name, email } = request.user;
  if (userinfo.ok) return response.json({ sub, name, email });
  request.logout(() => response.redirect('/login'));
});

app.get('/logout', (request, response) => {
  const hint = request.user?.idToken;
  request.logout(() => {
    const url = new URL(`${ISSUER}/oauth2/logout`);
    url.searchParams.set('post_logout_redirect_uri', `${BASE_URL}/`);
    if (hint) url.searchParams.set('id_token_hint', hint);
    response.redirect(url.href);
  });
});

app.get('/', (_request, response) => response.send('Nobody is asked here who they are.'));
app.listen(PORT, '127.0.0.1');
