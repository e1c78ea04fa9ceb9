import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, basic, send } from '../support/http.ts';
import { keyHost, type PublishedPair, publishedPair, signedBy } from '../support/key-host.ts';
import { claimsOf, outcome, success } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Clients that publish their keys, and what strangers make of it.

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

forEachEngine((engine) => {
  let app: TestApp;
  let pair: PublishedPair;

  before(async () => {
    app = await startApp({ engine });
    pair = await publishedPair();
  });
  after(() => app.close());

  const made: string[] = [];
  afterEach(async () => {
    for (const id of made.splice(0)) await app.admin.deleteApplication(id);
  });

  /** A machine application that publishes its keys there. */
  async function machine(
    jwks_uri: string | null,
    type: 'machine' | 'web' = 'machine',
  ): Promise<ApplicationView> {
    const application = await app.admin.createApplication({ type, jwks_uri });
    made.push(application.id);
    return application;
  }

  function claimsBy({ client_id }: ApplicationView, claims: object = {}) {
    const exp = Math.floor(app.clock.now() / SECOND) + 60;
    return { iss: client_id, sub: client_id, aud: app.url, jti: randomUUID(), exp, ...claims };
  }

  const ask = (assertion: string, form: Record<string, string> = {}): Promise<Answer> =>
    send(app, '/oauth2/token', {
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: assertionType,
        client_assertion: assertion,
        ...form,
      }),
    });

  const signIn = async (client: ApplicationView, by = pair, header = {}, claims = {}) =>
    ask(await signedBy(by, claimsBy(client, claims), header));

  const sentence = (answer: Answer) => {
    assert.equal(outcome(answer), '401 invalid_client');
    return answer.json<{ error_description: string }>().error_description;
  };

  /** Whether the token is good, as its own client is told. */
  async function isActive(client: ApplicationView, token: string): Promise<boolean> {
    const answer = await send(app, '/oauth2/introspect', {
      body: new URLSearchParams({ token }),
      headers: { authorization: basic(client.client_id, client.client_secret ?? '') },
    });
    return success(answer).json<{ active: boolean }>().active;
  }

  describe('a client that publishes its keys', () => {
    for (const alg of ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'])
      test(`proves itself by one of them, signing ${alg}, with or without naming it`, async () => {
        const published = await publishedPair(alg);
        const host = await keyHost(pair.jwk, published.jwk);
        const client = await machine(host.url);
        success(await signIn(client, published));
        success(await signIn(client, published, { kid: undefined }));
        assert.equal(host.asked(), 1);
      });

    test('does so at every endpoint where clients prove themselves', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url, 'web');
      for (const path of ['/oauth2/introspect', '/oauth2/revoke']) {
        const client_assertion = await signedBy(pair, claimsBy(client));
        const form = { token: 'nothing', client_assertion_type: assertionType, client_assertion };
        success(await send(app, path, { body: new URLSearchParams(form) }));
      }
    });

    test('is asked for none of them when an uploaded key signed', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url);
      const uploaded = await publishedPair();
      await app.admin.addPublicKey(client.id, uploaded.jwk);
      const token = success(await signIn(client, uploaded)).json<{ access_token: string }>().access_token;
      assert.equal(host.asked(), 0);
      success(await signIn(client));
      assert.equal(host.asked(), 1);
      // The token is that of the uploaded key, whatever becomes of the address.
      await app.admin.updateApplication(client.id, { jwks_uri: null });
      assert.equal(await isActive(client, token), true);
    });

    test('may use each assertion once', async () => {
      const client = await machine((await keyHost(pair.jwk)).url);
      const assertion = await signedBy(pair, claimsBy(client));
      success(await ask(assertion));
      assert.match(sentence(await ask(assertion)), /jti was used before/);
    });

    test('rotates them: a new one counts at once, an old one until the set is no longer fresh', async () => {
      const [old, fresh] = [await publishedPair(), await publishedPair()];
      const host = await keyHost(old.jwk);
      const client = await machine(host.url);
      success(await signIn(client, old));
      host.published.body = { keys: [old.jwk, fresh.jwk] };
      assert.match(sentence(await signIn(client, fresh)), /seen within 30 seconds/);
      app.clock.advance(30 * SECOND);
      success(await signIn(client, fresh));
      assert.equal(host.asked(), 2);

      host.published.body = { keys: [fresh.jwk] };
      app.clock.advance(9 * MINUTE);
      success(await signIn(client, old));
      app.clock.advance(2 * MINUTE);
      sentence(await signIn(client, old));
      assert.equal(host.asked(), 3);
    });

    test('is not held up by a hundred requests at once: they share one answer', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url);
      let answer = () => {};
      host.published.until = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const requests = Array.from({ length: 100 }, () => signIn(client));
      while (host.asked() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      answer();
      for (const each of await Promise.all(requests)) success(each);
      assert.equal(host.asked(), 1);
    });

    for (const [said, kept] of [
      ['max-age=60', 5 * MINUTE],
      ['no-store', 5 * MINUTE],
      [undefined, 10 * MINUTE],
      ['public, max-age=3600, immutable', HOUR],
      ['max-age=99999999', 24 * HOUR],
    ] as const)
      test(`is asked again after ${kept / MINUTE} minutes when it says ${said ?? 'nothing'}`, async () => {
        const host = await keyHost(pair.jwk);
        if (said !== undefined) host.published.headers = { 'cache-control': said };
        const client = await machine(host.url);
        success(await signIn(client));
        app.clock.advance(kept - 10 * SECOND);
        success(await signIn(client));
        assert.equal(host.asked(), 1);
        app.clock.advance(11 * SECOND);
        success(await signIn(client));
        assert.equal(host.asked(), 2);
      });
  });

  describe('a key set that cannot be had', () => {
    test('is said to be that, and asked for again after 30 seconds; nothing is spent meanwhile', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url);
      host.published.status = 503;
      const assertion = await signedBy(pair, claimsBy(client));
      const expected =
        /^the key set at the jwks_uri of the application cannot be had: the host answered with the status 503$/;
      for (let i = 0; i < 3; i++) assert.match(sentence(await ask(assertion)), expected);
      host.published.status = 200;
      app.clock.advance(29 * SECOND);
      assert.match(sentence(await ask(assertion)), expected);
      assert.equal(host.asked(), 1);
      app.clock.advance(SECOND);
      success(await ask(assertion));
      assert.equal(host.asked(), 2);
    });

    test('does not keep out a key that is known', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url);
      success(await signIn(client));
      await host.close();
      app.clock.advance(MINUTE);
      assert.match(
        sentence(await signIn(client, await publishedPair())),
        /cannot be had: the host cannot be reached/,
      );
      success(await signIn(client));
    });

    for (const [name, change, why] of [
      ['is moved', { status: 302, headers: { location: 'http://127.0.0.1/' } }, /redirect/],
      ['is no JSON', { body: 'Not <found>' }, /not JSON/],
      ['is a list', { body: '[]' }, /not a JSON Web Key Set/],
      ['has no list of keys', { body: '{"keys":{"0":{}}}' }, /not a JSON Web Key Set/],
      ['is too large', { body: `{"keys":[],"x":"${'x'.repeat(64 * 1024)}"}` }, /64 KiB/],
    ] as const)
      test(`because what is there ${name}`, async () => {
        const host = await keyHost();
        Object.assign(host.published, change);
        const said = sentence(await signIn(await machine(host.url)));
        assert.match(said, why);
        assert.doesNotMatch(said, /found|127|xxx/);
      });

    test('because it leads into the network of the server', async () => {
      const client = await machine('https://10.0.0.1/keys');
      const said = sentence(await signIn(client));
      assert.match(said, /not at an address of the public Internet$/);
      assert.doesNotMatch(said, /10\.0/);
    });

    test('because a private key stands in it, whoever’s the request is', async () => {
      const { d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
      const host = await keyHost(pair.jwk, { ...pair.jwk, kid: 'exposed', d });
      assert.match(sentence(await signIn(await machine(host.url))), /private one, which is exposed now/);
    });
  });

  describe('of a set counts', () => {
    test('no key for another purpose, for another algorithm, too small or shared', async () => {
      const rsa = await publishedPair('RS256');
      const secret = { kty: 'oct', k: 'c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0', kid: rsa.kid };
      for (const jwk of [
        { ...rsa.jwk, use: 'enc' },
        { ...rsa.jwk, key_ops: ['encrypt'] },
        { ...rsa.jwk, alg: 'PS256' },
        { ...rsa.jwk, alg: 'RSA-OAEP' },
        { ...rsa.jwk, n: rsa.jwk.n?.slice(0, 170) },
        { ...rsa.jwk, e: 'AQ' },
        { kty: 'EC', crv: 'P-256', x: rsa.jwk.n, y: rsa.jwk.n, kid: rsa.kid },
        { kty: 'none', kid: rsa.kid },
        secret,
        'a key' as unknown as object,
      ]) {
        const host = await keyHost(jwk, pair.jwk);
        const client = await machine(host.url);
        assert.match(sentence(await signIn(client, rsa)), /neither an uploaded one nor/, JSON.stringify(jwk));
        success(await signIn(client));
        await app.admin.deleteApplication(made.pop() ?? '');
      }
      for (const jwk of [
        { ...rsa.jwk, use: 'sig', alg: 'RS256', key_ops: ['verify'] },
        { ...rsa.jwk, x5t: 'whatever', ext: true },
      ])
        success(await signIn(await machine((await keyHost(secret, jwk)).url), rsa));
    });

    test('no key beyond the twentieth', async () => {
      const others = await Promise.all(Array.from({ length: 20 }, () => publishedPair()));
      const host = await keyHost(...others.map(({ jwk }) => jwk), pair.jwk);
      const client = await machine(host.url);
      success(await signIn(client, others[19]));
      assert.match(sentence(await signIn(client)), /first 20/);
    });

    test('no key by another kid, nor one of another client', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url);
      sentence(await signIn(client, pair, { kid: 'another' }));
      const other = await machine((await keyHost((await publishedPair()).jwk)).url);
      sentence(await signIn(other));
      sentence(await signIn(client, pair, {}, { iss: other.client_id }));
    });
  });

  describe('a stranger who claims to be such a client', () => {
    test('makes the server ask for its keys once in 30 seconds at most', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url);
      const stranger = await publishedPair();
      for (let second = 0; second < 61; second++) {
        const kid = second % 2 ? undefined : `made up ${second}`;
        sentence(await signIn(client, stranger, { kid }));
        app.clock.advance(SECOND);
      }
      assert.equal(host.asked(), 3);
    });

    test('makes it ask nothing by an assertion that is refused anyway', async () => {
      const host = await keyHost(pair.jwk);
      const client = await machine(host.url);
      const past = Math.floor(app.clock.now() / SECOND) - 120;
      for (const claims of [
        { exp: past },
        { exp: past + 10 * 3600 },
        { exp: undefined },
        { exp: 'tomorrow' },
        { nbf: past + 3600 },
        { aud: 'https://elsewhere.example.com' },
        { aud: undefined },
        { iss: 'somebody' },
        { jti: 'x'.repeat(257) },
      ])
        sentence(await signIn(client, pair, {}, claims));
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const alg of ['none', 'HS256', 'ES512'])
        sentence(await ask(`${part({ alg, kid: pair.kid })}.${part(claimsBy(client))}.AAAA`));
      await app.admin.updateApplication(client.id, { enabled: false });
      sentence(await signIn(client));
      assert.equal(host.asked(), 0);
    });

    test('gets nothing when the application is changed while its keys are fetched', async () => {
      for (const change of [
        { jwks_uri: null },
        { jwks_uri: 'https://app.example.com/keys' },
        { enabled: false },
      ]) {
        const host = await keyHost(pair.jwk);
        const client = await machine(host.url);
        let answer = () => {};
        host.published.until = new Promise<void>((resolve) => {
          answer = resolve;
        });
        const request = signIn(client);
        while (host.asked() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        await app.admin.updateApplication(client.id, change);
        answer();
        assert.match(sentence(await request), /unknown or disabled/);
      }
    });
  });

  test('a published key acts for no user', async () => {
    const host = await keyHost(pair.jwk);
    const client = await machine(host.url);
    const assertion = await signedBy(pair, claimsBy(client, { sub: app.user.id }));
    const body = new URLSearchParams({ grant_type: jwtBearer, assertion });
    const answer = await send(app, '/oauth2/token', { body });
    assert.equal(outcome(answer), '400 invalid_grant');
    assert.match(answer.text, /keys at its jwks_uri act for nobody but the application/);
    assert.equal(host.asked(), 0);
  });

  test('a token that a published key got ends with the address of the keys, and with nothing less', async () => {
    const host = await keyHost(pair.jwk);
    const client = await machine(host.url);
    const token = async () => success(await signIn(client)).json<{ access_token: string }>().access_token;
    const first = await token();
    assert.match(String(claimsOf(first)['credential_id']), /^[0-9a-f]{32}$/);
    await app.admin.updateApplication(client.id, { name: 'Another name' });
    host.published.body = { keys: [] };
    assert.equal(await isActive(client, first), true);
    await app.admin.updateApplication(client.id, { jwks_uri: `${host.url}?new` });
    assert.equal(await isActive(client, first), false);

    host.published.body = { keys: [pair.jwk] };
    const second = await token();
    assert.equal(await isActive(client, second), true);
    await app.admin.updateApplication(client.id, { jwks_uri: null });
    assert.equal(await isActive(client, second), false);
    assert.match(sentence(await signIn(client)), /public key/);
    // The secret was there all the time, and got none of them.
    const { client_id, client_secret = '' } = client;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
    const third = success(await send(app, '/oauth2/token', { body })).json<{ access_token: string }>();
    assert.equal(await isActive(client, third.access_token), true);
  });
});
