import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { DAY, MINUTE, SECOND } from '../../server/base/units.ts';
import { system } from '../../server/model/event.ts';
import { workOnce } from '../../server/process/background.ts';
import { createVerifier } from '../../verify/index.ts';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send, type Target } from '../support/http.ts';
import { OAuthClient, success, type Tokens } from '../support/oauth-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// Signing keys as the APIs meet them that keep a copy of the public ones, and as an operator does.

const redirectUri = 'https://client.example.com/callback';

const jwks = async (target: Target) => success(await send(target, '/oauth2/jwks')).json<JSONWebKeySet>();
const kidsOf = (keys: JSONWebKeySet) => keys.keys.map(({ kid }) => kid);
const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;

async function tokenFor(target: Target, application: ApplicationView): Promise<string> {
  const answer = await send(target, '/oauth2/token', {
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    headers: { authorization: basic(application.client_id, application.client_secret ?? '') },
  });
  return success(answer).json<Tokens>().access_token;
}

forEachEngine((engine) => {
  let app: TestApp;
  let machine: ApplicationView;

  before(async () => {
    app = await startApp({ engine });
    machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
  });
  after(() => app.close());

  const rotate = () =>
    app.services.signingKeys.rotate(app.instance.id, 'ES256', system, { onlyIfDue: false });
  const drop = (kid: string) => app.services.signingKeys.drop(app.instance.id, kid, system);
  const states = async () =>
    (await app.services.signingKeys.list(app.instance.id))
      .filter(({ algorithm }) => algorithm === 'ES256')
      .map(({ kid, state }) => ({ kid, state }));
  const inState = async (state: string) =>
    (await states()).find((key) => key.state === state)?.kid ?? assert.fail(`no key is ${state}`);
  const isActive = async (target: Target, token: string) =>
    success(
      await send(target, '/oauth2/introspect', {
        body: new URLSearchParams({ token }),
        headers: { authorization: basic(machine.client_id, machine.client_secret ?? '') },
      }),
    ).json<{ active: boolean }>().active;

  /**
   * Lets time pass minute by minute, in each of which a token is issued and verified by APIs whose copies of the public
   * keys are anything up to ten minutes old. Nothing may fail.
   * @param events what happens in some of the minutes
   * @returns the key IDs that signed, in their order
   */
  async function live(minutes: number, events: Record<number, () => Promise<unknown>>): Promise<string[]> {
    const copies: ReturnType<typeof createLocalJWKSet>[] = [];
    const signers: string[] = [];
    for (let minute = 0; minute < minutes; minute++) {
      copies.push(createLocalJWKSet(await jwks(app)));
      if (copies.length > 11) copies.shift();
      await events[minute]?.();
      const token = await tokenFor(app, machine);
      for (const [age, copy] of copies.toReversed().entries())
        await jwtVerify(token, copy, { currentDate: new Date(app.clock.now()) }).catch((error: Error) =>
          assert.fail(`minute ${minute}, with a copy of ${age} minutes: ${error.message}`),
        );
      if (signers.at(-1) !== kidOf(token)) signers.push(kidOf(token));
      app.clock.advance(MINUTE);
    }
    return signers;
  }

  test('no rotation by command, not two nor five of them at once, fails a token at an API with a copy of ten minutes', async () => {
    const many = async () => {
      for (let n = 0; n < 5; n++) await rotate();
    };
    const signers = await live(90, { 1: rotate, 2: rotate, 3: rotate, 30: many, 60: rotate, 61: rotate });
    assert.ok(signers.length >= 4, `${signers.length} keys signed`);
    assert.equal(new Set(signers).size, signers.length, 'none came back');
    const keys = await states();
    assert.equal(keys.filter(({ state }) => state === 'signing').length, 1);
    assert.equal(keys.filter(({ state }) => state === 'next').length, 1);
  });

  test('no rotation by time does either, and what was signed before it verifies to its end', async () => {
    app.clock.advance(90 * DAY);
    const last = await tokenFor(app, machine);
    const signers = await live(20, { 5: () => workOnce(app.services) });
    assert.equal(signers.length, 2);
    assert.equal(await isActive(app, last), true);
    await jwtVerify(last, createLocalJWKSet(await jwks(app)), { currentDate: new Date(app.clock.now()) });
  });

  test('an API that asks once in ten minutes by the package verify/ accepts every token across rotations', async () => {
    app.clock.advance(DAY);
    const verify = createVerifier({
      issuer: app.url,
      jwksCooldown: 600,
    });
    await verify(await tokenFor(app, machine));
    await rotate();
    await verify(await tokenFor(app, machine));
    await rotate();
    const signers = new Set<string>();
    for (let minute = 0; minute < 10; minute++) {
      app.clock.advance(MINUTE - SECOND);
      const token = await tokenFor(app, machine);
      await verify(token);
      signers.add(kidOf(token));
    }
    assert.equal(signers.size, 1);
  });

  describe('a key that is dropped', () => {
    test('while it signs is out at once: its tokens are refused, in another process within a second, and another signs', async () => {
      app.clock.advance(DAY);
      const other = await startApp({ engine, database: app.database, url: app.url, clock: app.clock });
      const user = await app.admin.createUser();
      const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
      const client = new OAuthClient(app, web);
      const issued = await client.authorize(app.browser(), user);
      const kid = kidOf(issued.access_token);
      for (const target of [app, other]) assert.equal(await isActive(target, issued.access_token), true);
      const next = await inState('next');

      assert.equal((await drop(kid))?.kid, next);
      assert.equal(await isActive(app, issued.access_token), false);
      assert.ok(!kidsOf(await jwks(app)).includes(kid));
      await sleep(SECOND);
      assert.equal(await isActive(other, issued.access_token), false);
      assert.ok(!kidsOf(await jwks(other)).includes(kid));

      const tokens = success(await client.at(other).refresh(issued.refresh_token)).json<Tokens>();
      assert.equal(kidOf(tokens.access_token), next, 'users go on by their refresh tokens');
      assert.equal(await isActive(app, tokens.access_token), true);
      await other.close();
    });

    test('is a 401 at the REST API too', async () => {
      const admins = await app.admin.createApplication({
        type: 'web',
        redirect_uris: [redirectUri],
        scopes: ['api', 'admin', 'offline_access'],
      });
      const client = new OAuthClient(app, admins);
      const { access_token } = await client.authorize(app.browser(), app.administrator, { scope: 'admin' });
      const ask = () => send(app, '/api/v1/users', { headers: { authorization: `Bearer ${access_token}` } });
      assert.equal((await ask()).status, 200);
      await drop(kidOf(access_token));
      assert.equal((await ask()).status, 401);
    });

    test('before its time, or after it, leaves the one that signs alone', async () => {
      app.clock.advance(DAY);
      await rotate();
      await rotate();
      const signing = await inState('signing');
      for (const state of ['next', 'scheduled', 'retired']) {
        const kid = await inState(state);
        assert.equal((await drop(kid))?.kid, signing, state);
        assert.ok(!(await states()).some((key) => key.kid === kid));
        assert.equal(kidOf(await tokenFor(app, machine)), signing);
      }
      assert.equal((await states()).filter(({ state }) => state === 'next').length, 1);
      // The scheduled one is gone, so nothing ends the one that signs.
      app.clock.advance(2 * DAY);
      await workOnce(app.services);
      assert.equal(kidOf(await tokenFor(app, machine)), signing);
    });

    test('can be every one of them, one after the other: there is always one that signs', async () => {
      for (const { kid } of await states()) {
        await drop(kid);
        assert.equal(await isActive(app, await tokenFor(app, machine)), true);
      }
      assert.deepEqual((await states()).map(({ state }) => state).sort(), ['next', 'signing']);
    });

    test('that nobody knows changes nothing', async () => {
      const before = await states();
      for (const kid of ['', 'nobody', '0'.repeat(32), app.instance.id]) assert.equal(await drop(kid), null);
      assert.deepEqual(await states(), before);
    });

    test('is in the audit log', async () => {
      const kid = await inState('signing');
      await drop(kid);
      const { data } = await app.admin.must<{ data: { actor: object; detail: Record<string, string> }[] }>(
        'GET',
        '/audit-events?type=signing_key.rotated&limit=1',
      );
      assert.equal(data[0]?.detail['dropped_kid'], kid);
      assert.equal(data[0]?.detail['kid'], await inState('signing'));
      assert.deepEqual(data[0]?.actor, { type: 'system', id: null });
    });
  });
});

