import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { beginHandOver } from '../../../server/accounts/providers/hand-over.ts';
import type { Asked } from '../../../server/accounts/providers/vouched.ts';
import { MINUTE, SECOND, toUnixSeconds } from '../../../server/base/units.ts';
import type { HandoverProvider } from '../../../server/model/identity-provider.ts';
import {
  complete,
  goodClaims,
  handOver,
  handOverProvider,
  loginRequest,
  problemOf,
} from '../../support/hand-over.ts';
import { keyHost, type PublishedPair, publishedPair, signedBy } from '../../support/key-host.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// A product hands its users over: what it is asked, and every rule of its answer.

let app: TestApp;
let pair: PublishedPair;
let provider: HandoverProvider;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  pair = await publishedPair();
  provider = handOverProvider(app, { jwks: { keys: [pair.jwk] } });
});

/** Seconds of a JWT, so many of ours from now. */
const inSeconds = (seconds: number) => toUnixSeconds(app.clock.now()) + seconds;

describe('the browser goes to the product', () => {
  const begun = async (login_url: string, asked: Asked = {}) => {
    const at = handOverProvider(app, { login_url });
    const request = loginRequest(app, at, asked);
    const url = new URL(await beginHandOver(app.services, app.instance, at, request));
    assert.equal(url.searchParams.get('login_request'), request.id);
    return url;
  };

  test('with the login request and nothing else when nothing else is asked for', async () => {
    const url = await begun('https://product.example.com/hand-over');
    assert.equal(url.origin + url.pathname, 'https://product.example.com/hand-over');
    assert.deepEqual([...url.searchParams.keys()], ['login_request']);
  });

  test('with all that the application asked for', async () => {
    const { searchParams } = await begun('https://product.example.com/hand-over', {
      prompt: 'login',
      maxAge: 0,
      loginHint: 'ada+1@example.com',
      uiLocales: 'sv en',
      client: { id: 'c1', name: 'Lovelace & Söner' },
    });
    const { login_request: _, ...rest } = Object.fromEntries(searchParams);
    assert.deepEqual(rest, {
      prompt: 'login',
      max_age: '0',
      login_hint: 'ada+1@example.com',
      ui_locales: 'sv en',
      client_id: 'c1',
      client_name: 'Lovelace & Söner',
    });
  });

  test('at an address whose query stays as it is', async () => {
    const url = await begun('https://product.example.com/?page=hand%20over&empty', { prompt: 'none' });
    assert.match(url.search, /^\?page=hand%20over&empty&login_request=[\w-]{43}&prompt=none$/);
  });
});

describe('the product hands somebody over', () => {
  for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'])
    test(`by a JWT signed ${alg}, with or without naming the key`, async () => {
      const own = await publishedPair(alg);
      const at = handOverProvider(app, { jwks: { keys: [pair.jwk, own.jwk] } });
      assert.equal((await handOver(app, at, own)).claims['sub'], 'customer-7:41');
      assert.equal((await handOver(app, at, own, {}, { kid: undefined })).claims['sub'], 'customer-7:41');
    });

  test('with everything that it says of them, when they proved who they are, and by what', async () => {
    const authTime = inSeconds(-300);
    const person = await handOver(app, provider, pair, { auth_time: authTime, jti: 'once' });
    assert.deepEqual(
      [person.claims['email'], person.claims['email_verified'], person.claims['name']],
      ['ada@example.com', true, 'Ada Lovelace'],
    );
    assert.deepEqual(person.claims['claims'], { plan: 'pro', seats: 12 });
    assert.equal(person.authenticatedAt, authTime * SECOND);
    assert.deepEqual(person.methods, ['pwd', 'otp']);
    // For as long as the same JWT would be taken again.
    assert.deepEqual(person.once, { id: 'once', expiresAt: inSeconds(120) * SECOND });
  });

  test('with as little as must be there, and null for what it does not know', async () => {
    const nothing = { email: undefined, email_verified: undefined, name: undefined, locale: undefined };
    const person = await handOver(app, provider, pair, {
      ...nothing,
      auth_time: null,
      amr: null,
      claims: null,
    });
    assert.deepEqual([person.authenticatedAt, person.methods], [null, []]);
    assert.deepEqual(
      Object.keys(person.claims).sort(),
      ['aud', 'exp', 'iat', 'iss', 'jti', 'login_request', 'sub'].sort(),
    );
  });

  test('with a clock that is up to a minute before or behind', async () => {
    for (const off of [-60, 60])
      await handOver(app, provider, pair, {
        iat: inSeconds(off),
        exp: inSeconds(off + 119),
        auth_time: inSeconds(off),
      });
  });

  test('with an auth_time that its clock is ahead by counted as now', async () => {
    const person = await handOver(app, provider, pair, { auth_time: inSeconds(50) });
    assert.equal(person.authenticatedAt, app.clock.now());
  });

  test('with the audience as a text or as a list of it alone', async () => {
    for (const aud of [app.url, [app.url]]) await handOver(app, provider, pair, { aud });
  });

  test('with times that have a fraction', async () => {
    const person = await handOver(app, provider, pair, {
      iat: inSeconds(0) - 0.5,
      exp: inSeconds(0) + 60.25,
    });
    assert.ok(Number.isInteger(person.once?.expiresAt));
  });
});

