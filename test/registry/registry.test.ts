import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { Refusal, type RefusalCode } from '../../server/base/refusal.ts';
import { checkDescription, checkEmail, checkName, checkWebUrl } from '../../server/base/text.ts';
import { DAY } from '../../server/base/units.ts';
import { checkApplicationFields, refuseFieldsOfOtherTypes } from '../../server/model/application-fields.ts';
import { initialScopes } from '../../server/model/instance.ts';
import { checkRedirectUri, isClaimable } from '../../server/model/redirect-uri.ts';
import {
  checkApplicationScopes,
  checkInstanceScopes,
  defaultApplicationScopes,
} from '../../server/model/scopes.ts';
import { newClientSecret } from '../../server/registry/applications/client-secrets.ts';
import { redrawLogo } from '../../server/registry/applications/image.ts';
import { parsePublicKey } from '../../server/registry/applications/public-key.ts';
import { opensslCertificate } from '../support/key-pairs.ts';
import { runs } from '../support/property-runs.ts';

describe('redirect URIs', () => {
  const good = {
    web: [
      'https://app.example.com/callback',
      'https://app.example.com',
      'https://app.example.com:8443/cb?tenant=1&a=b',
      'https://app.workfrontfusion.com/oauth/cb/workfront-workfront',
      'http://localhost:3001/callback',
      'http://127.0.0.1/cb',
      'http://[::1]:8080/cb',
    ],
    spa: [
      'https://app.example.com/',
      'com.example.app:/callback',
      'com.example.app://callback',
      'http://localhost/cb',
    ],
  };
  const bad = [
    '',
    'app.example.com/callback',
    '/callback',
    '//app.example.com/cb',
    'http://app.example.com/callback',
    'http://localhost.example.com/cb',
    'http://127.0.0.1.example.com/cb',
    'http://127.1/cb',
    'http://2130706433/cb',
    'http://LOCALHOST/cb',
    'https://app.example.com/cb#fragment',
    'https://app.example.com/cb#',
    'https://user@app.example.com/cb',
    'https://user:password@app.example.com/cb',
    'https://@app.example.com/cb',
    'https://*.example.com/cb',
    'https://app.example.com/*',
    'https://app.example.com\\@evil.example/cb',
    'https://app.example.com/c b',
    'https://app.example.com/cb\n',
    'https://app.example.com/\u0000',
    'https://äpp.example.com/cb',
    'https:app.example.com/cb',
    'https:/app.example.com/cb',
    'https:///cb',
    'https://',
    'https://app.example.com:99999/cb',
    'https://app.example.com/cb?code=1',
    'https://app.example.com/cb?a=1&state=x',
    'https://app.example.com/cb?i%73s=x',
    'https://app.example.com/cb?error=x',
    'https://app.example.com/cb?domain=x',
    'https://app.example.com/cb?lane=x',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,hello',
    'file:///etc/passwd',
    'blob:https://app.example.com/1',
    'vbscript:x',
    'ftp://app.example.com/cb',
    'ws://localhost/cb',
    'myapp://callback',
    'com.example.app:',
    'com.example.app://user@host/cb',
    'com.example.app:/cb?code=1',
    'com.example.app:/cb#x',
    `https://app.example.com/${'a'.repeat(2000)}`,
  ];

  for (const type of ['web', 'spa'] as const)
    for (const uri of good[type])
      test(`a ${type} application may register ${uri}`, () =>
        assert.equal(checkRedirectUri(uri, type), null));

  for (const uri of bad)
    test(`nobody may register ${JSON.stringify(uri).slice(0, 60)}`, () => {
      for (const type of ['web', 'spa'] as const) {
        const problem = checkRedirectUri(uri, type);
        assert.ok(problem, uri);
        assert.match(problem, /^must /);
      }
    });

  test('a scheme of one’s own is for single-page and mobile apps only', () => {
    assert.match(checkRedirectUri('com.example.app:/callback', 'web') ?? '', /https/);
  });

  test('whatever is accepted is what a browser would go to, on https or the loopback', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string(), (url, tail) => {
        const uri = url + tail;
        if (checkRedirectUri(uri, 'web') !== null) return;
        const parsed = new URL(uri);
        assert.ok(
          parsed.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname),
        );
        assert.equal(parsed.hash, '');
        assert.equal(parsed.username, '');
      }),
      runs(100),
    );
  });

  test('loopback addresses and private-use schemes can be claimed by any program, https elsewhere cannot', () => {
    for (const uri of [
      'http://localhost:1/cb',
      'http://127.0.0.1/cb',
      'http://[::1]/cb',
      'https://localhost/cb',
      'com.example.app:/cb',
    ])
      assert.equal(isClaimable(uri), true, uri);
    for (const uri of ['https://app.example.com/cb', 'https://localhost.example.com/'])
      assert.equal(isClaimable(uri), false, uri);
  });
});

