import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, HOUR, SECOND, toRfc3339 } from '../../../server/base/units.ts';
import { forEachEngine } from '../../support/engines.ts';
import { OAuthClient, outcome } from '../../support/oauth-client.ts';
import { noId, refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// A product where people are signed in all day tells that they were there.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  const report = (users: object[]) =>
    app.admin.must<{ updated: number; unknown: number[] }>('POST', '/activity', { users });
  const lastActive = async (id: string) =>
    Date.parse((await app.admin.must<{ last_active_at: string }>('GET', `/users/${id}`)).last_active_at);

  test('what is reported keeps connections alive that inactivity would have ended', async () => {
    const application = await app.admin.createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
    });
    await app.admin.updateApplication(application.id, { refresh_token_inactivity_lifetime: DAY / SECOND });
    const client = new OAuthClient(app, application);
    const [seen, unseen] = [await app.admin.createUser(), await app.admin.createUser()];
    let kept = (await client.authorize(app.browser(), seen)).refresh_token;
    const lost = (await client.authorize(app.browser(), unseen)).refresh_token;
    for (let days = 0; days < 3; days++) {
      app.clock.advance(20 * HOUR);
      assert.deepEqual(await report([{ id: seen.id }]), { updated: 1, unknown: [] });
      kept = (await client.refreshTokens(kept)).refresh_token;
    }
    assert.equal(outcome(await client.refresh(lost)), '400 invalid_grant');
  });

  test('users are named by ID or subject, and those whom nobody is called are told by their place', async () => {
    const { id } = await app.admin.must<{ id: string }>('POST', '/users', {
      email: 'seen@example.com',
      name: 'Seen',
      subject: 'customer-1',
    });
    const users = [
      { subject: 'customer-1' },
      { subject: 'nobody' },
      { id },
      { id: noId },
      { id: 'x' },
      { subject: app.user.id },
    ];
    assert.deepEqual(await report(users), { updated: 3, unknown: [1, 3, 4] });
    assert.deepEqual(await report([{ subject: id }]), { updated: 0, unknown: [0] });
  });

  test('no report takes activity into the future or back', async () => {
    const { id } = await app.admin.createUser();
    const now = app.clock.now();
    await report([{ id, at: toRfc3339(now + DAY) }]);
    const noted = await lastActive(id);
    assert.ok(noted >= now - SECOND && noted <= app.clock.now());
    await report([{ id, at: toRfc3339(now - DAY) }]);
    assert.equal(await lastActive(id), noted);
    app.clock.advance(HOUR);
    await report([{ id, at: toRfc3339(noted + 1000) }]);
    assert.equal(await lastActive(id), noted + 1000);
  });

  test('what is wrong is named, and then nothing is noted', async () => {
    const { id } = await app.admin.createUser();
    for (const [users, path] of [
      [[{ id }, { id, at: 'yesterday' }], 'users.1.at'],
      [[{ id, at: '2026-02-31T00:00:00Z' }], 'users.0.at'],
      [[{ id }, {}], 'users.1'],
      [[{ id, subject: 'x' }], 'users.0'],
      [[], 'users'],
      [Array.from({ length: 1001 }, () => ({ id })), 'users'],
    ] as const) {
      const answer = await app.admin.call('POST', '/activity', { users });
      assert.deepEqual(refused(answer, 422, 'validation_failed'), [path], path);
    }
    const { last_active_at } = await app.admin.must<{ last_active_at: null }>('GET', `/users/${id}`);
    assert.equal(last_active_at, null);
  });

  test('a thousand at once, by several who report the same people, all count', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => app.admin.createUser()));
    const users = Array.from({ length: 1000 }, (_, n) => ({ id: people[n % people.length]?.id }));
    const answers = await Promise.all([report(users), report(users.toReversed()), report(users)]);
    for (const answer of answers) assert.deepEqual(answer, { updated: 1000, unknown: [] });
  });
});
