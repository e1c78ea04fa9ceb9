import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, beforeEach, describe, test } from 'node:test';
import { beginOidc } from '../../../server/accounts/providers/oidc.ts';
import type { Asked } from '../../../server/accounts/providers/vouched.ts';
import { MINUTE, SECOND, toUnixSeconds } from '../../../server/base/units.ts';
import type { OidcProvider } from '../../../server/model/identity-provider.ts';
import { publishedPair } from '../../support/key-host.ts';
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

// People sign in by an OpenID Connect provider: what it is asked, what comes back, and every check of that.

const lying = await lyingProvider();
let app: TestApp;
let provider: OidcProvider;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
});

beforeEach(() => {
  lying.reform();
  provider = oidcProvider(app, lying.issuer);
});

/** Seconds of a JWT, so many of ours from now. */
const inSeconds = (seconds: number) => toUnixSeconds(app.clock.now()) + seconds;

describe('the browser goes to the provider', () => {
  const begun = async (asked: Asked = {}, fields: Partial<OidcProvider> = {}) => {
    const at = { ...provider, ...fields };
    const request = loginRequest(app, at, asked);
    return { request, url: new URL(await beginOidc(app.services, app.instance, at, request)) };
  };

  test('with what this sign-in is known by, and nothing else when nothing else is asked for', async () => {
    const { request, url } = await begun();
    const { nonce, code_challenge: challenge, ...rest } = Object.fromEntries(url.searchParams);
    assert.equal(url.origin + url.pathname, `${lying.issuer}/authorize`);
    assert.deepEqual(rest, {
      client_id: clientId,
      response_type: 'code',
      redirect_uri: `${app.url}/login/callback/${provider.id}`,
      scope: 'openid email profile',
      state: request.id,
      code_challenge_method: 'S256',
    });
    assert.match(nonce ?? '', /^[\w-]{43}$/);
    assert.match(challenge ?? '', /^[\w-]{43}$/);
    assert.ok(!url.href.includes(encodeURIComponent(clientSecret)));
  });

  test('with all that the application asked for', async () => {
    const { url } = await begun({
      prompt: 'select_account',
      maxAge: 60,
      loginHint: 'ada+1@example.com',
      uiLocales: 'sv en',
      client: { id: 'c1', name: 'Lovelace & Söner' },
    });
    const sent = (name: string) => url.searchParams.get(name);
    assert.deepEqual(['prompt', 'max_age', 'login_hint', 'ui_locales'].map(sent), [
      'select_account',
      '60',
      'ada+1@example.com',
      'sv en',
    ]);
  });

  test('asked to have people sign in again, it is asked to say when they did', async () => {
    const { url } = await begun({ prompt: 'login' });
    assert.equal(url.searchParams.get('prompt'), 'login');
    assert.equal(url.searchParams.get('max_age'), '0');
    assert.equal((await begun({ prompt: 'none' })).url.searchParams.get('max_age'), null);
  });

  test('at an endpoint whose query stays as it is', async () => {
    lying.lie({ discovery: { authorization_endpoint: `${lying.issuer}/authorize?policy=sign%20in` } });
    const { url } = await begun();
    assert.match(url.search, /^\?policy=sign(?:\+|%20)in&redirect_uri=/);
  });

  test('by other secrets each time, none of which can be had from what is seen', async () => {
    const [one, other] = [await begun(), await begun()];
    for (const name of ['state', 'nonce', 'code_challenge'])
      assert.notEqual(one.url.searchParams.get(name), other.url.searchParams.get(name));
    const { searchParams: seen } = one.url;
    const state = one.request.id;
    for (const guess of [state, `verifier ${state}`, `nonce ${state}`, seen.get('nonce') ?? '']) {
      const hashed = createHash('sha256').update(guess).digest('base64url');
      assert.ok(![guess, hashed].includes(seen.get('code_challenge') ?? ''), 'the verifier can be guessed');
    }
    for (const guess of [state, createHash('sha256').update(state).digest('base64url')])
      assert.notEqual(seen.get('nonce'), guess);
  });

  test('with openid among the scopes, whatever the settings say', async () => {
    const { url } = await begun({}, { settings: { ...provider.settings, scopes: ['email'] } });
    assert.equal(url.searchParams.get('scope'), 'openid email');
  });
});

