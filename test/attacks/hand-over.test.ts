import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { base64url, CompactEncrypt, CompactSign, importJWK, SignJWT } from 'jose';
import type { HandoverProvider } from '../../server/model/identity-provider.ts';
import {
  complete,
  goodClaims,
  handOver,
  handOverProvider,
  loginRequest,
  problemOf,
} from '../support/hand-over.ts';
import { keyHost, type PublishedPair, publishedPair, signedBy } from '../support/key-host.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What strangers make of the answer of a product: they have no key of it.

let app: TestApp;
let pair: PublishedPair;
let stranger: PublishedPair;
let provider: HandoverProvider;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  pair = await publishedPair();
  stranger = await publishedPair();
  provider = handOverProvider(app, { jwks: { keys: [pair.jwk] } });
});

const part = (value: unknown) => base64url.encode(JSON.stringify(value));

/** What comes of a JWT that was written for a login request of now. */
async function answering(
  write: (claims: Record<string, unknown>) => string | Promise<string>,
  at = provider,
): Promise<string> {
  const request = loginRequest(app, at);
  return problemOf(complete(app, at, request, { response: await write(goodClaims(app, request.id)) }));
}

describe('a JWT hands nobody over', () => {
  test('when its signature is another’s, or of something else', async () => {
    assert.match(await problemOf(handOver(app, provider, stranger)), /signed by none/);
    // Under the kid of the product's key.
    assert.match(await problemOf(handOver(app, provider, stranger, {}, { kid: pair.kid })), /signed by none/);
    const changed = answering(async (claims) => {
      const [header, , signature] = (await signedBy(pair, claims)).split('.');
      return `${header}.${part({ ...claims, sub: 'somebody else' })}.${signature}`;
    });
    assert.match(await changed, /signed by none/);
  });

  test('when it is not signed at all, however its header writes that', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, ['ES256'], { toString: 'ES256' }])
      for (const signature of ['', 'AA'])
        await answering((claims) => `${part({ alg, kid: pair.kid })}.${part(claims)}.${signature}`);
    await answering((claims) => `${part({ kid: pair.kid })}.${part(claims)}.AA`);
  });

  test('when the public key of the product is the secret of its HMAC, in whatever form', async () => {
    const rsa = await publishedPair('RS256');
    const at = handOverProvider(app, { jwks: { keys: [pair.jwk, rsa.jwk] } });
    for (const { jwk, kid } of [pair, rsa]) {
      const key = createPublicKey({ key: jwk as never, format: 'jwk' });
      const secrets = [
        key.export({ type: 'spki', format: 'pem' }),
        key.export({ type: 'spki', format: 'pem' }).toString().trim(),
        key.export({ type: 'spki', format: 'der' }),
        JSON.stringify(jwk),
        jwk.x ?? jwk.n ?? '',
        Buffer.from(jwk.x ?? jwk.n ?? '', 'base64url'),
        '',
      ];
      for (const secret of secrets)
        for (const alg of ['HS256', 'HS384', 'HS512', 'ES256', 'RS256']) {
          const said = await answering((claims) => {
            const signed = `${part({ alg, kid })}.${part(claims)}`;
            const digest = alg.startsWith('HS') ? `sha${alg.slice(2)}` : 'sha256';
            return `${signed}.${createHmac(digest, secret).update(signed).digest('base64url')}`;
          }, at);
          assert.match(said, alg.startsWith('HS') ? /alg .* must be RS256/ : /signed by none/);
        }
    }
  });

  test('when its algorithm is a real one that is not offered, or does not suit the key', async () => {
    for (const alg of ['ES384', 'ES512', 'RS384', 'RS512', 'PS512']) {
      const own = await publishedPair(alg);
      const at = handOverProvider(app, { jwks: { keys: [own.jwk] } });
      assert.match(await problemOf(handOver(app, at, own)), /alg .* must be RS256, PS256, ES256 or EdDSA/);
    }
    // A key that is there for PS256 alone.
    const own = await publishedPair('RS256');
    const at = handOverProvider(app, { jwks: { keys: [{ ...own.jwk, alg: 'PS256' }] } });
    assert.match(await problemOf(handOver(app, at, own)), /signed by none/);
  });

  test('when it brings its own key along, or says where one is', async (t) => {
    const host = await keyHost(stranger.jwk);
    t.after(host.close);
    for (const brought of [
      { jwk: stranger.jwk },
      { jku: host.url },
      { x5u: host.url },
      { x5c: ['MIIB'] },
      // Beside a good signature too: whoever writes that expects it to count.
      { jwk: pair.jwk },
    ])
      for (const by of [stranger, pair]) {
        const said = await answering((claims) =>
          new SignJWT(claims)
            .setProtectedHeader({ alg: 'ES256', kid: pair.kid, ...brought } as never)
            .sign(by.privateKey),
        );
        assert.match(said, /must not have (?:jwk|jku|x5u|x5c)/);
      }
    assert.equal(host.asked(), 0);
  });

  test('when its kid is that of no key, or none that a kid can be', async () => {
    for (const kid of ['../../../../dev/null', "' OR 1=1 --", '', '__proto__', `${pair.kid} `, '0'])
      assert.match(await problemOf(handOver(app, provider, pair, {}, { kid })), /signed by none/);
    for (const kid of [null, 0, [pair.kid], { toString: pair.kid }, true]) {
      const said = await answering((claims) => `${part({ alg: 'ES256', kid })}.${part(claims)}.AAAA`);
      assert.match(said, /kid .* must be a text/);
    }
  });

  test('when its header has critical extensions', async () => {
    for (const crit of [['exp'], ['b64'], []])
      assert.match(
        await answering(async (claims) => {
          const [, payload, signature] = (await signedBy(pair, claims)).split('.');
          return `${part({ alg: 'ES256', kid: pair.kid, crit, b64: false })}.${payload}.${signature}`;
        }),
        /must not have crit/,
      );
  });

  test('when it is encrypted, has more or fewer parts, or is no JWT', async () => {
    const key = await importJWK({ ...pair.jwk, alg: 'ECDH-ES' });
    await answering((claims) =>
      new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
        .encrypt(key),
    );
    const good = async (claims: Record<string, unknown>) => signedBy(pair, claims);
    for (const twist of [
      (jwt: string) => `${jwt}.`,
      (jwt: string) => `${jwt}.AAAA`,
      (jwt: string) => `.${jwt}`,
      (jwt: string) => jwt.slice(jwt.indexOf('.') + 1),
      (jwt: string) => ` ${jwt}`,
      (jwt: string) => `${jwt}=`,
      (jwt: string) => `${jwt}\n`,
      (jwt: string) => jwt.replace(/\.[^.]+\./, '..'),
      () => '',
      () => '..',
      () => '{"payload":"e30","signatures":[]}',
      () => 'é.é.é',
    ])
      assert.match(await answering(async (claims) => twist(await good(claims))), /is no signed JWT/);
  });

  test('when its signature has another spelling', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const said = await answering(async (claims) => {
      const jwt = await signedBy(pair, claims);
      // The last character of 64 bytes holds four bits that are none of theirs.
      return jwt.slice(0, -1) + alphabet[alphabet.indexOf(jwt.at(-1) ?? '') + 1];
    });
    assert.match(said, /signed by none/);
  });
});

