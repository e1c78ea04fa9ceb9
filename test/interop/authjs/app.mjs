// Auth.js with Express. It keeps its session in a cookie, and refreshes the access token when it is over: that is where it hears
// that a session has ended. Its application in Postern has `refresh_token_rotation` off, since `getSession` of the Express
// integration cannot write a cookie, and would lose the next refresh token.
import { getToken } from '@auth/core/jwt';
import { ExpressAuth, getSession } from '@auth/express';
import express from 'express';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, BASE_URL, PORT, SESSION_SECRET } = process.env;
const metadata = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();

const config = {
  secret: SESSION_SECRET,
  trustHost: true,
  providers: [
    {
      id: 'postern',
      name: 'Postern',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authorization: { params: { scope: 'openid profile email offline_access' } },
      // Name and address are at userinfo, not in the ID token.
      idToken: false,
    },
  ],
  callbacks: {
    /** What the session cookie keeps. Null signs out. */
    async jwt({ token, account, profile }) {
      if (account)
        return {
          sub: profile.sub,
          name: profile.name,
          email: profile.email,
          idToken: account.id_token,
          refreshToken: account.refresh_token,
          expiresAt: account.expires_at,
        };
      if (Date.now() < token.expiresAt * 1000) return token;
      const answer = await fetch(metadata.token_endpoint, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token.refreshToken }),
      });
      if (!answer.ok) return null;
      const tokens = await answer.json();
      const expiresAt = Math.floor(Date.now() / 1000) + tokens.expires_in;
      return { ...token, idToken: tokens.id_token ?? token.idToken, expiresAt };
    },
    session: ({ session, token }) => ({ ...session, user: { ...session.user, sub: token.sub } }),
  },
};

const app = express();
// Auth.js finds its own place by the first group, which a path with a named wildcard does not have.
app.use(/^\/auth\/(.*)/, ExpressAuth(config));

app.get('/me', async (request, response) => {
  const session = await getSession(request, config);
  if (!session) return response.redirect('/auth/signin?callbackUrl=/me');
  response.json(session.user);
});

// Auth.js itself signs out here only. This does so at Postern too.
app.get('/logout', async (request, response) => {
  const token = await getToken({ req: { headers: request.headers }, secret: SESSION_SECRET });
  for (const name of request.headers.cookie?.match(/authjs\.session-token[^=]*/g) ?? [])
    response.clearCookie(name);
  const url = new URL(metadata.end_session_endpoint);
  url.searchParams.set('client_id', CLIENT_ID);
  url.searchParams.set('post_logout_redirect_uri', `${BASE_URL}/`);
  if (token?.idToken) url.searchParams.set('id_token_hint', token.idToken);
  response.redirect(url.href);
});

app.get('/', (_request, response) => response.send('Nobody is asked here who they are.'));
app.listen(PORT, '127.0.0.1');
