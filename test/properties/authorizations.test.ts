import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Instance } from '../../server/model/instance.ts';
import { readAccessToken } from '../../server/oauth/tokens/access-token.ts';
import { anyText, base64urlish, changeBy, changed, textOfPieces, wireText } from '../support/arbitraries.ts';
import { anyLife, begin, conclude } from '../support/authorization-life.ts';
import type { Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { runs } from '../support/property-runs.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What must hold for the whole server, whatever happens to it and in which order. `SEED=7 RUNS=20 npm test test/properties/authorizations.test.ts` looks further
// than the daily run does.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  /** What the lives of authorizations are about; the other tests have their own. */
  let lived: { client: OAuthClient; people: Person[] };
  let client: OAuthClient;
  let observer: OAuthClient;

  before(async () => {
    app = await startApp({ engine, clock: stoppedClock(), config: { POSTERN_RATE_LIMITS: 'off' } });
    const web = async () =>
      new OAuthClient(app, await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] }));
    lived = { client: await web(), people: [await app.admin.createUser(), await app.admin.createUser()] };
    client = await web();
    const machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
    observer = new OAuthClient(app, machine);
  });
  after(() => app.close());

  test('whatever happens to authorizations and in which order, each one lives and ends as the contract says', () =>
    fc.assert(
      fc.asyncProperty(anyLife(40), async (life) => {
        const { model, real } = await begin(app, lived.client, observer, lived.people);
        await fc.asyncModelRun(() => ({ model, real }), life);
        await conclude(model, real);
      }),
      runs(25),
    ));

  test('any form to any OAuth endpoint is answered with a reason and never with a fault of the server', async () => {
    const tokens = await client.authorize(app.browser(), app.user);
    const { client_id: id } = client.application;
    const jwtLike = fc
      .tuple(fc.jsonValue(), fc.jsonValue(), fc.base64String())
      .map(([header, claims, signature]) =>
        [JSON.stringify(header), JSON.stringify(claims), signature]
          .map((part) => Buffer.from(part).toString('base64url'))
          .join('.'),
      );
    const value = fc.oneof(
      wireText,
      jwtLike,
      fc.constantFrom(id, `${client.secret}`, redirectUri, 'api', 'S256', 'code', 'prt_', 'a'.repeat(43)),
      changeBy(...base64urlish).map((change) => changed(tokens.refresh_token, change)),
      changeBy(...base64urlish).map((change) => changed(tokens.access_token, change)),
    );
    const names =
      'client_id client_secret client_assertion client_assertion_type code code_verifier redirect_uri refresh_token scope token assertion state';
    const parameters = fc.dictionary(fc.constantFrom(...names.split(' ')), value);
    const grantType = fc.constantFrom(
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    );
    const endpoint = fc.constantFrom(
      '/oauth2/token',
      '/oauth2/revoke',
      '/oauth2/introspect',
      '/integrations/oauth2/api/v1/token',
      '/integrations/oauth2/api/v1/revoke',
      '/integrations/oauth2/api/v1/jwt/exchange',
    );
    await fc.assert(
      fc.asyncProperty(endpoint, grantType, parameters, fc.boolean(), async (path, grant, rest, asJson) => {
        const fields = { grant_type: grant, ...rest };
        const answer = await send(app, path, { body: asJson ? fields : new URLSearchParams(fields) });
        assert.ok([200, 400, 401].includes(answer.status), `${answer.status} ${answer.text}`);
        if (answer.status !== 200)
          assert.match(answer.json<{ error_description: string }>().error_description, /^[ -!#-[\]-~]+$/);
      }),
      runs(150),
    );
    assert.ok(await client.isActive(tokens.refresh_token), 'none of them was good for anything');
  });

  test('of all Basic headers only the right client ID and secret are let in, however they are encoded', async () => {
    const { client_id: id, client_secret: secret = '' } = observer.application;
    const ask = async (authorization: string) =>
      (
        await send(app, '/oauth2/token', {
          headers: { authorization },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        })
      ).status;
    const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
    // Every character may be percent-encoded.
    const encoded = fc
      .array(fc.boolean(), { minLength: 1 })
      .map((which) =>
        [id, secret]
          .map((half) =>
            [...half]
              .map((each, at) => (which[at % which.length] ? `%${Buffer.from(each).toString('hex')}` : each))
              .join(''),
          )
          .join(':'),
      );
    await fc.assert(
      fc.asyncProperty(encoded, async (pair) => assert.equal(await ask(`Basic ${base64(pair)}`), 200)),
      runs(15),
    );
    const wrong = fc.oneof(
      fc.uint8Array().map((bytes) => `Basic ${base64(bytes)}`),
      wireText.map((text) => `Basic ${base64(text)}`),
      wireText.map((text) => basic(id, text)),
      textOfPieces(id, secret, ':', '%', '%00', '%ff', '+').map((text) => `Basic ${base64(text)}`),
      textOfPieces('Basic', ' ', 'Bearer', ',', '=', base64(`${id}:`)).map((text) => text.trim()),
      changeBy(...base64urlish.filter((each) => /[!-~]/.test(each)))
        .map((change) => changed(`${id}:${secret}`, change))
        .map((text) => `Basic ${base64(text)}`),
    );
    await fc.assert(
      fc.asyncProperty(wrong, async (header) => {
        const [, pair] = /^Basic +(.*)$/i.exec(header) ?? [];
        const text = Buffer.from(pair ?? '', 'base64').toString();
        fc.pre(text !== `${id}:${secret}`);
        assert.ok([400, 401].includes(await ask(header)), header);
      }),
      runs(100),
    );
  });

  test('an access token that was changed in any place is no access token', async () => {
    const { access_token: token } = await client.authorize(app.browser(), app.user);
    const instance = (await app.services.instances.byHost(new URL(app.url).host)) as Instance;
    const read = (text: string) => readAccessToken(app.services, instance, text);
    assert.ok(await read(token));
    const [header = '', claims = '', signature = ''] = token.split('.');
    const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = fc.oneof(
      { weight: 4, arbitrary: changeBy(...base64urlish).map((change) => changed(token, change)) },
      fc.anything().map((value) => `${header}.${part({ ...json(claims), sub: value })}.${signature}`),
      fc.jsonValue().map((value) => `${header}.${part(value)}.${signature}`),
      fc
        .record({ alg: fc.oneof(fc.constantFrom('none', 'HS256', 'ES256'), fc.string()) })
        .map((value) => `${part({ ...json(header), ...value })}.${claims}.${signature}`),
      fc.constantFrom('', 'AA').map((none) => `${part({ alg: 'none' })}.${claims}.${none}`),
      anyText,
    );
    await fc.assert(
      fc.asyncProperty(forged, async (text) => {
        fc.pre(text !== token);
        assert.equal(await read(text), null);
      }),
      runs(200),
    );
  });
});
