import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { type Id, newId } from '../../server/base/ids.ts';
import { MasterSecret, sha256 } from '../../server/base/master-secret.ts';
import { Refusal } from '../../server/base/refusal.ts';
import { safeReturnTo, waitingRequest } from '../../server/http/return-to.ts';
import type { Instance } from '../../server/model/instance.ts';
import { checkRedirectUri } from '../../server/model/redirect-uri.ts';
import { matchesChallenge, readCodeChallenge } from '../../server/oauth/authorize/pkce.ts';
import { isRegistered, withParameters } from '../../server/oauth/authorize/redirect.ts';
import { OAuthError, type OAuthErrorCode } from '../../server/oauth/errors.ts';
import { Form } from '../../server/oauth/parameters.ts';
import { parseScope, requestedScopes, stillAllowed } from '../../server/oauth/scope.ts';
import { readAccessToken } from '../../server/oauth/tokens/access-token.ts';
import { readRefreshToken, writeRefreshToken } from '../../server/oauth/tokens/refresh-token.ts';
import { ConfigError, parseConfig } from '../../server/process/config.ts';
import { redrawLogo } from '../../server/registry/applications/image.ts';
import { parsePublicKey } from '../../server/registry/applications/public-key.ts';
import { anyLife, begin, conclude } from '../support/authorization-model.ts';
import type { Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { opensslCertificate } from '../support/key-pairs.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { runs } from '../support/property-runs.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// What must hold for every input and every order of events. `SEED=7 RUNS=20 npm test test/properties/properties.test.ts` looks
// further than the daily run does.

const redirectUri = 'https://client.example.com/callback';

/** Any text a program can hold, halves of surrogate pairs and control characters included. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
/** Any text that can come over the wire. */
const wireText = fc.string({ unit: 'binary' });

/** Texts of these pieces in any order: what has a meaning to a parser comes up often. */
function textOf(...pieces: string[]): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...pieces) }, fc.string({ maxLength: 3 }));
  return fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
}

/** One small change of a text or of bytes: another character, one less or one more. */
interface Change {
  readonly at: number;
  readonly kind: 'replace' | 'remove' | 'insert';
  readonly by: string;
}

const base64urlish = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\u0000é'];

function changeBy(...characters: string[]): fc.Arbitrary<Change> {
  return fc.record({
    at: fc.nat({ max: 1_000_000 }),
    kind: fc.constantFrom('replace', 'remove', 'insert'),
    by: fc.constantFrom(...characters),
  });
}

function changed(text: string, { at, kind, by }: Change): string {
  const place = at % (text.length + (kind === 'insert' ? 1 : 0));
  return (
    text.slice(0, place) + (kind === 'remove' ? '' : by) + text.slice(place + (kind === 'insert' ? 0 : 1))
  );
}

const byteChanges = fc.array(
  fc.record({ at: fc.nat({ max: 1_000_000 }), by: fc.nat({ max: 255 }), cut: fc.nat({ max: 40 }) }),
  { minLength: 1, maxLength: 4 },
);

/** The bytes with some of them replaced, and now and then the rest cut off. */
function damaged(bytes: Uint8Array, changes: readonly { at: number; by: number; cut: number }[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { at, by, cut } of changes) {
    if (result.length === 0) break;
    result[at % result.length] = by;
    if (cut === 0) result = result.subarray(0, at % result.length);
  }
  return result;
}

/** What it returns, or the OAuth error that it throws; any other error goes through. */
function orOAuthError<T>(run: () => T, ...codes: OAuthErrorCode[]): T | OAuthError {
  try {
    return run();
  } catch (error) {
    assert.ok(error instanceof OAuthError && codes.includes(error.code), String(error));
    return error;
  }
}

