import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { isPrivateKey } from '../../console/src/applications/credentials/reading/private-key.ts';
import { readKeyFile } from '../../console/src/applications/credentials/reading/read-file.ts';
import {
  type ReadPublicKey,
  readPublicKey,
} from '../../console/src/applications/credentials/reading/read-public-key.ts';
import { parsePublicKey } from '../../server/registry/applications/public-key.ts';
import { runs } from '../support/property-runs.ts';

// What the console says of a text before it is sent must be what the server says of it.

const directory = mkdtempSync(join(tmpdir(), 'postern-key-reading-'));
after(() => rmSync(directory, { recursive: true, force: true }));

/** Runs openssl. @param command its arguments; a word that is `FILE.x` names a file of that name in the test's folder */
function openssl(command: string): void {
  const argv = command.split(' ').map((word) => word.replace(/^FILE\./, `${directory}/`));
  execFileSync('openssl', argv, { stdio: 'ignore' });
}
const file = (name: string) => readFileSync(join(directory, name));

const pairs = {
  'RSA 2048': generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'RSA 3072': generateKeyPairSync('rsa', { modulusLength: 3072 }),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  Ed25519: generateKeyPairSync('ed25519'),
};
const kinds = Object.keys(pairs) as (keyof typeof pairs)[];

const pem = (key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1') =>
  key.export({ type: type as 'spki', format: 'pem' }).toString();
const der = (key: KeyObject, type: 'spki' | 'pkcs8') => key.export({ type: type as 'spki', format: 'der' });

function certificate(kind: keyof typeof pairs, days = 30): string {
  writeFileSync(join(directory, 'signing.key'), pem(pairs[kind].privateKey, 'pkcs8'));
  openssl(
    `req -x509 -new -key FILE.signing.key -out FILE.made.crt -subj /O=Åre/CN=ClientApp -utf8 -days ${days}`,
  );
  return file('made.crt').toString();
}

async function read(text: string): Promise<ReadPublicKey> {
  const reading = await readPublicKey(text, Date.now());
  assert.equal(reading.outcome, 'usable', JSON.stringify(reading));
  return (reading as { key: ReadPublicKey }).key;
}

async function mistakeOf(text: string, now = Date.now()): Promise<string> {
  const reading = await readPublicKey(text, now);
  return reading.outcome === 'mistake' ? reading.mistake : reading.outcome;
}

describe('a public key in the console', () => {
  for (const kind of kinds)
    test(`of the kind ${kind} is described as the server describes it, in every form`, async () => {
      const { publicKey } = pairs[kind];
      const jwk = publicKey.export({ format: 'jwk' });
      const forms: [form: ReadPublicKey['form'], text: string][] = [
        ['pem', pem(publicKey, 'spki')],
        ['pem', `\n  ${pem(publicKey, 'spki').replaceAll('\n', '\r\n')}\n`],
        ['jwk', JSON.stringify(jwk)],
        ['jwk', JSON.stringify({ ...jwk, kid: 'nightly', use: 'sig', key_ops: ['verify'] }, null, 2)],
        ['certificate', certificate(kind)],
        ['pem', der(publicKey, 'spki').toString('base64')],
        ...(kind.startsWith('RSA') ? [['pem', pem(publicKey, 'pkcs1')] as ['pem', string]] : []),
      ];
      for (const [form, text] of forms) {
        const found = await read(text);
        const parsed = await parsePublicKey(found.text, Date.now());
        assert.equal(found.form, form);
        assert.equal(found.kind, kind);
        assert.equal(found.kind, parsed.kind);
        assert.equal(found.algorithm, parsed.algorithm);
        assert.equal(found.thumbprint, parsed.thumbprint);
        assert.equal(found.kid ?? null, parsed.kid);
        assert.equal(found.certificate?.notAfter.getTime() ?? null, parsed.notAfter);
      }
    });

  test('in a certificate is named after whom the certificate was made for', async () => {
    assert.equal((await read(certificate('P-256'))).certificate?.subject, 'ClientApp');
    openssl('req -x509 -new -key FILE.signing.key -out FILE.org.crt -subj /C=SE/O=Åre -utf8 -days 5');
    assert.equal((await read(file('org.crt').toString())).certificate?.subject, 'Åre');
  });

  test('comes from a file of bytes as well as from one of text', async () => {
    certificate('RSA 2048');
    openssl('x509 -in FILE.made.crt -outform DER -out FILE.made.der');
    for (const bytes of [file('made.crt'), file('made.der'), der(pairs.Ed25519.publicKey, 'spki')])
      await read((await readKeyFile(new File([new Uint8Array(bytes)], 'key'))) ?? '');
    assert.equal(await readKeyFile(new File([new Uint8Array(40_000)], 'film')), null);
  });

  test('that cannot be used is refused with the reason', async () => {
    const certified = certificate('RSA 2048');
    const one = pem(pairs['P-256'].publicKey, 'spki');
    openssl('req -new -key FILE.signing.key -out FILE.made.csr -subj /CN=ClientApp');
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey;
    const bitcoin = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
    const x25519 = generateKeyPairSync('x25519').publicKey;
    const encryption = { ...pairs['P-256'].publicKey.export({ format: 'jwk' }), use: 'enc' };
    const DAY = 86_400_000;

    assert.equal(await mistakeOf('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKvhR8wX ada@example.com'), 'ssh');
    assert.equal(await mistakeOf(file('made.csr').toString()), 'request');
    assert.equal(await mistakeOf(certified + certified), 'several');
    assert.equal(await mistakeOf(`{"keys": [${JSON.stringify(encryption)}]}`), 'several');
    assert.equal(await mistakeOf(JSON.stringify(encryption)), 'encryption');
    assert.equal(await mistakeOf(pem(small, 'spki')), 'too_small');
    for (const key of [p521, bitcoin, x25519]) assert.equal(await mistakeOf(pem(key, 'spki')), 'kind');
    assert.equal(await mistakeOf(certified, Date.now() + 31 * DAY), 'expired');
    assert.equal(await mistakeOf(certified, Date.now() - DAY), 'not_yet');
    for (const text of ['hello', '{', '{"kty":"RSA"}', one.slice(0, 90), 'MIIB'])
      assert.equal(await mistakeOf(text), 'unreadable', text);
    assert.equal(await mistakeOf('  \n'), 'nothing');
  });

  test('is never taken for a private one, and nothing that somebody types breaks the page', async () => {
    for (const kind of kinds) {
      const { publicKey } = pairs[kind];
      for (const text of [pem(publicKey, 'spki'), certificate(kind), der(publicKey, 'spki').toString('hex')])
        assert.equal(isPrivateKey(text), false, text);
    }
    const head = fc.constantFrom('', '{', '-----BEGIN CERTIFICATE-----', '-----BEGIN PUBLIC KEY-----\n', '[');
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('base64'));
    const sequence = fc
      .uint8Array({ maxLength: 120 })
      .map((array) => Buffer.from([0x30, array.length, ...array]).toString('base64'));
    await fc.assert(
      fc.asyncProperty(
        head,
        fc.oneof(fc.string({ maxLength: 300 }), bytes, sequence),
        async (begin, rest) => {
          await readPublicKey(begin + rest, Date.now());
          await readPublicKey(`${begin}${rest}\n-----END PUBLIC KEY-----`, Date.now());
        },
      ),
      runs(100),
    );
  });
});

