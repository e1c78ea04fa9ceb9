import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exportSPKI, SignJWT } from 'jose';
import { createVerifier, type TokenErrorCode } from './index.ts';
import { Issuer, type KeyPair } from './issuer.ts';

// The issuer publishes keys for RS256 too, with which it signs ID tokens and no access token.

describe('the verifier, where the issuer publishes RSA keys beside the others', () => {
  const issuer = new Issuer();
  const verify = (token: string) => createVerifier({ issuer: issuer.url })(token);
  const refuses = (token: string, code: TokenErrorCode) =>
    assert.rejects(verify(token), { name: 'TokenError', code });

  before(async () => {
    await issuer.listen();
    for (const kid of ['rsa', 'next rsa']) await issuer.publish(kid, 'RS256');
    for (const kid of ['first', 'next']) await issuer.publish(kid);
  });
  after(() => issuer.close());

  it('accepts access tokens of its ES256 keys, whichever stand first', async () => {
    for (const kid of ['first', 'next'])
      assert.equal((await verify(await issuer.sign({}, {}, kid))).subject, 'user-1');
  });

  it('refuses what an RSA key of the issuer signed, even as an access token', async () => {
    await refuses(await issuer.sign({}, { alg: 'RS256' }, 'rsa'), 'bad_signature');
    await refuses(await issuer.sign({}, { alg: 'RS256', typ: 'JWT' }, 'rsa'), 'bad_signature');
  });

  it('refuses a token of an ES256 key under the name of an RSA key', async () => {
    await refuses(await issuer.sign({}, { kid: 'rsa' }), 'bad_signature');
  });

  it('refuses a token that is MACed with an RSA key of the issuer', async () => {
    const secret = new TextEncoder().encode(
      await exportSPKI((issuer.published.get('rsa') as KeyPair).publicKey),
    );
    for (const kid of ['rsa', 'first'])
      await refuses(
        await new SignJWT(issuer.goodClaims())
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
          .sign(secret),
        'bad_signature',
      );
  });

  it('goes by ES256 keys alone where a token names none of them', async () => {
    await refuses(await issuer.sign({}, { kid: 'made up' }), 'bad_signature');
  });
});
