import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { MasterSecret } from '../../server/base/master-secret.ts';
import { Refusal } from '../../server/base/refusal.ts';
import type { Core } from '../../server/core.ts';
import { safeReturnTo, waitingRequest } from '../../server/http/return-to.ts';
import type { Instance } from '../../server/model/instance.ts';
import { OAuthError } from '../../server/oauth/errors.ts';
import { Form } from '../../server/oauth/parameters.ts';
import { ConfigError, parseConfig } from '../../server/process/config.ts';
import { redrawLogo } from '../../server/registry/applications/image.ts';
import { parsePublicKey } from '../../server/registry/applications/public-key.ts';
import {
  anyText,
  base64urlish,
  byteChanges,
  changeBy,
  changed,
  damaged,
  orOAuthError,
  textOfPieces,
} from '../support/arbitraries.ts';
import { opensslCertificate } from '../support/key-pairs.ts';
import { noId } from '../support/problem.ts';
import { runs } from '../support/property-runs.ts';
import { testSecret } from '../support/test-app.ts';

// Whatever is read from strangers is read as one thing, or refused with a reason.

describe('forms', () => {
  const names = fc.constantFrom('a', 'b', 'code', '__proto__', 'constructor', '');

  test('have each parameter once, as a URL parser reads it, and say which came more than once', () => {
    const pieces = textOfPieces(
      'a',
      'b',
      'a=',
      '=',
      '&',
      '+',
      '%',
      '%00',
      '%zz',
      '%c3%28',
      '%61',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.oneof(anyText, pieces), (text) => {
        const form = Form.fromText(text);
        const seen = new URLSearchParams(text);
        for (const [name] of seen) {
          const all = seen.getAll(name);
          assert.equal(form.get(name), all[0] || undefined);
          assert.equal(form.isRepeated(name), all.length > 1);
        }
        assert.equal(form.repeated() !== undefined, new Set(seen.keys()).size < [...seen.keys()].length);
      }),
      runs(500),
    );
  });

  test('in JSON see every repeated member of the object, however it is spelled, and none of a deeper one', () => {
    // A member's name with any of its characters as an escape.
    const spelled = fc.tuple(names, fc.nat()).map(([name, bits]) => ({
      name,
      text: `"${[...name].map((each, at) => (bits & (1 << at) ? `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}` : each)).join('')}"`,
    }));
    const member = fc.tuple(spelled, fc.jsonValue(), fc.constantFrom('', ' ', '\n\t'));
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), (members) => {
        const text = `{${members.map(([{ text: name }, value, gap]) => `${name}${gap}:${gap}${JSON.stringify(value)}`).join()}}`;
        const form = Form.fromJson(text);
        const all = members.map(([{ name }]) => name);
        for (const name of all) {
          assert.equal(form?.isRepeated(name), all.indexOf(name) < all.lastIndexOf(name), text);
          const value = members.findLast(([each]) => each.name === name)?.[1];
          const got = orOAuthError(() => form?.get(name), 'invalid_request');
          if (typeof value === 'string' || typeof value === 'number')
            assert.equal(got, String(value) || undefined);
          else if (value === null) assert.equal(got, undefined);
          else assert.ok(got instanceof OAuthError);
        }
        assert.equal(form?.repeated() !== undefined, new Set(all).size < all.length);
      }),
      runs(500),
    );
  });

  test('in JSON are objects and nothing else', () => {
    const text = fc.oneof(
      anyText,
      fc.json(),
      textOfPieces('{', '}', '[', ']', '"', '"a"', ':', ',', '\\', '1', 'null'),
    );
    fc.assert(
      fc.property(text, (body) => {
        let value: unknown;
        try {
          value = JSON.parse(body);
        } catch {}
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        assert.equal(Form.fromJson(body) !== undefined, isObject);
      }),
      runs(500),
    );
  });
});

