import type { ApplicationView } from './admin.ts';
import type { Browser, Page, Person } from './browser.ts';
import { OAuthClient, success } from './oauth-client.ts';
import type { TestApp } from './test-app.ts';

/** An application that people sign in to with OpenID Connect, and out of again. */
export class RelyingParty {
  readonly #app: TestApp;
  readonly application: ApplicationView;

  constructor(app: TestApp, application: ApplicationView) {
    this.#app = app;
    this.application = application;
  }

  /** Somebody signs in to it in this browser. @returns the ID token */
  async signIn(browser: Browser, person: Person): Promise<string> {
    const client = new OAuthClient(this.#app, this.application);
    const { code, verifier } = await client.code(browser, person, { scope: 'openid' });
    return success(await client.redeem(code, verifier)).json<{ id_token: string }>().id_token;
  }
}

/** A click on a link of another site that leads to the sign-out. */
export function sendToSignOut(browser: Browser, parameters: Record<string, string>): Promise<Page> {
  const headers = { 'sec-fetch-site': 'cross-site' };
  return browser.openPage(`/oauth2/logout?${new URLSearchParams(parameters)}`, { headers });
}

/** Whether somebody is signed in in this browser, as its account page shows. */
export async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.request('/account')).status === 200;
}
