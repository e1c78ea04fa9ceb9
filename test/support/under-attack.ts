import type { ApplicationView } from './admin.ts';
import type { Browser } from './browser.ts';
import type { Engine } from './engines.ts';
import { type Headers, send } from './http.ts';
import { type KeyPair, rsaKeyPair } from './key-pairs.ts';
import { OAuthClient, type Tokens } from './oauth-client.ts';
import { startApp, type TestApp } from './test-app.ts';

/** Where the browser of a user is to go with a code. */
export const redirectUri = 'https://client.example.com/callback?tenant=1';
/** Where an attacker would like it to go. */
export const evilUri = 'https://evil.example.com/callback';
export const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A server with clients of every kind, and what they hold that an attacker might want. */
export interface UnderAttack {
  readonly app: TestApp;
  /** The user's, signed in. */
  readonly browser: Browser;
  readonly web: ApplicationView;
  readonly other: ApplicationView;
  readonly spa: ApplicationView;
  readonly machine: ApplicationView;
  /** The key of the machine application. */
  readonly pair: KeyPair;
  /** The client that is `web`. */
  readonly client: OAuthClient;
  readonly tokens: Tokens & { refresh_token: string };
  /** An administrator's access token with the scope `admin`. */
  readonly adminToken: string;
  /** One request to the token endpoint. */
  token(body: Record<string, string>, headers?: Headers): ReturnType<typeof send>;
  /** One request to the authorization endpoint, by the user unless another browser is given. */
  authorize(params: Record<string, string> | string, by?: Browser): ReturnType<typeof send>;
}

export async function underAttack(engine: Engine): Promise<UnderAttack> {
  const app = await startApp({ engine });
  const browser = app.browser();
  const scopes = ['api', 'admin', 'offline_access'];
  const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri], scopes });
  const other = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const spa = await app.admin.createApplication({
    type: 'spa',
    redirect_uris: ['https://spa.example.com/cb', 'http://127.0.0.1/cb', 'com.example.app:/cb'],
  });
  const machine = await app.admin.createApplication({ type: 'machine' });
  const pair = rsaKeyPair();
  await app.admin.addPublicKey(machine.id, pair.publicPem);
  const client = new OAuthClient(app, web);
  const tokens = await client.authorize(browser, app.user);
  const { access_token: adminToken } = await client.authorize(app.browser(), app.administrator, {
    scope: 'admin offline_access',
  });
  return {
    app,
    browser,
    web,
    other,
    spa,
    machine,
    pair,
    client,
    tokens,
    adminToken,
    token: (body, headers = {}) => send(app, '/oauth2/token', { body: new URLSearchParams(body), headers }),
    authorize: (params, by = browser) =>
      by.request(`/oauth2/authorize?${typeof params === 'string' ? params : new URLSearchParams(params)}`),
  };
}
