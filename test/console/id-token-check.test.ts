import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  checkIdToken,
  type Expected,
  type PublishedKey,
} from '../../console/src/applications/try/tokens/check-id-token.ts';

const now = Date.UTC(2026, 10, 29);
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const published = (key: KeyObject, kid: string, alg: string): PublishedKey => ({
  ...(key.export({ format: 'jwk' }) as PublishedKey),
  kid,
  alg,
});
const keys = [published(ec.publicKey, 'ec', 'ES256'), published(rsa.publicKey, 'rsa', 'RS256')];

const expected: Expected = {
  issuer: 'https://postern.example',
  clientId: 'the client',
  nonce: 'the nonce',
  accessToken: 'an access token',
};
const claims = {
  iss: expected.issuer,
  sub: 'ada',
  aud: expected.clientId,
  exp: now / 1000 + 60,
  nonce: expected.nonce,
  at_hash: hash('sha256', expected.accessToken, 'buffer').subarray(0, 16).toString('base64url'),
};

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signers = {
  ES256: (input: Buffer) => sign('sha256', input, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  RS256: (input: Buffer) => sign('sha256', input, rsa.privateKey),
  // With what everybody knows of the key, as if it were a shared secret.
  HS256: (input: Buffer) =>
    createHmac('sha256', ec.publicKey.export({ type: 'spki', format: 'pem' }))
      .update(input)
      .digest(),
  none: () => Buffer.alloc(0),
};

function made(
  changed: object = {},
  alg: keyof typeof signers = 'ES256',
  kid = alg === 'RS256' ? 'rsa' : 'ec',
) {
  const input = `${part({ alg, kid, typ: 'JWT' })}.${part({ ...claims, ...changed })}`;
  return `${input}.${signers[alg](Buffer.from(input)).toString('base64url')}`;
}

/** What does not hold of an ID token. */
async function wrongWith(idToken: string, of: Partial<Expected> = {}): Promise<string[]> {
  const checks = await checkIdToken(idToken, { ...expected, ...of }, keys, now);
  return checks.filter(({ holds }) => !holds).map(({ id }) => id);
}

describe('the trial looks at an ID token as a client must', () => {
  for (const alg of ['ES256', 'RS256'] as const)
    test(`a good one passes (${alg})`, async () => {
      assert.deepEqual(await wrongWith(made({}, alg)), []);
    });

  for (const [what, idToken] of [
    ['with no signature', made({}, 'none')],
    ['signed with the public key as a shared secret', made({}, 'HS256')],
    ['that names the key of another algorithm', made({}, 'ES256', 'rsa')],
    ['that names a key that is not published', made({}, 'ES256', 'gone')],
    ['whose claims were changed after signing', made().replace(/\.[^.]+\./, `.${part(claims)}x.`)],
  ] as const)
    test(`one ${what} is not believed`, async () => {
      assert.ok((await wrongWith(idToken)).includes('signature'));
    });

  for (const [what, check, idToken] of [
    ['another issuer’s', 'iss', made({ iss: 'https://other.example' })],
    ['another client’s', 'aud', made({ aud: 'another client' })],
    ['an expired one', 'exp', made({ exp: now / 1000 })],
    ['the answer to another request', 'nonce', made({ nonce: 'another nonce' })],
    ['one without the nonce that was sent', 'nonce', made({ nonce: undefined })],
    ['one beside another access token', 'at_hash', made({ at_hash: claims.at_hash.replace(/^./, '-') })],
  ] as const)
    test(`${what} is told from the right one by ${check} alone`, async () => {
      assert.deepEqual(await wrongWith(idToken), [check]);
    });

  test('a request without nonce asks for none back', async () => {
    assert.deepEqual(await wrongWith(made({ nonce: undefined }), { nonce: null }), []);
  });
});