describe('texts', () => {
  test('a name says something, in one line, in at most 200 characters', () => {
    for (const name of ['Workfront for ClientApp', '集成', '😀'.repeat(200), 'a'.repeat(200)])
      assert.equal(checkName(name), null);
    for (const name of [
      '',
      '   ',
      '\u200b',
      '\u00a0',
      'a\nb',
      'a\u0000',
      'a\u202eb',
      '\ud800',
      'a'.repeat(201),
    ])
      assert.notEqual(checkName(name), null, JSON.stringify(name));
  });

  test('a description may have line breaks but no other control characters', () => {
    assert.equal(checkDescription('one\r\ntwo\n\tthree'), null);
    assert.notEqual(checkDescription('a\u0000b'), null);
    assert.notEqual(checkDescription('a\rb'), null);
    assert.notEqual(checkDescription('a'.repeat(2001)), null);
  });

  test('a link that people are shown is a web page', () => {
    for (const url of ['https://example.com', 'http://example.com/about?x=1#us', 'https://exämple.com/'])
      assert.equal(checkWebUrl(url), null, url);
    for (const url of [
      'javascript:alert(1)',
      'data:,x',
      'example.com',
      '//example.com',
      'https://',
      'https://u:p@example.com',
      'https://a b.com',
      ' https://example.com',
      'https://example.com/\n',
      'ftp://example.com',
    ])
      assert.notEqual(checkWebUrl(url), null, url);
  });

  test('a developer’s email address is one', () => {
    for (const email of ['dev@example.com', 'a.b+c@example.co.uk', 'jürgen@example.com'])
      assert.equal(checkEmail(email), null, email);
    for (const email of [
      'dev',
      '@example.com',
      'dev@',
      'a@b@c',
      'a b@c.d',
      'a@b.c\n',
      'a\u0000@b.c',
      '<a@b.c>',
      `${'a'.repeat(251)}@b.c`,
    ])
      assert.notEqual(checkEmail(email), null, email);
  });
});

describe('fields of applications', () => {
  test('a field that does not belong to the type is refused by name', () => {
    for (const field of [
      'redirect_uris',
      'require_pkce',
      'refresh_token_rotation',
      'client_uri',
      'policy_uri',
      'developer_name',
      'developer_email',
      'logo_uri',
    ])
      refuses('not_for_type', () => refuseFieldsOfOtherTypes('machine', ['name', field]));
    for (const field of ['can_introspect', 'secrets', 'public_keys'])
      refuses('not_for_type', () => refuseFieldsOfOtherTypes('spa', [field]));
    refuseFieldsOfOtherTypes('web', ['name', 'redirect_uris', 'can_introspect', 'no_such_field']);
  });

  test('PKCE cannot be turned off for single-page apps', () => {
    assert.equal(checkApplicationFields('spa', { requirePkce: true }, initialScopes).length, 0);
    assert.equal(
      checkApplicationFields('spa', { requirePkce: false }, initialScopes)[0]?.path,
      'require_pkce',
    );
    assert.equal(checkApplicationFields('web', { requirePkce: false }, initialScopes).length, 0);
  });

  test('redirect URIs are at most twenty, and none twice', () => {
    const uris = Array.from({ length: 21 }, (_, index) => `https://app.example.com/${index}`);
    assert.deepEqual(checkApplicationFields('web', { redirectUris: uris.slice(1) }, initialScopes), []);
    assert.equal(
      checkApplicationFields('web', { redirectUris: uris }, initialScopes)[0]?.path,
      'redirect_uris',
    );
    const twice = ['https://a.example/', 'https://a.example/'];
    assert.equal(
      checkApplicationFields('web', { redirectUris: twice }, initialScopes)[0]?.path,
      'redirect_uris.1',
    );
  });

  test('lifetimes have bounds', () => {
    const wrong = [
      { accessTokenLifetime: 0 },
      { accessTokenLifetime: 86_401 },
      { accessTokenLifetime: 1.5 },
      { refreshTokenAbsoluteLifetime: 0 },
      { refreshTokenInactivityLifetime: 3_153_600_001 },
    ];
    for (const fields of wrong)
      assert.equal(checkApplicationFields('web', fields, initialScopes).length, 1, JSON.stringify(fields));
    assert.deepEqual(
      checkApplicationFields(
        'web',
        { refreshTokenAbsoluteLifetime: null, accessTokenLifetime: 86_400 },
        initialScopes,
      ),
      [],
    );
  });

  test('scopes are the instance’s and offline_access, each once', () => {
    assert.deepEqual(checkApplicationScopes('web', ['api', 'offline_access'], initialScopes), []);
    assert.equal(checkApplicationScopes('web', ['api', 'nope'], initialScopes)[0]?.path, 'scopes.1');
    assert.equal(checkApplicationScopes('web', ['api', 'api'], initialScopes)[0]?.path, 'scopes.1');
    assert.equal(checkApplicationScopes('web', [], initialScopes)[0]?.path, 'scopes');
    assert.equal(checkApplicationScopes('machine', ['offline_access'], initialScopes).length, 1);
    assert.deepEqual(defaultApplicationScopes('machine', initialScopes), ['api']);
    assert.deepEqual(defaultApplicationScopes('spa', initialScopes), ['api', 'offline_access']);
  });

  test('an instance lists scopes of RFC 6749 only, each once, and never offline_access', () => {
    assert.deepEqual(checkInstanceScopes(initialScopes), []);
    for (const name of ['offline_access', 'a b', 'a"b', 'a\\b', '', 'é', 'admin'])
      assert.notEqual(
        checkInstanceScopes([...initialScopes, { name, description: 'x', default: false }]).length,
        0,
        name,
      );
    assert.equal(
      checkInstanceScopes([{ name: 'read', description: ' ', default: true }])[0]?.path,
      'scopes.0.description',
    );
  });
});

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

