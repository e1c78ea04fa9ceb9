import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { beginOidc } from '../../../server/accounts/providers/oidc.ts';
import type { ProviderNeeds, ProviderProblemKind } from '../../../server/accounts/providers/vouched.ts';
import { createFetchSafely } from '../../../server/base/fetch-safely.ts';
import { DAY, MINUTE, SECOND } from '../../../server/base/units.ts';
import type { OidcProvider } from '../../../server/model/identity-provider.ts';
import { KeySets } from '../../../server/registry/clients/key-sets.ts';
import { readDiscoveryDocument } from '../../../server/registry/identity-providers/discovery-document.ts';
import { DiscoveryDocuments } from '../../../server/registry/identity-providers/discovery-documents.ts';
import { publishedPair } from '../../support/key-host.ts';
import { loginRequest, lyingProvider, oidcProvider, problemOf, trip } from '../../support/lying-provider.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// An OpenID Connect provider is down, slow, somewhere else, or has changed: what becomes of a sign-in by it, and how often it is asked.

const lying = await lyingProvider();
const discoveryPath = '/.well-known/openid-configuration';
let app: TestApp;
let provider: OidcProvider;

before(async () => {
  app = await startApp({ engine: 'sqlite' });
});

beforeEach(() => {
  lying.reform();
  provider = oidcProvider(app, lying.issuer);
});

/** The server with less patience, so that no test waits for 5 seconds. */
function impatient(): TestApp {
  const fetchSafely = createFetchSafely({ trustedHosts: [], timeLimit: 250 });
  const own: Pick<ProviderNeeds, 'fetchSafely' | 'keySets' | 'discoveryDocuments'> = {
    fetchSafely,
    keySets: new KeySets(fetchSafely, app.clock.now),
    discoveryDocuments: new DiscoveryDocuments(fetchSafely, app.clock.now),
  };
  return { ...app, services: { ...app.services, ...own } };
}

const begin = (at: OidcProvider, on = app) => beginOidc(on.services, on.instance, at, loginRequest(on, at));

/** What a host can do to whoever asks it. */
const troubles: Readonly<
  Record<string, { kind: ProviderProblemKind; does: (response: ServerResponse) => void }>
> = {
  'never answers': { kind: 'unreachable', does: () => {} },
  'answers a byte at a time': {
    kind: 'unreachable',
    does: (response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
  },
  'hangs up': { kind: 'unreachable', does: (response) => response.destroy() },
  'hangs up in the middle': {
    kind: 'unreachable',
    does: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"issuer":', () => response.destroy());
    },
  },
  'has an error of its own': { kind: 'unreachable', does: (response) => response.writeHead(500).end() },
  'is overloaded': { kind: 'unreachable', does: (response) => response.writeHead(429).end() },
  'leads elsewhere': {
    kind: 'bad_answer',
    does: (response) => response.writeHead(302, { location: `${lying.issuer}/trap` }).end(),
  },
  'answers without end': {
    kind: 'bad_answer',
    does: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (response.writable && response.write(' '.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    },
  },
  'answers compressed': {
    kind: 'bad_answer',
    does: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{}'));
    },
  },
};

for (const [path, what] of [
  [discoveryPath, 'discovery document'],
  ['/token', 'token endpoint'],
  ['/userinfo', 'userinfo endpoint'],
] as const)
  describe(`the host of the ${what}`, () => {
    for (const [name, { kind, does }] of Object.entries(troubles))
      test(`${name}: nobody is signed in, and the administrator reads why`, async () => {
        lying.lie({ claims: { name: undefined }, answers: { [path]: does } });
        const problem = await problemOf(trip(impatient(), provider, lying));
        assert.equal(problem.kind, kind, problem.message);
        assert.match(problem.message, new RegExp(`^The ${what} of the provider [\\x20-\\x7e]+\\.$`));
        assert.ok(!problem.message.includes('127.0.0.1'));
        assert.equal(lying.asked('/trap'), 0);
      });
  });

describe('the key set', () => {
  for (const [name, { does }] of Object.entries(troubles))
    test(`cannot be had since its host ${name}: nobody is signed in`, async () => {
      lying.lie({ answers: { '/jwks': does } });
      const { kind, message } = await problemOf(trip(impatient(), provider, lying));
      assert.equal(kind, 'unreachable', message);
      assert.match(message, /^The key set at the jwks_uri of the provider cannot be had: /);
    });

  test('that is none, or gives a private key away, verifies nothing', async () => {
    for (const body of ['', '{}', '{"keys":[{"kty":"oct","k":"AAAA"}]}', '{"keys":[null,7]}'] as const) {
      lying.lie({ answers: { '/jwks': { body } } });
      await problemOf(trip(app, oidcProvider(app, lying.issuer), lying));
    }
  });

  test('with new keys works at once, and the old ones work no longer when they are gone', async () => {
    await trip(app, provider, lying);
    const next = await publishedPair('ES256');
    app.clock.advance(30 * SECOND);
    lying.state.published = [next.jwk];
    lying.state.signs = next;
    assert.ok(await trip(app, provider, lying));
    app.clock.advance(-30 * SECOND);
    lying.state.signs = lying.pair;
    const { kind, message } = await problemOf(trip(app, provider, lying));
    assert.equal(kind, 'bad_answer');
    assert.match(message, /signed/);
  });

  test('is asked for once in 30 seconds at most, whatever is signed by whom', async () => {
    await trip(app, provider, lying);
    const before = lying.asked('/jwks');
    for (let times = 0; times < 5; times++) {
      lying.state.signs = await publishedPair('ES256');
      await problemOf(trip(app, provider, lying));
    }
    assert.equal(lying.asked('/jwks'), before);
  });
});

