import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startApp, type TestApp } from '../support/test-app.ts';
import { tellOf } from './product.ts';
import { run } from './program.ts';

const version = 'v7.15.6';

/** The web site behind the proxy: it says what the proxy told it of whoever asks. */
const site = createServer(({ headers }, response) => {
  response.end(`${headers['x-forwarded-user']} ${headers['x-forwarded-email']}`);
});

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
  await once(site.listen(0, '127.0.0.1'), 'listening');
});
after(async () => {
  site.close();
  site.closeAllConnections();
  await app.close();
});

tellOf(
  {
    name: `oauth2-proxy ${version}`,
    folder: 'oauth2-proxy',
    needs: ['go'],
    install: (installed) =>
      run('go', ['install', `github.com/oauth2-proxy/oauth2-proxy/v7@${version}`], {
        env: { GOBIN: installed },
      }),
    command: (installed) => [join(installed, 'oauth2-proxy'), '--config', 'oauth2-proxy.cfg'],
    environment: ({ ISSUER, CLIENT_ID, CLIENT_SECRET, BASE_URL, PORT, SESSION_SECRET }) => ({
      OAUTH2_PROXY_OIDC_ISSUER_URL: ISSUER,
      OAUTH2_PROXY_CLIENT_ID: CLIENT_ID,
      OAUTH2_PROXY_CLIENT_SECRET: CLIENT_SECRET,
      OAUTH2_PROXY_REDIRECT_URL: `${BASE_URL}/oauth2/callback`,
      OAUTH2_PROXY_COOKIE_SECRET: createHash('sha256').update(SESSION_SECRET).digest('base64url'),
      OAUTH2_PROXY_HTTP_ADDRESS: `127.0.0.1:${PORT}`,
      OAUTH2_PROXY_UPSTREAMS: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
      // Where its sign-out may go on to.
      OAUTH2_PROXY_WHITELIST_DOMAINS: new URL(ISSUER).host,
    }),
    redirectPath: '/oauth2/callback',
    // It sends no ID token along, so that Postern asks whether the user wants to.
    signOut: ({ ISSUER, CLIENT_ID, BASE_URL }) => {
      const next = new URL(`${ISSUER}/oauth2/logout`);
      next.searchParams.set('client_id', CLIENT_ID);
      next.searchParams.set('post_logout_redirect_uri', `${BASE_URL}/`);
      return `/oauth2/sign_out?rd=${encodeURIComponent(next.href)}`;
    },
    endsSignOut: (traveller, page) => traveller.submit(page, {}, { button: 'decision=sign_out' }),
    tells: ['sub', 'email'],
    hears: 'at the next refresh',
  },
  () => app,
);
