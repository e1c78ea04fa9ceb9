import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, success } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What is given at the very instant at which somebody ends it, by two processes: once both have answered, it is worth nothing.

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

forEachEngine((engine) => {
  let app: TestApp;
  let other: TestApp;

  before(async () => {
    app = await startApp({ engine });
    other = await startApp({ engine, database: app.database, url: app.url, clock: app.clock });
  });
  after(async () => {
    await other.close();
    await app.close();
  });

  test('a refresh and a revocation: neither the old tokens nor the new ones are good', async () => {
    const client = new OAuthClient(
      app,
      await app.admin.createApplication({ type: 'web', redirect_uris: ['https://race.example.com/cb'] }),
    );
    const there = client.at({ url: app.url, port: other.port });
    const browser = app.browser();
    const seen = new Set<string>();
    for (let round = 0; round < 15; round++) {
      const tokens = await client.authorize(browser, app.user);
      const [refreshed, revoked, again] = await Promise.all([
        sleep(round % 3).then(() => client.refresh(tokens.refresh_token)),
        there.revoke(tokens.refresh_token),
        sleep(round % 5).then(() => there.refresh(tokens.refresh_token)),
      ]);
      assert.equal(outcome(revoked), '200');
      for (const answer of [refreshed, again]) {
        seen.add(outcome(answer));
        if (answer.status !== 200) continue;
        const given = answer.json<{ access_token: string; refresh_token: string }>();
        assert.equal(await client.isActive(given.access_token), false);
        assert.equal(await there.isActive(given.access_token), false);
        assert.equal(outcome(await client.refresh(given.refresh_token)), '400 invalid_grant');
      }
      assert.equal(await there.isActive(tokens.access_token), false);
    }
    assert.deepEqual(
      [...seen].filter((each) => !['200', '400 invalid_grant'].includes(each)),
      [],
    );
  });

  test('a key that is deleted while its assertions are on their way leaves no token that is good', async () => {
    const pair = rsaKeyPair();
    const machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
    const observer = new OAuthClient(app, machine);
    const { id } = await app.admin.addPublicKey(machine.id, pair.publicPem);
    const ask = (to: TestApp, index: number) =>
      send(to, '/oauth2/token', {
        body: new URLSearchParams({
          grant_type: jwtBearer,
          assertion: signRs256(pair.privateKey, {
            iss: machine.client_id,
            sub: app.administrator.id,
            aud: app.url,
            exp: Math.floor(app.clock.now() / 1000) + 60,
            jti: `${engine} ${index}`,
          }),
        }),
      });
    assert.equal(outcome(await ask(app, -1)), '200');
    assert.equal(outcome(await ask(other, -2)), '200', 'the other process remembers the key');
    const [, ...answers] = await Promise.all([
      app.admin.must('DELETE', `/applications/${machine.id}/public-keys/${id}`),
      ...Array.from({ length: 30 }, (_, index) =>
        sleep(index % 10).then(() => ask(index % 2 ? app : other, index)),
      ),
    ]);
    const given = answers.filter(({ status }) => status === 200);
    for (const answer of given)
      assert.equal(await observer.isActive(answer.json<{ access_token: string }>().access_token), false);
    assert.equal(outcome(await ask(app, 100)), '400 invalid_grant');
    await sleep(1000);
    assert.equal(outcome(await ask(other, 101)), '400 invalid_grant');
    const there = observer.at({ url: app.url, port: other.port });
    for (const answer of given)
      assert.equal(
        success(await there.introspect(answer.json<{ access_token: string }>().access_token)).json()[
          'active'
        ],
        false,
      );
  });
});