describe('somebody comes back', () => {
  test('with the claims of the ID token, when they proved who they are, and by what', async () => {
    const authTime = inSeconds(-300);
    lying.lie({ claims: { auth_time: authTime, amr: ['pwd', 'otp', 7], groups: ['staff'] } });
    const person = await trip(app, provider, lying);
    assert.equal(person.claims['sub'], 'user 1 of the provider');
    assert.deepEqual(person.claims['groups'], ['staff']);
    assert.equal(person.authenticatedAt, authTime * SECOND);
    assert.deepEqual(person.methods, ['pwd', 'otp']);
  });

  test('with as little as an ID token must have', async () => {
    const person = await trip(app, provider, lying);
    assert.equal(person.authenticatedAt, null);
    assert.deepEqual(person.methods, []);
  });

  for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'])
    test(`by an ID token signed ${alg}, with or without naming the key`, async () => {
      const pair = await publishedPair(alg);
      const discovery = { id_token_signing_alg_values_supported: ['RS256', alg, 'none', 'HS256'] };
      lying.state.published = [lying.pair.jwk, pair.jwk];
      lying.state.signs = pair;
      lying.lie({ discovery });
      assert.ok(await trip(app, provider, lying));
      lying.lie({ discovery, header: { kid: undefined } });
      assert.ok(await trip(app, provider, lying));
    });

  test('with an at_hash that fits, in the hash of each algorithm', async () => {
    for (const [alg, digest] of [
      ['RS256', 'sha256'],
      ['ES384', 'sha384'],
      ['EdDSA', 'sha512'],
    ] as const) {
      const pair = await publishedPair(alg);
      lying.state.published = [pair.jwk];
      lying.state.signs = pair;
      const whole = createHash(digest).update(lying.accessToken).digest();
      const claims = { at_hash: whole.subarray(0, whole.length / 2).toString('base64url') };
      lying.lie({ discovery: { id_token_signing_alg_values_supported: [alg] }, claims });
      assert.ok(await trip(app, oidcProvider(app, lying.issuer), lying));
    }
  });

  test('with an address that Entra ID calls verified in its own way, and no other provider’s word beside it', async () => {
    for (const [told, verified] of [
      [{ xms_edov: true }, true],
      [{ xms_edov: '1' }, true],
      [{ xms_edov: false }, undefined],
      [{ xms_edov: 'yes' }, undefined],
      [{ xms_edov: true, email_verified: false }, false],
    ] as const) {
      lying.lie({ claims: { email_verified: undefined, ...told } });
      assert.equal((await trip(app, provider, lying)).claims['email_verified'], verified);
    }
  });

  test('for us among others, when the token says that it was asked for by us', async () => {
    lying.lie({ claims: { aud: ['another client', clientId], azp: clientId } });
    assert.ok(await trip(app, provider, lying));
  });

  test('with a clock there that differs by less than a minute', async () => {
    for (const off of [-50, 50]) {
      lying.lie({ claims: { iat: inSeconds(off), exp: inSeconds(off), auth_time: inSeconds(off) } });
      const person = await trip(app, provider, lying);
      assert.ok((person.authenticatedAt ?? Number.POSITIVE_INFINITY) <= app.clock.now());
    }
  });

  test('with a server here whose clock is moved, as its own clock tells and not as the system does', async () => {
    const moved = await startApp({ engine: 'sqlite' });
    moved.clock.advance(60 * MINUTE);
    const now = toUnixSeconds(moved.clock.now());
    const at = oidcProvider(moved, lying.issuer);
    assert.match((await problemOf(trip(moved, at, lying))).message, /exp/);
    lying.lie({ claims: { iat: now, exp: now + 300 } });
    assert.ok(await trip(moved, at, lying));
    await moved.close();
  });
});

describe('the code is redeemed', () => {
  const basic = (id: string, secret: string) =>
    `Basic ${Buffer.from([id, secret].map((part) => encodeURIComponent(part).replaceAll('%20', '+')).join(':')).toString('base64')}`;

  test('with the secret in the header where the provider does not say how, and with the redirect URI and the verifier', async () => {
    await trip(app, provider, lying);
    const { form, authorization } = lying.state;
    assert.equal(authorization, basic(clientId, clientSecret));
    assert.equal(form.get('grant_type'), 'authorization_code');
    assert.equal(form.get('code'), 'a code');
    assert.equal(form.get('redirect_uri'), `${app.url}/login/callback/${provider.id}`);
    assert.equal(form.get('client_secret'), null);
  });

  test('with the secret in the form where the provider takes it nowhere else', async () => {
    lying.lie({ discovery: { token_endpoint_auth_methods_supported: ['client_secret_post'] } });
    await trip(app, provider, lying);
    assert.equal(lying.state.authorization, undefined);
    assert.equal(lying.state.form.get('client_secret'), clientSecret);
  });

  test('without a secret by a client that has none', async () => {
    await trip(app, { ...provider, sealedSecret: null }, lying);
    assert.equal(lying.state.authorization, undefined);
    assert.equal(lying.state.form.get('client_id'), clientId);
    assert.equal(lying.state.form.get('client_secret'), null);
  });

  test('not at all where the provider wants more than a secret', async () => {
    lying.lie({ discovery: { token_endpoint_auth_methods_supported: ['private_key_jwt'] } });
    assert.equal((await problemOf(trip(app, provider, lying))).kind, 'misconfigured');
  });

  test('never with the secret of another issuer: who changes the issuer gives the secret again', async () => {
    const settings = { ...provider.settings, issuer: 'http://localhost:1' };
    const moved = { ...provider, settings: { ...settings, issuer: lying.issuer } };
    const sealed = oidcProvider(app, 'http://localhost:1').sealedSecret;
    const problem = await problemOf(trip(app, { ...moved, sealedSecret: sealed }, lying));
    assert.equal(problem.kind, 'misconfigured');
    assert.match(problem.message, /secret/);
  });
});