forEachEngine((engine) => {
  let app: TestApp;
  /** What the lives of authorizations are about; the other tests have their own. */
  let lived: { client: OAuthClient; people: Person[] };
  let client: OAuthClient;
  let observer: OAuthClient;

  before(async () => {
    app = await startApp({ engine, clock: stoppedClock(), config: { POSTERN_RATE_LIMITS: 'off' } });
    const web = async () =>
      new OAuthClient(app, await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] }));
    lived = { client: await web(), people: [await app.admin.createUser(), await app.admin.createUser()] };
    client = await web();
    const machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
    observer = new OAuthClient(app, machine);
  });
  after(() => app.close());

  test('whatever happens to authorizations and in which order, each one lives and ends as the contract says', () =>
    fc.assert(
      fc.asyncProperty(anyLife(40), async (life) => {
        const { model, real } = await begin(app, lived.client, observer, lived.people);
        await fc.asyncModelRun(() => ({ model, real }), life);
        await conclude(model, real);
      }),
      runs(25),
    ));

  test('any form to any OAuth endpoint is answered with a reason and never with a fault of the server', async () => {
    const tokens = await client.authorize(app.browser(), app.user);
    const { client_id: id } = client.application;
    const jwtLike = fc
      .tuple(fc.jsonValue(), fc.jsonValue(), fc.base64String())
      .map(([header, claims, signature]) =>
        [JSON.stringify(header), JSON.stringify(claims), signature]
          .map((part) => Buffer.from(part).toString('base64url'))
          .join('.'),
      );
    const value = fc.oneof(
      wireText,
      jwtLike,
      fc.constantFrom(id, `${client.secret}`, redirectUri, 'api', 'S256', 'code', 'prt_', 'a'.repeat(43)),
      changeBy(...base64urlish).map((change) => changed(tokens.refresh_token, change)),
      changeBy(...base64urlish).map((change) => changed(tokens.access_token, change)),
    );
    const names =
      'client_id client_secret client_assertion client_assertion_type code code_verifier redirect_uri refresh_token scope token assertion state';
    const parameters = fc.dictionary(fc.constantFrom(...names.split(' ')), value);
    const grantType = fc.constantFrom(
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    );
    const endpoint = fc.constantFrom(
      '/oauth2/token',
      '/oauth2/revoke',
      '/oauth2/introspect',
      '/integrations/oauth2/api/v1/token',
      '/integrations/oauth2/api/v1/revoke',
      '/integrations/oauth2/api/v1/jwt/exchange',
    );
    await fc.assert(
      fc.asyncProperty(endpoint, grantType, parameters, fc.boolean(), async (path, grant, rest, asJson) => {
        const fields = { grant_type: grant, ...rest };
        const answer = await send(app, path, { body: asJson ? fields : new URLSearchParams(fields) });
        assert.ok([200, 400, 401].includes(answer.status), `${answer.status} ${answer.text}`);
        if (answer.status !== 200)
          assert.match(answer.json<{ error_description: string }>().error_description, /^[ -!#-[\]-~]+$/);
      }),
      runs(150),
    );
    assert.ok(await observer.isActive(tokens.refresh_token), 'none of them was good for anything');
  });

  test('of all Basic headers only the right client ID and secret are let in, however they are encoded', async () => {
    const { client_id: id, client_secret: secret = '' } = observer.application;
    const ask = async (authorization: string) =>
      (
        await send(app, '/oauth2/token', {
          headers: { authorization },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        })
      ).status;
    const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
    // Every character may be percent-encoded.
    const encoded = fc
      .array(fc.boolean(), { minLength: 1 })
      .map((which) =>
        [id, secret]
          .map((half) =>
            [...half]
              .map((each, at) => (which[at % which.length] ? `%${Buffer.from(each).toString('hex')}` : each))
              .join(''),
          )
          .join(':'),
      );
    await fc.assert(
      fc.asyncProperty(encoded, async (pair) => assert.equal(await ask(`Basic ${base64(pair)}`), 200)),
      runs(15),
    );
    const wrong = fc.oneof(
      fc.uint8Array().map((bytes) => `Basic ${base64(bytes)}`),
      wireText.map((text) => `Basic ${base64(text)}`),
      wireText.map((text) => basic(id, text)),
      textOf(id, secret, ':', '%', '%00', '%ff', '+').map((text) => `Basic ${base64(text)}`),
      textOf('Basic', ' ', 'Bearer', ',', '=', base64(`${id}:`)).map((text) => text.trim()),
      changeBy(...base64urlish.filter((each) => /[!-~]/.test(each)))
        .map((change) => changed(`${id}:${secret}`, change))
        .map((text) => `Basic ${base64(text)}`),
    );
    await fc.assert(
      fc.asyncProperty(wrong, async (header) => {
        const [, pair] = /^Basic +(.*)$/i.exec(header) ?? [];
        const text = Buffer.from(pair ?? '', 'base64').toString();
        fc.pre(text !== `${id}:${secret}`);
        assert.ok([400, 401].includes(await ask(header)), header);
      }),
      runs(100),
    );
  });

  test('an access token that was changed in any place is no access token', async () => {
    const { access_token: token } = await client.authorize(app.browser(), app.user);
    const instance = (await app.services.instances.byHost(new URL(app.url).host)) as Instance;
    const read = (text: string) => readAccessToken(app.services, instance, text);
    assert.ok(await read(token));
    const [header = '', claims = '', signature = ''] = token.split('.');
    const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = fc.oneof(
      { weight: 4, arbitrary: changeBy(...base64urlish).map((change) => changed(token, change)) },
      fc.anything().map((value) => `${header}.${part({ ...json(claims), sub: value })}.${signature}`),
      fc.jsonValue().map((value) => `${header}.${part(value)}.${signature}`),
      fc
        .record({ alg: fc.oneof(fc.constantFrom('none', 'HS256', 'ES256'), fc.string()) })
        .map((value) => `${part({ ...json(header), ...value })}.${claims}.${signature}`),
      fc.constantFrom('', 'AA').map((none) => `${part({ alg: 'none' })}.${claims}.${none}`),
      anyText,
    );
    await fc.assert(
      fc.asyncProperty(forged, async (text) => {
        fc.pre(text !== token);
        assert.equal(await read(text), null);
      }),
      runs(200),
    );
  });
});

