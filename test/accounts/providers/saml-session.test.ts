import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MINUTE, toUnixSeconds } from '../../../server/base/units.ts';
import { claimsOf, OAuthClient, pkcePair, success } from '../../support/oauth-client.ts';
import { SamlCustomer } from '../../support/saml-customer.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// What an application learns of a sign-in that a SAML provider vouches for.

let app: TestApp;
let customer: SamlCustomer;
let client: OAuthClient;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  customer = await SamlCustomer.register(app);
  client = new OAuthClient(
    app,
    await app.admin.must('POST', '/applications', {
      type: 'web',
      name: 'Some client',
      redirect_uris: ['https://client.example.com/callback'],
      scopes: ['api', 'openid', 'offline_access'],
    }),
  );
});

/** The path of an authorization request, and what redeems its code. */
function authorizeUrl(parameters: Record<string, string> = {}) {
  const { verifier, challenge } = pkcePair();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.application.client_id,
    redirect_uri: client.redirectUri,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'some state',
    ...parameters,
  });
  return { verifier, path: `/oauth2/authorize?${query}` };
}

test('an ID token tells when and by what the person signed in at the provider', async () => {
  const browser = app.browser();
  const { path, verifier } = authorizeUrl();
  const authnInstant = app.clock.now() - 20 * MINUTE;
  let page = await customer.signIn(
    browser,
    {
      nameId: 'session:1',
      authnInstant,
      context: 'https://refeds.org/profile/mfa',
      attributes: { email: 'mfa@example.com' },
    },
    { return_to: path },
  );
  if (!page.leftTo) page = await browser.submitForm(page, {}, { button: 'decision=allow' });
  const code = page.leftTo?.searchParams.get('code') ?? assert.fail(page.html);
  const tokens = success(await client.redeem(code, verifier)).json<{ id_token: string }>();
  const { auth_time, amr, acr } = claimsOf(tokens.id_token);
  assert.equal(auth_time, toUnixSeconds(authnInstant));
  assert.ok(Array.isArray(amr) && amr.includes('mfa'), String(amr));
  assert.equal(acr, '2');
});

test('a provider that would have to show a page does not, when the application wants none', async () => {
  const browser = app.browser();
  const { path } = authorizeUrl({ prompt: 'none' });
  const page = await customer.signIn(
    browser,
    { status: 'Responder NoPassive' },
    { return_to: path, prompt: 'none' },
  );
  assert.equal(page.leftTo?.searchParams.get('error'), 'login_required');
});

test('a sign-in at the provider that is older than the application allows is not taken for a new one', async () => {
  const { path } = authorizeUrl({ max_age: '60' });
  const old = { nameId: 'session:2', authnInstant: app.clock.now() - 10 * MINUTE };
  const page = await customer.signIn(app.browser(), old, { return_to: path });
  assert.equal(page.status, 403);
});