describe('logos', () => {
  const plain = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } });

  test('PNG, JPEG and WebP are drawn anew as PNG of at most 256 x 256, without metadata', async () => {
    const images = [
      await plain(1000, 500)
        .withExif({ IFD0: { Copyright: 'somebody', Artist: '<script>alert(1)</script>' } })
        .png()
        .toBuffer(),
      await plain(1000, 500)
        .withExif({ IFD0: { Copyright: 'somebody' } })
        .jpeg()
        .toBuffer(),
      await plain(1000, 500).webp().toBuffer(),
    ];
    for (const image of images) {
      const logo = await redrawLogo(image);
      const { format, width, height, exif } = await sharp(logo.image).metadata();
      assert.deepEqual(
        { format, width, height, exif },
        { format: 'png', width: 256, height: 128, exif: undefined },
      );
      assert.equal(logo.mediaType, 'image/png');
      assert.match(logo.version, /^[0-9a-f]{16}$/);
      assert.ok(!logo.image.includes('script'));
    }
  });

  test('a small image is not enlarged, and what follows it in the file is dropped', async () => {
    const image = Buffer.concat([
      await plain(20, 10).png().toBuffer(),
      Buffer.from('<html><script>alert(1)</script>'),
    ]);
    const logo = await redrawLogo(image);
    assert.equal((await sharp(logo.image).metadata()).width, 20);
    assert.ok(!logo.image.includes('script'));
  });

  test('everything that is not such an image is refused', async () => {
    const png = await plain(50, 50).png().toBuffer();
    const bad: Buffer[] = [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'),
      Buffer.from('<html></html>'),
      Buffer.from('GIF89a/*'),
      await plain(10, 10).gif().toBuffer(),
      await plain(10, 10).tiff().toBuffer(),
      png.subarray(0, 40),
      png.subarray(0, 8),
      Buffer.concat([
        Buffer.from('89504e470d0a1a0a', 'hex'),
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      ]),
      Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from('<html>')]),
      Buffer.from('RIFF....WEBP'),
      Buffer.alloc(1000),
    ];
    for (const image of bad)
      await refusesLater('unsupported_image', () => redrawLogo(image), image.toString('latin1', 0, 12));
  });

  test('a decompression bomb is refused', async () => {
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'black' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    assert.ok(bomb.length < 1024 * 1024);
    await refusesLater('unsupported_image', () => redrawLogo(bomb));
  });

  test('more than 1 MiB is too large', async () => {
    await refusesLater('logo_too_large', () => redrawLogo(Buffer.alloc(1024 * 1024 + 1)));
  });
});

function refuses(code: RefusalCode, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof Refusal && error.code === code);
}

async function refusesLater(code: RefusalCode, work: () => Promise<unknown>, what = ''): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof Refusal, `${what}: ${error}`);
    assert.equal(error.code, code, what);
    return true;
  });
}
