import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Id } from '../../server/base/ids.ts';
import { DAY } from '../../server/base/units.ts';
import { issueAccessToken } from '../../server/oauth/tokens/access-token.ts';
import type { Admin, ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { claimsOf, OAuthClient, outcome, success } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What makes a token good, in every place where the server itself looks.

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const clientAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Introspection {
  active: boolean;
  scope?: string;
  token_use?: string;
}

forEachEngine((engine) => {
  let app: TestApp;
  /** The application of an API, which may ask about every token. */
  let api: OAuthClient;
  let pair: KeyPair;

  before(async () => {
    app = await startApp({ engine });
    await app.admin.updateInstance({
      scopes: [
        { name: 'api', description: 'Use the API as you', default: true },
        { name: 'reports', description: 'Read reports', default: false },
        { name: 'admin', description: 'Manage applications and users', default: false },
      ],
    });
    const redirect_uris = ['https://api.example.com/callback'];
    api = new OAuthClient(
      app,
      await app.admin.createApplication({ type: 'web', redirect_uris, can_introspect: true }),
    );
    pair = rsaKeyPair();
  });
  after(() => app.close());

  const made: string[] = [];
  afterEach(async () => {
    for (const id of made.splice(0)) await app.admin.deleteApplication(id);
  });

  /** An application of one test. */
  async function create(fields: Parameters<Admin['createApplication']>[0]): Promise<ApplicationView> {
    const application = await app.admin.createApplication(fields);
    made.push(application.id);
    return application;
  }

  const introspect = async (token: string, asking = api) =>
    success(await asking.introspect(token)).json<Introspection>();

  const rest = (token: string) =>
    send(app, '/api/v1/instance', { headers: { authorization: `Bearer ${token}` } });

  async function token(form: Record<string, string>, path = '/oauth2/token'): Promise<string> {
    const answer = await send(app, path, { body: new URLSearchParams(form) });
    return success(answer).json<{ access_token: string }>().access_token;
  }

  async function machine(scopes = ['api']): Promise<ApplicationView & { client_secret: string }> {
    const made = await create({ type: 'machine', scopes });
    assert.ok(made.client_secret);
    return made as ApplicationView & { client_secret: string };
  }

  const bySecret = ({ client_id, client_secret }: { client_id: string; client_secret: string }) =>
    token({ grant_type: 'client_credentials', client_id, client_secret });

  const assertionOf = (claims: object) =>
    signRs256(pair.privateKey, { aud: app.url, exp: Math.floor(app.clock.now() / 1000) + 300, ...claims });

  const byKey = ({ client_id }: ApplicationView, user: { id: string }, scope = 'api') =>
    token({
      grant_type: jwtBearer,
      scope,
      assertion: assertionOf({ iss: client_id, sub: user.id }),
    });

  describe('a token that nobody allowed is good as long as the credential that got it', () => {
    test('one of a client secret ends with that secret, and those of the other secret do not', async () => {
      const application = await machine();
      const second = await app.admin.must<{ client_secret: string }>(
        'POST',
        `/applications/${application.id}/secrets`,
      );
      const [old, young] = [
        await bySecret(application),
        await bySecret({ client_id: application.client_id, client_secret: second.client_secret }),
      ];
      assert.equal((await introspect(old)).active, true);
      const [first] = application.secrets ?? [];
      assert.equal(claimsOf(old)['credential_id'], first?.id);
      await app.admin.must('DELETE', `/applications/${application.id}/secrets/${first?.id}`);
      assert.deepEqual(await introspect(old), { active: false });
      assert.equal((await introspect(young)).active, true);
    });

    test('one of a public key ends with that key, also at the REST API and after the JWT exchange', async () => {
      const application = await machine(['api', 'admin']);
      const { id: keyId } = await app.admin.addPublicKey(application.id, pair.publicPem);
      const { client_id, client_secret } = application;
      const tokens = [
        await byKey(application, app.administrator, 'api admin'),
        await token({
          grant_type: 'client_credentials',
          client_assertion_type: clientAssertion,
          client_assertion: assertionOf({ iss: client_id, sub: client_id }),
        }),
        await token(
          {
            client_id,
            client_secret,
            jwt_token: assertionOf({ iss: client_id, sub: app.administrator.id }),
          },
          '/integrations/oauth2/api/v1/jwt/exchange',
        ),
      ];
      for (const each of tokens) {
        assert.equal((await introspect(each)).active, true);
        assert.equal(claimsOf(each)['credential_id'], keyId);
      }
      assert.equal((await rest(tokens[0] as string)).status, 200);
      await app.admin.must('DELETE', `/applications/${application.id}/public-keys/${keyId}`);
      for (const each of tokens) assert.deepEqual(await introspect(each), { active: false });
      assert.equal((await rest(tokens[0] as string)).status, 401);
      assert.equal((await introspect(await bySecret(application))).active, true, 'the secret got this one');

      await app.admin.addPublicKey(application.id, pair.publicPem);
      for (const each of tokens)
        assert.deepEqual(await introspect(each), { active: false }, 'the same key added again is another');
    });

    test('in another process it ends within a second', async () => {
      const other = await startApp({ engine, database: app.database, url: app.url, clock: app.clock });
      const application = await machine();
      const access_token = await bySecret(application);
      const isActive = async () =>
        success(
          await api.at({ url: app.url, port: other.port }).introspect(access_token),
        ).json<Introspection>().active;
      assert.equal(await isActive(), true);
      await app.admin.must(
        'DELETE',
        `/applications/${application.id}/secrets/${application.secrets?.[0]?.id}`,
      );
      await sleep(1000);
      assert.equal(await isActive(), false);
      await other.close();
    });

    test('one that a version before issued, without a name for its credential, ends with the last that was there', async () => {
      const application = await machine();
      const client = await app.services.clients.find(app.instance.id, application.client_id);
      assert.ok(client);
      const { accessToken: old } = issueAccessToken(
        app.services,
        app.instance,
        {
          apis: app.instance.apis,
          application: client.application,
          subject: null,
          scopes: ['api'],
          authorizationId: null,
          credentialId: null,
        },
        await app.services.signingKeys.active(app.instance.id, 'ES256'),
      );
      assert.equal((await introspect(old)).active, true);
      app.clock.advance(10 * 60 * 1000);
      const secrets = `/applications/${application.id}/secrets`;
      await app.admin.must('POST', secrets);
      assert.equal((await introspect(old)).active, true);
      await app.admin.must('DELETE', `${secrets}/${application.secrets?.[0]?.id}`);
      assert.deepEqual(await introspect(old), { active: false });
    });
  });

  describe('scopes count only as far as the application may have them now', () => {
    test('introspection tells what is left of them, and of nothing that it is inactive', async () => {
      const application = await machine(['api', 'reports']);
      const { client_id, client_secret } = application;
      const both = await token({
        grant_type: 'client_credentials',
        client_id,
        client_secret,
        scope: 'api reports',
      });
      const one = await bySecret(application);
      assert.equal((await introspect(both)).scope, 'api reports');
      await app.admin.updateApplication(application.id, { scopes: ['reports'] });
      assert.equal((await introspect(both)).scope, 'reports');
      assert.deepEqual(await introspect(one), { active: false });
      await app.admin.updateApplication(application.id, { scopes: ['api'] });
      assert.equal((await introspect(both)).scope, 'api');
      assert.equal((await introspect(one)).scope, 'api');
    });

    test('a token of which only offline_access is left opens nothing', async () => {
      const client = new OAuthClient(
        app,
        await create({ type: 'web', redirect_uris: ['https://a.example.com/cb'] }),
      );
      const { access_token } = await client.authorize(app.browser(), app.user);
      await app.admin.updateApplication(client.application.id, { scopes: ['reports', 'offline_access'] });
      assert.deepEqual(await introspect(access_token), { active: false });
    });

    test('an application that loses the scope admin loses the REST API with every token', async () => {
      const application = await machine(['api', 'admin']);
      await app.admin.addPublicKey(application.id, pair.publicPem);
      const access_token = await byKey(application, app.administrator, 'api admin');
      assert.equal((await rest(access_token)).status, 200);
      await app.admin.updateApplication(application.id, { scopes: ['api'] });
      assert.equal((await rest(access_token)).status, 403);
      assert.equal((await introspect(access_token)).scope, 'api');
    });

    test('admin counts only while the user is an administrator', async () => {
      const application = await machine(['api', 'admin']);
      const person = await app.admin.createUser({ role: 'administrator' });
      await app.admin.addPublicKey(application.id, pair.publicPem, person.id);
      const access_token = await byKey(application, person, 'api admin');
      assert.equal((await introspect(access_token)).scope, 'api admin');
      await app.admin.updateUser(person.id, { role: 'user' });
      assert.equal((await introspect(access_token)).scope, 'api');
      assert.equal((await rest(access_token)).status, 403);
      const assertion = assertionOf({ iss: application.client_id, sub: person.id });
      const again = await send(app, '/oauth2/token', {
        body: new URLSearchParams({ grant_type: jwtBearer, scope: 'admin', assertion }),
      });
      assert.equal(outcome(again), '400 invalid_scope');
      await app.admin.updateUser(person.id, { active: false });
      assert.deepEqual(await introspect(access_token), { active: false });
    });
  });

  test('an access token does not outlive the authorization that its policy has ended', async () => {
    const application = await create({
      type: 'web',
      redirect_uris: ['https://b.example.com/cb'],
      access_token_lifetime: 86_400,
      refresh_token_absolute_lifetime: 3600,
    });
    const client = new OAuthClient(app, application);
    const { access_token } = await client.authorize(app.browser(), app.user);
    app.clock.advance(3599 * 1000);
    assert.equal((await introspect(access_token)).active, true);
    app.clock.advance(1000);
    assert.deepEqual(await introspect(access_token), { active: false });
    await app.admin.updateApplication(application.id, { refresh_token_absolute_lifetime: 2 * (DAY / 1000) });
    assert.equal((await introspect(access_token)).active, true, 'the policy of this moment counts');
  });

  test('a refresh token is no access token to an API, however much that API may introspect', async () => {
    const client = new OAuthClient(
      app,
      await create({ type: 'web', redirect_uris: ['https://c.example.com/cb'] }),
    );
    const { access_token, refresh_token } = await client.authorize(app.browser(), app.user);
    assert.deepEqual(await introspect(refresh_token), { active: false });
    assert.equal((await introspect(refresh_token, client)).token_use, 'refresh_token');
    assert.equal((await introspect(access_token)).token_use, 'access_token');
    assert.equal((await introspect(access_token, client)).token_use, 'access_token');
  });

  test('a token signed by us that names the credential of another application is not good', async () => {
    const [mine, other] = [await machine(), await machine()];
    const client = await app.services.clients.find(app.instance.id, mine.client_id);
    assert.ok(client);
    const signingKey = await app.services.signingKeys.active(app.instance.id, 'ES256');
    const issue = (credentialId: string | undefined) =>
      issueAccessToken(
        app.services,
        app.instance,
        {
          apis: app.instance.apis,
          application: client.application,
          subject: null,
          scopes: ['api'],
          authorizationId: null,
          credentialId: credentialId as Id,
        },
        signingKey,
      ).accessToken;
    assert.equal((await introspect(issue(mine.secrets?.[0]?.id))).active, true);
    assert.deepEqual(await introspect(issue(other.secrets?.[0]?.id)), { active: false });
  });

  test('basic credentials of the deleted secret no longer ask about anything either', async () => {
    const application = await machine();
    const access_token = await bySecret(application);
    const ask = () =>
      send(app, '/oauth2/introspect', {
        body: new URLSearchParams({ token: access_token }),
        headers: { authorization: basic(application.client_id, application.client_secret) },
      });
    assert.equal((await ask()).json<Introspection>().active, true);
    await app.admin.must('DELETE', `/applications/${application.id}/secrets/${application.secrets?.[0]?.id}`);
    assert.equal(outcome(await ask()), '401 invalid_client');
  });
});
