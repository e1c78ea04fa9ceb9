import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, send } from '../support/http.ts';
import { opensslCertificate, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The JWT exchange, written as the makers of integrations that exist today write it.

const redirectUri = 'https://app.workfrontfusion.com/oauth/cb/workfront-workfront';
const endpoint = '/integrations/oauth2/api/v1/jwt/exchange';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  });
  after(() => app.close());

  describe('the JWT exchange with a certificate made as the documents say', () => {
    let machine: ApplicationView;
    let privatePem: string;
    let customerId: string;

    before(async () => {
      machine = await app.admin.createApplication({ type: 'machine' });
      const made = opensslCertificate();
      privatePem = made.privatePem;
      await app.admin.addPublicKey(machine.id, made.certificatePem);
      customerId = (await app.admin.must<{ customer_id: string }>('GET', '/instance')).customer_id;
    });

    function exchange(
      claims: object,
      params: Record<string, string> = {},
      key = privatePem,
    ): Promise<Answer> {
      const jwt = signRs256(key, claims);
      return send(app, endpoint, {
        body: new URLSearchParams({
          client_id: machine.client_id,
          client_secret: machine.client_secret ?? '',
          jwt_token: jwt,
          ...params,
        }),
      });
    }
    const inFiveMinutes = () => Math.floor(app.clock.now() / 1000) + 300;

    for (const [name, issuer] of [
      ['the customer ID', () => customerId],
      ['the client ID', () => machine.client_id],
    ] as const)
      test(`takes a token of nothing but exp, iss and sub, with ${name} as issuer`, async () => {
        const answer = success(
          await exchange({ exp: inFiveMinutes(), iss: issuer(), sub: app.administrator.id }),
        );
        const tokens = answer.json<Tokens>();
        assert.deepEqual(Object.keys(tokens).sort(), ['access_token', 'expires_in', 'token_type', 'wid']);
        assert.equal(tokens.token_type, 'sessionID');
        assert.equal(tokens.wid, app.administrator.id);
        assert.equal(await new OAuthClient(app, machine).isActive(tokens.access_token), true);
      });

    test('may be repeated with the same token until it expires', async () => {
      const claims = { exp: inFiveMinutes(), iss: customerId, sub: app.administrator.id };
      assert.equal((await exchange(claims)).status, 200);
      assert.equal((await exchange(claims)).status, 200);
    });

    test('takes a token whose audience is the issuer, the token endpoint or this endpoint', async () => {
      const claims = { exp: inFiveMinutes(), iss: customerId, sub: app.administrator.id };
      for (const path of ['', '/oauth2/token', '/integrations/oauth2/api/v1/jwt/exchange'])
        assert.equal((await exchange({ ...claims, aud: app.url + path })).status, 200, path);
    });

    test('takes a token with an ID once', async () => {
      const claims = { exp: inFiveMinutes(), iss: customerId, sub: app.administrator.id, jti: 'only once' };
      assert.equal((await exchange(claims)).status, 200);
      assert.equal(outcome(await exchange(claims)), '400 invalid_grant');
    });

    test('refuses anyone but the user whom the key acts for, every other issuer, no exp, and another key', async () => {
      const right = { exp: inFiveMinutes(), iss: customerId, sub: app.administrator.id };
      const wrong: object[] = [
        { ...right, sub: app.user.id },
        { ...right, sub: machine.client_id },
        { ...right, iss: 'somebody else' },
        { ...right, iss: web.client_id },
        { ...right, exp: Math.floor(app.clock.now() / 1000) - 120 },
        { ...right, exp: Math.floor(app.clock.now() / 1000) + 7200 },
        { ...right, aud: 'https://elsewhere.example.com' },
        { iss: right.iss, sub: right.sub },
        { exp: right.exp, iss: right.iss },
        { exp: right.exp, sub: right.sub },
      ];
      for (const claims of wrong)
        assert.equal(outcome(await exchange(claims)), '400 invalid_grant', JSON.stringify(claims));
      assert.equal(outcome(await exchange(right, {}, opensslCertificate().privatePem)), '400 invalid_grant');
    });

    test('refuses a wrong client secret', async () => {
      const claims = { exp: inFiveMinutes(), iss: customerId, sub: app.administrator.id };
      assert.equal(outcome(await exchange(claims, { client_secret: 'pcs_wrong' })), '401 invalid_client');
    });
  });
});