describe('forms', () => {
  const names = fc.constantFrom('a', 'b', 'code', '__proto__', 'constructor', '');

  test('have each parameter once, as a URL parser reads it, and say which came more than once', () => {
    const pieces = textOf('a', 'b', 'a=', '=', '&', '+', '%', '%00', '%zz', '%c3%28', '%61', '__proto__');
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
      textOf('{', '}', '[', ']', '"', '"a"', ':', ',', '\\', '1', 'null'),
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

describe('redirect URIs', () => {
  const pieces = textOf(
    ...['https://', 'http://', 'com.example.app:', 'javascript:', 'a.b:', 'localhost', '127.0.0.1', '[::1]'],
    ...['evil.example', ':', '/', '//', '\\', '@', '?', '&', '=', '#', '*', '%', '%2e', '%63ode=1', 'code=1'],
    ...['state', 'iss', ':8080', ':99999', '..', '.', '\t', '\n', '\u0000', 'é', '[', ']', '+'],
  );
  const uri = fc.oneof(
    { weight: 3, arbitrary: pieces },
    fc
      .tuple(fc.constantFrom('https://app.example.com/', 'com.example.app:/', 'http://127.0.0.1/'), pieces)
      .map(([a, b]) => a + b),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    anyText,
  );
  const type = fc.constantFrom('web', 'spa');

  test('that are accepted lead where they seem to lead, and the answer comes back whole', () => {
    const answer = fc.dictionary(fc.constantFrom('code', 'state', 'iss', 'error', 'domain'), wireText, {
      minKeys: 1,
    });
    let accepted = 0;
    fc.assert(
      fc.property(uri, type, answer, (text, kind, parameters) => {
        if (checkRedirectUri(text, kind) !== null) return;
        accepted++;
        const before = new URL(text);
        assert.equal(before.username + before.password + before.hash, '');
        if (before.protocol === 'http:')
          assert.ok(['localhost', '127.0.0.1', '[::1]'].includes(before.hostname), text);
        else if (before.protocol !== 'https:')
          assert.ok(kind === 'spa' && before.protocol.includes('.'), text);

        const after = withParameters(text, parameters);
        assert.ok(after.startsWith(text));
        const url = new URL(after);
        assert.equal(
          url.origin + url.hostname + url.pathname,
          before.origin + before.hostname + before.pathname,
        );
        assert.deepEqual([...url.searchParams], [...before.searchParams, ...Object.entries(parameters)]);
      }),
      { ...runs(3000), examples: [['https://app.example.com/?next=/page?', 'web', { code: 'some code' }]] },
    );
    assert.ok(accepted > 100, `only ${accepted} were accepted`);
  });

  test('match what was registered byte for byte, but for the port of a loopback IP literal', () => {
    const registered = [
      redirectUri,
      'https://app.example.com:8443/cb?tenant=1',
      'http://localhost:3001/callback',
      'http://127.0.0.1:3000/cb?a=b',
      'http://[::1]/cb',
      'com.example.app:/callback',
    ];
    const withoutPort = (text: string) =>
      text.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):[1-9]\d{0,4}(?=[/?]|$)/, '$1');
    const change = changeBy(...'/:.@?#&=%0123456789abAB[] \\\t\n');
    const given = fc
      .tuple(fc.constantFrom(...registered), fc.array(change, { maxLength: 3 }))
      .map(([text, changes]) => changes.reduce(changed, text));
    fc.assert(
      fc.property(given, (text) => {
        const same = registered.some((each) => withoutPort(each) === withoutPort(text));
        if (isRegistered(registered, text)) assert.ok(same, text);
        else assert.ok(!registered.includes(text) && (!same || !URL.canParse(text)), text);
      }),
      runs(2000),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_535 }), (port) => {
        assert.ok(isRegistered(registered, `http://127.0.0.1:${port}/cb?a=b`));
        assert.ok(isRegistered(registered, `http://[::1]:${port}/cb`));
        assert.equal(isRegistered(registered, `http://localhost:${port}/callback`), port === 3001);
      }),
      runs(100),
    );
  });
});

