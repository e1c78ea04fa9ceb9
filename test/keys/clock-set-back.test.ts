import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { DAY, HOUR, MINUTE } from '../../server/base/units.ts';
import { signJwt } from '../../server/keys/jwt.ts';
import { system } from '../../server/model/event.ts';
import { type SigningAlgorithm, signingAlgorithms } from '../../server/model/signing-algorithm.ts';
import { workOnce } from '../../server/process/background.ts';
import type { ApplicationView } from '../support/admin.ts';
import { type Engine, forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A machine that starts with a wrong clock and finds the right one later signs all the time.

/** A server whose database was made by its clock of today, with keys of both algorithms, and somebody who has it sign by one of them. */
async function withSigner(
  engine: Engine,
  algorithm: SigningAlgorithm,
  run: (app: TestApp, signer: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const app = await startApp({ engine });
  try {
    const machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
    await publicKeys(app);
    await run(app, () => (algorithm === 'ES256' ? signerOfToken(app, machine) : signerByRs256(app)));
  } finally {
    await app.close();
  }
}

const publicKeys = async (app: TestApp) =>
  createLocalJWKSet(success(await send(app, '/oauth2/jwks')).json<JSONWebKeySet>());

/** Issues a token that verifies by the JWKS and introspects as active. @returns the ID of the key that signed it */
async function signerOfToken(app: TestApp, machine: ApplicationView): Promise<string> {
  const headers = { authorization: basic(machine.client_id, machine.client_secret ?? '') };
  const ask = async (path: string, body: Record<string, string>) =>
    success(await send(app, path, { headers, body: new URLSearchParams(body) }));
  const { access_token: token } = (
    await ask('/oauth2/token', { grant_type: 'client_credentials' })
  ).json<Tokens>();
  const { protectedHeader } = await jwtVerify(token, await publicKeys(app), {
    currentDate: new Date(app.clock.now()),
  });
  assert.equal((await ask('/oauth2/introspect', { token })).json<{ active: boolean }>().active, true);
  return protectedHeader.kid ?? assert.fail('the token names no key');
}

/** Signs a JWT that verifies by the JWKS. @returns the ID of the key that signed it */
async function signerByRs256(app: TestApp): Promise<string> {
  const key = await app.services.signingKeys.active(app.instance.id, 'RS256');
  await jwtVerify(signJwt(key, 'JWT', {}), await publicKeys(app), { algorithms: ['RS256'] });
  return key.kid;
}

const rotate = (app: TestApp, algorithm: SigningAlgorithm) =>
  app.services.signingKeys.rotate(app.instance.id, algorithm, system, { onlyIfDue: false });
const states = async (app: TestApp, algorithm: SigningAlgorithm) =>
  (await app.services.signingKeys.list(app.instance.id))
    .filter((key) => key.algorithm === algorithm)
    .map(({ state }) => state)
    .sort();

forEachEngine((engine) => {
  for (const algorithm of signingAlgorithms)
    describe(algorithm, () => {
      test('a clock that is set back to before the time of every signing key stops no token, and rotates nothing', () =>
        withSigner(engine, algorithm, async (app, signer) => {
          const first = await signer();
          app.clock.advance(-3 * DAY);
          assert.equal(await signer(), first);
          assert.deepEqual(await states(app, algorithm), ['next', 'signing']);
          await workOnce(app.services);
          assert.equal(await signer(), first);
          app.clock.advance(3 * DAY);
          assert.equal(await signer(), first);
        }));

      test('of several keys whose time has not come yet the earliest signs, until the time of the next comes', () =>
        withSigner(engine, algorithm, async (app, signer) => {
          const first = await signer();
          app.clock.advance(HOUR);
          await rotate(app, algorithm);
          const second = await signer();
          assert.notEqual(second, first);
          app.clock.advance(-2 * HOUR);
          assert.equal(await signer(), first);
          app.clock.advance(90 * MINUTE);
          assert.equal(await signer(), first, 'its time has come, that of the second has not');
          app.clock.advance(31 * MINUTE);
          assert.equal(await signer(), second);
        }));

      test('a key that was rotated out while the clock was back does not sign again when the clock is right', () =>
        withSigner(engine, algorithm, async (app, signer) => {
          const first = await signer();
          app.clock.advance(-2 * HOUR);
          await rotate(app, algorithm);
          const second = await signer();
          assert.notEqual(second, first);
          app.clock.advance(3 * HOUR);
          assert.equal(await signer(), second);
          assert.deepEqual(await states(app, algorithm), ['next', 'retired', 'signing']);
        }));

      test('the key that signs while the clock is back can be dropped like any other', () =>
        withSigner(engine, algorithm, async (app, signer) => {
          const first = await signer();
          app.clock.advance(-2 * HOUR);
          await app.services.signingKeys.drop(app.instance.id, first, system);
          const second = await signer();
          assert.notEqual(second, first);
          app.clock.advance(3 * HOUR);
          assert.equal(await signer(), second);
        }));
    });
});
