import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR } from '../../server/base/units.ts';
import { VerifiedTokens } from '../../server/keys/verified-tokens.ts';
import type { Instance } from '../../server/model/instance.ts';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { OAuthClient, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A signature is verified once and remembered. Nothing else about a token is.

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  let client: OAuthClient;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
    });
    client = new OAuthClient(app, web);
  });
  after(() => app.close());

  /** A token of a new user, whose signature the server has verified before. */
  async function askedAbout(): Promise<Tokens & { refresh_token: string; userId: string }> {
    const person = await app.admin.createUser();
    const tokens = await client.authorize(app.browser(), person);
    for (let asked = 0; asked < 3; asked++) assert.equal(await client.isActive(tokens.access_token), true);
    return { ...tokens, userId: person.id };
  }

  describe('an access token that was asked about before', () => {
    test('is inactive as soon as it is revoked, and others of its authorization are not', async () => {
      const { access_token, refresh_token } = await askedAbout();
      const { access_token: another } = await client.refreshTokens(refresh_token);
      success(await client.revoke(access_token));
      assert.equal(await client.isActive(access_token), false);
      assert.equal(await client.isActive(another), true);
    });

    test('is inactive as soon as its authorization has ended', async () => {
      const { access_token, refresh_token } = await askedAbout();
      success(await client.revoke(refresh_token));
      assert.equal(await client.isActive(access_token), false);
    });

    test('is inactive as long as its user is deactivated', async () => {
      const { access_token, userId } = await askedAbout();
      await app.admin.updateUser(userId, { active: false });
      assert.equal(await client.isActive(access_token), false);
      await app.admin.updateUser(userId, { active: true });
      assert.equal(await client.isActive(access_token), true);
    });

    test('is inactive as soon as it has expired', async () => {
      const { access_token } = await askedAbout();
      app.clock.advance(HOUR);
      assert.equal(await client.isActive(access_token), false);
    });

    test('is not good with another signature, nor its signature with other claims', async () => {
      const { access_token } = await askedAbout();
      const other = await askedAbout();
      const [header, claims, signature] = access_token.split('.');
      const [, otherClaims, otherSignature] = other.access_token.split('.');
      assert.equal(await client.isActive(`${header}.${claims}.${otherSignature}`), false);
      assert.equal(await client.isActive(`${header}.${otherClaims}.${signature}`), false);
    });

    test('is no token once its signing key is not published any more, and is one again with it', async () => {
      const { access_token } = await askedAbout();
      const instance = (await app.services.instances.byHost(new URL(app.url).host)) as Instance;
      const keys = await app.services.signingKeys.published(instance.id, 'ES256');
      const tokens = new VerifiedTokens();
      assert.ok(tokens.read(access_token, ['at+jwt'], keys));
      const { kid } = JSON.parse(Buffer.from(access_token.split('.')[0] ?? '', 'base64url').toString());
      const others = keys.filter((key) => key.kid !== kid);
      assert.equal(others.length, keys.length - 1);
      assert.equal(tokens.read(access_token, ['at+jwt'], others), null);
      assert.equal(tokens.read(access_token, ['at+jwt'], []), null);
      assert.ok(tokens.read(access_token, ['at+jwt'], keys));
    });
  });
});