describe('refresh tokens', () => {
  const secret = new MasterSecret([randomBytes(32).toString('hex')]);
  const id = fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => Buffer.from(bytes).toString('hex') as Id);
  const generation = fc.integer({ min: 0, max: 0xffff_ffff });

  test('read back as what they were written for, at their own instance and under their own secret only', () => {
    const other = new MasterSecret([randomBytes(32).toString('hex')]);
    fc.assert(
      fc.property(id, id, id, generation, (instance, elsewhere, authorizationId, count) => {
        const token = writeRefreshToken(secret, instance, authorizationId, count);
        assert.deepEqual(readRefreshToken(secret, instance, token), { authorizationId, generation: count });
        assert.equal(readRefreshToken(other, instance, token), undefined);
        if (elsewhere !== instance) assert.equal(readRefreshToken(secret, elsewhere, token), undefined);
      }),
      runs(300),
    );
  });

  test('with any bit flipped, or spelled in any other way, are none', () => {
    const instance = newId(1) as Id;
    fc.assert(
      fc.property(
        id,
        generation,
        fc.nat({ max: 53 * 8 - 1 }),
        changeBy(...base64urlish),
        (its, count, bit, change) => {
          const token = writeRefreshToken(secret, instance, its, count);
          const bytes = Buffer.from(token.slice(4), 'base64url');
          bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
          const others = [`prt_${bytes.toString('base64url')}`, changed(token, change), token.toUpperCase()];
          for (const text of others)
            if (text !== token) assert.equal(readRefreshToken(secret, instance, text), undefined, text);
        },
      ),
      runs(1000),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        assert.equal(readRefreshToken(secret, instance, text), undefined);
        assert.equal(readRefreshToken(secret, instance, `prt_${text}`), undefined);
      }),
      runs(300),
    );
  });
});

