import assert from 'node:assert/strict';
import { createHmac, createPublicKey, KeyObject, sign } from 'node:crypto';
import { before, beforeEach, describe, test } from 'node:test';
import { completeOidc } from '../../../server/accounts/providers/oidc.ts';
import type { ProviderProblemKind } from '../../../server/accounts/providers/vouched.ts';
import { HOUR, toUnixSeconds } from '../../../server/base/units.ts';
import type { OidcProvider } from '../../../server/model/identity-provider.ts';
import { publishedPair, signedBy } from '../../support/key-host.ts';
import {
  clientId,
  clientSecret,
  loginRequest,
  lyingProvider,
  oidcProvider,
  problemOf,
  trip,
} from '../../support/lying-provider.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// An OpenID Connect provider, or whoever stands between it and the browser, answers with what it must not: nobody is vouched for.

const lying = await lyingProvider();
const stranger = await publishedPair('RS256');
const elliptic = await publishedPair('ES256');
let app: TestApp;
let provider: OidcProvider;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
});

beforeEach(() => {
  lying.reform();
  provider = oidcProvider(app, lying.issuer);
});

const inSeconds = (seconds: number) => toUnixSeconds(app.clock.now()) + seconds;

/** Sentences for administrators tell nothing that is secret or comes from elsewhere. */
function tellsNothing(message: string): void {
  assert.match(message, /^[A-Z][\x20-\x7e]{10,300}\.$/);
  for (const secret of [clientSecret, 'a code', lying.accessToken, 'user 1', 'ada@', 'planted', '127.0.0.1'])
    assert.ok(!message.includes(secret), message);
}

/** That nobody comes back from a trip, and why. */
async function refuses(
  options: Parameters<typeof trip>[3] = {},
  kind: ProviderProblemKind = 'bad_answer',
  about = /./,
): Promise<void> {
  const problem = await problemOf(trip(app, provider, lying, options));
  assert.equal(problem.kind, kind, problem.message);
  assert.match(problem.message, about);
  tellsNothing(problem.message);
}