describe('a private key in the console', () => {
  test('is recognised in every form, whole, cut off and hidden in something else', async () => {
    const texts: string[] = [
      'PuTTY-User-Key-File-3: ssh-ed25519',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl',
    ];
    for (const kind of kinds) {
      const { privateKey, publicKey } = pairs[kind];
      const pkcs8 = pem(privateKey, 'pkcs8');
      const [, ...body] = pkcs8.trim().split('\n');
      const bare = der(privateKey, 'pkcs8').toString('base64');
      const jwk = privateKey.export({ format: 'jwk' });
      const encrypted = privateKey.export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'secret',
      });
      const lines = String(encrypted).trim().split('\n');
      texts.push(
        pkcs8,
        String(encrypted),
        lines.slice(1, -1).join('\n'),
        body.join('\n'),
        pkcs8.split('\n').slice(0, 2).join('\n'),
        bare,
        bare.slice(0, 40),
        Buffer.from(bare, 'base64').toString('hex'),
        pkcs8.replaceAll('PRIVATE', 'PUBLIC'),
        certificate(kind) + pkcs8,
        pem(publicKey, 'spki') + pkcs8,
        JSON.stringify(jwk),
        JSON.stringify({ keys: [jwk] }),
        JSON.stringify([JSON.stringify(jwk)]),
        JSON.stringify({ key: pkcs8 }),
        JSON.stringify(jwk).slice(0, -1),
      );
      if (kind.startsWith('RSA')) texts.push(pem(privateKey, 'pkcs1'));
      if (kind.startsWith('P-')) texts.push(pem(privateKey, 'sec1'));
    }
    texts.push('{"kty":"oct","k":"c2VjcmV0"}');
    for (const text of texts) {
      assert.equal(isPrivateKey(text), true, text);
      assert.equal(await mistakeOf(text), 'private', text);
    }
  });

  test('is recognised in files of bytes too', async () => {
    certificate('RSA 2048');
    openssl('pkcs12 -export -in FILE.made.crt -inkey FILE.signing.key -out FILE.made.p12 -passout pass:x');
    for (const bytes of [file('made.p12'), ...kinds.map((kind) => der(pairs[kind].privateKey, 'pkcs8'))]) {
      const text = (await readKeyFile(new File([new Uint8Array(bytes)], 'key'))) ?? '';
      assert.equal(isPrivateKey(text), true);
    }
  });
});
