import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { JWK } from 'jose';
import { MINUTE, SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, type Headers, send } from '../support/http.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { claimsOf, OAuthClient, outcome, pkcePair, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The attacks of RFC 6819, RFC 9700 and RFC 8725, each by what an attacker would try. Other files have those on the consent
// page (consent), sessions (browser-sessions), guessing (limits), tenants (instances), hostile bytes (hostile, properties),
// script in texts (pages) and images (registry).

const redirectUri = 'https://client.example.com/callback?tenant=1';
const evilUri = 'https://evil.example.com/callback';
const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const encode = (value: unknown) =>
  (typeof value === 'string' ? Buffer.from(value) : Buffer.from(JSON.stringify(value))).toString('base64url');
const part = (jwt: string, index: number) =>
  JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let other: ApplicationView;
  let spa: ApplicationView;
  let machine: ApplicationView;
  let pair: KeyPair;
  let client: OAuthClient;
  let tokens: Tokens & { refresh_token: string };
  let adminToken: string;

  before(async () => {
    app = await startApp({ engine });
    browser = app.browser();
    const scopes = ['api', 'admin', 'offline_access'];
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri], scopes });
    other = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    spa = await app.admin.createApplication({
      type: 'spa',
      redirect_uris: ['https://spa.example.com/cb', 'http://127.0.0.1/cb', 'com.example.app:/cb'],
    });
    machine = await app.admin.createApplication({ type: 'machine' });
    pair = rsaKeyPair();
    await app.admin.addPublicKey(machine.id, pair.publicPem);
    client = new OAuthClient(app, web);
    tokens = await client.authorize(browser, app.user);
    adminToken = (await client.authorize(app.browser(), app.administrator, { scope: 'admin offline_access' }))
      .access_token;
  });
  after(() => app.close());

  const token = (body: Record<string, string>, headers: Headers = {}) =>
    send(app, '/oauth2/token', { body: new URLSearchParams(body), headers });
  const authorize = (params: Record<string, string> | string, by = browser) =>
    by.request(`/oauth2/authorize?${typeof params === 'string' ? params : new URLSearchParams(params)}`);
  /** Everything at which an access token opens something, or says that it would. */
  const opens = async (accessToken: string) => ({
    api: (await send(app, '/api/v1/users', { headers: { authorization: `Bearer ${accessToken}` } })).status,
    active: await client.isActive(accessToken),
  });
  const nothing = { api: 401, active: false };

  describe('redirect URIs', () => {
    const registered = 'https://client.example.com/callback?tenant=1';
    const tricks = [
      evilUri,
      'https://client.example.com/callback',
      `${registered}&`,
      `${registered}&next=https://evil.example.com`,
      `${registered}#`,
      `${registered}#@evil.example.com`,
      `${registered}%23`,
      'https://client.example.com/callback/?tenant=1',
      'https://client.example.com/callback/../callback?tenant=1',
      'https://client.example.com/callback/%2e%2e/callback?tenant=1',
      'https://client.example.com/./callback?tenant=1',
      'https://client.example.com//callback?tenant=1',
      'https://client.example.com/Callback?tenant=1',
      'https://CLIENT.example.com/callback?tenant=1',
      'HTTPS://client.example.com/callback?tenant=1',
      'http://client.example.com/callback?tenant=1',
      'https://client.example.com:443/callback?tenant=1',
      'https://client.example.com:8443/callback?tenant=1',
      'https://client.example.com./callback?tenant=1',
      'https://client.example.com.evil.example.com/callback?tenant=1',
      'https://client.example.com@evil.example.com/callback?tenant=1',
      'https://client.example.com%40evil.example.com/callback?tenant=1',
      'https://evil.example.com\\@client.example.com/callback?tenant=1',
      'https://evil.example.com/https://client.example.com/callback?tenant=1',
      'https://client.example.com\\.evil.example.com/callback?tenant=1',
      'https://client.example.com%00.evil.example.com/callback?tenant=1',
      'https://client.example.com/callback?tenant=1\r\nLocation: https://evil.example.com',
      'https://client.example.com/callback?tenant=1%0d%0aLocation:%20https://evil.example.com',
      ' https://client.example.com/callback?tenant=1',
      'https://client.example.com/callback?tenant=1 ',
      '\thttps://client.example.com/callback?tenant=1',
      '//client.example.com/callback?tenant=1',
      '/callback?tenant=1',
      'https:client.example.com/callback?tenant=1',
      'https:///client.example.com/callback?tenant=1',
      'https://client.example.com/callback?tenant=2',
      'https://client.example.com/callback?tenant=1&tenant=2',
      'https://client.example.com/callback?TENANT=1',
      'https://client.example.com/callback%3Ftenant=1',
      'https://client.ex\u00e4mple.com/callback?tenant=1',
      'https://\uff43lient.example.com/callback?tenant=1',
      'javascript:alert(1)//https://client.example.com/callback?tenant=1',
      'data:text/html,https://client.example.com/callback?tenant=1',
      'null',
    ];

    test('that are nearly a registered one, raw, encoded or encoded twice, get a page and no redirect', async () => {
      for (const trick of tricks)
        for (const written of [encodeURIComponent(trick), encodeURIComponent(encodeURIComponent(trick))])
          for (const more of ['', '&prompt=none', '&scope=nonsense']) {
            const answer = await authorize(
              `client_id=${web.client_id}&response_type=code&redirect_uri=${written}${more}`,
            );
            assert.equal(answer.status, 400, trick);
            assert.equal(answer.headers.location, undefined, trick);
            assert.equal(answer.headers.refresh, undefined);
          }
    });

    test('of the loopback may have another port and nothing else', async () => {
      const go = async (uri: string) => {
        const { challenge } = pkcePair();
        const answer = await authorize({
          client_id: spa.client_id,
          response_type: 'code',
          redirect_uri: uri,
          code_challenge: challenge,
          code_challenge_method: 'S256',
          prompt: 'none',
        });
        return answer.status;
      };
      assert.equal(await go('http://127.0.0.1:4711/cb'), 303);
      for (const uri of [
        'http://127.0.0.1:0/cb',
        'http://127.0.0.1:65536/cb',
        'http://127.0.0.1:04711/cb',
        'http://127.0.0.1:4711@evil.example.com/cb',
        'http://127.0.0.1:4711/cb/',
        'http://127.0.0.1:/cb',
        'http://127.0.0.2:4711/cb',
        'http://127.1:4711/cb',
        'http://2130706433:4711/cb',
        'http://0x7f000001/cb',
        'http://localhost:4711/cb',
        'http://[::1]:4711/cb',
        'http://[::ffff:127.0.0.1]:4711/cb',
        'http://127.0.0.1.evil.example.com:4711/cb',
        'https://127.0.0.1:4711/cb',
        'com.example.app:/cb/',
        'com.example.app://cb',
        'COM.example.app:/cb',
        'https://spa.example.com:8443/cb',
      ])
        assert.equal(await go(uri), 400, uri);
    });

    test('that belong to another application are not this one’s', async () => {
      const answer = await authorize({
        client_id: spa.client_id,
        response_type: 'code',
        redirect_uri: redirectUri,
      });
      assert.equal(answer.status, 400);
    });

    test('of the token request are those of the authorization request, or the code is gone', async () => {
      for (const redirect_uri of [undefined, evilUri, `${redirectUri}&`, redirectUri.toUpperCase()]) {
        const { code, verifier } = await client.code(browser, app.user);
        assert.equal(outcome(await client.redeem(code, verifier, { redirect_uri })), '400 invalid_grant');
        assert.equal(
          outcome(await client.redeem(code, verifier)),
          '400 invalid_grant',
          'spent by the attempt',
        );
      }
    });
  });

  describe('a code', () => {
    test('that an attacker injects into another user’s flow does not go with that flow’s verifier', async () => {
      for (const application of [web, spa]) {
        const victim = new OAuthClient(app, application);
        const attackers = await victim.code(app.browser(), app.administrator, { scope: 'api' });
        const theirs = await victim.code(app.browser(), await app.admin.createUser(), { scope: 'api' });
        assert.equal(outcome(await victim.redeem(attackers.code, theirs.verifier)), '400 invalid_grant');
        assert.equal(outcome(await victim.redeem(theirs.code, theirs.verifier)), '200');
      }
    });

    test('that comes a second time ends what the first one gave, and is never good again', async () => {
      const { code, verifier } = await client.code(browser, app.user);
      const first = success(await client.redeem(code, verifier)).json<Tokens & { refresh_token: string }>();
      for (let n = 0; n < 3; n++)
        assert.equal(outcome(await client.redeem(code, verifier)), '400 invalid_grant');
      assert.equal(await client.isActive(first.access_token), false);
      assert.equal(outcome(await client.refresh(first.refresh_token)), '400 invalid_grant');
    });

    test('of somebody who was deactivated, or for scopes that were taken back, is refused and leaves no trace', async () => {
      const person = await app.admin.createUser();
      const { code, verifier } = await client.code(app.browser(), person, { scope: 'api' });
      const refused = async (words: RegExp) => {
        const answer = await client.redeem(code, verifier);
        assert.equal(outcome(answer), '400 invalid_grant');
        assert.match(answer.json<{ error_description: string }>().error_description, words);
      };
      const granted = async () =>
        (await app.admin.auditEvents('authorization.granted')).filter(({ user_id }) => user_id === person.id);
      await app.admin.updateUser(person.id, { active: false });
      await refused(/not active any more/);
      await app.admin.updateUser(person.id, { active: true });
      await app.admin.updateApplication(client.application.id, { scopes: ['admin'] });
      await refused(/may not have the scopes/);
      await app.admin.updateApplication(client.application.id, { scopes: client.application.scopes });
      assert.deepEqual(await granted(), []);
      const { access_token } = success(await client.redeem(code, verifier)).json<Tokens>();
      assert.equal(await client.isActive(access_token), true, 'the code was as good as before');
      assert.equal((await granted()).length, 1);
    });

    test('of another client is refused, whoever asks and however, and stays good for its own', async () => {
      const { code, verifier } = await client.code(browser, app.user);
      const body = {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
      };
      for (const [attack, expected] of [
        [
          token({ ...body, client_id: other.client_id, client_secret: other.client_secret ?? '' }),
          '400 invalid_grant',
        ],
        [token({ ...body, client_id: spa.client_id }), '400 invalid_grant'],
        [token({ ...body, client_id: web.client_id }), '401 invalid_client'],
        [
          token({ ...body, client_id: web.client_id, client_secret: other.client_secret ?? '' }),
          '401 invalid_client',
        ],
        [
          token(
            { ...body, client_id: web.client_id },
            { authorization: basic(other.client_id, other.client_secret ?? '') },
          ),
          '400 invalid_request',
        ],
        [token(body), '401 invalid_client'],
      ] as const)
        assert.equal(outcome(await attack), expected);
      assert.equal(outcome(await client.redeem(code, verifier)), '200');
    });
  });

  describe('PKCE', () => {
    test('that an attacker takes out of the authorization request fails the client that sends its verifier', async () => {
      const { code } = await client.code(browser, app.user, {
        code_challenge: '',
        code_challenge_method: '',
      });
      assert.equal(outcome(await client.redeem(code, pkcePair().verifier)), '400 invalid_grant');
    });

    test('cannot be left out of the token request when the authorization request had it', async () => {
      for (const code_verifier of [undefined, '', 'short', 'x'.repeat(43), '\u0000'.repeat(43)]) {
        const { code } = await client.code(browser, app.user);
        assert.match(
          outcome(
            await client.token({
              grant_type: 'authorization_code',
              code,
              code_verifier,
              redirect_uri: redirectUri,
            }),
          ),
          /^400 invalid_(grant|request)$/,
        );
      }
    });

    test('of the method plain, in any spelling, of no method, or with the challenge for a verifier is none', async () => {
      const { verifier, challenge } = pkcePair();
      for (const method of ['plain', 'PLAIN', 's256', 'none', 'S512', '']) {
        const { headers } = await authorize({
          client_id: web.client_id,
          response_type: 'code',
          redirect_uri: redirectUri,
          code_challenge: verifier,
          ...(method && { code_challenge_method: method }),
        });
        assert.equal(new URL(headers.location ?? '').searchParams.get('error'), 'invalid_request', method);
      }
      const { code } = await client.code(browser, app.user, {
        code_challenge: challenge,
        code_challenge_method: 'S256',
      });
      assert.equal(outcome(await client.redeem(code, challenge)), '400 invalid_grant');
    });

    test('is required of single-page and mobile apps, at both front doors', async () => {
      for (const door of ['/oauth2/authorize', '/integrations/oauth2/authorize']) {
        const query = new URLSearchParams({
          client_id: spa.client_id,
          response_type: 'code',
          redirect_uri: 'https://spa.example.com/cb',
        });
        const { headers } = await browser.request(`${door}?${query}`);
        assert.equal(new URL(headers.location ?? '').searchParams.get('error'), 'invalid_request');
      }
    });
  });

  describe('client mix-up:', () => {
    test('every answer to the redirect URI names the issuer, errors among them (RFC 9207)', async () => {
      const common = { client_id: web.client_id, redirect_uri: redirectUri, state: 's' };
      for (const params of [
        { ...common, response_type: 'code' },
        { ...common, response_type: 'token' },
        { ...common, response_type: 'code', scope: 'nonsense' },
        { ...common, response_type: 'code', prompt: 'none', scope: 'admin' },
      ]) {
        const { headers } = await authorize(params);
        const back = new URL(headers.location ?? '').searchParams;
        assert.deepEqual(back.getAll('iss'), [app.url]);
        assert.deepEqual(back.getAll('state'), ['s']);
        assert.deepEqual(back.getAll('tenant'), ['1']);
      }
    });

    test('a refresh token is its own client’s, and another’s attempt neither spends nor ends it', async () => {
      const mine = await client.authorize(app.browser(), await app.admin.createUser());
      const attacker = new OAuthClient(app, other);
      assert.equal(outcome(await attacker.refresh(mine.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await attacker.revoke(mine.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await attacker.revoke(mine.access_token)), '400 invalid_grant');
      assert.equal(await attacker.isActive(mine.access_token), false);
      assert.equal(await attacker.isActive(mine.refresh_token), false);
      assert.equal(
        outcome(
          await token({
            grant_type: 'refresh_token',
            refresh_token: mine.refresh_token,
            client_id: spa.client_id,
          }),
        ),
        '400 invalid_grant',
      );
      assert.equal(await client.isActive(mine.access_token), true);
      assert.equal(outcome(await client.refresh(mine.refresh_token)), '200');
    });

    test('a key signs for its own application and no other', async () => {
      const second = await app.admin.createApplication({ type: 'machine' });
      const now = Math.floor(app.clock.now() / 1000);
      const claims = { iss: second.client_id, sub: second.client_id, aud: app.url, exp: now + 60 };
      assert.equal(
        outcome(
          await token({
            grant_type: 'client_credentials',
            client_assertion: signRs256(pair.privateKey, claims),
            client_assertion_type: assertionType,
          }),
        ),
        '401 invalid_client',
      );
      assert.equal(
        outcome(
          await token({
            grant_type: bearerGrant,
            assertion: signRs256(pair.privateKey, { ...claims, sub: app.administrator.id }),
          }),
        ),
        '400 invalid_grant',
      );
      for (const sub of [app.user.id, machine.client_id, '', '*'])
        assert.equal(
          outcome(
            await token({
              grant_type: bearerGrant,
              assertion: signRs256(pair.privateKey, { ...claims, iss: machine.client_id, sub }),
            }),
          ),
          '400 invalid_grant',
          'whom the key does not act for',
        );
    });
  });

  test('no kind of token, code or secret is good in the place of another', async () => {
    const { code } = await client.code(browser, app.user);
    const now = Math.floor(app.clock.now() / 1000);
    const assertion = signRs256(pair.privateKey, {
      iss: machine.client_id,
      sub: machine.client_id,
      aud: app.url,
      exp: now + 60,
    });
    const kinds: Record<string, string> = {
      'an access token': adminToken,
      'a refresh token': tokens.refresh_token,
      'a code': code,
      'an assertion': assertion,
      'a client secret': web.client_secret ?? '',
      'a session cookie': browser.cookies.get('postern') ?? '',
      'the cookie of a known browser': browser.cookies.get('known-browser') ?? '',
      'a client ID': web.client_id,
    };
    for (const [kind, value] of Object.entries(kinds)) {
      if (kind !== 'an access token') {
        assert.deepEqual(
          (await send(app, '/api/v1/users', { headers: { authorization: `Bearer ${value}` } })).status,
          401,
          `${kind} as an access token`,
        );
        if (kind !== 'a refresh token') assert.equal(await client.isActive(value), false, kind);
      }
      if (kind !== 'a refresh token')
        assert.equal(outcome(await client.refresh(value)), '400 invalid_grant', `${kind} as a refresh token`);
      if (kind !== 'a code')
        assert.equal(
          outcome(await client.redeem(value, 'x'.repeat(43))),
          '400 invalid_grant',
          `${kind} as a code`,
        );
      if (kind !== 'a client secret')
        assert.equal(
          outcome(
            await token({ grant_type: 'client_credentials' }, { authorization: basic(web.client_id, value) }),
          ),
          '401 invalid_client',
          `${kind} as a client secret`,
        );
      if (kind !== 'an assertion') {
        assert.match(
          outcome(
            await token({
              grant_type: 'client_credentials',
              client_assertion: value,
              client_assertion_type: assertionType,
            }),
          ),
          /^401 invalid_client$/,
          `${kind} as a client assertion`,
        );
      }
      assert.equal(
        outcome(await token({ grant_type: bearerGrant, assertion: value })),
        '400 invalid_grant',
        `${kind} as the assertion of JWT bearer`,
      );
      if (kind !== 'a session cookie') {
        const cookie = `postern=${value}; __Host-postern=${value}`;
        assert.equal(
          (await send(app, '/api/v1/me', { headers: { cookie } })).status,
          401,
          `${kind} as a session`,
        );
      }
      assert.notEqual((await send(app, `/setup?token=${encodeURIComponent(value)}`)).status, 200);
    }
    assert.equal(outcome(await client.refresh(tokens.refresh_token)), '200', 'and nothing of it was spent');
    assert.deepEqual(await opens(adminToken), { api: 200, active: true });
  });

  describe('an access token', () => {
    /** The genuine token’s claims under another header, signed in another way. */
    const forged = (header: object, signer: (signed: string) => Buffer | string, change: object = {}) => {
      const signed = `${encode({ ...part(adminToken, 0), ...header })}.${encode({ ...part(adminToken, 1), ...change })}`;
      const signature = signer(signed);
      return `${signed}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`;
    };
    const genuineSignature = () => adminToken.split('.')[2] ?? '';

    test('that says alg none, in any spelling, with or without a signature, is none', async () => {
      for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, undefined, ['ES256'], 'ES256\u0000'])
        for (const signature of ['', genuineSignature(), 'AA'])
          assert.deepEqual(await opens(forged({ alg }, () => signature)), nothing, String(alg));
    });

    test('that is MACed with the public key, in any form of it, is none', async () => {
      const { keys } = success(await send(app, '/oauth2/jwks')).json<{ keys: JWK[] }>();
      for (const jwk of keys) {
        const key = createPublicKeyOf(jwk);
        const forms = [
          JSON.stringify(jwk),
          JSON.stringify({ keys }),
          key.export({ type: 'spki', format: 'pem' }).toString(),
          key.export({ type: 'spki', format: 'pem' }).toString().trim(),
          key.export({ type: 'spki', format: 'der' }),
          Buffer.from(jwk.x ?? '', 'base64url'),
          jwk.x ?? '',
          '',
        ];
        for (const alg of ['HS256', 'HS384', 'HS512'])
          for (const secret of forms)
            assert.deepEqual(
              await opens(
                forged({ alg }, (signed) =>
                  createHmac(`sha${alg.slice(2)}`, secret)
                    .update(signed)
                    .digest(),
                ),
              ),
              nothing,
              alg,
            );
      }
    });

    test('that brings its own key, or says where it is, is none', async () => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' };
      const signer = (signed: string) =>
        sign('sha256', Buffer.from(signed), { key: own.privateKey, dsaEncoding: 'ieee-p1363' });
      const url = 'https://evil.example.com/keys';
      for (const header of [
        {},
        { jwk },
        { jwk, kid: 'mine' },
        { jku: url, kid: 'mine' },
        { x5u: url },
        { x5c: ['MIIB'], x5t: 'x' },
        { jwk, crit: ['jwk'] },
        { kid: undefined, jwk },
      ])
        assert.deepEqual(await opens(forged(header, signer)), nothing, JSON.stringify(header).slice(0, 60));
    });

    test('whose kid points somewhere else is none', async () => {
      for (const kid of [
        '',
        '../../../../dev/null',
        "' OR '1'='1",
        '__proto__',
        'constructor',
        { $ne: null },
        ['x'],
        0,
        true,
        `${part(adminToken, 0)['kid']}\u0000`,
        String(part(adminToken, 0)['kid']).toUpperCase(),
      ])
        assert.deepEqual(await opens(forged({ kid }, genuineSignature)), nothing, JSON.stringify(kid));
    });

    test('with anything critical, another type, or a signature of another shape is none', async () => {
      for (const header of [
        { crit: ['exp'] },
        { crit: [] },
        { b64: false, crit: ['b64'] },
        { typ: 'JWT' },
        { typ: 'application/at+jwt' },
        { typ: undefined },
        { zip: 'DEF' },
        { cty: 'JWT' },
      ])
        assert.deepEqual(await opens(forged(header, genuineSignature)), nothing, JSON.stringify(header));
      const [header, payload] = adminToken.split('.');
      const raw = Buffer.from(genuineSignature(), 'base64url');
      const zero = Buffer.alloc(64).toString('base64url');
      for (const signature of [
        zero,
        Buffer.concat([raw, raw]).toString('base64url'),
        raw.subarray(0, 63).toString('base64url'),
        `${genuineSignature()}=`,
        `${genuineSignature()}A`,
        raw.toString('base64'),
        '',
      ])
        if (signature !== genuineSignature())
          assert.deepEqual(await opens(`${header}.${payload}.${signature}`), nothing, signature.slice(0, 30));
      for (const wrapped of [
        `${adminToken}.`,
        `.${adminToken}`,
        `${adminToken}.${payload}`,
        ` ${adminToken}x`,
        JSON.stringify({ protected: header, payload, signature: genuineSignature() }),
      ])
        assert.equal(await client.isActive(wrapped), false);
    });

    test('with claims that somebody changed is none', async () => {
      for (const change of [
        { sub: app.user.id },
        { scope: 'admin api' },
        { exp: 9_999_999_999 },
        { instance_id: '0'.repeat(32) },
        { client_id: other.client_id },
        { iss: 'https://evil.example.com' },
      ])
        assert.deepEqual(await opens(forged({}, genuineSignature, change)), nothing, JSON.stringify(change));
    });
  });

  describe('an assertion', () => {
    const now = () => Math.floor(app.clock.now() / 1000);
    const claims = (more: object = {}) => ({
      iss: machine.client_id,
      sub: app.administrator.id,
      aud: app.url,
      exp: now() + 60,
      ...more,
    });
    const present = async (assertion: string) => outcome(await token({ grant_type: bearerGrant, assertion }));
    const jws = (header: object, payload: object, signer: (signed: string) => Buffer | string) => {
      const signed = `${encode(header)}.${encode(payload)}`;
      const signature = signer(signed);
      return `${signed}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`;
    };
    const rs256 = (signed: string) => sign('sha256', Buffer.from(signed), pair.privateKey);

    test('is taken when it is right', async () => {
      assert.equal(await present(jws({ alg: 'RS256' }, claims(), rs256)), '200');
    });

    test('without a signature, or MACed with the public key, is refused', async () => {
      for (const alg of ['none', 'None', ''])
        assert.equal(await present(jws({ alg }, claims(), () => '')), '400 invalid_grant');
      for (const alg of ['HS256', 'HS384', 'HS512'])
        for (const secret of [pair.publicPem, pair.publicPem.trim(), ''])
          assert.equal(
            await present(
              jws({ alg }, claims(), (signed) =>
                createHmac(`sha${alg.slice(2)}`, secret)
                  .update(signed)
                  .digest(),
              ),
            ),
            '400 invalid_grant',
          );
    });

    test('that brings its own key, points to one, or asks for what nobody understands is refused', async () => {
      const own = rsaKeyPair();
      const signer = (signed: string) => sign('sha256', Buffer.from(signed), own.privateKey);
      for (const header of [
        { jwk: createPublicKeyOf(own.publicPem).export({ format: 'jwk' }) },
        { jku: 'https://evil.example.com/keys' },
        { x5u: 'https://evil.example.com/cert' },
        { x5c: ['MIIB'] },
        { kid: '../../../dev/null' },
        {},
      ])
        assert.equal(await present(jws({ alg: 'RS256', ...header }, claims(), signer)), '400 invalid_grant');
      for (const header of [
        { crit: ['x'], x: 1 },
        { crit: ['b64'], b64: false },
        { alg: 'ES256' },
        { alg: 'RS1' },
        { alg: 'RS512' },
      ])
        assert.equal(
          await present(jws({ alg: 'RS256', ...header }, claims(), rs256)),
          '400 invalid_grant',
          JSON.stringify(header),
        );
    });

    test('is refused the second time, for another audience, without an end, too far ahead or too late', async () => {
      const once = signRs256(pair.privateKey, claims({ jti: `jti-${engine}` }));
      assert.equal(await present(once), '200');
      assert.equal(await present(once), '400 invalid_grant');
      const again = signRs256(pair.privateKey, claims({ jti: `jti-${engine}`, exp: now() + 61 }));
      assert.equal(await present(again), '400 invalid_grant', 'the same jti in another assertion');
      for (const more of [
        { aud: undefined },
        { aud: 'https://other.example.com' },
        { aud: [] },
        { aud: `${app.url}/` },
        { aud: `${app.url}/oauth2/authorize` },
        { exp: undefined },
        { exp: now() + 7200 },
        { exp: now() - 61 },
        { exp: String(now() + 60) },
        { nbf: now() + 120 },
        { iat: now() + 120 },
        { jti: '' },
        { jti: 5 },
      ])
        assert.equal(
          await present(signRs256(pair.privateKey, claims(more))),
          '400 invalid_grant',
          JSON.stringify(more),
        );
    });

    test('in a whole request that somebody recorded and sends again ends nothing: the client did not authenticate', async () => {
      const webPair = rsaKeyPair();
      const key = await app.admin.addPublicKey(web.id, webPair.publicPem);
      let made = 0;
      const authentication = () => ({
        client_assertion_type: assertionType,
        client_assertion: signRs256(
          webPair.privateKey,
          claims({
            iss: web.client_id,
            sub: web.client_id,
            exp: now() + 600,
            jti: `recorded ${engine} ${made++}`,
          }),
        ),
      });
      const { code, verifier } = await client.code(browser, app.user);
      const redemption = {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        ...authentication(),
      };
      const first = success(await token(redemption)).json<Tokens & { refresh_token: string }>();
      assert.equal(outcome(await token(redemption)), '401 invalid_client');
      const refreshing = {
        grant_type: 'refresh_token',
        refresh_token: first.refresh_token,
        ...authentication(),
      };
      const second = success(await token(refreshing)).json<Tokens & { refresh_token: string }>();
      app.clock.advance(11 * SECOND);
      assert.equal(outcome(await token(refreshing)), '401 invalid_client');
      assert.ok(await client.isActive(second.refresh_token), 'the recording ended the authorization');

      // The client itself, with an assertion that is good, has a copy of its token somewhere.
      assert.equal(outcome(await token({ ...refreshing, ...authentication() })), '400 invalid_grant');
      assert.ok(!(await client.isActive(second.refresh_token)));
      await app.admin.must('DELETE', `/applications/${web.id}/public-keys/${key.id}`);
    });

    test('for JWT bearer does not authenticate the client, and one that does so is no grant', async () => {
      const asClient = signRs256(pair.privateKey, claims({ sub: machine.client_id }));
      assert.equal(await present(asClient), '400 invalid_grant');
      assert.equal(
        outcome(
          await token({
            grant_type: 'client_credentials',
            client_assertion: signRs256(pair.privateKey, claims()),
            client_assertion_type: assertionType,
          }),
        ),
        '401 invalid_client',
      );
    });
  });

  describe('scopes', () => {
    test('cannot be widened by a refresh, a code, a grant or a request for what the application may not have', async () => {
      const narrow = await client.authorize(app.browser(), await app.admin.createUser(), {
        scope: 'api offline_access',
      });
      for (const scope of ['admin', 'api admin', 'API', 'api  admin', 'api\tadmin', 'api,admin', '*'])
        assert.equal(
          outcome(await client.refresh(narrow.refresh_token, { scope })),
          '400 invalid_scope',
          scope,
        );
      const narrower = await client.refreshTokens(narrow.refresh_token);
      assert.equal(claimsOf(narrower.access_token)['scope'], 'api offline_access');

      const { code, verifier } = await client.code(app.browser(), await app.admin.createUser(), {
        scope: 'api',
      });
      const got = success(await client.redeem(code, verifier, { scope: 'api admin' })).json<Tokens>();
      assert.equal(got.scope, 'api', 'the scope of a token request with a code counts for nothing');

      for (const [application, scope] of [
        [machine, 'admin'],
        [machine, 'offline_access'],
        [machine, 'api admin'],
      ] as const)
        assert.equal(
          outcome(
            await token(
              { grant_type: 'client_credentials', scope },
              { authorization: basic(application.client_id, application.client_secret ?? '') },
            ),
          ),
          '400 invalid_scope',
        );
      const { headers } = await authorize({
        client_id: other.client_id,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'admin',
      });
      assert.equal(new URL(headers.location ?? '').searchParams.get('error'), 'invalid_scope');
    });

    test('that were narrowed once come back with the next refresh, but never more than was allowed', async () => {
      const got = await client.authorize(app.browser(), await app.admin.createUser());
      const narrowed = success(await client.refresh(got.refresh_token, { scope: 'api' })).json<
        Required<Tokens>
      >();
      assert.equal(claimsOf(narrowed.access_token)['scope'], 'api');
      assert.equal(
        outcome(await client.refresh(narrowed.refresh_token, { scope: 'admin' })),
        '400 invalid_scope',
      );
      const full = await client.refreshTokens(narrowed.refresh_token);
      assert.equal(claimsOf(full.access_token)['scope'], 'api offline_access');
    });
  });

  describe('parameters', () => {
    test('in the query of a token, revocation or introspection request count for nothing', async () => {
      const query = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: machine.client_id,
        client_secret: machine.client_secret ?? '',
        token: adminToken,
      });
      for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect']) {
        const answer = await send(app, `${path}?${query}`, { body: new URLSearchParams({ x: 'y' }) });
        assert.match(outcome(answer), /^(400 invalid_request|401 invalid_client)$/, path);
      }
    });

    test('that come twice are refused, at every endpoint and in every spelling of their name', async () => {
      const secret = machine.client_secret ?? '';
      const form = `grant_type=client_credentials&client_id=${machine.client_id}&client_secret=${secret}&token=x`;
      for (const again of [
        'grant_type=client_credentials',
        'client_id=x',
        '%63lient_id=x',
        'token=y',
        'unknown=1&unknown=1',
      ])
        for (const path of [
          '/oauth2/token',
          '/oauth2/revoke',
          '/oauth2/introspect',
          '/integrations/oauth2/api/v1/token',
        ])
          assert.equal(
            outcome(
              await send(app, path, {
                body: `${form}&${again}`,
                headers: { 'content-type': 'application/x-www-form-urlencoded' },
              }),
            ),
            '400 invalid_request',
            `${path} ${again}`,
          );
      const right = `client_id=${web.client_id}&response_type=code&redirect_uri=${encodeURIComponent(redirectUri)}`;
      for (const again of [
        `redirect_uri=${encodeURIComponent(evilUri)}`,
        `client_id=${other.client_id}`,
        'redirect%5Furi=x',
      ]) {
        const answer = await authorize(`${right}&${again}`);
        assert.equal(answer.status, 400);
        assert.equal(answer.headers.location, undefined);
      }
      for (const again of [
        'scope=api&scope=admin',
        'state=a&state=b',
        'response_type=code',
        'code_challenge=x&code_challenge=y',
      ]) {
        const { headers } = await authorize(`${right}&${again}`);
        const back = new URL(headers.location ?? '');
        assert.equal(back.origin, 'https://client.example.com');
        assert.equal(back.searchParams.get('error'), 'invalid_request');
        assert.equal(back.searchParams.get('code'), null);
      }
    });

    test('with array or object names are other parameters', async () => {
      for (const name of ['client_id[]', 'client_id[0]', 'client_id.x', 'client_id%00'])
        assert.equal(
          outcome(
            await send(app, '/oauth2/token', {
              body: `grant_type=client_credentials&${name}=${machine.client_id}&client_secret=${machine.client_secret}`,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
            }),
          ),
          '400 invalid_request',
        );
    });
  });

  describe('methods and content types', () => {
    test('other than those of an endpoint do nothing, whatever header or field says otherwise', async () => {
      const body = {
        grant_type: 'client_credentials',
        client_id: machine.client_id,
        client_secret: machine.client_secret ?? '',
      };
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
        assert.equal(
          (
            await send(app, `/oauth2/token?${new URLSearchParams(body)}`, {
              method,
              headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST' },
            })
          ).status,
          405,
          method,
        );
      for (const type of [
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
        'application/xml',
      ])
        assert.equal(
          outcome(
            await send(app, '/oauth2/token', {
              body: type === 'application/json' ? JSON.stringify(body) : new URLSearchParams(body).toString(),
              headers: { 'content-type': type },
            }),
          ),
          '400 invalid_request',
          type,
        );
      const deleting = await browser.request(`/account?_method=DELETE`, {
        headers: { 'x-http-method-override': 'DELETE' },
      });
      assert.equal(deleting.status, 200);
      const application = await app.admin.call('GET', `/applications/${web.id}?_method=DELETE`, undefined, {
        'x-http-method-override': 'DELETE',
      });
      assert.equal(application.status, 200);
      assert.equal((await app.admin.call('GET', `/applications/${web.id}`)).status, 200);
    });
  });

  describe('injection', () => {
    test('of lines into headers ends up as one encoded value, or a refusal', async () => {
      for (const evil of [
        'x\r\nSet-Cookie: postern=evil',
        'x\nLocation: https://evil.example.com',
        'x\u2028y',
        'x\u0000y',
      ]) {
        const { headers, status } = await authorize({
          client_id: web.client_id,
          response_type: 'token',
          redirect_uri: redirectUri,
          state: evil,
        });
        assert.equal(status, 303);
        assert.equal(headers['set-cookie'], undefined);
        assert.doesNotMatch(headers.location ?? '', /[\r\n\u2028\u0000]/);
        assert.equal(new URL(headers.location ?? '').searchParams.get('state'), evil);
        const login = await browser.request(`/login?return_to=${encodeURIComponent(`/account?${evil}`)}`);
        assert.equal(login.headers['set-cookie'], undefined);
      }
    });

    test('of lines into the log leaves one JSON object a line, and none that a stranger wrote', async () => {
      const evil = '{"level":50,"msg":"the database was deleted"}';
      for (const text of [`\r\n${evil}\r\n`, `\n${evil}`, `"}\n${evil}`]) {
        const encoded = encodeURIComponent(text);
        await send(app, `/nowhere/${encoded}?x=${encoded}`, {
          headers: { 'user-agent': encoded, referer: encoded },
        });
        await send(app, '/login', { body: new URLSearchParams({ email: text, password: text }) });
        await token({ grant_type: text, client_id: text });
        await send(app, `/api/v1/users/${encoded}`);
      }
      for (const line of app.logText().split('\n').filter(Boolean)) {
        const entry = JSON.parse(line) as { msg?: string };
        assert.doesNotMatch(entry.msg ?? '', /database was deleted/);
      }
    });

    test('of formulas, templates and queries into names comes back as it was written', async () => {
      for (const name of [
        "Robert'); DROP TABLE users;--",
        '{{7*7}} <%= 7*7 %> #{7*7}',
        '=cmd|calc',
        '$ne',
        '%s%n',
      ])
        assert.equal((await app.admin.updateApplication(other.id, { name }))['name'], name);
    });
  });

  describe('mass assignment', () => {
    test('of what is not one’s own to say is refused by name, in every body that takes fields', async () => {
      const person = await app.admin.createUser();
      const own = app.browser();
      await own.signIn(person);
      for (const field of [
        'role',
        'active',
        'id',
        'email',
        'instance_id',
        'password_hash',
        'created_at',
        '__proto__',
      ]) {
        const answer = await own.request('/api/v1/me', {
          method: 'PATCH',
          body: `{"name":"New","${field}":"administrator"}`,
          headers: { 'content-type': 'application/json' },
        });
        assert.equal(answer.status, 422, field);
      }
      const me = (await own.request('/api/v1/me')).json<{ role: string; name: string }>();
      assert.equal(me.role, 'user');
      assert.equal(me.name, person.name);

      for (const field of [
        'id',
        'client_id',
        'client_secret',
        'secrets',
        'instance_id',
        'created_by',
        'type',
        'public_keys',
      ])
        for (const [method, path] of [
          ['PATCH', `/applications/${web.id}`],
          ['POST', '/applications'],
        ] as const) {
          if (method === 'POST' && field === 'type') continue;
          const answer = await app.admin.call(method, path, {
            ...(method === 'POST' && { type: 'web', name: 'Mass', redirect_uris: [redirectUri] }),
            [field]: '0'.repeat(32),
          });
          assert.equal(answer.status, 422, `${method} ${field}`);
        }
      for (const field of ['max_applications', 'id', 'handle', 'customer_id', 'url', 'host', 'created_at'])
        assert.equal((await app.admin.call('PATCH', '/instance', { [field]: 1 })).status, 422, field);
      for (const field of ['id', 'created_at', 'password_hash', 'last_active_at', 'email_key', 'instance_id'])
        assert.equal(
          (await app.admin.call('PATCH', `/users/${person.id}`, { [field]: 'x' })).status,
          422,
          field,
        );
    });

    test('on the pages’ forms is ignored', async () => {
      const person = await app.admin.createUser();
      const own = app.browser();
      const page = await own.signIn(person);
      const saved = await own.submitForm(page, { name: 'Renamed' });
      assert.equal(saved.status, 200);
      const body = new URLSearchParams({
        name: 'Again',
        locale: 'sv',
        role: 'administrator',
        active: '0',
        email: 'x@y.z',
      });
      await own.request('/account/profile', { body });
      const me = (await own.request('/api/v1/me')).json<{ role: string; email: string; name: string }>();
      assert.deepEqual([me.role, me.email, me.name], ['user', person.email, 'Again']);
    });
  });

  describe('the host', () => {
    test('that headers of strangers name is not believed, in links, redirects, issuers or cookies', async () => {
      const forwarded = {
        'x-forwarded-host': 'evil.example.com',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '8443',
        forwarded: 'host=evil.example.com;proto=https',
        'x-original-host': 'evil.example.com',
        'x-host': 'evil.example.com',
        'x-original-url': '/api/v1/users',
        'x-rewrite-url': '/api/v1/users',
      };
      const metadata = await send(app, '/.well-known/oauth-authorization-server', { headers: forwarded });
      assert.equal(metadata.json()['issuer'], app.url);
      assert.doesNotMatch(metadata.text, /evil/);
      const login = await send(app, '/login', {
        headers: forwarded,
        body: new URLSearchParams({ email: app.user.email, password: app.user.password }),
      });
      assert.equal(login.headers.location, '/');
      assert.match(login.headers['set-cookie']?.[0] ?? '', /^postern=/);
      assert.doesNotMatch(JSON.stringify(login.headers), /evil/);
      for (const host of [
        'evil.example.com',
        `${new URL(app.url).host}.evil.example.com`,
        `evil@${new URL(app.url).host}`,
        '',
        'localhost',
      ])
        assert.equal((await send(app, '/login', { headers: { host } })).status, 421, host);
    });

    test('of a request target in absolute form must be the one of the header (RFC 9112 3.2.2)', async () => {
      const { host } = new URL(app.url);
      const ask = (target: string, named = host) =>
        raw(`GET ${target} HTTP/1.1\r\nHost: ${named}\r\nConnection: close\r\n\r\n`);
      for (const path of [
        '/.well-known/oauth-authorization-server',
        '/login',
        '/api/v1/openapi.json',
        '/no',
      ]) {
        const answer = await ask(`http://evil.example.com${path}`);
        assert.match(answer, /^HTTP\/1\.1 421 /, path);
        assert.doesNotMatch(answer, /evil/);
        assert.match(await ask(`${app.url}${path}`, 'evil.example.com'), /^HTTP\/1\.1 421 /, path);
      }
      for (const target of [`http://${host}@evil.example.com/login`, `http://${host}\\@evil/login`, 'login'])
        assert.match(await ask(target), /^HTTP\/1\.1 4/, target);
      const metadata = '/.well-known/oauth-authorization-server';
      for (const target of [`${app.url}${metadata}`, `HTTP://${host.toUpperCase()}${metadata}?x`])
        assert.ok((await ask(target)).includes(`"issuer":"${app.url}"`), target);
      assert.match(await ask(`${app.url}/api/v1/nothing`), /^HTTP\/1\.1 404 .*application\/problem\+json/s);
      assert.match(await ask(`${app.url}?x=y`), /^HTTP\/1\.1 303 .*location: \/account/s);
    });

    test('must not be named twice, on no path (RFC 9112 3.2)', async () => {
      const { host } = new URL(app.url);
      for (const [first, second] of [
        [host, 'evil.example.com'],
        ['evil.example.com', host],
        [host, host],
      ])
        for (const path of ['/login', '/no', '/api/v1/users', '/oauth2/jwks', '/healthz', '/%', '/logos/%2'])
          assert.match(
            await raw(
              `GET ${path} HTTP/1.1\r\nHost: ${first}\r\nHost: ${second}\r\nConnection: close\r\n\r\n`,
            ),
            /^HTTP\/1\.1 400 /,
            `${path}, ${first}, ${second}`,
          );
    });

    test('is not all that counts once: neither the first nor the last of two is what a client meant', async () => {
      const { host } = new URL(app.url);
      const machine = await app.admin.createApplication({ type: 'machine' });
      const body = 'grant_type=client_credentials';
      const post = (...lines: string[]) =>
        raw(
          [
            'POST /oauth2/token HTTP/1.1',
            `Host: ${host}`,
            'Connection: close',
            `Content-Length: ${body.length}`,
            ...lines,
            '',
            body,
          ].join('\r\n'),
        );
      const good = `Authorization: ${basic(machine.client_id, machine.client_secret ?? '')}`;
      const bad = `Authorization: ${basic(machine.client_id, 'wrong')}`;
      const form = 'Content-Type: application/x-www-form-urlencoded';
      assert.match(await post(form, good), /^HTTP\/1\.1 200 /);
      for (const two of [
        [good, bad],
        [bad, good],
        [good, good],
      ])
        assert.match(await post(form, ...two), /^HTTP\/1\.1 401 .*invalid_client/s);
      for (const two of [
        [form, 'Content-Type: application/json'],
        ['Content-Type: application/json', form],
      ])
        assert.match(await post(good, ...two), /^HTTP\/1\.1 400 .*invalid_request/s);
    });

    test('requests that two servers in a row would read differently are refused', async () => {
      const { host } = new URL(app.url);
      const head = `POST /oauth2/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
      const hidden = `GET /api/v1/users HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      for (const smuggled of [
        `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
        `${head}Content-Length: 4\r\nContent-Length: 0\r\n\r\n${hidden}`,
        `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
        `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
        `${head}Content-Length: +4\r\n\r\nx=y\n${hidden}`,
      ]) {
        const answer = await raw(smuggled);
        assert.match(answer, /^HTTP\/1\.1 400 /, answer.slice(0, 80));
        assert.equal(answer.match(/^HTTP\/1\.1 /gm)?.length, 1, 'one answer, and the connection is closed');
      }
    });
  });

  test('a wrong password, an unknown user and a deactivated one cost the server the same work', async () => {
    const sleeping = await app.admin.createUser();
    await app.admin.must('PATCH', `/users/${sleeping.id}`, { active: false });
    const known = await app.admin.createUser();
    const emails = { wrong: known.email, unknown: 'nobody.at.all@example.com', deactivated: sleeping.email };
    const times: Record<string, number[]> = { wrong: [], unknown: [], deactivated: [] };
    // In turns, so that whatever else the machine does meets all of them; no more than the limits allow.
    for (let round = 0; round < 9; round++)
      for (const [kind, email] of Object.entries(emails)) {
        const start = performance.now();
        const answer = await send(app, '/login', {
          body: new URLSearchParams({ email, password: 'wrong wrong wrong' }),
        });
        times[kind]?.push(performance.now() - start);
        assert.equal(answer.status, 401);
      }
    const fastest = Object.values(times).map((each) => Math.min(...each));
    // Without the work for nobody the ratio would be ten or more.
    assert.ok(
      Math.max(...fastest) / Math.min(...fastest) < 3,
      fastest.map((each) => each.toFixed(1)).join(', '),
    );
    app.clock.advance(20 * MINUTE);
  });

  /** Sends bytes as they are. @returns everything that comes back until the connection ends */
  function raw(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(app.port, '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.setTimeout(3_000, () => socket.destroy());
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
  }
});

function createPublicKeyOf(key: JWK | string): KeyObject {
  return typeof key === 'string'
    ? createPublicKey(key)
    : createPublicKey({ key: key as Record<string, unknown>, format: 'jwk' });
}