describe('an ID token is refused', () => {
  const claims: readonly [name: string, claims: () => Record<string, unknown>, about: RegExp][] = [
    ['without iss', () => ({ iss: undefined }), /iss/],
    ['of another issuer', () => ({ iss: 'https://other.example.com' }), /iss/],
    ['of an issuer that differs by a slash', () => ({ iss: `${lying.issuer}/` }), /iss/],
    ['without sub', () => ({ sub: undefined }), /sub/],
    ['with a sub that is no text', () => ({ sub: 7 }), /sub/],
    ['without aud', () => ({ aud: undefined }), /aud/],
    ['for another client', () => ({ aud: 'another client' }), /aud/],
    ['for several other clients', () => ({ aud: ['another client', 'a third'], azp: clientId }), /aud/],
    ['for us among others without saying who asked', () => ({ aud: [clientId, 'another'] }), /aud/],
    ['for us, asked for by another client', () => ({ aud: [clientId, 'another'], azp: 'another' }), /azp/],
    ['for us alone, asked for by another client', () => ({ azp: 'another' }), /azp/],
    ['without exp', () => ({ exp: undefined }), /exp/],
    ['that ran out more than a minute ago', () => ({ exp: inSeconds(-61) }), /exp/],
    ['whose exp is a text', () => ({ exp: String(inSeconds(300)) }), /exp/],
    ['whose nbf is to come', () => ({ nbf: inSeconds(120) }), /nbf/],
    ['without iat', () => ({ iat: undefined }), /iat/],
    ['that was made in the future', () => ({ iat: inSeconds(70), exp: inSeconds(300) }), /iat/],
    ['that was made long before the sign-in', () => ({ iat: inSeconds(-400) }), /iat/],
    ['whose iat is a text', () => ({ iat: 'now' }), /iat/],
    ['without nonce', () => ({ nonce: undefined }), /nonce/],
    ['with another nonce', () => ({ nonce: 'planted' }), /nonce/],
    ['with an at_hash of another access token', () => ({ at_hash: 'planted' }), /at_hash/],
    ['with an at_hash that is no text', () => ({ at_hash: 7 }), /at_hash/],
    ['whose auth_time is to come', () => ({ auth_time: inSeconds(120) }), /auth_time/],
    ['whose auth_time is a text', () => ({ auth_time: 'planted' }), /auth_time/],
  ];
  for (const [name, lies, about] of claims)
    test(name, async () => {
      lying.lie({ claims: lies() });
      await refuses({}, 'bad_answer', about);
    });

  test('with the nonce of another sign-in by the same provider', async () => {
    await trip(app, provider, lying);
    lying.lie({ claims: { nonce: lying.state.nonce } });
    await refuses({}, 'bad_answer', /nonce/);
  });

  test('by a key that the provider does not publish, under the name of one that it does', async () => {
    lying.state.signs = { ...stranger, kid: lying.pair.kid };
    await refuses({}, 'bad_answer', /signed/);
  });

  test('by a key that the provider publishes under another name', async () => {
    lying.state.published = [lying.pair.jwk, stranger.jwk];
    lying.state.signs = { ...stranger, kid: lying.pair.kid };
    await refuses({}, 'bad_answer', /signed/);
  });

  test('by a key that it brings along', async () => {
    lying.state.signs = stranger;
    const { kid: _, ...jwk } = stranger.jwk;
    lying.lie({ header: { kid: undefined, jwk: jwk as never, jku: `${lying.issuer}/own-keys` } });
    await refuses({}, 'bad_answer', /signed/);
    assert.equal(lying.asked('/own-keys'), 0);
  });

  test('by an algorithm that the provider does not claim to use', async () => {
    lying.state.published = [lying.pair.jwk, elliptic.jwk];
    lying.state.signs = elliptic;
    lying.lie({ discovery: { id_token_signing_alg_values_supported: ['RS256'] } });
    await refuses({}, 'bad_answer', /alg/);
  });

  const parts = (header: object, payload: object) =>
    [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const goodClaims = (nonce: string) => ({
    iss: lying.issuer,
    sub: 'user 2 of the provider',
    aud: clientId,
    iat: inSeconds(0),
    exp: inSeconds(300),
    nonce,
  });
  /** The trip on which the provider answers with a token that is made when the nonce is known. */
  const answering = async (make: (nonce: string) => string | Promise<string>, about = /./) => {
    lying.lie({
      discovery: { id_token_signing_alg_values_supported: ['none', 'HS256', 'RS256', 'ES256'] },
      answers: {
        '/token': async (response) => {
          const id_token = await make(lying.state.nonce);
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ access_token: 'x', token_type: 'bearer', id_token }));
        },
      },
    });
    await refuses({}, 'bad_answer', about);
  };

  test('without a signature, whatever the provider claims to use', () =>
    answering((nonce) => `${parts({ alg: 'none' }, goodClaims(nonce))}.`, /alg/));

  test('with a critical extension that nobody here understands', () =>
    answering((nonce) => {
      const text = parts({ alg: 'RS256', kid: lying.pair.kid, crit: ['x'], x: 1 }, goodClaims(nonce));
      return `${text}.${sign('sha256', Buffer.from(text), KeyObject.from(lying.pair.privateKey)).toString('base64url')}`;
    }, /crit/));

  test('signed by the client secret, or by the public key as if it were one', async () => {
    const key = createPublicKey({ key: lying.pair.jwk as never, format: 'jwk' });
    const pem = key.export({ type: 'spki', format: 'pem' });
    for (const shared of [clientSecret, pem, JSON.stringify(lying.pair.jwk)])
      await answering((nonce) => {
        const text = parts({ alg: 'HS256', kid: lying.pair.kid }, goodClaims(nonce));
        return `${text}.${createHmac('sha256', shared).update(text).digest('base64url')}`;
      }, /alg/);
  });

  test('that was changed after it was signed', async () => {
    const sign = async (nonce: string) => (await signedBy(lying.pair, goodClaims(nonce))).split('.');
    await answering(async (nonce) => {
      const [header, , signature] = await sign(nonce);
      const other = parts({}, { ...goodClaims(nonce), sub: 'planted' }).split('.')[1];
      return [header, other, signature].join('.');
    }, /signed/);
    await answering(async (nonce) => (await sign(nonce)).slice(0, 2).join('.'));
    await answering(async (nonce) => `${(await sign(nonce)).slice(0, 2).join('.')}.`, /signed/);
  });

  test('that is none', async () => {
    for (const text of [
      '',
      'planted',
      '..',
      'e30.e30.e30',
      'a.b.c.d.e',
      `${'e30.'.repeat(2)}!`,
      'bnVsbA.bnVsbA.',
    ])
      await answering(() => text);
    for (const id_token of [undefined, null, 7, {}, ['a']]) {
      lying.lie({ tokens: { id_token } });
      await refuses();
    }
  });
});