describe('the discovery document', () => {
  test('is asked for once by many who come at the same time, and kept for ten minutes', async () => {
    const before = lying.asked(discoveryPath);
    await Promise.all(Array.from({ length: 20 }, () => begin(provider)));
    assert.equal(lying.asked(discoveryPath), before + 1);
    app.clock.advance(9 * MINUTE);
    await begin(provider);
    assert.equal(lying.asked(discoveryPath), before + 1);
    app.clock.advance(2 * MINUTE);
    await begin(provider);
    assert.equal(lying.asked(discoveryPath), before + 2);
  });

  test('is read anew once the provider is changed here', async () => {
    await begin(provider);
    lying.lie({ discovery: { authorization_endpoint: `${lying.issuer}/moved` } });
    assert.match(await begin({ ...provider, updatedAt: provider.updatedAt + 1 }), /\/moved\?/);
  });

  test('is good for a day while its host is down, and a host that is back is asked again after 5 seconds', async () => {
    await begin(provider);
    app.clock.advance(11 * MINUTE);
    lying.lie({ answers: { [discoveryPath]: { status: 503, body: '' } } });
    assert.ok(await begin(provider));
    const before = lying.asked(discoveryPath);
    await begin(provider);
    assert.equal(lying.asked(discoveryPath), before, 'a host that is down is not asked by everybody');
    app.clock.advance(DAY);
    assert.equal((await problemOf(begin(provider))).kind, 'unreachable');
    lying.lie();
    assert.equal((await problemOf(begin(provider))).kind, 'unreachable');
    app.clock.advance(5 * SECOND);
    assert.ok(await begin(provider));
  });

  test('that was good counts no longer once its host has another one in its place', async () => {
    await begin(provider);
    app.clock.advance(11 * MINUTE);
    lying.lie({ discovery: { issuer: 'https://other.example.com' } });
    assert.equal((await problemOf(begin(provider))).kind, 'misconfigured');
  });

  test('of another issuer is refused: nobody is sent to one provider in the belief that it is another', async () => {
    for (const issuer of ['https://honest.example.com', `${lying.issuer}/`, undefined, 7, [lying.issuer]]) {
      lying.lie({ discovery: { issuer, authorization_endpoint: 'https://honest.example.com/authorize' } });
      const { kind, message } = await problemOf(begin(oidcProvider(app, lying.issuer)));
      assert.equal(kind, 'misconfigured');
      assert.match(message, /issuer/);
      assert.ok(!message.includes('honest'));
    }
  });

  test('that is not there, or is no JSON, is not used', async () => {
    for (const [answer, expected] of [
      [{ status: 404, body: 'x' }, 'misconfigured'],
      [{ status: 401, body: 'x' }, 'misconfigured'],
      [{ status: 204, body: '' }, 'misconfigured'],
      [{ body: '<html>' }, 'unreachable'],
      [{ body: 'null' }, 'unreachable'],
    ] as const) {
      lying.lie({ answers: { [discoveryPath]: answer } });
      assert.equal((await problemOf(begin(oidcProvider(app, lying.issuer)))).kind, expected);
    }
  });

  test('whose endpoints are no addresses to send anybody to is refused', async () => {
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'])
      for (const value of ['javascript:alert(1)', 'data:text/html,x', '/authorize', '', 7, null]) {
        lying.lie({ discovery: { [name]: value } });
        const { kind, message } = await problemOf(begin(oidcProvider(app, lying.issuer)));
        assert.equal(kind, 'bad_answer', message);
        assert.match(message, new RegExp(name));
      }
  });

  test('of a provider by https has no endpoint without it', () => {
    const issuer = 'https://id.example.com';
    const document = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    };
    const read = (more: object) =>
      readDiscoveryDocument(issuer, {
        status: 200,
        headers: {},
        body: JSON.stringify({ ...document, ...more }),
      });
    assert.ok(read({}));
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'])
      assert.throws(() => read({ [name]: 'http://id.example.com/x' }), new RegExp(`${name}.*https`));
  });

  test('that has no signature algorithm which is taken is refused before anybody is sent there', async () => {
    lying.lie({ discovery: { id_token_signing_alg_values_supported: ['none', 'HS256', 7] } });
    assert.equal((await problemOf(begin(provider))).kind, 'misconfigured');
  });
});

test('a provider cannot have this server ask what is inside its network', async () => {
  for (const url of ['http://10.0.0.1/token', 'http://169.254.169.254/latest', 'http://[fd00::1]/token']) {
    lying.lie({ discovery: { token_endpoint: url } });
    const { kind, message } = await problemOf(trip(app, oidcProvider(app, lying.issuer), lying));
    assert.equal(kind, 'misconfigured');
    assert.ok(!message.includes(new URL(url).hostname));
  }
});

test('a provider that is nowhere is told apart from one that is down', async () => {
  for (const [issuer, kind] of [
    ['http://localhost:1', 'unreachable'],
    ['https://no-such-provider.invalid', 'unreachable'],
    ['http://id.example.com', 'misconfigured'],
    ['https://10.0.0.1', 'misconfigured'],
  ] as const)
    assert.equal((await problemOf(begin(oidcProvider(app, issuer)))).kind, kind, issuer);
});
