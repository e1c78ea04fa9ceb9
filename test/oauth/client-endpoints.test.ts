import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, basic, send } from '../support/http.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, success } from '../support/oauth-client.ts';
import { routesOf } from '../support/routes.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What every endpoint does that clients call on their own account. They are found by what the server prints about itself, so that
// a new one is attacked without anybody adding it here.

const byAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Where people go with their browsers, and where an access token is what counts. */
const notForClients = /\/(authorize|logout|userinfo)$/;

forEachEngine((engine) => {
  let app: TestApp;
  let endpoints: string[];
  let web: ApplicationView;
  let machine: ApplicationView;
  let pair: KeyPair;

  before(async () => {
    app = await startApp({ engine });
    endpoints = routesOf(app.server)
      .filter(({ method, path }) => method === 'POST' && /^\/(oauth2|integrations)\//.test(path))
      .map(({ path }) => path)
      .filter((path) => !notForClients.test(path));
    web = await app.admin.createApplication({ type: 'web', redirect_uris: ['https://web.example.com/cb'] });
    machine = await app.admin.createApplication({ type: 'machine' });
    pair = rsaKeyPair();
    await app.admin.addPublicKey(machine.id, pair.publicPem);
    await app.admin.addPublicKey(web.id, pair.publicPem);
  });
  after(() => app.close());

  const sign = (claims: object) =>
    signRs256(pair.privateKey, { aud: app.url, exp: Math.floor(app.clock.now() / 1000) + 300, ...claims });

  /** Pushed requests are of those whose users sign in; the rest is tried by one whose do not. */
  const rightClient = (path: string) => (path === '/oauth2/par' ? web : machine);

  const assertionBy = ({ client_id }: ApplicationView) =>
    sign({ iss: client_id, sub: client_id, jti: randomUUID() });

  /** Everything that an endpoint could want, so that only what a test says is wrong. */
  const everything = (more: Record<string, string>) =>
    new URLSearchParams({
      grant_type: 'client_credentials',
      token: 'unknown',
      response_type: 'code',
      redirect_uri: 'https://web.example.com/cb',
      jwt_token: sign({ iss: machine.client_id, sub: app.administrator.id }),
      ...more,
    });

  const post = (path: string, body: URLSearchParams, headers = {}) => send(app, path, { body, headers });

  test('there are at least six of them', () => {
    for (const path of ['/oauth2/token', '/oauth2/introspect', '/integrations/oauth2/api/v1/jwt/exchange'])
      assert.ok(endpoints.includes(path), path);
    assert.ok(endpoints.length >= 6, endpoints.join());
  });

  test('all of them answer the right client with JSON that nobody may keep', async () => {
    for (const path of endpoints) {
      const { client_id, client_secret = '' } = rightClient(path);
      const answer = success(await post(path, everything({ client_id, client_secret })));
      assert.match(String(answer.headers['content-type']), /^application\/json/, path);
      assert.equal(answer.headers['cache-control'], 'no-store', path);
      answer.json();
    }
  });

  test('all of them refuse a client that does not prove who it is, and say how', async () => {
    for (const path of endpoints) {
      const authorization = basic(machine.client_id, 'wrong');
      const answer = await post(path, everything({}), { authorization });
      assert.equal(outcome(answer), '401 invalid_client', path);
      assert.match(String(answer.headers['www-authenticate']), /^Basic /, path);
      assert.equal(outcome(await post(path, everything({}))), '401 invalid_client', path);
    }
  });

  test('all of them refuse two ways of authentication, and any parameter twice', async () => {
    for (const path of endpoints) {
      const { client_id, client_secret = '' } = machine;
      const authorization = basic(client_id, client_secret);
      const twice = everything({ client_id, client_secret });
      assert.equal(outcome(await post(path, twice, { authorization })), '400 invalid_request', path);
      twice.append('anything', '1');
      twice.append('anything', '2');
      assert.equal(outcome(await post(path, twice)), '400 invalid_request', path);
    }
  });

  test('all of them let a client assertion with a jti count once, however many come at the same instant', async () => {
    for (const path of endpoints) {
      const body = everything({
        client_assertion_type: byAssertion,
        client_assertion: assertionBy(rightClient(path)),
      });
      const answers = await Promise.all(Array.from({ length: 5 }, () => post(path, body)));
      const success = path === '/oauth2/par' ? '201' : '200';
      assert.deepEqual(answers.map(outcome).sort(), [success, ...Array(4).fill('401 invalid_client')], path);
      assert.equal(outcome(await post(path, body)), '401 invalid_client', path);
    }
  });

  test('all of them read 200 parameters and no more, in a form, a query or JSON', async () => {
    const many = (count: number, { client_id, client_secret = '' } = machine) => {
      const form = everything({ client_id, client_secret });
      for (let index = 0; form.size < count; index++) form.append(`p${index}`, '1');
      return form;
    };
    for (const path of endpoints) {
      assert.ok((await post(path, many(200, rightClient(path)))).status < 300, path);
      for (const count of [201, 2_000])
        assert.equal(outcome(await post(path, many(count))), '400 invalid_request', path);
      assert.equal(outcome(await post(`${path}?${many(201)}`, many(5))), '400 invalid_request', path);
      const json = await send(app, path, { body: Object.fromEntries(many(201)) });
      assert.equal(outcome(json), '400 invalid_request', path);
    }
    assert.equal((await send(app, `/login?${many(201)}`)).status, 400);
    assert.equal((await send(app, '/login', { body: many(201) })).status, 400);
    assert.equal((await send(app, `/api/v1/me?${many(201)}`)).status, 400);
  });

  describe('what a proof was spent for', () => {
    const assertion = () => ({
      client_id: undefined,
      client_assertion_type: byAssertion,
      client_assertion: assertionBy(web),
    });
    let client: OAuthClient;
    before(() => {
      client = new OAuthClient(app, { ...web, client_secret: undefined as unknown as string });
    });

    const tokens = async () => {
      const { code, verifier } = await new OAuthClient(app, web).code(app.browser(), app.user);
      const { refresh_token } = success(await client.redeem(code, verifier, assertion())).json<{
        refresh_token: string;
      }>();
      return { code, refresh_token };
    };

    test('is spent with it, and a failure leaves both as they were', async () => {
      const { refresh_token } = await tokens();
      const proof = assertion();
      assert.equal(outcome(await client.refresh('prt_x', proof)), '400 invalid_grant');
      assert.equal(
        outcome(await client.refresh(refresh_token, { ...proof, scope: 'admin' })),
        '400 invalid_scope',
      );
      assert.equal(outcome(await client.refresh(refresh_token, proof)), '200', 'unspent until now');
      assert.equal(outcome(await client.refresh(refresh_token, proof)), '401 invalid_client');
      assert.equal(
        outcome(await client.refresh(refresh_token, assertion())),
        '200',
        'within the grace period',
      );
    });

    test('is spent by the client’s own mistake with a code too', async () => {
      const { code } = await new OAuthClient(app, web).code(app.browser(), app.user);
      const proof = assertion();
      assert.equal(outcome(await client.redeem(code, 'wrong'.repeat(10), proof)), '400 invalid_grant');
      assert.equal(outcome(await client.redeem(code, 'wrong'.repeat(10), proof)), '401 invalid_client');
    });

    test('a recorded request ends no authorization: neither by an old refresh token, nor by a spent code, nor by revocation', async () => {
      const { code, refresh_token } = await tokens();
      const spent = assertion();
      const { refresh_token: second } = success(await client.refresh(refresh_token, spent)).json<{
        refresh_token: string;
      }>();
      app.clock.advance(11_000);
      const recorded: Answer[] = [
        await client.refresh(refresh_token, spent),
        await client.redeem(code, 'x'.repeat(43), spent),
        await client.revoke(second, spent),
      ];
      assert.deepEqual(recorded.map(outcome), Array(3).fill('401 invalid_client'));
      assert.equal(outcome(await client.refresh(second, assertion())), '200');
      assert.equal(outcome(await client.refresh(refresh_token, assertion())), '400 invalid_grant');
      assert.equal(outcome(await client.refresh(second, assertion())), '400 invalid_grant', 'a copy ends it');
    });

    test('an assertion for a user and one for the client are two, and each counts once', async () => {
      const user = sign({ iss: machine.client_id, sub: app.administrator.id, jti: randomUUID() });
      const both = (client_assertion: string) =>
        post(
          '/oauth2/token',
          new URLSearchParams({
            grant_type: jwtBearer,
            assertion: user,
            client_assertion_type: byAssertion,
            client_assertion,
          }),
        );
      const first = assertionBy(machine);
      assert.equal(outcome(await both(first)), '200');
      assert.equal(outcome(await both(first)), '401 invalid_client');
      const fresh = assertionBy(machine);
      assert.equal(outcome(await both(fresh)), '400 invalid_grant');
      const unspent = await post(
        '/oauth2/token',
        new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: byAssertion,
          client_assertion: fresh,
        }),
      );
      assert.equal(outcome(unspent), '200', 'what was refused has spent nothing');
    });
  });

  test('all of them make a client that fails again and again wait, and that is an event of its own', async () => {
    const strict = await startApp({
      engine,
      config: { POSTERN_TOKEN_FAILURE_LIMIT: '10', POSTERN_TRUST_PROXY: '127.0.0.1' },
    });
    const events = (type: string) => strict.admin.auditEvents(type);
    const failing = await strict.admin.createApplication({ type: 'machine' });
    const body = everything({ client_id: failing.client_id, client_secret: 'wrong' });
    for (const [index, path] of endpoints.entries()) {
      const ip = `192.0.2.${index}`;
      const fail = () => send(strict, path, { body, headers: { 'x-forwarded-for': ip } });
      for (let failures = 0; failures < 10; failures++)
        assert.equal(outcome(await fail()), '401 invalid_client', path);
      const answer = await fail();
      assert.equal(outcome(answer), '429 too_many_requests', path);
      assert.ok(Number(answer.headers['retry-after']) >= 1, path);
      const event = (await events('client.limited')).find((each) => each['ip'] === ip);
      assert.deepEqual(
        event?.['detail'],
        { limit: 'client_and_address', retry_after: 1, client_id: failing.client_id },
        path,
      );
    }
    assert.deepEqual(await events('login.locked'), []);
    await strict.close();
  });
});
