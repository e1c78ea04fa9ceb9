import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createVerifier } from './index.ts';
import { Issuer } from './issuer.ts';

// What strangers send who cannot sign: other spellings of a good token, and key IDs that they made up.

const issuer = new Issuer();

before(() => issuer.listen());
after(() => issuer.close());
beforeEach(async () => {
  issuer.published.clear();
  issuer.fetches = 0;
  issuer.status = 200;
  issuer.answer = undefined;
  await issuer.publish('first');
});

describe('of all spellings of one signature', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  it('only the issued one is accepted, whatever the bits after the last byte are', async () => {
    const verify = createVerifier({ issuer: issuer.url });
    const token = await issuer.sign();
    const last = alphabet.indexOf(token.at(-1) ?? '');
    for (let bits = 1; bits < 16; bits++) {
      const other = token.slice(0, -1) + alphabet[last ^ bits];
      await assert.rejects(verify(other), { name: 'TokenError', code: 'bad_signature' }, other);
    }
    assert.ok(await verify(token));
  });

  it('padding, white space and the other alphabet of base64 are refused', async () => {
    const verify = createVerifier({ issuer: issuer.url });
    for (;;) {
      const token = await issuer.sign();
      const [header, claims, signature = ''] = token.split('.');
      if (!/[-_]/.test(signature)) continue;
      const others = [
        `${signature}=`,
        `${signature}==`,
        `${signature}\n`,
        `${signature} `,
        ` ${signature}`,
        `${signature.slice(0, 40)}\r\n${signature.slice(40)}`,
        `${signature}A`,
        signature.replaceAll('-', '+').replaceAll('_', '/'),
      ];
      for (const other of others)
        await assert.rejects(verify(`${header}.${claims}.${other}`), { name: 'TokenError' }, other);
      return;
    }
  });
});

describe('a flood of tokens with made-up key IDs', () => {
  const flood = async (verify: (token: string) => Promise<unknown>, code: string) => {
    for (let index = 0; index < 20; index++)
      await assert.rejects(verify(await issuer.sign({}, { kid: `made-up-${index}` })), { code });
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, index) => issuer.sign({}, { kid: `more-${index}` })),
    );
    const outcomes = await Promise.allSettled(many.map(verify));
    for (const outcome of outcomes)
      assert.equal(outcome.status === 'rejected' && (outcome.reason as { code: string }).code, code);
  };

  it('asks an issuer that fails once per cooldown, while good tokens go on being accepted', async () => {
    const verify = createVerifier({ issuer: issuer.url, jwksCooldown: 0.4 });
    const good = await issuer.sign();
    assert.ok(await verify(good));
    issuer.status = 503;
    issuer.fetches = 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const started = performance.now();
    await flood(verify, 'unavailable');
    assert.ok(await verify(good));
    const most = 1 + Math.floor((performance.now() - started) / 400);
    assert.ok(issuer.fetches >= 1 && issuer.fetches <= most, `${issuer.fetches} fetches`);
    issuer.status = 200;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await issuer.publish('second');
    assert.ok(await verify(await issuer.sign({}, {}, 'second')), 'the new key is found when it is back');
  });

  it('asks an issuer that has failed since the start twice, and then at growing intervals', async () => {
    const verify = createVerifier({ issuer: issuer.url });
    issuer.status = 503;
    const started = performance.now();
    await flood(verify, 'unavailable');
    const most = 2 + Math.ceil((performance.now() - started) / 1000);
    assert.ok(issuer.fetches >= 2 && issuer.fetches <= most, `${issuer.fetches} fetches`);
    issuer.status = 200;
    await new Promise((resolve) => setTimeout(resolve, 2100));
    assert.ok(await verify(await issuer.sign()));
  });

  for (const answer of ['', 'busy', '{}', '{"keys":7}'])
    it(`asks an issuer that answers ${answer || 'nothing'} instead of its keys no more often`, async () => {
      const verify = createVerifier({ issuer: issuer.url });
      issuer.answer = answer;
      const started = performance.now();
      await flood(verify, 'unavailable');
      const most = 2 + Math.ceil((performance.now() - started) / 1000);
      assert.ok(issuer.fetches >= 2 && issuer.fetches <= most, `${issuer.fetches} fetches`);
    });
});