describe('an answer in the browser is refused', () => {
  const callbacks: readonly [name: string, callback: () => Record<string, string | undefined>][] = [
    ['without state', () => ({ state: undefined })],
    ['with another state', () => ({ state: loginRequest(app, provider).id })],
    ['without a code', () => ({ code: undefined })],
    ['with an empty code', () => ({ code: '' })],
    ['that names another issuer', () => ({ iss: 'https://honest.example.com' })],
    [
      'that names another issuer, with an error',
      () => ({ code: undefined, error: 'access_denied', iss: 'x' }),
    ],
    ['with an error, of another browser', () => ({ code: undefined, error: 'access_denied', state: 'x' })],
    ['with an ID token in front', () => ({ id_token: 'planted' })],
    ['in a JWT', () => ({ response: 'planted' })],
  ];
  for (const [name, callback] of callbacks)
    test(`${name}, before the code goes anywhere`, async () => {
      const before = lying.asked('/token');
      await refuses({ callback: callback() });
      assert.equal(lying.asked('/token'), before);
    });

  test('that names no issuer when the provider says that it always does', async () => {
    const discovery = { authorization_response_iss_parameter_supported: true };
    lying.lie({ discovery });
    await refuses({}, 'bad_answer', /iss/);
    assert.ok(await trip(app, provider, lying, { callback: { iss: lying.issuer } }));
  });

  test('with a parameter twice', async () => {
    const request = loginRequest(app, provider);
    for (const twice of ['code', 'state', 'iss', 'error']) {
      const callback = new URLSearchParams({ code: 'a code', state: request.id, iss: lying.issuer });
      callback.append(twice, callback.get(twice) ?? 'access_denied');
      callback.append(twice, callback.get(twice) ?? 'access_denied');
      const made = completeOidc(app.services, app.instance, provider, request, callback);
      assert.equal((await problemOf(made)).kind, 'bad_answer', twice);
    }
  });

  test('that another provider gave: each has a place of its own to come back to', async () => {
    const other = oidcProvider(app, lying.issuer);
    await trip(app, provider, lying);
    const first = lying.state.form.get('redirect_uri');
    await trip(app, other, lying);
    assert.notEqual(lying.state.form.get('redirect_uri'), first);
  });
});

