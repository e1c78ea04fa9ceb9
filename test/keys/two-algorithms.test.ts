import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { DAY, MINUTE, SECOND } from '../../server/base/units.ts';
import { signJwt, verifyOwnJwt } from '../../server/keys/jwt.ts';
import { system } from '../../server/model/event.ts';
import { workOnce } from '../../server/process/background.ts';
import { forEachEngine } from '../support/engines.ts';
import { send, type Target } from '../support/http.ts';
import { OAuthClient, success } from '../support/oauth-client.ts';
import { startOverheardApp } from '../support/overheard.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// Keys for RS256 beside those for ES256: when they come to be, and that they live by the same rules.

const jwks = async (target: Target) => success(await send(target, '/oauth2/jwks')).json<JSONWebKeySet>();
const kidsOf = (set: JSONWebKeySet, alg: string) =>
  set.keys.filter((key) => key.alg === alg).map(({ kid = '' }) => kid);

const rotate = (app: TestApp) =>
  app.services.signingKeys.rotate(app.instance.id, 'RS256', system, { onlyIfDue: false });
const states = async (app: TestApp) =>
  (await app.services.signingKeys.list(app.instance.id)).filter(({ algorithm }) => algorithm === 'RS256');
const countRows = async (app: TestApp) => {
  const [row] = await app.services.db.sql<{ es256: number; rs256: number }>`
    SELECT (SELECT count(*) FROM signing_keys) AS es256, (SELECT count(*) FROM rsa_signing_keys) AS rs256`;
  return { ...row };
};

/** A JWT that the RSA key of the moment signed. */
async function signNow(app: TestApp): Promise<{ kid: string; jwt: string }> {
  const key = await app.services.signingKeys.active(app.instance.id, 'RS256');
  return { kid: key.kid, jwt: signJwt(key, 'JWT', { iss: app.url, sub: app.user.id }) };
}

/** Verifies as a client would that has this copy of the public keys. */
async function verifies(jwt: string, set: JSONWebKeySet): Promise<string> {
  const { protectedHeader } = await jwtVerify(jwt, createLocalJWKSet(set), { algorithms: ['RS256'] });
  return protectedHeader.kid ?? assert.fail('the JWT names no key');
}

async function withApp(
  engine: 'sqlite' | 'postgres',
  run: (app: TestApp) => Promise<void>,
  options: { config?: Record<string, string> } = {},
): Promise<void> {
  const app = await startApp({ engine, ...options });
  try {
    await run(app);
  } finally {
    await app.close();
  }
}