describe('PKCE', () => {
  const verifier = fc.string({
    unit: fc.constantFrom(...'ABCXYZabcxyz0189-._~'),
    minLength: 43,
    maxLength: 128,
  });

  test('a challenge goes with its verifier and with no other', () => {
    fc.assert(
      fc.property(
        verifier,
        fc.oneof(verifier, anyText),
        changeBy(...base64urlish),
        (right, wrong, change) => {
          const challenge = readCodeChallenge(sha256(right).toString('base64url'), 'S256');
          assert.equal(matchesChallenge(challenge, right), true);
          for (const text of [wrong, changed(right, change)])
            if (text !== right) assert.equal(matchesChallenge(challenge, text), false);
          assert.equal(matchesChallenge(challenge, undefined), false);
          assert.equal(matchesChallenge(null, right), false);
        },
      ),
      runs(300),
    );
  });

  test('anything else in place of a challenge is invalid_request', () => {
    const some = fc.option(fc.oneof(anyText, fc.constantFrom('plain', 'S256', 's256')), { nil: undefined });
    fc.assert(
      fc.property(some, some, some, (challenge, method, given) => {
        const read = orOAuthError(() => readCodeChallenge(challenge, method), 'invalid_request');
        if (read instanceof OAuthError || read === null) return;
        assert.equal(method, 'S256');
        assert.equal(read.length, 43);
        assert.equal(matchesChallenge(read, given), false);
      }),
      runs(500),
    );
  });
});

describe('scopes', () => {
  const name: fc.Arbitrary<string> = fc.constantFrom('api', 'admin', 'offline_access', 'read:all');
  const text = fc.oneof(anyText, textOf('api', 'admin', 'offline_access', ' ', '  ', '"', '\\', '\t'));

  test('of a request are names, each once and each allowed, or the answer is invalid_scope', () => {
    fc.assert(
      fc.property(text, fc.array(name), (asked, allowed) => {
        const parsed = orOAuthError(() => parseScope(asked), 'invalid_scope');
        const granted = orOAuthError(() => requestedScopes(asked, allowed, []), 'invalid_scope');
        if (parsed instanceof OAuthError) return assert.ok(granted instanceof OAuthError);
        assert.equal(new Set(parsed).size, parsed.length);
        assert.deepEqual(new Set(asked.split(' ').filter(Boolean)), new Set(parsed));
        if (granted instanceof OAuthError) assert.ok(parsed.some((each) => !allowed.includes(each)));
        else assert.deepEqual(granted, parsed);
        assert.deepEqual(parseScope(parsed.join(' ')), parsed);
      }),
      runs(500),
    );
  });

  test('that an application lost are lost to its authorizations, and none is won', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (granted, allowed) => {
        for (const each of stillAllowed(granted, allowed)) {
          assert.ok(granted.includes(each));
          assert.ok(allowed.includes(each) || each === 'offline_access');
        }
      }),
      runs(100),
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
  const pieces = textOf(
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
  fc.assert(
    fc.property(fc.constantFrom(...origins), text, (origin, given) => {
      const instance = { url: origin } as Instance;
      const path = safeReturnTo(given, instance);
      assert.match(path, /^\/(?![/\\])[!-~]*$/);
      for (const base of [origin, `${origin}/login?return_to=%2F`])
        assert.equal(new URL(path, base).origin, origin);
      assert.equal(safeReturnTo(path, instance), path);
      waitingRequest(path, instance);
    }),
    runs(3000),
  );
});

test('any setting is taken, or refused in one line that names it and holds no password', () => {
  const names =
    'URL HOST PORT ADMIN_EMAIL ADMIN_PASSWORD TRUST_PROXY RATE_LIMITS LOG_LEVEL METRICS_TOKEN'.split(' ');
  const value = fc.oneof(
    anyText,
    textOf(
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
