import { after, before } from 'node:test';
import { startApp, type TestApp } from '../support/test-app.ts';
import { type Product, tellOf } from './product.ts';

// Libraries of Node.js as published, in small applications as their documentation has them.

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

const command = () => [process.execPath, 'app.mjs'] as const;
const tells = ['sub', 'name', 'email'] as const;

const products: Product[] = [
  {
    name: 'openid-client',
    folder: 'openid-client',
    command,
    redirectPath: '/callback',
    backchannelPath: '/backchannel-logout',
    signOut: '/logout',
    tells,
    hears: 'by back-channel logout',
  },
  {
    name: 'express-openid-connect',
    folder: 'express-openid-connect',
    command,
    redirectPath: '/callback',
    backchannelPath: '/backchannel-logout',
    signOut: '/logout',
    comesBackTo: '',
    tells,
    hears: 'by back-channel logout',
  },
  {
    name: 'Auth.js',
    folder: 'authjs',
    command,
    redirectPath: '/auth/callback/postern',
    // So that a refresh comes soon.
    fields: { access_token_lifetime: 1, refresh_token_rotation: false },
    beginsSignIn: (traveller, page) =>
      traveller.submit(page, {}, { action: `${page.url.origin}/auth/signin/postern` }),
    signOut: '/logout',
    tells,
    hears: 'at the next refresh',
  },
  {
    name: 'passport-openidconnect',
    folder: 'passport-openidconnect',
    command,
    redirectPath: '/callback',
    signOut: '/logout',
    tells,
    hears: 'at userinfo',
  },
];
for (const product of products) tellOf(product, () => app);