forEachEngine((engine) => {
  test('whoever reads the public keys finds two of each algorithm, from the first time on', () =>
    withApp(engine, async (app) => {
      const first = await jwks(app);
      assert.deepEqual(
        first.keys.map(({ alg, kty, use, e, n, ...rest }) => ({
          alg,
          kty,
          use,
          bits: n && Buffer.from(n, 'base64url').length * 8,
          isPrivate: 'd' in rest || 'p' in rest,
        })),
        [
          { alg: 'ES256', kty: 'EC', use: 'sig', bits: undefined, isPrivate: false },
          { alg: 'ES256', kty: 'EC', use: 'sig', bits: undefined, isPrivate: false },
          { alg: 'RS256', kty: 'RSA', use: 'sig', bits: 2048, isPrivate: false },
          { alg: 'RS256', kty: 'RSA', use: 'sig', bits: 2048, isPrivate: false },
        ],
      );
      assert.deepEqual(await jwks(app), first);
      const { kid, jwt } = await signNow(app);
      assert.equal(await verifies(jwt, first), kid);
    }));

  test('what is signed RS256 before anybody read the public keys verifies by them', () =>
    withApp(engine, async (app) => {
      const { kid, jwt } = await signNow(app);
      assert.equal(await verifies(jwt, await jwks(app)), kid);
    }));

  test('processes that are asked for the public keys for the first time, all at once, show the same', () =>
    withApp(engine, async (app) => {
      const { database, url, clock } = app;
      const others = await Promise.all(
        [1, 2].map(() => startApp({ engine, database, url, clock, config: { POSTERN_RATE_LIMITS: 'off' } })),
      );
      const asked = [app, ...others].flatMap((each) => [
        ...Array.from({ length: 8 }, async () => kidsOf(await jwks(each), 'RS256')),
        signNow(each).then(() => undefined),
      ]);
      const seen = (await Promise.all(asked)).filter((kids) => kids !== undefined);
      assert.equal(new Set(seen.map(String)).size, 1, 'each answer has the same two keys');
      assert.deepEqual(await countRows(app), { es256: 2, rs256: 2 });
      await Promise.all(others.map((other) => other.close()));
    }));

  test('an instance whose tokens are issued, introspected and revoked, whose keys are rotated, has no RSA key', () =>
    withApp(engine, async (app) => {
      const web = await app.admin.createApplication({
        type: 'web',
        redirect_uris: ['https://client.example.com/callback'],
      });
      const client = new OAuthClient(app, web);
      const tokens = await client.authorize(app.browser(), app.user);
      const { access_token } = await client.refreshTokens(tokens.refresh_token);
      assert.equal(await client.isActive(access_token), true);
      success(await client.revoke(access_token));
      app.clock.advance(90 * DAY);
      await workOnce(app.services);
      assert.equal(await rotate(app), null);
      assert.deepEqual(await countRows(app), { es256: 3, rs256: 0 });
    }));

  test('a process of 0.1.0 beside new ones finds nothing but ES256 keys where it looks for those it signs with', () =>
    withApp(engine, async (app) => {
      await jwks(app);
      await rotate(app);
      const rows = await app.services.db.sql<{ algorithm: string; public_jwk: string }>`
        SELECT algorithm, public_jwk FROM signing_keys`;
      for (const row of rows) {
        assert.equal(row.algorithm, 'ES256');
        assert.equal((JSON.parse(row.public_jwk) as { kty: string }).kty, 'EC');
      }
    }));

  test('a database that takes no writes keeps the public keys from being shown, until it takes them again', () =>
    withApp(engine, async (app) => {
      const { db } = app.services;
      await db.write`ALTER TABLE instances RENAME COLUMN application_count TO taken_away`;
      assert.ok((await send(app, '/oauth2/jwks')).status >= 500);
      assert.deepEqual(await countRows(app), { es256: 2, rs256: 0 });
      await db.write`ALTER TABLE instances RENAME COLUMN taken_away TO application_count`;
      assert.equal(kidsOf(await jwks(app), 'RS256').length, 2);
    }));

  describe('RS256', () => {
    let app: TestApp;
    before(async () => {
      app = await startApp({ engine });
      await jwks(app);
    });
    after(() => app.close());

    test('rotations, several in a row, fail no signature at a client with a copy of the public keys of ten minutes', async () => {
      const copies: JSONWebKeySet[] = [];
      const signers = new Set<string>();
      const rotateAt = [1, 2, 30, 31, 60];
      for (let minute = 0; minute < 90; minute++) {
        copies.push(await jwks(app));
        if (copies.length > 11) copies.shift();
        if (rotateAt.includes(minute)) await rotate(app);
        const { kid, jwt } = await signNow(app);
        signers.add(kid);
        for (const copy of copies)
          await verifies(jwt, copy).catch((error: Error) =>
            assert.fail(`minute ${minute}: ${error.message}`),
          );
        app.clock.advance(MINUTE);
      }
      assert.ok(signers.size >= 3, `${signers.size} keys signed`);
      assert.deepEqual(
        (await states(app)).filter(({ state }) => state !== 'retired').map(({ state }) => state),
        ['signing', 'next'],
      );
    });

    test('keys serve for ninety days, stay published while their signatures count, and are tidied then', async () => {
      const { kid, jwt } = await signNow(app);
      app.clock.advance(90 * DAY);
      await workOnce(app.services);
      const next = await signNow(app);
      assert.notEqual(next.kid, kid);
      assert.equal(await verifies(jwt, await jwks(app)), kid);
      app.clock.advance(2 * DAY);
      await workOnce(app.services);
      await assert.rejects(verifies(jwt, await jwks(app)), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
      assert.deepEqual((await countRows(app)).rs256, 2);
      const events = await app.admin.auditEvents('signing_key.rotated');
      const algorithms = events.map(({ detail }) => (detail as { algorithm?: string }).algorithm);
      assert.ok(algorithms.includes('RS256') && algorithms.includes('ES256'), String(algorithms));
    });

    test('keys can each be dropped: what they signed is ours no more, another signs, and ES256 goes on', async () => {
      const es256 = await app.services.signingKeys.active(app.instance.id, 'ES256');
      await rotate(app);
      await rotate(app);
      for (const { kid } of await states(app)) {
        const { jwt } = await signNow(app);
        const { keys } = await jwks(app);
        const dropped = await app.services.signingKeys.drop(app.instance.id, kid, system);
        assert.equal(dropped?.algorithm, 'RS256');
        assert.ok(!kidsOf(await jwks(app), 'RS256').includes(kid));
        const left = await app.services.signingKeys.published(app.instance.id, 'RS256');
        const signer = await verifies(jwt, { keys });
        assert.equal(verifyOwnJwt(jwt, 'JWT', left) === null, signer === kid);
        assert.equal((await signNow(app)).kid, dropped?.kid);
      }
      assert.deepEqual((await states(app)).map(({ state }) => state).sort(), ['next', 'signing']);
      assert.equal((await app.services.signingKeys.active(app.instance.id, 'ES256')).kid, es256.kid);
      const [event] = await app.admin.auditEvents('signing_key.rotated');
      assert.equal((event?.['detail'] as { algorithm?: string } | undefined)?.algorithm, 'RS256');
    });

    test('keys are sealed anew by a start with a new POSTERN_SECRET, and no other secret opens them', async () => {
      const before = await signNow(app);
      const { database, url, clock } = app;
      const newSecret = 'another master secret that only tests use and that is long enough';
      const startWith = (secret: string) =>
        startApp({ engine, database, url, clock, config: { POSTERN_SECRET: secret } });
      await (await startWith(`${newSecret},${testSecret}`)).close();
      await assert.rejects(startWith(testSecret), { name: 'WrongSecret' });
      const later = await startWith(newSecret);
      assert.equal((await signNow(later)).kid, before.kid);
      await later.close();
    });
  });
});

test('no token request, refresh or introspection asks PostgreSQL for the RSA keys, also where there are some', async () => {
  const { app, wire, close } = await startOverheardApp();
  try {
    const redirect_uris = ['https://client.example.com/callback'];
    const client = new OAuthClient(app, await app.admin.createApplication({ type: 'web', redirect_uris }));
    await jwks(app);
    const asksForRsa = (statements: string[]) => statements.some((each) => each.includes('rsa_signing_keys'));
    assert.ok(asksForRsa(wire.take().statements), 'else this would hear nothing');

    const started = performance.now();
    const tokens = await client.authorize(app.browser(), app.user);
    let { refresh_token } = tokens;
    while (performance.now() - started < 2 * SECOND) {
      const { access_token, ...rest } = await client.refreshTokens(refresh_token);
      ({ refresh_token } = rest);
      assert.equal(await client.isActive(access_token), true);
    }
    const { statements } = wire.take();
    assert.ok(
      statements.some((each) => each.includes('FROM signing_keys')),
      'what is remembered was read again',
    );
    assert.ok(!asksForRsa(statements));
  } finally {
    await close();
  }
});
