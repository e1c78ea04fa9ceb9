import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE, SECOND } from '../../server/base/units.ts';
import { from, newAddress, retryAfter } from '../support/addresses.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { cuttableWay } from '../support/cuttable.ts';
import { forEachEngine, freshDatabase } from '../support/engines.ts';
import { basic, send, type Target } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What guessing the secrets of clients comes to, and that nobody’s guesses keep anybody else out. Addresses are what a trusted proxy says.

const redirectUri = 'https://client.example.com/callback';
const wrong = 'wrong wrong wrong';
/** Small, so that the tests need not be long: 20 failed authentications of a client at an address, 40 of an address. */
const config = { POSTERN_TRUST_PROXY: '127.0.0.1', POSTERN_TOKEN_FAILURE_LIMIT: '20' };

forEachEngine((engine) => {
  let app: TestApp;

  before(async () => {
    // The clock stands still, so that a slow machine does not wait delays out.
    app = await startApp({ engine, config, clock: stoppedClock() });
  });
  after(() => app.close());

  const metric = async (name: string): Promise<number> => {
    const { text } = success(await send(app, '/metrics', { headers: from('127.0.0.1') }));
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };
  const locks = async (query = '') =>
    (
      await app.admin.must<{
        data: { detail: Record<string, unknown>; ip: string; user_id: string | null }[];
      }>('GET', `/audit-events?type=client.limited&limit=100${query}`)
    ).data;

  describe('a client', () => {
    let web: ApplicationView;
    let spa: ApplicationView;
    let machine: ApplicationView;
    let person: Person;

    before(async () => {
      web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
      spa = await app.admin.createApplication({ type: 'spa', redirect_uris: ['https://spa.example.com/'] });
      machine = await app.admin.createApplication({ type: 'machine' });
      person = await app.admin.createUser();
    });

    /** Asks for a token with a secret, right or wrong, by default at the token endpoint. */
    const authenticate = (
      address: string,
      application: ApplicationView,
      secret = application.client_secret ?? '',
      at: Target = app,
    ) =>
      send(at, '/oauth2/token', {
        headers: { ...from(address), authorization: basic(application.client_id, secret) },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });

    test('that fails twenty times a minute at an address waits there, longer each time, the right secret included', async () => {
      const address = newAddress();
      for (let n = 0; n < 20; n++)
        assert.equal(outcome(await authenticate(address, machine, wrong)), '401 invalid_client');
      for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
        for (const secret of [wrong, undefined]) {
          const refused = await authenticate(address, machine, secret);
          assert.equal(outcome(refused), '429 too_many_requests');
          assert.ok(Math.abs(retryAfter(refused) - seconds) <= 1, `${retryAfter(refused)} for ${seconds}`);
          assert.match(refused.headers['cache-control'] ?? '', /no-store/);
        }
        app.clock.advance(seconds * SECOND);
        assert.equal(outcome(await authenticate(address, machine, wrong)), '401 invalid_client');
      }
      app.clock.advance(60 * SECOND);
      assert.equal(outcome(await authenticate(address, machine)), '200');
    });

    test('is not kept out by whoever fails in its name at another address', async () => {
      const attacker = newAddress();
      for (let n = 0; n < 60; n++) await authenticate(attacker, machine, wrong);
      assert.equal(outcome(await authenticate(attacker, machine, wrong)), '429 too_many_requests');
      for (let n = 0; n < 50; n++) assert.equal(outcome(await authenticate(newAddress(), machine)), '200');
    });

    test('is not kept out by others who fail at its own address', async () => {
      const address = newAddress();
      const names = Array.from({ length: 60 }, (_, n) => n.toString(16).padStart(32, '0'));
      let refused = 0;
      for (const client_id of names)
        if (
          outcome(await authenticate(address, { ...machine, client_id }, wrong)) === '429 too_many_requests'
        )
          refused++;
      assert.ok(refused >= 15, `${refused} of 60 failures at one address were turned away`);
      assert.equal(outcome(await authenticate(address, machine)), '200');
    });

    test('that is busy and honest meets no limit', async () => {
      const address = newAddress();
      const client = new OAuthClient(app, web);
      const tokens = await client.authorize(app.browser(), person);
      const rotating = { value: tokens.refresh_token };
      for (let n = 0; n < 150; n++) {
        const answer = await client.token(
          { grant_type: 'refresh_token', refresh_token: rotating.value },
          from(address),
        );
        rotating.value = success(answer).json<Required<Tokens>>().refresh_token;
        if (n % 15 === 0) await authenticate(address, web, wrong); // now and then a mistake
      }
    });

    test('that proved who it is, or need not, may err five times as often', async () => {
      for (const application of [web, spa]) {
        const address = newAddress();
        const client = new OAuthClient(app, application);
        const refresh = () =>
          client.token({ grant_type: 'refresh_token', refresh_token: 'prt_nonsense' }, from(address));
        for (let n = 0; n < 100; n++) assert.equal(outcome(await refresh()), '400 invalid_grant', `${n}`);
        assert.equal(outcome(await refresh()), '429 too_many_requests');
      }
    });

    test('is limited over all the endpoints together at which clients authenticate themselves', async () => {
      const pair = rsaKeyPair();
      const bad = { client_id: machine.client_id, client_secret: wrong };
      const assertion = signRs256(pair.privateKey, {
        iss: machine.client_id,
        sub: machine.client_id,
        exp: 1,
      });
      const doors: [string, Record<string, string>][] = [
        ['/oauth2/token', { ...bad, grant_type: 'client_credentials' }],
        [
          '/oauth2/token',
          {
            grant_type: 'client_credentials',
            client_assertion: assertion,
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          },
        ],
        ['/oauth2/introspect', { ...bad, token: 'x' }],
        ['/oauth2/revoke', { ...bad, token: 'x' }],
        ['/integrations/oauth2/api/v1/token', { ...bad, grant_type: 'client_credentials' }],
        ['/integrations/oauth2/api/v1/revoke', { ...bad, token: 'x' }],
        ['/integrations/oauth2/api/v1/jwt/exchange', { ...bad, jwt_token: assertion }],
      ];
      const address = newAddress();
      const ask = ([path, body]: [string, Record<string, string>]) =>
        send(app, path, { headers: from(address), body: new URLSearchParams(body) });
      for (let n = 0; n < 20; n++)
        assert.equal(
          outcome(await ask(doors[n % doors.length] ?? assert.fail())),
          '401 invalid_client',
          `${n}`,
        );
      for (const door of doors) assert.equal(outcome(await ask(door)), '429 too_many_requests', door[0]);
      const bearer = {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion,
      };
      assert.equal(outcome(await ask(['/oauth2/token', bearer])), '429 too_many_requests');
      app.clock.advance(2 * MINUTE);
    });

    test('that guesses a thousand times at the same instant is stopped, with few writes', async () => {
      const address = newAddress();
      const answers = await Promise.all(
        Array.from({ length: 300 }, () => authenticate(address, machine, wrong)),
      );
      const outcomes = new Set(answers.map(outcome));
      assert.ok(outcomes.has('401 invalid_client'));
      for (const each of outcomes) assert.match(each, /^(401 invalid_client|429 too_many_requests)$/);
      const refused = await authenticate(address, machine);
      assert.equal(outcome(refused), '429 too_many_requests');
      assert.ok(retryAfter(refused) <= 1, 'many at once begin the first delay, not the longest');
    });

    test('is limited in every process, and after a restart', async () => {
      const address = newAddress();
      const { database, url, clock } = app;
      const other = await startApp({ engine, config, database, url, clock });
      for (let n = 0; n < 20; n++)
        assert.equal(
          outcome(await authenticate(address, machine, wrong, n % 2 ? app : other)),
          '401 invalid_client',
        );
      for (const at of [app, other])
        assert.equal(outcome(await authenticate(address, machine, wrong, at)), '429 too_many_requests');
      await other.close();
      for (const seconds of [1, 2, 4, 8]) {
        app.clock.advance(seconds * SECOND);
        await authenticate(address, machine, wrong);
      }
      const restarted = await startApp({ engine, config, database, url, clock });
      const refused = await authenticate(address, machine, wrong, restarted);
      assert.equal(outcome(refused), '429 too_many_requests');
      assert.ok(retryAfter(refused) > 10, 'and waits as long');
      await restarted.close();
    });

    test('that was stopped costs nobody anything when its time has passed', async () => {
      for (let n = 0; n < 3; n++) {
        const address = newAddress();
        for (let tries = 0; tries < 20; tries++) await authenticate(address, machine, wrong);
        assert.equal(outcome(await authenticate(address, machine)), '429 too_many_requests');
      }
      assert.ok(app.services.failureLimits.knownToBeBlocked >= 3);
      app.clock.advance(2 * MINUTE);
      success(await authenticate(newAddress(), machine));
      assert.equal(app.services.failureLimits.knownToBeBlocked, 0);
    });

    test('that is stopped is seen in the audit log, once, and in the metrics', async () => {
      const address = newAddress();
      const before = await metric('postern_limited_requests_total{limit="client_and_address"}');
      const outcomesBefore = await metric(
        'postern_token_requests_total{grant_type="client_credentials",outcome="too_many_requests"}',
      );
      for (let n = 0; n < 25; n++) await authenticate(address, machine, wrong);
      const mine = (await locks()).filter(({ ip }) => ip === address);
      assert.equal(mine.length, 1);
      assert.deepEqual(mine[0]?.detail, {
        limit: 'client_and_address',
        retry_after: 1,
        client_id: machine.client_id,
      });
      assert.equal(mine[0]?.user_id, null);
      assert.equal(await metric('postern_limited_requests_total{limit="client_and_address"}'), before + 5);
      assert.equal(
        await metric(
          'postern_token_requests_total{grant_type="client_credentials",outcome="too_many_requests"}',
        ),
        outcomesBefore + 5,
      );
    });

    test('whose name is hostile is counted by its address, and nowhere shown', async () => {
      const address = newAddress();
      const client_id = `<script>\n"%00${'x'.repeat(5000)}`;
      for (let n = 0; n < 41; n++)
        await send(app, '/oauth2/token', {
          headers: from(address),
          body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret: wrong }),
        });
      for (const { detail, ip } of await locks())
        if (ip === address) assert.equal(detail['client_id'], undefined);
    });
  });
});

test('a failure is answered in time though the database does not take its count', async () => {
  const database = await freshDatabase('postgres');
  const url = new URL(database.url);
  const way = await cuttableWay(Number(url.port));
  url.port = String(way.port);
  const app = await startApp({ engine: 'postgres', database: { ...database, url: url.href } });
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' });
  assert.equal((await send(app, '/oauth2/token', { body })).status, 401);
  way.cut();
  const start = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => send(app, '/oauth2/token', { body, timeout: 10_000 })),
  );
  for (const { status } of answers) assert.ok(status === 401 || status === 503, String(status));
  assert.ok(performance.now() - start < 5_000);
  way.mend();
  await app.close();
  await way.close();
});

test('without a setting a client at an address may fail 599 times in a minute, from one address 1,199 times', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const fail = (client_id: string) =>
    send(app, '/oauth2/token', {
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret: wrong }),
    });
  const all = async (client: string, count: number) =>
    (await Promise.all(Array.from({ length: count }, () => fail(client)))).map(({ status }) => status);
  for (const client of ['0'.repeat(32), '1'.repeat(32)])
    for (let n = 0; n < 5; n++) assert.deepEqual([...new Set(await all(client, 119))], [401]);
  await app.close();
});
