import assert from 'node:assert/strict';
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type JwtType, signJwt, verifyOwnJwt } from '../../server/keys/jwt.ts';
import type { SigningKey } from '../../server/keys/signing-key.ts';
import { VerifiedTokens } from '../../server/keys/verified-tokens.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { claimsOf, type OAuthClient } from '../support/oauth-client.ts';
import type { TestApp } from '../support/test-app.ts';
import { underAttack } from '../support/under-attack.ts';

// RS256 beside ES256, and tokens of several types by the same keys: what is of one key, algorithm or type must not pass as of another.

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Everything that somebody could sign with. `by` is a private key or, for HMAC, a secret. */
const signers: Record<string, (text: string, by: KeyObject | Buffer | string) => Buffer | string> = {
  ES256: (text, by) => sign('sha256', Buffer.from(text), { key: by as KeyObject, dsaEncoding: 'ieee-p1363' }),
  'ES256 in DER': (text, by) => sign('sha256', Buffer.from(text), by as KeyObject),
  RS256: (text, by) => sign('sha256', Buffer.from(text), by as KeyObject),
  RS512: (text, by) => sign('sha512', Buffer.from(text), by as KeyObject),
  PS256: (text, by) =>
    sign('sha256', Buffer.from(text), {
      key: by as KeyObject,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  HS256: (text, by) => createHmac('sha256', by).update(text).digest(),
  nothing: () => '',
};

forEachEngine((engine) => {
  let app: TestApp;
  let client: OAuthClient;
  let adminToken: string;
  let es256: SigningKey;
  let rs256: SigningKey;
  let keys: readonly SigningKey[];
  before(async () => {
    ({ app, client, adminToken } = await underAttack(engine));
    const { signingKeys } = app.services;
    es256 = await signingKeys.active(app.instance.id, 'ES256');
    rs256 = await signingKeys.active(app.instance.id, 'RS256');
    keys = [
      ...(await signingKeys.published(app.instance.id, 'ES256')),
      ...(await signingKeys.published(app.instance.id, 'RS256')),
    ];
  });
  after(() => app.close());

  /** The claims of an administrator's good access token under a header, signed in some way. */
  function forged(header: object | string, how: string, by: KeyObject | Buffer | string = ''): string {
    const first = typeof header === 'string' ? header : encode(header);
    const signed = `${first}.${encode(claimsOf(adminToken))}`;
    const signature = signers[how]?.(signed, by) ?? assert.fail(how);
    return `${signed}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`;
  }

  const types: JwtType[] = ['at+jwt', 'JWT', 'logout+jwt'];

  /** As which types of token the server takes it for its own; as an access token also by what it opens. */
  async function takenAs(token: string): Promise<JwtType[]> {
    const headers = { authorization: `Bearer ${token}` };
    const { status } = await send(app, '/api/v1/users', { headers });
    const isActive = await client.isActive(token);
    assert.equal(status, isActive ? 200 : 401);
    const usual = keys.filter(({ algorithm }) => algorithm === 'ES256');
    assert.equal(new VerifiedTokens().read(token, ['at+jwt'], usual) !== null, isActive);
    return types.filter((typ) => (typ === 'at+jwt' ? isActive : verifyOwnJwt(token, typ, keys) !== null));
  }

  test('each type of token is taken for what it is, by whichever key signed it, and RS256 signs no access token where no API takes it', async () => {
    assert.deepEqual(await takenAs(adminToken), ['at+jwt']);
    const claims = claimsOf(adminToken);
    for (const typ of types) assert.deepEqual(await takenAs(signJwt(es256, typ, claims)), [typ]);
    assert.deepEqual(await takenAs(signJwt(rs256, 'at+jwt', claims)), []);
    assert.deepEqual(await takenAs(signJwt(rs256, 'JWT', claims)), ['JWT']);
    assert.deepEqual(await takenAs(signJwt(rs256, 'logout+jwt', claims)), ['logout+jwt']);
  });

  for (const typ of types)
    describe(`a forged token of the type ${typ}`, () => {
      const refuses = async (token: string, how: string) => assert.deepEqual(await takenAs(token), [], how);

      test('that is MACed with a public key of ours, in any form of it, is none', async () => {
        for (const key of [es256, rs256]) {
          const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
          const forms = [
            pem,
            pem.trim(),
            key.publicKey.export({ type: 'spki', format: 'der' }),
            ...(key === rs256 ? [key.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()] : []),
            JSON.stringify(key.jwk),
            Buffer.from(key.jwk.n ?? key.jwk.x ?? '', 'base64url'),
            key.jwk.n ?? key.jwk.x ?? '',
          ];
          for (const secret of forms)
            for (const alg of ['HS256', 'ES256', 'RS256'])
              await refuses(
                forged({ alg, typ, kid: key.kid }, 'HS256', secret),
                `${key.algorithm} as ${alg}`,
              );
        }
      });

      test('that says that nobody signed it, or another than did, is none', async () => {
        for (const kid of [es256.kid, rs256.kid])
          for (const alg of ['none', 'None', 'NONE', '', null, undefined])
            for (const how of ['nothing', 'ES256', 'RS256'])
              await refuses(
                forged({ alg, typ, kid }, how, (how === 'RS256' ? rs256 : es256).privateKey),
                `${alg} signed by ${how}`,
              );
      });

      test('that a key of ours signed under the name of a key or an algorithm of the other chain is none', async () => {
        const ways: [alg: string, kid: string, how: string, by: SigningKey][] = [
          ['RS256', es256.kid, 'ES256', es256],
          ['RS256', rs256.kid, 'ES256', es256],
          ['ES256', rs256.kid, 'ES256', es256],
          ['ES256', rs256.kid, 'RS256', rs256],
          ['ES256', es256.kid, 'RS256', rs256],
          ['RS256', es256.kid, 'RS256', rs256],
          // The right key and an algorithm that it could, but does not.
          ['PS256', rs256.kid, 'PS256', rs256],
          ['RS256', rs256.kid, 'PS256', rs256],
          ['RS512', rs256.kid, 'RS512', rs256],
          ['ES256', es256.kid, 'ES256 in DER', es256],
        ];
        for (const [alg, kid, how, by] of ways)
          await refuses(forged({ alg, typ, kid }, how, by.privateKey), `${alg} of ${kid} signed by ${how}`);
      });

      test('that brings its own key, or says where it is, is none, even with the kid of one of ours', async () => {
        const own = {
          ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
          RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
        };
        const url = 'https://evil.example.com/keys';
        for (const alg of ['ES256', 'RS256'] as const) {
          const kid = (alg === 'ES256' ? es256 : rs256).kid;
          const jwk = { ...own[alg].publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
          for (const more of [
            {},
            { jwk },
            { jku: url },
            { x5u: url },
            { x5c: ['MIIB'] },
            { jwk, crit: ['jwk'] },
          ])
            await refuses(
              forged({ alg, typ, kid, ...more }, alg, own[alg].privateKey),
              `${alg} ${Object.keys(more)}`,
            );
        }
      });

      test('whose header says more than ours do, or says it otherwise, is none, even if our key had signed it', async () => {
        for (const key of [es256, rs256]) {
          const ours = { alg: key.algorithm, typ, kid: key.kid };
          const others: (object | string)[] = [
            { ...ours, crit: ['exp'] },
            { ...ours, crit: [] },
            { ...ours, b64: false, crit: ['b64'] },
            { ...ours, jwk: key.jwk },
            { ...ours, x5u: 'https://evil.example.com/' },
            { ...ours, zip: 'DEF' },
            { ...ours, cty: 'JWT' },
            { ...ours, typ: typ.toUpperCase() === typ ? typ.toLowerCase() : typ.toUpperCase() },
            { ...ours, typ: `application/${typ}` },
            { alg: key.algorithm, kid: key.kid },
            { kid: key.kid, typ, alg: key.algorithm },
            Buffer.from(JSON.stringify(ours, null, 1)).toString('base64url'),
            Buffer.from(`${JSON.stringify(ours).slice(0, -1)},"alg":"none"}`).toString('base64url'),
            `${encode(ours)}=`,
            '',
          ];
          for (const header of others)
            await refuses(
              forged(header, key.algorithm, key.privateKey),
              typeof header === 'string' ? header : JSON.stringify(header),
            );
        }
      });

      test('that is good but for one part more, one less, or another spelling of its signature is none', async () => {
        for (const key of [es256, rs256]) {
          const token = signJwt(key, typ, claimsOf(adminToken));
          const [header = '', payload = '', signature = ''] = token.split('.');
          for (const wrong of [
            `${header}.${payload}`,
            `${header}.${payload}.`,
            `${header}..${signature}`,
            `.${payload}.${signature}`,
            `${token}.`,
            `${token}.${signature}`,
            `${header}.${payload}.${payload}.${signature}`,
            `${token}=`,
            ` ${token}`,
            `${header}.${payload}.${signature.slice(0, -2)}`,
            `${header}.${payload}.${signature}AAAA`,
            `${header}.${encode({ ...claimsOf(adminToken), sub: app.user.id })}.${signature}`,
          ])
            assert.equal(verifyOwnJwt(wrong, typ, keys), null, `${key.algorithm} ${wrong.length}`);
        }
      });
    });
});
