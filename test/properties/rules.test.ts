import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Id, newId } from '../../server/base/ids.ts';
import { MasterSecret, sha256 } from '../../server/base/master-secret.ts';
import { checkRedirectUri } from '../../server/model/redirect-uri.ts';
import { stillAllowed } from '../../server/model/scopes.ts';
import { matchesChallenge, readCodeChallenge } from '../../server/oauth/authorize/pkce.ts';
import { isRegistered, withParameters } from '../../server/oauth/authorize/redirect.ts';
import { OAuthError } from '../../server/oauth/errors.ts';
import { parseScope, requestedScopes } from '../../server/oauth/scope.ts';
import { readRefreshToken, writeRefreshToken } from '../../server/oauth/tokens/refresh-token.ts';
import {
  anyText,
  base64urlish,
  changeBy,
  changed,
  orOAuthError,
  textOfPieces,
  wireText,
} from '../support/arbitraries.ts';
import { runs } from '../support/property-runs.ts';

// What must hold of the rules of the protocol for every input.

const redirectUri = 'https://client.example.com/callback';

describe('redirect URIs', () => {
  const pieces = textOfPieces(
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
  const text = fc.oneof(anyText, textOfPieces('api', 'admin', 'offline_access', ' ', '  ', '"', '\\', '\t'));

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