describe('nobody is handed over, and the sentence names the claim, when', () => {
  const wrong: [what: string, claims: () => Record<string, unknown>, said: RegExp][] = [
    ['iss is missing', () => ({ iss: undefined }), /iss .* https:\/\/product\.example\.com/],
    ['iss has a slash more', () => ({ iss: 'https://product.example.com/' }), /iss/],
    ['iss is a list', () => ({ iss: ['https://product.example.com'] }), /iss/],
    ['aud is missing', () => ({ aud: undefined }), /aud .* URL of this instance/],
    ['aud is the address that the answer goes to', () => ({ aud: `${app.url}/login/handover/1` }), /aud/],
    ['aud is an empty list', () => ({ aud: [] }), /aud/],
    ['aud is this instance and another', () => ({ aud: [app.url, 'https://b.example.com'] }), /nothing else/],
    ['iat is missing', () => ({ iat: undefined }), /must have iat/],
    ['iat is a text', () => ({ iat: String(inSeconds(0)) }), /iat .* number/],
    ['iat is in the future', () => ({ iat: inSeconds(62) }), /iat .* future/],
    ['iat is long ago', () => ({ iat: inSeconds(-601) }), /iat .* 10 minutes/],
    ['nbf is in the future', () => ({ nbf: inSeconds(62) }), /nbf .* future/],
    ['nbf is a text', () => ({ nbf: 'now' }), /nbf .* number/],
    ['exp is missing', () => ({ exp: undefined }), /must have exp/],
    ['exp is a text', () => ({ exp: String(inSeconds(60)) }), /exp .* number/],
    ['exp is past', () => ({ exp: inSeconds(-60) }), /expired \(exp\)/],
    ['exp is more than two minutes ahead', () => ({ exp: inSeconds(182) }), /exp .* 120 seconds/],
    ['exp counts milliseconds', () => ({ exp: inSeconds(60) * 1000 }), /exp .* milliseconds/],
    ['exp is no day of a calendar', () => ({ exp: 1e300 }), /exp .* number/],
    ['jti is missing', () => ({ jti: undefined }), /jti/],
    ['jti is empty', () => ({ jti: '' }), /jti/],
    ['jti is a number', () => ({ jti: 7 }), /jti/],
    ['jti is too long', () => ({ jti: 'x'.repeat(256) }), /jti .* 255/],
    ['login_request is missing', () => ({ login_request: undefined }), /login_request/],
    ['login_request is another one', () => ({ login_request: 'x'.repeat(43) }), /login_request/],
    ['sub is missing', () => ({ sub: undefined }), /sub/],
    ['sub is null', () => ({ sub: null }), /sub/],
    ['sub is a number', () => ({ sub: 41 }), /sub .* text/],
    ['sub is empty', () => ({ sub: ' ' }), /sub/],
    ['sub is too long', () => ({ sub: 'x'.repeat(256) }), /sub .* 255/],
    ['sub has a control character', () => ({ sub: 'customer\0' }), /sub/],
    ['auth_time is in the future', () => ({ auth_time: inSeconds(62) }), /auth_time .* future/],
    ['auth_time is a text', () => ({ auth_time: 'yesterday' }), /auth_time .* number/],
    ['auth_time is before everything', () => ({ auth_time: -1 }), /auth_time .* number/],
    ['email is a list', () => ({ email: ['ada@example.com'] }), /email .* text/],
    ['email_verified is a text', () => ({ email_verified: 'true' }), /email_verified .* true or false/],
    ['email_verified is 1', () => ({ email_verified: 1 }), /email_verified/],
    ['name is an object', () => ({ name: { first: 'Ada' } }), /name .* text/],
    ['locale is a number', () => ({ locale: 1 }), /locale .* text/],
    ['amr is a text', () => ({ amr: 'pwd' }), /amr .* list of texts/],
    ['amr has a number', () => ({ amr: ['pwd', 1] }), /amr .* list of texts/],
    ['claims is a list', () => ({ claims: ['plan'] }), /claims .* object/],
    ['claims is a text', () => ({ claims: '{}' }), /claims .* object/],
  ];
  for (const [what, claims, said] of wrong)
    test(what, async () => {
      assert.match(await problemOf(handOver(app, provider, pair, claims())), said);
    });

  test('it says neither who it is nor why not', async () => {
    const request = loginRequest(app, provider);
    assert.match(await problemOf(complete(app, provider, request, {})), /response, .* or with error/);
  });

  test('it says both', async () => {
    const request = loginRequest(app, provider);
    const response = await signedBy(pair, goodClaims(app, request.id));
    const both = complete(app, provider, request, { response, error: 'access_denied' });
    assert.match(await problemOf(both), /not with both/);
  });
});