describe('the signature of the product itself hands nobody over', () => {
  /** A JWT of these bytes as payload. */
  const signing = async (payload: string | Uint8Array) => {
    return new CompactSign(typeof payload === 'string' ? Buffer.from(payload) : payload)
      .setProtectedHeader({ alg: 'ES256', kid: pair.kid })
      .sign(pair.privateKey);
  };

  test('under a payload that is no object, or not in UTF-8', async () => {
    for (const payload of ['[]', '"sub"', '1', 'null', '{', new Uint8Array([0x7b, 0xff, 0x7d])])
      assert.match(await answering(() => signing(payload)), /must be a JSON object in UTF-8/);
  });

  test('under a payload that is too large, or nested without end', async () => {
    const large = (size: number) =>
      answering((claims) => signing(JSON.stringify({ ...claims, more: 'x'.repeat(size) })));
    assert.match(await large(16 * 1024), /at most 16 KiB/);
    assert.match(await large(1024 * 1024), /at most 16 KiB/);
    const nested = `${'{"claims":'.repeat(1500)}1${'}'.repeat(1500)}`;
    assert.match(await answering(() => signing(nested)), /must/);
  });

  test('at another instance, to another browser, or for another provider of the same keys', async () => {
    const other = await startApp({ engine: 'sqlite' });
    assert.match(await problemOf(handOver(app, provider, pair, { aud: other.url })), /aud/);
    assert.match(
      await problemOf(handOver(app, provider, pair, { login_request: loginRequest(app, provider).id })),
      /login_request .* this browser/,
    );
    const same = handOverProvider(app, {
      jwks: { keys: [pair.jwk] },
      issuer: 'https://other.example.com',
    });
    assert.match(await problemOf(handOver(app, same, pair)), /iss/);
    await other.close();
  });

  test('that was made of another provider’s key', async () => {
    const theirs = handOverProvider(app, { jwks: { keys: [stranger.jwk] } });
    await handOver(app, theirs, stranger);
    assert.match(await problemOf(handOver(app, provider, stranger)), /signed by none/);
    assert.match(await problemOf(handOver(app, theirs, pair)), /signed by none/);
  });

  test('when a claim stands there twice, or hides in a prototype, it is the last one that counts, and no other', async () => {
    const request = loginRequest(app, provider);
    const text = JSON.stringify(goodClaims(app, request.id)).replace(
      /^\{/,
      '{"sub":"first","__proto__":{"role":"administrator"},',
    );
    const person = await complete(app, provider, request, { response: await signing(text) });
    assert.equal(person.claims['sub'], 'customer-7:41');
    assert.equal(person.claims['role'], undefined);
  });
});

test('what a stranger writes stands in no sentence that administrators read', async () => {
  const mark = 'written-by-a-stranger';
  const said = [
    await problemOf(handOver(app, provider, stranger, { iss: mark, sub: mark })),
    await problemOf(handOver(app, provider, pair, { iss: mark })),
    await problemOf(handOver(app, provider, pair, { aud: [mark] })),
    await problemOf(handOver(app, provider, pair, { login_request: mark })),
    await problemOf(handOver(app, provider, pair, {}, { kid: mark })),
    await answering(() => mark),
    await answering((claims) => `${part({ alg: mark })}.${part(claims)}.AA`),
    await problemOf(complete(app, provider, loginRequest(app, provider), { error: mark })),
  ];
  assert.doesNotMatch(said.join('\n'), new RegExp(mark));
});
