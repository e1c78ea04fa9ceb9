import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { Browser } from './browser.ts';
import { explain, heading, exchange as print } from './print.ts';
import type { Registered, SignIn } from './register.ts';

/** Every flow once, by hand: no OAuth library, so that each request can be seen for what it is. */

export interface Roads {
  issuer: string;
  /** Workboard's base URL. */
  api: string;
  user: SignIn;
  registered: Registered;
}

/** @throws Error at the first answer that is not what it should be */
export async function walk({ issuer, api, user, registered }: Roads): Promise<void> {
  const { web, machine, administrator } = registered;
  const basic = `Basic ${Buffer.from(`${web.clientId}:${web.clientSecret}`).toString('base64')}`;
  const projects = `${api}/attask/api/v19.0/proj/search`;

  heading('A web application: authorization code with client secret and PKCE');
  const state = randomBytes(16).toString('base64url');
  const verifier = randomBytes(32).toString('base64url');
  const authorize = new URL(`${issuer}/oauth2/authorize`);
  authorize.search = new URLSearchParams({
    response_type: 'code',
    client_id: web.clientId,
    redirect_uri: web.redirectUri,
    scope: 'api offline_access',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const browser = new Browser({ watch: print, stopAt: (url) => url.href.startsWith(`${web.redirectUri}?`) });

  explain(
    'The client sends the browser to the authorization endpoint. Nobody is signed in: the sign-in page comes.',
  );
  const loginPage = await browser.get(authorize);

  explain('The user signs in and is asked whether the application may have what it asks for.');
  const consentPage = await browser.submit(loginPage, { email: user.email, password: user.password });

  explain('The user allows it. The browser goes back to the client with a code that lives two minutes.');
  const back = await browser.submit(consentPage, { decision: 'allow' });
  const landing = new URL(back.headers.get('Location') ?? 'about:blank');
  check(landing.searchParams.get('state') === state, 'the state came back as it was sent');
  check(landing.searchParams.get('iss') === issuer, 'the answer says which server it is from');
  const code = landing.searchParams.get('code') ?? '';

  explain(
    'The client swaps the code for tokens, with its secret and the PKCE verifier, away from the browser.',
  );
  const first = await token(
    { grant_type: 'authorization_code', code, redirect_uri: web.redirectUri, code_verifier: verifier },
    { Authorization: basic },
  );

  explain('The client calls the API with the access token. The API verifies it offline, by the public keys.');
  await send('GET', projects, { headers: { Authorization: `Bearer ${first.access_token}` }, expect: 200 });

  explain('The same call in the Workfront manner: the token in the header sessionID.');
  await send('GET', projects, { headers: { sessionID: first.access_token }, expect: 200 });

  explain('A token that is not good is refused.');
  await send('GET', projects, { headers: { sessionID: 'not-a-token' }, expect: 401 });

  explain(
    'Before the access token expires the client refreshes it. The refresh token is rotated: keep the new one.',
  );
  const second = await token(
    { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' },
    { Authorization: basic },
  );
  check(second.refresh_token !== first.refresh_token, 'the refresh token is a new one');

  explain('The new access token is as good as the first.');
  await send('GET', projects, { headers: { Authorization: `Bearer ${second.access_token}` }, expect: 200 });

  heading('A machine application: a JWT signed with its private key, no browser');
  const privateKey = createPrivateKey(await readFile(machine.privateKeyFile));
  const jwt = () =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(machine.clientId)
      .setSubject(administrator.id) // for whom the key acts
      .setExpirationTime('3 minutes');

  explain('At the Workfront profile: client ID, secret and a JWT for the user that the key acts for.');
  const exchanged = await send('POST', `${issuer}/integrations/oauth2/api/v1/jwt/exchange`, {
    form: {
      client_id: machine.clientId,
      client_secret: machine.clientSecret,
      jwt_token: await jwt().sign(privateKey),
    },
    expect: 200,
  });

  explain('Clients use the value of token_type as the name of the header.');
  const { token_type: name, access_token: value } = exchanged as unknown as Tokens;
  await send('GET', projects, { headers: { [name]: value }, expect: 200 });

  explain(
    'At the standard endpoint (RFC 7523): the JWT says for which server it is and is good for one use.',
  );
  const assertion = await jwt()
    .setAudience(issuer)
    .setIssuedAt()
    .setJti(randomBytes(16).toString('hex'))
    .sign(privateKey);
  const machineToken = await token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });

  explain('It is used like any other.');
  await send('GET', projects, {
    headers: { Authorization: `Bearer ${machineToken.access_token}` },
    expect: 200,
  });

  heading('The end of an authorization');
  explain('The client revokes its refresh token, as when the user disconnects it.');
  const revoked = second.refresh_token ?? '';
  await send('POST', `${issuer}/oauth2/revoke`, {
    form: { token: revoked },
    headers: { Authorization: basic },
    expect: 200,
  });

  explain('From then on a refresh is refused, and the client must ask the user again.');
  const refused = await send('POST', `${issuer}/oauth2/token`, {
    form: { grant_type: 'refresh_token', refresh_token: revoked },
    headers: { Authorization: basic },
    expect: 400,
  });
  check(refused['error'] === 'invalid_grant', 'the error is invalid_grant');

  async function token(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Tokens> {
    const answer = await send('POST', `${issuer}/oauth2/token`, { form, headers, expect: 200 });
    check(typeof answer['access_token'] === 'string', 'an access token came');
    return answer as unknown as Tokens;
  }
}

export interface Tokens {
  token_type: string;
  access_token: string;
  refresh_token?: string;
}

interface Sent {
  form?: Record<string, string>;
  headers?: Record<string, string>;
  /** The status that it should have. */
  expect: number;
}

/** Sends a request that no browser is part of, and prints it with its answer. */
export async function send(method: string, address: string, { form, headers = {}, expect }: Sent) {
  const url = new URL(address);
  const body = form && new URLSearchParams(form).toString();
  const sent = {
    ...headers,
    ...(body !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }),
  };
  const response = await fetch(url, { method, headers: sent, body: body ?? null });
  const answer = await response.text();
  print({
    method,
    url,
    headers: sent,
    body,
    status: response.status,
    answerHeaders: response.headers,
    answer,
  });
  check(response.status === expect, `${method} ${url.pathname} answers ${expect}`);
  return (answer ? JSON.parse(answer) : {}) as Record<string, unknown>;
}

export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`This should hold, but does not: ${what}`);
}
