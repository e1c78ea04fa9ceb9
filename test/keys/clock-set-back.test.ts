import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { DAY, HOUR, MINUTE } from '../../server/base/units.ts';
import { system } from '../../server/model/event.ts';
import { workOnce } from '../../server/process/background.ts';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A machine that starts with a wrong clock and finds the right one later signs all the time.

/** A server whose database was made by its clock of today, and a machine that asks it for tokens. */
async function withMachine(
  engine: 'sqlite' | 'postgres',
  run: (app: TestApp, signer: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const app = await startApp({ engine });
  try {
    const machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
    await run(app, () => signerOf(app, machine));
  } finally {
    await app.close();
  }
}

/** Issues a token that verifies by the JWKS and introspects as active. @returns the ID of the key that signed it */
async function signerOf(app: TestApp, machine: ApplicationView): Promise<string> {
  const headers = { authorization: basic(machine.client_id, machine.client_secret ?? '') };
  const ask = async (path: string, body: Record<string, string>) =>
    success(await send(app, path, { headers, body: new URLSearchParams(body) }));
  const { access_token: token } = (
    await ask('/oauth2/token', { grant_type: 'client_credentials' })
  ).json<Tokens>();
  const keys = success(await send(app, '/oauth2/jwks')).json<JSONWebKeySet>();
  const { protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
    currentDate: new Date(app.clock.now()),
  });
  assert.equal((await ask('/oauth2/introspect', { token })).json<{ active: boolean }>().active, true);
  return protectedHeader.kid ?? assert.fail('the token names no key');
}

const rotate = (app: TestApp) =>
  app.services.signingKeys.rotate(app.instance.id, 'ES256', system, { onlyIfDue: false });
const states = async (app: TestApp) =>
  (await app.services.signingKeys.list(app.instance.id))
    .filter(({ algorithm }) => algorithm === 'ES256')
    .map(({ state }) => state)
    .sort();

forEachEngine((engine) => {
  test('a clock that is set back to before the time of every signing key stops no token, and rotates nothing', () =>
    withMachine(engine, async (app, signer) => {
      const first = await signer();
      app.clock.advance(-3 * DAY);
      assert.equal(await signer(), first);
      assert.deepEqual(await states(app), ['next', 'signing']);
      await workOnce(app.services);
      assert.equal(await signer(), first);
      app.clock.advance(3 * DAY);
      assert.equal(await signer(), first);
    }));

  test('of several keys whose time has not come yet the earliest signs, until the time of the next comes', () =>
    withMachine(engine, async (app, signer) => {
      const first = await signer();
      app.clock.advance(HOUR);
      await rotate(app);
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
    withMachine(engine, async (app, signer) => {
      const first = await signer();
      app.clock.advance(-2 * HOUR);
      await rotate(app);
      const second = await signer();
      assert.notEqual(second, first);
      app.clock.advance(3 * HOUR);
      assert.equal(await signer(), second);
      assert.deepEqual(await states(app), ['next', 'retired', 'signing']);
    }));

  test('the key that signs while the clock is back can be dropped like any other', () =>
    withMachine(engine, async (app, signer) => {
      const first = await signer();
      app.clock.advance(-2 * HOUR);
      await app.services.signingKeys.drop(app.instance.id, first, system);
      const second = await signer();
      assert.notEqual(second, first);
      app.clock.advance(3 * HOUR);
      assert.equal(await signer(), second);
    }));
});