describe('public keys', () => {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('ed25519'),
  ];
  const { certificatePem, privatePem } = opensslCertificate();
  const pem = (der: Uint8Array, label: string) =>
    `-----BEGIN ${label}-----\n${Buffer.from(der)
      .toString('base64')
      .replaceAll(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;
  const derOf = (text: string) => Buffer.from(text.replaceAll(/-----.*-----|\s/g, ''), 'base64');
  const ders = [
    ...pairs.map(
      ({ publicKey }) => [publicKey.export({ type: 'spki', format: 'der' }), 'PUBLIC KEY'] as const,
    ),
    [pairs[0]?.publicKey.export({ type: 'pkcs1', format: 'der' }) as Buffer, 'RSA PUBLIC KEY'] as const,
    [derOf(certificatePem), 'CERTIFICATE'] as const,
  ];
  const jwks = pairs.map(({ publicKey }) => publicKey.export({ format: 'jwk' }));
  const now = Date.now();

  /** What the registry says to it; every error but its own goes through. */
  async function read(input: unknown): Promise<Awaited<ReturnType<typeof parsePublicKey>> | Refusal> {
    try {
      const parsed = await parsePublicKey(input, now);
      assert.equal(parsed.key.type, 'public');
      assert.match(parsed.thumbprint, /^[\w-]{43}$/);
      assert.ok(parsed.notAfter === null || (Number.isSafeInteger(parsed.notAfter) && parsed.notAfter > now));
      return parsed;
    } catch (error) {
      assert.ok(error instanceof Refusal && error.status === 422, String(error));
      return error;
    }
  }

  test('that are damaged in any way are read as some public key or refused with a reason', async () => {
    const damagedPem = fc
      .tuple(fc.constantFrom(...ders), byteChanges)
      .map(([[der, label], changes]) => pem(damaged(der, changes), label));
    const changedPem = fc
      .tuple(fc.constantFrom(...ders), fc.array(changeBy(...base64urlish), { maxLength: 3 }))
      .map(([[der, label], changes]) => changes.reduce(changed, pem(der, label)));
    const member = fc.constantFrom('kty', 'crv', 'n', 'e', 'x', 'y', 'alg', 'use', 'key_ops', 'kid', 'keys');
    const changedJwk = fc
      .tuple(
        fc.constantFrom(...jwks),
        fc.dictionary(
          member,
          fc.oneof(fc.jsonValue(), fc.base64String(), fc.constantFrom(...jwks.flatMap(Object.values))),
        ),
      )
      .map(([jwk, change]) => ({ ...jwk, ...change }));
    const input = fc.oneof(
      damagedPem,
      changedPem,
      changedJwk,
      changedJwk.map((jwk) => JSON.stringify(jwk)),
      fc.tuple(fc.uint8Array(), fc.constantFrom(...ders)).map(([bytes, [, label]]) => pem(bytes, label)),
      anyText,
      fc.anything(),
    );
    await fc.assert(
      fc.asyncProperty(input, async (each) => void (await read(each))),
      runs(500),
    );
  });

  test('of a certificate whose dates are damaged never come without an end', async () => {
    const der = derOf(certificatePem);
    // UTCTime values: tag 0x17, 13 bytes.
    const dates = [...der.keys()].filter((at) => der[at] === 0x17 && der[at + 1] === 13).map((at) => at + 2);
    assert.equal(dates.length, 2);
    const text = fc.oneof(
      fc.uint8Array({ minLength: 13, maxLength: 13 }),
      fc
        .string({ unit: fc.constantFrom(...'0123459Z+-. '), minLength: 13, maxLength: 13 })
        .map((t) => Buffer.from(t)),
      fc
        .string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 })
        .map((t) => Buffer.from(`${t}Z`)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...dates), text, async (at, date) => {
        const copy = Buffer.from(der);
        copy.set(date, at);
        const result = await read(pem(copy, 'CERTIFICATE'));
        if (!(result instanceof Refusal)) assert.ok(result.notAfter !== null);
      }),
      runs(300),
    );
  });

  test('are told from private ones however those are wrapped', async () => {
    const privates = pairs.map(({ privateKey }) => privateKey);
    const texts = [
      privatePem,
      ...privates.map((key) => key.export({ type: 'pkcs8', format: 'pem' }).toString()),
      ...privates.map((key) => key.export({ type: 'pkcs8', format: 'der' }).toString('base64')),
      ...privates.map((key) => key.export({ type: 'pkcs8', format: 'der' }).toString('hex')),
      ...privates.map((key) => JSON.stringify(key.export({ format: 'jwk' }))),
    ];
    const wraps: ((text: string) => unknown)[] = [
      (text) => `\r\n\t ${text} \n`,
      (text) => text.replaceAll('\n', '\r\n'),
      (text) => JSON.stringify(text),
      (text) => JSON.stringify({ keys: [text] }),
      (text) => ({ ...jwks[1], more: { deep: [text] } }),
      (text) => `${certificatePem}\n${text}`,
    ];
    const wrapped = fc
      .tuple(fc.constantFrom(...texts), fc.constantFrom(...wraps))
      .filter(([text, wrap]) => wrap !== wraps.at(-1) || text.startsWith('-----'))
      .map(([text, wrap]) => ({ text, input: wrap(text) }));
    await fc.assert(
      fc.asyncProperty(wrapped, async ({ text, input }) => {
        const result = await read(input);
        assert.ok(result instanceof Refusal && result.code === 'private_key_refused');
        assert.ok(!JSON.stringify([result.detail, result.errors]).includes(text.slice(30, 60)));
      }),
      runs(100),
    );
  });
});

test('a damaged image is drawn anew or refused with a reason', async () => {
  const drawing = sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } });
  const images = await Promise.all([
    drawing.clone().png().toBuffer(),
    drawing
      .clone()
      .jpeg()
      .withExif({ IFD0: { Copyright: 'us' } })
      .toBuffer(),
    drawing.clone().webp().toBuffer(),
  ]);
  const file = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...images), byteChanges)
        .map(([image, changes]) => damaged(image, changes)),
    },
    fc
      .tuple(fc.constantFrom(...images), fc.uint8Array())
      .map(([image, bytes]) => Buffer.concat([image.subarray(0, 12), bytes])),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(file, async (bytes) => {
      try {
        const { image, mediaType } = await redrawLogo(bytes);
        const { format, width, height, exif } = await sharp(image).metadata();
        assert.equal(`${mediaType} ${format}`, 'image/png png');
        assert.ok(width <= 256 && height <= 256 && exif === undefined);
      } catch (error) {
        assert.ok(error instanceof Refusal && [413, 415].includes(error.status), String(error));
      }
    }),
    runs(150),
  );
});

test('where a sign-in returns to is always a page of this origin, as any browser reads it', () => {
  const origins = ['https://login.example.com', 'http://localhost:3000'];
  const pieces = textOfPieces(
    ...['/', '//', '\\', '.', '..', '%2e', '%2f', '%5c', ':', '@', '?', '#', '\t', '\n', '\r', ' ', '\u0000'],
    ...[
      'evil.example',
      'https:',
      'javascript:',
      'login.example.com',
      'account',
      'é',
      '/oauth2/authorize?client_id=a',
    ],
  );
  const text = fc.option(
    fc.oneof(
      anyText,
      pieces,
      pieces.map((each) => `/${each}`),
    ),
    { nil: undefined },
  );
  // Nothing that is read here asks the database.
  const core = { secret: new MasterSecret([testSecret]), clock: Date.now } as unknown as Core;
  fc.assert(
    fc.property(fc.constantFrom(...origins), text, (origin, given) => {
      const instance = { id: noId, url: origin } as unknown as Instance;
      const path = safeReturnTo(given, instance);
      assert.match(path, /^\/(?![/\\])[!-~]*$/);
      for (const base of [origin, `${origin}/login?return_to=%2F`])
        assert.equal(new URL(path, base).origin, origin);
      assert.equal(safeReturnTo(path, instance), path);
      waitingRequest(core, path, instance);
    }),
    runs(3000),
  );
});

test('any setting is taken, or refused in one line that names it and holds no password', () => {
  const names =
    'URL HOST PORT ADMIN_EMAIL ADMIN_PASSWORD TRUST_PROXY RATE_LIMITS LOG_LEVEL METRICS_TOKEN'.split(' ');
  const value = fc.oneof(
    anyText,
    textOfPieces(
      'https://',
      'http://',
      'localhost',
      'a.example',
      ':',
      '/',
      '@',
      '443',
      '127.0.0.1',
      '/8',
      ',',
      'on',
      'info',
    ),
  );
  const settings = fc.dictionary(fc.constantFrom(...names, 'UNKNOWN'), value, { maxKeys: 3 });
  const databases = fc.oneof(
    value.map((text) => ({ POSTERN_DATABASE_URL: `postgres://${text}`, POSTERN_SECRET: testSecret })),
    value.map((text) => ({ POSTERN_DATABASE_URL: `sqlite:${text}`, POSTERN_SECRET: testSecret })),
    value.map((text) => ({ POSTERN_DATABASE_URL: 'postgres://u:p@h/d', POSTERN_SECRET: text })),
  );
  fc.assert(
    fc.property(settings, databases, (some, database) => {
      const env = {
        ...Object.fromEntries(Object.entries(some).map(([name, text]) => [`POSTERN_${name}`, text])),
        ...database,
      };
      try {
        const config = parseConfig(env);
        const { origin } = new URL(config.url);
        assert.ok(config.url === origin || config.url === `${origin}/`);
        assert.ok(config.port >= 0 && config.port <= 65_535);
        assert.ok(config.secrets.every((secret) => Buffer.byteLength(secret) >= 32));
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        assert.match(error.message, /^[^\p{Cc}]*POSTERN_[^\p{Cc}]*$/u);
        const { POSTERN_SECRET, POSTERN_ADMIN_PASSWORD, POSTERN_METRICS_TOKEN, ...shown } = env as Record<
          string,
          string
        >;
        for (const text of [POSTERN_SECRET, POSTERN_ADMIN_PASSWORD, POSTERN_METRICS_TOKEN])
          if (text && text.length >= 12 && !JSON.stringify(shown).includes(JSON.stringify(text).slice(1, -1)))
            assert.ok(!error.message.includes(text), error.message);
      }
    }),
    runs(1500),
  );
});