describe('an error is told apart', () => {
  const kinds = {
    access_denied: 'denied',
    login_required: 'login_required',
    interaction_required: 'login_required',
    account_selection_required: 'login_required',
    consent_required: 'login_required',
    server_error: 'unreachable',
    temporarily_unavailable: 'unreachable',
    unauthorized_client: 'misconfigured',
    invalid_request: 'misconfigured',
    invalid_scope: 'misconfigured',
    'planted <script>': 'bad_answer',
    constructor: 'bad_answer',
  } as const;
  for (const [error, kind] of [...Object.entries(kinds), ['__proto__', 'bad_answer']] as const)
    test(`${error} in the browser: ${kind}`, () =>
      refuses({ callback: { code: undefined, error, error_description: 'planted' } }, kind));

  const token: readonly [error: string, status: number, kind: ProviderProblemKind][] = [
    ['invalid_client', 401, 'misconfigured'],
    ['invalid_client', 400, 'misconfigured'],
    ['unauthorized_client', 400, 'misconfigured'],
    ['invalid_grant', 400, 'bad_answer'],
    ['planted', 400, 'bad_answer'],
    ['temporarily_unavailable', 503, 'unreachable'],
    ['slow_down', 429, 'unreachable'],
  ];
  for (const [error, status, kind] of token)
    test(`${error} (${status}) where the code is redeemed: ${kind}`, () => {
      const headers = { 'www-authenticate': 'Basic realm="planted", error="planted"' };
      lying.lie({
        answers: { '/token': { status, headers, body: { error, error_description: 'planted' } } },
      });
      return refuses({}, kind);
    });
});

test('a token endpoint whose answer is not one signs nobody in, and says nothing of what it was', async () => {
  const bodies: readonly (string | Record<string, unknown>)[] = [
    '',
    'planted',
    'null',
    '[]',
    '"planted"',
    '7',
    '{"a":',
    {},
    { access_token: 7, token_type: 'bearer' },
    { access_token: 'x', token_type: 7 },
    { access_token: 'x', token_type: 'planted' },
    { access_token: 'x', token_type: 'bearer', expires_in: 'planted' },
    { access_token: '', token_type: 'bearer' },
    { error: 'planted' },
    { error: 7 },
    { __proto__: null, access_token: { toString: 'planted' } },
    '['.repeat(30_000),
  ];
  for (const body of bodies)
    for (const status of [200, 201, 204, 205, 400, 401, 404, 600]) {
      lying.lie({ answers: { '/token': { status, body } } });
      const { kind, message } = await problemOf(trip(app, provider, lying));
      assert.equal(kind, status === 600 ? 'unreachable' : 'bad_answer', message);
      tellsNothing(message);
    }
  lying.lie({
    answers: { '/token': { headers: { 'content-type': 'text/html' }, body: '<h1>planted</h1>' } },
  });
  await refuses();
});

test('a userinfo endpoint whose answer is not one signs nobody in', async () => {
  for (const body of ['', 'planted', 'null', '[]', { sub: 7 }, { sub: null }]) {
    lying.lie({ claims: { name: undefined }, answers: { '/userinfo': { body } } });
    await refuses();
  }
  const headers = { 'content-type': 'application/jwt' };
  const body = await signedBy(stranger, { sub: 'user 1 of the provider', name: 'planted' });
  lying.lie({ claims: { name: undefined }, answers: { '/userinfo': { headers, body } } });
  await refuses({}, 'misconfigured', /JSON/);
});

test('claims by the names of JavaScript change nothing of what they come into', async () => {
  lying.lie({
    claims: { name: undefined },
    answers: {
      '/userinfo': {
        body: '{"sub":"user 1 of the provider","__proto__":{"email_verified":true,"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      },
    },
  });
  const { claims } = await trip(app, provider, lying);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.equal(Object.getPrototypeOf(claims), Object.prototype);
});

test('a sign-in that another browser began brings nobody back here: its state, verifier and nonce are not ours', async () => {
  const attacker = loginRequest(app, provider);
  await refuses({ callback: { state: attacker.id } }, 'bad_answer', /state/);
  // And where the state of this browser is put in its place, the nonce is that of another one.
  await trip(app, provider, lying);
  lying.lie({ claims: { nonce: lying.state.nonce } });
  await refuses({}, 'bad_answer', /nonce/);
});

test('what is asked for long after it began does not come back with an old token', async () => {
  app.clock.advance(HOUR);
  await refuses({}, 'bad_answer', /exp/);
  app.clock.advance(-HOUR);
});
