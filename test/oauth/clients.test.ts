import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What integrators really use: both libraries as published, with nothing turned off but their refusal of plain http.

const redirectUri = 'https://client.example.com/callback';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let spa: ApplicationView;
  let machine: ApplicationView;
  let pair: KeyPair;

  before(async () => {
    app = await startApp({ engine });
    browser = app.browser();
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    spa = await app.admin.createApplication({ type: 'spa', redirect_uris: [redirectUri] });
    machine = await app.admin.createApplication({ type: 'machine' });
    pair = rsaKeyPair();
    await app.admin.addPublicKey(machine.id, pair.publicPem);
  });
  after(() => app.close());

  describe('openid-client', () => {
    const insecure: client.DiscoveryRequestOptions = {
      execute: [client.allowInsecureRequests],
      algorithm: 'oauth2',
    };

    function discover(
      application: ApplicationView,
      authentication: client.ClientAuth,
    ): Promise<client.Configuration> {
      return client.discovery(new URL(app.url), application.client_id, {}, authentication, insecure);
    }

    /** The flow up to the tokens, as the library's own documentation writes it. */
    async function flow(config: client.Configuration, scope = 'api offline_access') {
      const pkceCodeVerifier = client.randomPKCECodeVerifier();
      const expectedState = client.randomState();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope,
        state: expectedState,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      });
      assert.equal(url.origin, app.url);
      const back = await browser.authorize(url.searchParams, app.user);
      return client.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });
    }

    test('finds every endpoint by the metadata', async () => {
      const config = await discover(spa, client.None());
      const metadata = config.serverMetadata();
      assert.equal(metadata.issuer, app.url);
      assert.equal(metadata.token_endpoint, `${app.url}/oauth2/token`);
      assert.equal(metadata.jwks_uri, `${app.url}/oauth2/jwks`);
      assert.equal(metadata.revocation_endpoint, `${app.url}/oauth2/revoke`);
      assert.equal(metadata.introspection_endpoint, `${app.url}/oauth2/introspect`);
      assert.equal(metadata['authorization_response_iss_parameter_supported'], true);
      assert.ok(metadata.supportsPKCE());
    });

    test('signs a user in for a single-page application with PKCE and refreshes', async () => {
      const config = await discover(spa, client.None());
      const tokens = await flow(config);
      assert.equal(tokens.token_type, 'bearer');
      assert.equal(tokens.expires_in, 3600);
      assert.equal(tokens.scope, 'api offline_access');
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
      assert.notEqual(refreshed.access_token, tokens.access_token);
    });

    for (const [name, authentication] of [
      ['client_secret_basic', client.ClientSecretBasic],
      ['client_secret_post', client.ClientSecretPost],
    ] as const)
      test(`does everything for a web application with ${name}`, async () => {
        const config = await discover(web, authentication(web.client_secret ?? ''));
        const tokens = await flow(config);
        const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
        const told = await client.tokenIntrospection(config, refreshed.access_token);
        assert.equal(told.active, true);
        assert.equal(told.sub, app.user.id);
        assert.equal(told.client_id, web.client_id);
        await client.tokenRevocation(config, refreshed.refresh_token ?? '');
        assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false);
        await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token ?? ''), {
          error: 'invalid_grant',
        });
      });

    test('gets no refresh token when it did not ask for offline_access', async () => {
      const tokens = await flow(await discover(spa, client.None()), 'api');
      assert.equal(tokens.refresh_token, undefined);
      assert.equal(tokens.scope, 'api');
    });

    test('understands why a user refused', async () => {
      const config = await discover(web, client.ClientSecretPost(web.client_secret ?? ''));
      const expectedState = client.randomState();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'api',
        state: expectedState,
        prompt: 'consent',
      });
      const back = await browser.authorize(url.searchParams, app.user, { decision: 'deny' });
      await assert.rejects(client.authorizationCodeGrant(config, back, { expectedState }), {
        error: 'access_denied',
      });
    });

    test('understands why a wrong secret is refused', async () => {
      const config = await discover(machine, client.ClientSecretBasic('pcs_wrong'));
      await assert.rejects(client.clientCredentialsGrant(config), (error: unknown) => {
        // With Basic the library reads the challenge, without it the body.
        return error instanceof client.WWWAuthenticateChallengeError && error.status === 401;
      });
    });

    test('gets a token for a machine with its secret, and with private_key_jwt', async () => {
      const privateKey = await crypto.subtle.importKey(
        'pkcs8',
        pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
        { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
        false,
        ['sign'],
      );
      for (const authentication of [
        client.ClientSecretBasic(machine.client_secret ?? ''),
        client.PrivateKeyJwt(privateKey),
      ]) {
        const tokens = await client.clientCredentialsGrant(await discover(machine, authentication), {
          scope: 'api',
        });
        assert.equal(tokens.scope, 'api');
        assert.equal(tokens.refresh_token, undefined);
      }
    });

    test('acts for the administrator who added the key with a JWT-bearer grant', async () => {
      const config = await discover(machine, client.ClientSecretPost(machine.client_secret ?? ''));
      const tokens = await client.genericGrantRequest(config, jwtBearer, {
        assertion: assertionFor(app.administrator.id),
      });
      const told = await client.tokenIntrospection(config, tokens.access_token);
      assert.equal(told.sub, app.administrator.id);
      await assert.rejects(
        client.genericGrantRequest(config, jwtBearer, { assertion: assertionFor(app.user.id) }),
        { error: 'invalid_grant' },
      );
    });
  });

  describe('oauth4webapi', () => {
    const insecure = { [oauth.allowInsecureRequests]: true } as const;

    async function discover(): Promise<oauth.AuthorizationServer> {
      const issuer = new URL(app.url);
      return oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
      );
    }

    async function flow(as: oauth.AuthorizationServer, who: oauth.Client, authentication: oauth.ClientAuth) {
      const verifier = oauth.generateRandomCodeVerifier();
      const state = oauth.generateRandomState();
      const back = await browser.authorize(
        {
          client_id: who.client_id,
          redirect_uri: redirectUri,
          response_type: 'code',
          scope: 'api offline_access',
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
        },
        app.user,
      );
      const parameters = oauth.validateAuthResponse(as, who, back, state);
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        who,
        authentication,
        parameters,
        redirectUri,
        verifier,
        insecure,
      );
      assert.equal(response.headers.get('cache-control'), 'no-store');
      return oauth.processAuthorizationCodeResponse(as, who, response);
    }

    async function refresh(
      as: oauth.AuthorizationServer,
      who: oauth.Client,
      authentication: oauth.ClientAuth,
      refreshToken: string,
    ) {
      const response = await oauth.refreshTokenGrantRequest(as, who, authentication, refreshToken, insecure);
      return oauth.processRefreshTokenResponse(as, who, response);
    }

    test('signs a user in for a single-page application and its API verifies the token offline (RFC 9068)', async () => {
      const as = await discover();
      const who = { client_id: spa.client_id };
      const tokens = await flow(as, who, oauth.None());
      const again = await refresh(as, who, oauth.None(), tokens.refresh_token ?? '');
      for (const { access_token } of [tokens, again]) {
        const request = new Request('https://api.example.com/tasks', {
          headers: { authorization: `Bearer ${access_token}` },
        });
        const claims = await oauth.validateJwtAccessToken(as, request, app.url, insecure);
        assert.equal(claims.sub, app.user.id);
        assert.equal(claims.client_id, spa.client_id);
        assert.equal(claims.scope, 'api offline_access');
        assert.equal(claims.exp - claims.iat, 3600);
      }
    });

    for (const [name, authentication] of [
      ['client_secret_basic', oauth.ClientSecretBasic],
      ['client_secret_post', oauth.ClientSecretPost],
    ] as const)
      test(`signs in, refreshes, introspects and revokes for a web application with ${name}`, async () => {
        const as = await discover();
        const who = { client_id: web.client_id };
        const proof = authentication(web.client_secret ?? '');
        const tokens = await flow(as, who, proof);
        const introspect = async (token: string) =>
          oauth.processIntrospectionResponse(
            as,
            who,
            await oauth.introspectionRequest(as, who, proof, token, insecure),
          );
        assert.equal((await introspect(tokens.access_token)).active, true);
        const again = await refresh(as, who, proof, tokens.refresh_token ?? '');
        await oauth.processRevocationResponse(
          await oauth.revocationRequest(as, who, proof, again.access_token, insecure),
        );
        assert.equal((await introspect(again.access_token)).active, false);
        assert.equal((await introspect(tokens.access_token)).active, true);
        await oauth.processRevocationResponse(
          await oauth.revocationRequest(as, who, proof, again.refresh_token ?? '', insecure),
        );
        assert.equal((await introspect(tokens.access_token)).active, false);
      });

    test('gets a token for a machine with client_secret_basic and with an assertion alone', async () => {
      const as = await discover();
      const who = { client_id: machine.client_id };
      const byBasic = await oauth.clientCredentialsGrantRequest(
        as,
        who,
        oauth.ClientSecretBasic(machine.client_secret ?? ''),
        {},
        insecure,
      );
      assert.equal((await oauth.processClientCredentialsResponse(as, who, byBasic)).scope, 'api');
      const assertion = assertionFor(app.administrator.id);
      const byAssertion = await oauth.genericTokenEndpointRequest(
        as,
        who,
        oauth.None(),
        jwtBearer,
        { assertion },
        insecure,
      );
      assert.ok((await oauth.processGenericTokenEndpointResponse(as, who, byAssertion)).access_token);
    });
  });

  /** An assertion of the machine application for this user, good for five minutes. */
  function assertionFor(userId: string): string {
    const now = Math.floor(app.clock.now() / 1000);
    return signRs256(pair.privateKey, {
      iss: machine.client_id,
      sub: userId,
      aud: app.url,
      iat: now,
      exp: now + 300,
      jti: crypto.randomUUID(),
    });
  }
});