test('an operator lists, rotates and drops keys while the server runs', async () => {
  const server = await ServerProcess.start({ env: { POSTERN_SECRET: testSecret } });
  const command = async <T>(...args: string[]): Promise<T> => {
    const run = await ServerProcess.spawn({
      args: ['signing-key', ...args, '--json'],
      directory: server.directory,
      env: { POSTERN_SECRET: testSecret },
    });
    assert.equal(await run.exited(), 0, run.output);
    return JSON.parse(run.output) as T;
  };
  type Listed = { kid: string; state: string }[];
  const [first, second] = await command<Listed>('list');
  assert.deepEqual([first?.state, second?.state].sort(), ['next', 'signing']);

  const [now] = await command<[{ kid: string; signs_from: string }]>('rotate');
  assert.ok(Date.parse(now.signs_from) <= Date.now(), 'the next key was published as long as the first');
  const [soon] = await command<[{ kid: string; signs_from: string }]>('rotate');
  assert.notEqual(soon.kid, now.kid);
  assert.ok(Date.parse(soon.signs_from) > Date.now() + 15 * MINUTE);
  assert.deepEqual(await command('rotate'), [soon], 'a rotation that waits is not followed by another');
  await sleep(SECOND);
  assert.equal(kidsOf(await jwks(server)).length, 6);

  const dropped = await command<{ kid: string }>('drop', now.kid);
  assert.equal(dropped.kid, soon.kid);
  await sleep(SECOND);
  assert.ok(!kidsOf(await jwks(server)).includes(now.kid));

  const wrong = await ServerProcess.spawn({
    args: ['signing-key', 'drop', now.kid],
    directory: server.directory,
    env: { POSTERN_SECRET: testSecret },
  });
  assert.equal(await wrong.exited(), 1);
  assert.match(wrong.output, /no published signing key has the ID/);
  await server.kill();
});
