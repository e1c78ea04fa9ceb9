import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { JWK } from 'jose';
import { SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { type OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import type { TestApp } from '../support/test-app.ts';
import {
  assertionType,
  bearerGrant,
  redirectUri,
  type UnderAttack,
  underAttack,
} from '../support/under-attack.ts';

// The attacks of RFC 8725 and their like on tokens and assertions, each by what an attacker would try.

const encode = (value: unknown) =>
  (typeof value === 'string' ? Buffer.from(value) : Buffer.from(JSON.stringify(value))).toString('base64url');
const part = (jwt: string, index: number) =>
  JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let other: ApplicationView;
  let machine: ApplicationView;
  let pair: KeyPair;
  let client: OAuthClient;
  let tokens: Tokens & { refresh_token: string };
  let adminToken: string;
  let token: UnderAttack['token'];
  before(async () => {
    ({ app, browser, web, other, machine, pair, client, tokens, adminToken, token } =
      await underAttack(engine));
  });
  after(() => app.close());

  /** Everything at which an access token opens something, or says that it would. */
  const opens = async (accessToken: string) => ({
    api: (await send(app, '/api/v1/users', { headers: { authorization: `Bearer ${accessToken}` } })).status,
    active: await client.isActive(accessToken),
  });
  const nothing = { api: 401, active: false };

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
});

function createPublicKeyOf(key: JWK | string): KeyObject {
  return typeof key === 'string'
    ? createPublicKey(key)
    : createPublicKey({ key: key as Record<string, unknown>, format: 'jwk' });
}
