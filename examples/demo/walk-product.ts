import { randomBytes } from 'node:crypto';
import { Browser } from './browser.ts';
import { explain, heading, exchange as print } from './print.ts';
import type { Registered, SignIn } from './register.ts';
import { check, send, type Tokens } from './walk.ts';

export interface ProductRoads {
  issuer: string;
  /** The product's base URL. */
  product: string;
  /** One of its users, who is nobody in Postern yet. */
  user: SignIn;
  registered: Registered;
}

/**
 * A user of the product allows an application, and ends that again, without ever seeing a sign-in page of Postern.
 * @throws Error at the first answer that is not what it should be
 */
export async function walkProduct({ issuer, product, user, registered }: ProductRoads): Promise<void> {
  const { web, call } = registered;
  const basic = `Basic ${Buffer.from(`${web.clientId}:${web.clientSecret}`).toString('base64')}`;
  const browser = new Browser({ watch: print, stopAt: (url) => url.href.startsWith(`${web.redirectUri}?`) });

  heading('A product that has its users itself: hand-over');
  await call('PATCH', '/api/v1/instance', { sign_in: { password: 'nobody' } });
  explain(
    'From now on nobody uses a password at Postern. It sends everybody to the product, which signs them in.',
  );
  const authorize = new URL(`${issuer}/oauth2/authorize`);
  authorize.search = new URLSearchParams({
    response_type: 'code',
    client_id: web.clientId,
    redirect_uri: web.redirectUri,
    scope: 'api offline_access',
    state: randomBytes(16).toString('base64url'),
  }).toString();
  const signInPage = await browser.get(authorize);
  check(signInPage.url.origin === product, "the sign-in page is the product's");

  explain(
    'The user signs in there. The product hands them over by a signed JWT, and Postern asks for their permission.',
  );
  const consentPage = await browser.submit(signInPage, { email: user.email, password: user.password });
  check(consentPage.url.origin === issuer, 'the consent page is the next that they see');

  explain('They allow it, and the client has its tokens.');
  const back = await browser.submit(consentPage, { decision: 'allow' });
  const code = new URL(back.headers.get('Location') ?? 'about:blank').searchParams.get('code') ?? '';
  const tokens = (await send('POST', `${issuer}/oauth2/token`, {
    form: { grant_type: 'authorization_code', code, redirect_uri: web.redirectUri },
    headers: { Authorization: basic },
    expect: 200,
  })) as unknown as Tokens;
  const [, payload = ''] = tokens.access_token.split('.');
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
  check(sub === 'harbour:1', 'the token calls the user what the product calls them');

  explain('In the product they see what they have connected, and disconnect it.');
  const home = await browser.get(`${product}/`);
  const [, id = ''] = /name="id" value="([^"]+)"/.exec(home.html) ?? [];
  check(home.html.includes('Web example'), 'the application is among those that are connected');
  const after = await browser.submit(home, { id });
  check(!after.html.includes('Web example'), 'and is so no longer');

  explain('The client finds out at its next refresh.');
  const refused = await send('POST', `${issuer}/oauth2/token`, {
    form: { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
    headers: { Authorization: basic },
    expect: 400,
  });
  check(refused['error'] === 'invalid_grant', 'the error is invalid_grant');
}
