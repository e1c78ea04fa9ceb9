import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createVerifier, discoverJwksUri, requireScope, TokenError, type TokenErrorCode } from './index.ts';
import { Issuer, type KeyPair } from './issuer.ts';

describe('the verifier', () => {
  const issuer = new Issuer();
  const now = () => Math.floor(Date.now() / 1000);

  before(() => issuer.listen());
  after(() => issuer.close());
  beforeEach(async () => {
    issuer.published.clear();
    issuer.fetches = 0;
    issuer.status = 200;
    await issuer.publish('first');
  });

  const goodClaims = () => issuer.goodClaims();
  const sign: Issuer['sign'] = (...changes) => issuer.sign(...changes);

  async function refuses(
    token: string,
    code: TokenErrorCode,
    verify = createVerifier({ issuer: issuer.url }),
  ) {
    await assert.rejects(verify(token), (error) => error instanceof TokenError && error.code === code);
  }

  it('accepts a token of the issuer and says whose it is', async () => {
    const token = await createVerifier({ issuer: issuer.url })(await sign());
    assert.equal(token.subject, 'user-1');
    assert.equal(token.clientId, 'app-1');
    assert.equal(token.hasUser, true);
    assert.deepEqual(token.scopes, ['api', 'other']);
    assert.equal(token.expiresAt - token.issuedAt, 600);
    assert.equal(token.claims.jti, 'jti-1');
  });

  it('accepts a token without scope, of an application that acts for itself', async () => {
    const token = await createVerifier({ issuer: issuer.url })(
      await sign({ sub: 'app-1', scope: undefined }),
    );
    assert.equal(token.hasUser, false);
    assert.deepEqual(token.scopes, []);
  });

  it('accepts an issuer that is written with a slash at its end', async () => {
    const url = `${issuer.url}/`;
    const token = await createVerifier({ issuer: url })(await sign({ iss: url, aud: url }));
    assert.equal(token.subject, 'user-1');
  });

  it('accepts the long form of the type', async () => {
    const token = await sign({}, { typ: 'application/at+jwt' });
    assert.equal((await createVerifier({ issuer: issuer.url })(token)).id, 'jti-1');
  });

  it('refuses a token that nobody signed', async () => {
    const unsecured = new UnsecuredJWT(goodClaims()).encode();
    await refuses(unsecured, 'bad_signature');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: 'first' })).toString(
      'base64url',
    );
    await refuses(`${header}.${unsecured.split('.')[1]}.`, 'bad_signature');
  });

  it('refuses a token signed with HMAC by the public key', async () => {
    const secret = new TextEncoder().encode(
      await exportSPKI((issuer.published.get('first') as KeyPair).publicKey),
    );
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'first' })
      .sign(secret);
    await refuses(token, 'bad_signature');
  });

  it('refuses a token signed with RSA', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'first' })
      .sign(privateKey);
    await refuses(token, 'bad_signature');
  });

  it("refuses a token signed by someone else under the issuer's key ID", async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'first' })
      .sign(privateKey);
    await refuses(token, 'bad_signature');
  });

  it('refuses a token whose claims were changed after signing', async () => {
    const [header, , signature] = (await sign()).split('.');
    const claims = Buffer.from(JSON.stringify({ ...goodClaims(), sub: 'user-2' })).toString('base64url');
    await refuses(`${header}.${claims}.${signature}`, 'bad_signature');
  });

  it('refuses what the issuer signed for another purpose', async () => {
    await refuses(await sign({}, { typ: 'JWT' }), 'wrong_type');
    await refuses(await sign({}, { typ: 'logout+jwt' }), 'wrong_type');
    const untyped = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'ES256', kid: 'first' })
      .sign((issuer.published.get('first') as KeyPair).privateKey);
    await assert.rejects(createVerifier({ issuer: issuer.url })(untyped), TokenError);
  });

  it('refuses an expired token, forgiving five seconds of clock difference', async () => {
    await refuses(await sign({ exp: now() - 6 }), 'expired');
    assert.ok(await createVerifier({ issuer: issuer.url })(await sign({ exp: now() - 1 })));
  });

  it('refuses a token whose time has not come', async () => {
    await refuses(await sign({ nbf: now() + 60 }), 'not_yet_valid');
  });

  it('refuses a token of another issuer, even one signed with the same key', async () => {
    await refuses(await sign({ iss: 'https://other.example' }), 'wrong_issuer');
    await refuses(await sign({ iss: `${issuer.url}/` }), 'wrong_issuer');
  });

  it('refuses a token for another audience', async () => {
    await refuses(await sign({ aud: 'https://other.example' }), 'wrong_audience');
    const verify = createVerifier({ issuer: issuer.url, audience: 'https://api.example' });
    await refuses(await sign(), 'wrong_audience', verify);
    assert.ok(await verify(await sign({ aud: ['https://api.example', 'https://other.example'] })));
  });

  for (const claim of ['sub', 'client_id', 'iat', 'jti', 'exp', 'iss', 'aud'])
    it(`refuses a token without ${claim}`, async () => {
      await refuses(await sign({ [claim]: undefined }), 'malformed');
    });

  it('refuses a token whose client_id or scope is no string', async () => {
    await refuses(await sign({ client_id: 7 }), 'malformed');
    await refuses(await sign({ scope: ['api'] }), 'malformed');
  });

  it('refuses what is no token at all', async () => {
    for (const text of ['', 'abc', 'a.b.c', 'prt_abc', '..', 'é.é.é', `${await sign()}.x`])
      await refuses(text, 'malformed');
  });

  it('is not made of options that would let everything pass, as a variable gives that is not set', () => {
    const jwksUri = `${issuer.url}/oauth2/jwks`;
    for (const wrong of [
      { issuer: undefined },
      { issuer: '' },
      { audience: null },
      { audience: '' },
      { jwksCooldown: Number.NaN },
      { jwksCooldown: -1 },
    ])
      assert.throws(
        () =>
          createVerifier({ issuer: issuer.url, jwksUri, ...wrong } as Parameters<typeof createVerifier>[0]),
        TypeError,
        JSON.stringify(wrong),
      );
  });

  it('fetches the public keys once for many tokens', async () => {
    const verify = createVerifier({ issuer: issuer.url });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => sign()));
    await Promise.all(tokens.map(verify));
    await verify(await sign());
    assert.equal(issuer.fetches, 1);
  });

  it('fetches the public keys again when a token names one that is new, and goes on accepting the old one', async () => {
    const verify = createVerifier({ issuer: issuer.url, jwksCooldown: 0 });
    await verify(await sign());
    await issuer.publish('second');
    assert.ok(await verify(await sign({}, {}, 'second')));
    assert.ok(await verify(await sign()));
    assert.equal(issuer.fetches, 2);
  });

  it('refuses an unknown key ID and does not fetch the keys for each such token', async () => {
    const verify = createVerifier({ issuer: issuer.url });
    for (let index = 0; index < 5; index++)
      await refuses(await sign({}, { kid: `made-up-${index}` }), 'bad_signature', verify);
    assert.equal(issuer.fetches, 1);
  });

  it('says that it cannot tell when the issuer does not answer, and recovers with it', async () => {
    const verify = createVerifier({ issuer: issuer.url });
    const token = await sign();
    issuer.status = 503;
    await refuses(token, 'unavailable', verify);
    issuer.status = 200;
    assert.ok(await verify(token));
    issuer.status = 503;
    assert.ok(await verify(token), 'the keys that it has stay good');
    await refuses(
      token,
      'unavailable',
      createVerifier({ issuer: issuer.url, jwksUri: 'http://127.0.0.1:1/jwks' }),
    );
  });

  it('finds the public keys by the metadata of the issuer', async () => {
    issuer.metadata = { issuer: issuer.url, jwks_uri: `${issuer.url}/oauth2/jwks` };
    const jwksUri = await discoverJwksUri(issuer.url);
    assert.ok(await createVerifier({ issuer: issuer.url, jwksUri })(await sign()));
    issuer.metadata = { issuer: 'https://other.example', jwks_uri: 'https://other.example/jwks' };
    await assert.rejects(discoverJwksUri(issuer.url), { code: 'unavailable' });
  });

  it('requires a scope by its whole name', async () => {
    const token = await createVerifier({ issuer: issuer.url })(await sign({ scope: 'api other' }));
    requireScope(token, 'api');
    assert.throws(() => requireScope(token, 'ap'), { name: 'TokenError', code: 'insufficient_scope' });
    assert.throws(() => requireScope(token, 'admin'), { code: 'insufficient_scope' });
  });
});