describe('the product says that nobody is handed over', () => {
  const saying = (error: string) => complete(app, provider, loginRequest(app, provider), { error });

  test('because the person or the product does not want it', async () => {
    assert.match(await problemOf(saying('access_denied'), 'denied'), /access_denied/);
  });

  test('because it would have to show a page', async () => {
    assert.match(await problemOf(saying('login_required'), 'login_required'), /login_required/);
  });

  test('in a word that there is none of, which is not repeated', async () => {
    for (const error of ['server_error', '', '<script>'])
      assert.match(await problemOf(saying(error)), /must be access_denied or login_required\.$/);
  });
});

describe('the keys of the product at its jwks_uri', () => {
  test('are asked for once by a hundred sign-ins together', async (t) => {
    const host = await keyHost(pair.jwk);
    t.after(host.close);
    const at = handOverProvider(app, { jwks_uri: host.url });
    await Promise.all(Array.from({ length: 100 }, () => handOver(app, at, pair)));
    await handOver(app, at, pair);
    assert.equal(host.asked(), 1);
  });

  test('change: a new one counts within 30 seconds, the one that is gone until the set is no longer fresh', async (t) => {
    const fresh = await publishedPair();
    const host = await keyHost(pair.jwk);
    t.after(host.close);
    const at = handOverProvider(app, { jwks_uri: host.url });
    await handOver(app, at, pair);
    host.published.body = { keys: [fresh.jwk] };
    assert.match(await problemOf(handOver(app, at, fresh)), /seen within 30 seconds\.$/);
    app.clock.advance(30 * SECOND);
    await handOver(app, at, fresh);
    assert.equal(host.asked(), 2);
    await problemOf(handOver(app, at, pair));
  });

  test('are asked for again as soon as the administrator has changed the provider', async (t) => {
    const host = await keyHost(pair.jwk);
    t.after(host.close);
    const at = handOverProvider(app, { jwks_uri: host.url });
    await handOver(app, at, pair);
    host.published.body = { keys: [] };
    await handOver(app, at, pair);
    await problemOf(handOver(app, { ...at, updatedAt: at.updatedAt + 1 }, pair));
  });

  test('cannot be had: whoever’s key is known is handed over, nobody else', async (t) => {
    const host = await keyHost(pair.jwk);
    t.after(host.close);
    const at = handOverProvider(app, { jwks_uri: host.url });
    await handOver(app, at, pair);
    host.published.status = 503;
    app.clock.advance(MINUTE);
    const other = await publishedPair();
    assert.match(
      await problemOf(handOver(app, at, other), 'unreachable'),
      /^The key set at the jwks_uri of the product cannot be had: the host answered with the status 503\.$/,
    );
    await handOver(app, at, pair);
  });

  for (const [name, body, said] of [
    ['no JSON', '<html>not found</html>', /not JSON/],
    ['no key set', '[]', /not a JSON Web Key Set/],
  ] as const)
    test(`cannot be had where there is ${name}`, async (t) => {
      const host = await keyHost();
      t.after(host.close);
      host.published.body = body;
      const at = handOverProvider(app, { jwks_uri: host.url });
      const sentence = await problemOf(handOver(app, at, pair), 'unreachable');
      assert.match(sentence, said);
      assert.doesNotMatch(sentence, /found/);
    });

  test('cannot be used when one of those in the settings is private, whoever’s it is', async () => {
    const { d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
    const at = handOverProvider(app, { jwks: { keys: [pair.jwk, { ...pair.jwk, kid: 'exposed', d }] } });
    assert.match(
      await problemOf(handOver(app, at, pair), 'misconfigured'),
      /private one, which is exposed now/,
    );
  });

  test('are not looked for in the network that the server stands in', async () => {
    const at = handOverProvider(app, { jwks_uri: 'https://10.0.0.1/keys' });
    const said = await problemOf(handOver(app, at, pair), 'unreachable');
    assert.match(said, /not at an address of the public Internet/);
    assert.doesNotMatch(said, /10\.0/);
  });
});
