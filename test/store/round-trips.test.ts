import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { system } from '../../server/model/event.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { type Overheard, startOverheardApp } from '../support/overheard.ts';
import type { TestApp } from '../support/test-app.ts';

// What PostgreSQL is asked on the wire: each statement that a request waits for is a round trip.

describe('postgres', () => {
  let app: TestApp;
  let wire: Overheard;
  let close: () => Promise<void>;
  let client: OAuthClient;

  before(async () => {
    ({ app, wire, close } = await startOverheardApp());
    const redirect_uris = ['https://client.example.com/callback'];
    client = new OAuthClient(app, await app.admin.createApplication({ type: 'web', redirect_uris }));
  });
  after(() => close());

  /**
   * What each of twenty requests in a row needed. Some read again what is remembered for a second, and some are there when the
   * last-used times are written; what they have in common is what each of them waits for.
   */
  async function overhear(request: () => Promise<unknown>): Promise<ReturnType<Overheard['take']>[]> {
    for (let warm = 0; warm < 20; warm++) await request(); // each connection prepares its statements once
    const heard = [];
    for (let count = 0; count < 20; count++) {
      wire.take();
      await request();
      heard.push(wire.take());
    }
    return heard;
  }

  const least = (heard: { statements: string[]; roundTrips: number }[]) =>
    heard.toSorted((a, b) => a.roundTrips - b.roundTrips)[0] as { statements: string[]; roundTrips: number };

  test('a minute in which no signing key is due costs an instance one read', async () => {
    const { signingKeys } = app.services;
    const heard = await overhear(() =>
      signingKeys.rotate(app.instance.id, 'ES256', system, { onlyIfDue: true }),
    );
    const { statements, roundTrips } = least(heard);
    assert.equal(roundTrips, 1);
    assert.equal(statements.length, 1);
    assert.match(statements[0] ?? '', /^\s*SELECT .* FROM signing_keys/);
  });

  test('a refresh is one statement, which checks and spends, in one round trip', async () => {
    let { refresh_token } = await client.authorize(app.browser(), app.user);
    const heard = await overhear(async () => {
      ({ refresh_token } = await client.refreshTokens(refresh_token));
    });
    const { statements, roundTrips } = least(heard);
    assert.equal(roundTrips, 1);
    assert.equal(statements.length, 1);
    assert.match(statements[0] ?? '', /^\s*UPDATE authorizations SET generation/);
    for (const each of heard) {
      const needed = each.statements.filter((text) => /\b(authorizations|users)\b/.test(text));
      assert.equal(needed.filter((text) => !/SET last_used_at/.test(text)).length, 1);
    }
  });

  test('a code is redeemed by one transaction, whose first statement checks and spends it, and by no other read', async () => {
    const browser = app.browser();
    await browser.signIn(app.user);
    const codes: { code: string; verifier: string }[] = [];
    for (let count = 0; count < 40; count++) codes.push(await client.code(browser, app.user));
    const heard = await overhear(async () => {
      const { code, verifier } = codes.pop() ?? assert.fail();
      assert.equal((await client.redeem(code, verifier)).status, 200);
    });
    assert.deepEqual(
      least(heard).statements.map((text) => text.trim().split(/\s+/, 3).join(' ').toLowerCase()),
      [
        'begin',
        'update authorization_codes set',
        'insert into authorizations',
        'insert into audit_events',
        'commit',
      ],
    );
  });

  test('an authorization that needs no page is a read of the session and one of the consent, and one write that checks the session again', async () => {
    const browser = app.browser();
    const params = { response_type: 'code', client_id: client.application.client_id, scope: 'api' };
    await browser.authorize(params, app.user);
    const path = `/oauth2/authorize?${new URLSearchParams(params)}`;
    const { statements } = least(
      await overhear(async () => assert.match((await browser.request(path)).headers.location ?? '', /code=/)),
    );
    const needed = statements.filter((text) => !/^\s*(begin|commit|UPDATE (users|sessions))/i.test(text));
    assert.deepEqual(
      needed.map((text) => /FROM (\w+)|INTO (\w+)/.exec(text)?.[0]),
      ['FROM sessions', 'FROM consents', 'INTO authorization_codes'],
    );
  });

  test('introspection of an access token is one statement in one round trip', async () => {
    const { access_token } = await client.authorize(app.browser(), app.user);
    const { statements, roundTrips } = least(
      await overhear(async () => assert.equal(await client.isActive(access_token), true)),
    );
    assert.equal(roundTrips, 1);
    assert.equal(statements.length, 1);
  });

  test('introspection of a refresh token is one statement in one round trip', async () => {
    const { refresh_token } = await client.authorize(app.browser(), app.user);
    const { statements, roundTrips } = least(
      await overhear(async () => assert.equal(await client.isActive(refresh_token), true)),
    );
    assert.equal(roundTrips, 1);
    assert.equal(statements.length, 1);
  });
});
