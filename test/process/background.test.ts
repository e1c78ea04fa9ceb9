import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, MINUTE, SECOND } from '../../server/base/units.ts';
import { longestIdle } from '../../server/model/session.ts';
import { workOnce } from '../../server/process/background.ts';
import { tidied, tidy, tidyAuditEvents } from '../../server/store/tidy.ts';
import type { ApplicationView } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, success } from '../support/oauth-client.ts';
import { explaining } from '../support/query-plans.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// What a process does without being asked: tidying up, and rotating signing keys. The clock is moved.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  let web: ApplicationView;
  let client: OAuthClient;

  before(async () => {
    app = await startApp({ engine });
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    client = new OAuthClient(app, web);
  });
  after(() => app.close());

  async function countRows(): Promise<Record<string, number>> {
    const { db } = app.services;
    const [row] = await db.sql<Record<string, number>>`
      SELECT (SELECT count(*) FROM authorization_codes) AS codes,
        (SELECT count(*) FROM authorizations) AS authorizations,
        (SELECT count(*) FROM spent_assertions) AS assertions,
        (SELECT count(*) FROM revoked_access_tokens) AS revoked,
        (SELECT count(*) FROM sessions) AS sessions,
        (SELECT count(*) FROM rate_limits) AS counters`;
    return { ...row };
  }

  async function publishedKids(target: TestApp): Promise<string[]> {
    const { keys } = success(await send(target, '/oauth2/jwks')).json<{
      keys: { kid: string; alg: string }[];
    }>();
    return keys.filter(({ alg }) => alg === 'ES256').map((key) => key.kid);
  }

  const kidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;

  test('what nobody can need any more goes, and what somebody may come back with stays', async () => {
    const kept = await client.authorize(app.browser(), await app.admin.createUser());
    const revoked = await client.authorize(app.browser(), await app.admin.createUser());
    success(await client.revoke(revoked.refresh_token));
    const single = await client.authorize(app.browser(), await app.admin.createUser());
    success(await client.revoke(single.access_token));
    const { code } = await client.code(app.browser(), await app.admin.createUser()); // never redeemed
    const online = await client.code(app.browser(), await app.admin.createUser(), { scope: 'api' });
    success(await client.redeem(online.code, online.verifier));

    const machine = await app.admin.createApplication({ type: 'machine' });
    const pair = rsaKeyPair();
    await app.admin.addPublicKey(machine.id, pair.publicPem);
    const now = Math.floor(app.clock.now() / SECOND);
    const claims = {
      iss: machine.client_id,
      sub: app.administrator.id,
      aud: app.url,
      exp: now + 600,
      jti: 'once',
    };
    const assertion = signRs256(pair.privateKey, claims);
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    success(await send(app, '/oauth2/token', { body: new URLSearchParams(grant) }));
    await send(app, '/login', { body: new URLSearchParams({ email: 'nobody@example.com', password: 'x' }) });

    const before = await countRows();
    assert.equal(before['assertions'], 1);
    assert.equal(before['revoked'], 1);
    assert.ok((before['counters'] ?? 0) > 0);

    app.clock.advance(30 * MINUTE);
    await workOnce(app.services);
    const soon = await countRows();
    assert.equal(soon['codes'], before['codes'], 'a second use of a code is still recognised');
    assert.equal(soon['authorizations'], before['authorizations']);
    assert.equal(soon['assertions'], 0);
    assert.equal(soon['counters'], 0);
    assert.equal(outcome(await client.redeem(code, 'x'.repeat(43))), '400 invalid_grant');

    app.clock.advance(3 * DAY);
    await workOnce(app.services);
    const later = await countRows();
    assert.equal(later['codes'], 0);
    assert.equal(later['revoked'], 0);
    assert.equal(
      later['authorizations'],
      (before['authorizations'] ?? 0) - 2,
      'the revoked and the online one went',
    );
    assert.equal(later['sessions'], before['sessions'], 'users stay signed in for fourteen days');

    app.clock.advance(14 * DAY);
    await workOnce(app.services);
    assert.equal((await countRows())['sessions'], 0);
    success(await client.refresh(kept.refresh_token));
  });

  test('authorizations that their application’s policy ended go ninety days later, and no others', async () => {
    const short = await app.admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      refresh_token_absolute_lifetime: 3600,
      refresh_token_inactivity_lifetime: null,
    });
    const lasting = await app.admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      refresh_token_inactivity_lifetime: null,
    });
    const idle = await app.admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      refresh_token_inactivity_lifetime: 30 * 86_400,
    });
    const clients = [short, lasting, idle].map((application) => new OAuthClient(app, application));
    const user = await app.admin.createUser();
    const tokens = [];
    for (const each of clients) tokens.push(await each.authorize(app.browser(), user));
    const left = async () => {
      await workOnce(app.services);
      const ids = [short, lasting, idle].map(({ id }) => Buffer.from(id, 'hex'));
      const rows = await app.services.db.sql<{ application_id: Uint8Array }>`
        SELECT application_id FROM authorizations`;
      return ids.map((id) => rows.filter((row) => id.equals(row.application_id)).length);
    };
    app.clock.advance(89 * DAY);
    assert.deepEqual(await left(), [1, 1, 1]);
    await app.admin.updateApplication(short.id, { refresh_token_absolute_lifetime: 100 * 86_400 });
    success(await (clients[0] as OAuthClient).refresh(tokens[0]?.refresh_token ?? ''));
    await app.admin.updateApplication(short.id, { refresh_token_absolute_lifetime: 3600 });
    app.clock.advance(2 * DAY);
    assert.deepEqual(await left(), [0, 1, 1]);
    app.clock.advance(30 * DAY);
    assert.deepEqual(await left(), [0, 1, 0]);
    success(await (clients[1] as OAuthClient).refresh(tokens[1]?.refresh_token ?? ''));
  });

  test('one thing that cannot be tidied up keeps nothing else from being done', async () => {
    const fresh = await startApp({ engine, config: { POSTERN_AUDIT_RETENTION_DAYS: '30' } });
    const { db } = fresh.services;
    await send(fresh, '/login', {
      body: new URLSearchParams({ email: 'nobody@example.com', password: 'x' }),
    });
    const [active = ''] = await publishedKids(fresh);
    await db.write`ALTER TABLE revoked_access_tokens RENAME TO taken_away`;
    fresh.clock.advance(91 * DAY);
    await workOnce(fresh.services);

    const [row] = await db.sql<Record<string, number>>`
      SELECT (SELECT count(*) FROM rate_limits) AS counters,
        (SELECT count(*) FROM audit_events WHERE type = 'user.created') AS events`;
    assert.deepEqual({ ...row }, { counters: 0, events: 0 });
    assert.notEqual((await fresh.services.signingKeys.active(fresh.instance.id, 'ES256')).kid, active);
    const failures = fresh
      .logText()
      .split('\n')
      .filter((line) => line.includes('background work failed'))
      .map((line) => (JSON.parse(line) as { job: string }).job);
    assert.deepEqual(failures, ['tidying revoked_access_tokens']);
    await fresh.close();
  });

  if (engine === 'sqlite')
    test('tidying reads no table from end to end, however little of it is to go', async () => {
      const { db } = app.services;
      const { database, steps } = explaining(db);
      for (const what of tidied) await tidy(database, what, app.clock.now(), longestIdle);
      await tidyAuditEvents(database, app.instance.id, app.clock.now());
      assert.ok(steps.length > 2 * tidied.length, steps.join('; '));
      // An instance has three signing keys of an algorithm, or four.
      const scans = steps.filter((step) => step.startsWith('SCAN') && !step.endsWith('signing_keys'));
      assert.deepEqual(scans, []);
    });

  test('what is to go goes in one round, even where it is more than one statement deletes', async () => {
    const { db } = app.services;
    const longAgo = app.clock.now() - DAY;
    await db.transaction(async (tx) => {
      for (let index = 0; index < 1001; index++)
        await tx.sql`INSERT INTO rate_limits (key, points, expires_at)
          VALUES (${Buffer.from(`old ${index}`)}, 1, ${longAgo})`;
    });
    await workOnce(app.services);
    assert.equal((await countRows())['counters'], 0);
  });

  test('audit events are kept for ever, or as long as the setting says', async () => {
    const { database, url, clock } = app;
    const count = async () => {
      const [row] = await app.services.db.sql<{ count: number }>`
        SELECT count(*) AS count FROM audit_events WHERE type = 'user.created'`;
      return row?.count ?? 0;
    };
    const before = await count();
    assert.ok(before > 2);
    clock.advance(1000 * DAY);
    await workOnce(app.services);
    assert.equal(await count(), before);

    await app.admin.createUser();
    clock.advance(29 * DAY);
    const thirty = await startApp({
      engine,
      database,
      url,
      clock,
      config: { POSTERN_AUDIT_RETENTION_DAYS: '30' },
    });
    await workOnce(thirty.services);
    assert.equal(await count(), 1);
    clock.advance(2 * DAY);
    await workOnce(thirty.services);
    assert.equal(await count(), 0);
    await thirty.close();
  });

  test('a signing key serves for ninety days, and its tokens are good until the last has expired', async () => {
    const fresh = await startApp({ engine });
    const ours = new OAuthClient(
      fresh,
      await fresh.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] }),
    );
    const user = await fresh.admin.createUser();
    const signIn = () => ours.authorize(fresh.browser(), user);
    const [active = '', next = '', ...others] = await publishedKids(fresh);
    assert.deepEqual(others, []);

    fresh.clock.advance(90 * DAY - MINUTE);
    await workOnce(fresh.services);
    const last = await signIn();
    assert.equal(kidOf(last.access_token), active);
    fresh.clock.advance(MINUTE);
    await workOnce(fresh.services);
    assert.equal(kidOf((await signIn()).access_token), next, 'the key that was published ahead signs now');
    assert.equal(await ours.isActive(last.access_token), true);
    const kids = await publishedKids(fresh);
    assert.equal(kids.length, 3);
    assert.ok(kids.includes(active));
    await workOnce(fresh.services);
    assert.deepEqual(await publishedKids(fresh), kids, 'once is enough');

    fresh.clock.advance(2 * DAY);
    await workOnce(fresh.services);
    assert.equal((await publishedKids(fresh)).includes(active), false);
    const events = await fresh.services.db.sql<{ actor_type: string; detail: string }>`
      SELECT actor_type, detail FROM audit_events WHERE type = 'signing_key.rotated' ORDER BY id`;
    assert.deepEqual(
      events.map((event) => [
        event.actor_type,
        (JSON.parse(event.detail) as { algorithm: string }).algorithm,
      ]),
      [
        ['system', 'ES256'],
        ['system', 'RS256'],
      ],
    );
    await fresh.close();
  });

  test('a new POSTERN_SECRET before the old one ends nobody’s authorization, and seals the signing keys anew', async () => {
    const { refresh_token, access_token } = await client.authorize(
      app.browser(),
      await app.admin.createUser(),
    );
    const { database, url, clock } = app;
    const newSecret = 'another master secret that only tests use and that is long enough';
    const both = await startApp({
      engine,
      database,
      url,
      clock,
      config: { POSTERN_SECRET: `${newSecret},${testSecret}` },
    });
    const there = client.at(both);
    assert.equal(await there.isActive(access_token), true);
    const refreshed = await there.refreshTokens(refresh_token);
    await both.close();

    const onlyNew = await startApp({ engine, database, url, clock, config: { POSTERN_SECRET: newSecret } });
    const later = client.at(onlyNew);
    assert.equal(
      await later.isActive(refreshed.access_token),
      true,
      'the signing keys open with the new secret',
    );
    success(await later.refresh(refreshed.refresh_token));
    await onlyNew.close();
  });
});
