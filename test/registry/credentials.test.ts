import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../server/base/refusal.ts';
import { DAY } from '../../server/base/units.ts';
import { newClientSecret } from '../../server/registry/applications/client-secrets.ts';
import { parsePublicKey } from '../../server/registry/applications/public-key.ts';
import { opensslCertificate } from '../support/key-pairs.ts';
import { runs } from '../support/property-runs.ts';
import { refusesLater } from '../support/refuses.ts';

test('a client secret survives clients that forget to encode, and tells scanners what it is', () => {
  const secrets = Array.from({ length: 100 }, () => newClientSecret(0));
  for (const { text, row } of secrets) {
    assert.match(text, /^pcs_[A-Za-z0-9]{43}$/);
    assert.equal(row.hint, text.slice(-4));
    assert.ok(!JSON.stringify(row).includes(text.slice(4)));
  }
  assert.equal(new Set(secrets.map(({ text }) => text)).size, 100);
});

describe('public keys', () => {
  const now = Date.now();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const ed25519 = generateKeyPairSync('ed25519');
  const pem = (key: KeyObject, type: 'spki' | 'pkcs1' = 'spki') => key.export({ type, format: 'pem' });
  const jwk = (key: KeyObject) => key.export({ format: 'jwk' }) as Record<string, unknown>;
  const accepted = [
    ['RSA', rsa.publicKey, 'RS256'],
    ['P-256', p256.publicKey, 'ES256'],
    ['P-384', p384.publicKey, 'ES384'],
    ['Ed25519', ed25519.publicKey, 'EdDSA'],
  ] as const;

  for (const [name, key, algorithm] of accepted)
    test(`${name} is accepted as PEM, as JWK and as JSON text, and is the same key each time`, async () => {
      const forms = [
        pem(key),
        ` \n${pem(key).replaceAll('\n', '\r\n')}`,
        jwk(key),
        JSON.stringify(jwk(key)),
        { ...jwk(key), use: 'sig', key_ops: ['verify'], alg: algorithm },
      ];
      const parsed = await Promise.all(forms.map((form) => parsePublicKey(form, now)));
      for (const each of parsed) {
        assert.equal(each.algorithm, algorithm);
        assert.equal(each.thumbprint, parsed[0]?.thumbprint);
        assert.equal(each.key.type, 'public');
        assert.equal(each.notAfter, null);
      }
    });

  test('an RSA key is also accepted in PKCS#1, and PS256 and Ed25519 as names of algorithms', async () => {
    assert.equal((await parsePublicKey(pem(rsa.publicKey, 'pkcs1'), now)).kind, 'RSA 2048');
    assert.equal((await parsePublicKey({ ...jwk(rsa.publicKey), alg: 'PS256' }, now)).algorithm, 'RS256');
    assert.equal(
      (await parsePublicKey({ ...jwk(ed25519.publicKey), alg: 'Ed25519' }, now)).algorithm,
      'EdDSA',
    );
  });

  test('the kid of a JWK is kept', async () => {
    assert.equal((await parsePublicKey({ ...jwk(rsa.publicKey), kid: 'key-1' }, now)).kid, 'key-1');
    assert.equal((await parsePublicKey(pem(rsa.publicKey), now)).kid, null);
  });

  test('the certificate of the documented openssl command is accepted until it expires', async () => {
    const { certificatePem, privatePem } = opensslCertificate();
    const parsed = await parsePublicKey(certificatePem, Date.now());
    assert.equal(parsed.algorithm, 'RS256');
    assert.ok(
      parsed.notAfter && parsed.notAfter > Date.now() + 20 * DAY && parsed.notAfter < Date.now() + 40 * DAY,
    );
    await refusesLater('certificate_expired', () => parsePublicKey(certificatePem, Date.now() + 40 * DAY));
    await refusesLater('invalid_public_key', () => parsePublicKey(certificatePem, Date.now() - DAY));
    await refusesLater('private_key_refused', () => parsePublicKey(privatePem, Date.now()));
    await refusesLater('private_key_refused', () => parsePublicKey(certificatePem + privatePem, Date.now()));
  });

  test('a private key is refused in every form it comes in', async () => {
    const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
    const der = rsa.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
    const forms: unknown[] = [
      rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }),
      rsa.privateKey.export(encrypted),
      rsa.privateKey.export({ ...encrypted, type: 'pkcs1' }),
      p256.privateKey.export({ type: 'sec1', format: 'pem' }),
      ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----',
      '-----begin private key-----\nabc',
      `some words\n${pem(rsa.publicKey)}\n${rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })}`,
      der,
      rsa.privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
      p256.privateKey.export({ type: 'sec1', format: 'der' }).toString('base64'),
      jwk(rsa.privateKey),
      jwk(p256.privateKey),
      JSON.stringify(jwk(ed25519.privateKey)),
      `{"d":"abc", "kty":"RSA",`,
      { keys: [jwk(p256.privateKey)] },
      { kty: 'oct', k: 'c2VjcmV0' },
      { kty: 'oct' },
      { ...jwk(rsa.publicKey), p: 'AQAB' },
    ];
    for (const form of forms)
      await refusesLater('private_key_refused', () => parsePublicKey(form, now), String(form).slice(0, 60));
  });

  test('a private key is refused also under a public one’s name, in other encodings and inside other JSON', async () => {
    const pkcs8 = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const der = rsa.privateKey.export({ type: 'pkcs8', format: 'der' });
    const forms: unknown[] = [
      pkcs1.replaceAll('RSA PRIVATE KEY', 'RSA PUBLIC KEY'),
      pkcs8.replaceAll('PRIVATE KEY', 'PUBLIC KEY'),
      pkcs8.replaceAll('PRIVATE KEY', 'CERTIFICATE'),
      der.toString('base64url'),
      der.toString('hex'),
      Buffer.from(pkcs8).toString('base64'),
      `\ufeff${JSON.stringify(jwk(p256.privateKey))}`,
      JSON.stringify([jwk(p256.privateKey)]),
      JSON.stringify(JSON.stringify(jwk(p256.privateKey))),
      { jwk: jwk(p256.privateKey) },
      { ...jwk(rsa.publicKey), x5c: [pkcs8] },
    ];
    for (const form of forms)
      await refusesLater('private_key_refused', () => parsePublicKey(form, now), String(form).slice(0, 60));
  });

  test('anything else is refused with a sentence, and never with a crash', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const x25519 = generateKeyPairSync('x25519');
    const exponentOne = { ...jwk(rsa.publicKey), e: 'AQ' };
    const forms: unknown[] = [
      '',
      'hello',
      '{}',
      '{"kty":"RSA"',
      '[]',
      null,
      1,
      true,
      [],
      {},
      { kty: 'RSA' },
      { kty: 'RSA', n: 1, e: 'AQAB' },
      { kty: 'RSA', n: 'AQAB', e: '' },
      { kty: 'RSA', n: '!!', e: 'AQAB' },
      { kty: '__proto__' },
      { kty: 'constructor' },
      { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
      { ...jwk(p256.publicKey), x: jwk(p256.publicKey)['y'] },
      { kty: 'OKP', crv: 'Ed25519', x: 'AA' },
      { keys: [jwk(rsa.publicKey)] },
      { ...jwk(rsa.publicKey), use: 'enc' },
      { ...jwk(rsa.publicKey), key_ops: ['encrypt'] },
      { ...jwk(rsa.publicKey), key_ops: 'verify' },
      { ...jwk(rsa.publicKey), alg: 'HS256' },
      { ...jwk(rsa.publicKey), alg: 'ES256' },
      { ...jwk(p256.publicKey), alg: 'ES384' },
      { ...jwk(rsa.publicKey), kid: '' },
      { ...jwk(rsa.publicKey), kid: 7 },
      { ...jwk(rsa.publicKey), kid: 'a\u0000b' },
      { ...jwk(rsa.publicKey), kid: 'a'.repeat(201) },
      exponentOne,
      pem(weak.publicKey),
      jwk(weak.publicKey),
      pem(secp256k1.publicKey),
      pem(p521.publicKey),
      jwk(p521.publicKey),
      pem(pss.publicKey),
      pem(x25519.publicKey),
      jwk(x25519.publicKey),
      pem(rsa.publicKey) + pem(p256.publicKey),
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      '-----BEGIN PUBLIC KEY-----',
      'ssh-rsa AAAAB3NzaC1yc2E= me@host',
      'A'.repeat(60_000),
    ];
    for (const form of forms)
      await refusesLater(
        'invalid_public_key',
        () => parsePublicKey(form, now),
        JSON.stringify(form)?.slice(0, 80),
      );
  });

  test('no input whatever gets past the rules or crashes them', async () => {
    const anything = fc.oneof(
      fc.string(),
      fc.anything(),
      fc.record({
        kty: fc.constantFrom('RSA', 'EC', 'OKP'),
        n: fc.base64String(),
        e: fc.base64String(),
        crv: fc.string(),
        x: fc.string(),
        y: fc.string(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (input) => {
        await assert.rejects(parsePublicKey(input, now), Refusal);
      }),
      runs(100),
    );
  });
});