describe('the userinfo endpoint', () => {
  test('is left alone when the ID token has everything', async () => {
    const before = lying.asked('/userinfo');
    await trip(app, { ...provider, trustsEmail: true }, lying);
    assert.equal(lying.asked('/userinfo'), before);
  });

  test('is asked, with the access token, for what the ID token does not have and the mapping reads', async () => {
    lying.lie({
      claims: { email: undefined, email_verified: undefined },
      userinfo: { email: 'a@example.com' },
    });
    assert.equal((await trip(app, provider, lying)).claims['email'], 'a@example.com');
    assert.equal(lying.state.authorization, `Bearer ${lying.accessToken}`);

    lying.lie({ userinfo: { department: 'Engines' } });
    const copying = { ...provider, claims: { copy: ['department'] } };
    assert.equal((await trip(app, copying, lying)).claims['department'], 'Engines');

    lying.lie({ userinfo: { realm_access: { roles: ['boss'] } } });
    const mapping = { administrator: { claim: 'realm_access.roles', values: ['boss'] } };
    assert.deepEqual((await trip(app, { ...provider, claims: mapping }, lying)).claims['realm_access'], {
      roles: ['boss'],
    });
  });

  test('cannot take back what the ID token says', async () => {
    lying.lie({
      claims: { name: undefined, auth_time: inSeconds(-10), amr: ['pwd'] },
      userinfo: { name: 'Ada', email: 'other@example.com', amr: ['mfa'], auth_time: inSeconds(0), iss: 'x' },
    });
    const { claims, methods } = await trip(app, provider, lying);
    assert.equal(claims['name'], 'Ada');
    assert.equal(claims['email'], 'ada@example.com');
    assert.equal(claims['iss'], lying.issuer);
    assert.deepEqual(claims['amr'], ['pwd']);
    assert.deepEqual(methods, ['pwd']);
  });

  test('cannot verify the address of the ID token by another address', async () => {
    const claims = { email: 'victim@example.com', email_verified: undefined };
    const trusting = { ...provider, trustsEmail: true };
    lying.lie({ claims, userinfo: { email: 'own@example.com', email_verified: true } });
    assert.equal((await trip(app, trusting, lying)).claims['email_verified'], undefined);
    lying.lie({ claims, userinfo: { email: 'victim@example.com', email_verified: true } });
    assert.equal((await trip(app, trusting, lying)).claims['email_verified'], true);
  });

  test('that speaks of somebody else is not believed', async () => {
    lying.lie({ claims: { name: undefined }, userinfo: { sub: 'user 2 of the provider', name: 'Eve' } });
    assert.equal((await problemOf(trip(app, provider, lying))).kind, 'bad_answer');
    lying.lie({ claims: { name: undefined }, userinfo: { sub: undefined, name: 'Eve' } });
    assert.equal((await problemOf(trip(app, provider, lying))).kind, 'bad_answer');
  });

  test('that does not take the access token, or is down, signs nobody in', async () => {
    for (const [status, kind] of [
      [401, 'bad_answer'],
      [403, 'bad_answer'],
      [503, 'unreachable'],
    ] as const) {
      lying.lie({ claims: { name: undefined }, answers: { '/userinfo': { status, body: '' } } });
      assert.equal((await problemOf(trip(app, provider, lying))).kind, kind);
    }
  });

  test('that there is not is not missed', async () => {
    lying.lie({ claims: { name: undefined }, discovery: { userinfo_endpoint: undefined } });
    assert.equal((await trip(app, provider, lying)).claims['name'], undefined);
  });
});
