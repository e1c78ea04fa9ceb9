import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Admin, ApplicationView, ListPage } from '../../support/admin.ts';
import { forEachEngine } from '../../support/engines.ts';
import { refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  let admin: Admin;
  before(async () => {
    app = await startApp({ engine });
    admin = app.admin;
  });
  after(() => app.close());

  const call = (method: string, path: string, body?: object | string | Uint8Array, headers = {}) =>
    admin.call(method, path, body, headers);

  describe('audit events', () => {
    test('they come newest first, in pages, and can be filtered', async () => {
      const start = new Date(app.clock.now()).toISOString();
      app.clock.advance(10);
      const made: ApplicationView[] = [];
      for (const name of ['One', 'Two', 'Three']) {
        made.push(await admin.createApplication({ type: 'spa', name }));
        app.clock.advance(10);
      }
      const named = (page: ListPage) => page.data.map(({ detail }) => (detail as { name: string }).name);
      const query = `/audit-events?type=application.created&since=${start}`;
      const first = await admin.must<ListPage>('GET', `${query}&limit=2`);
      assert.deepEqual(named(first), ['Three', 'Two']);
      const second = await admin.must<ListPage>('GET', `${query}&limit=2&cursor=${first.next_cursor}`);
      assert.deepEqual([named(second), second.next_cursor], [['One'], null]);
      const [event] = first.data;
      assert.deepEqual(Object.keys(event ?? {}).sort(), [
        'actor',
        'application_id',
        'detail',
        'id',
        'ip',
        'time',
        'type',
        'user_id',
        'via',
      ]);
      const until = encodeURIComponent(String(event?.['time']).replace('Z', '+00:00'));
      assert.deepEqual(named(await admin.must<ListPage>('GET', `${query}&until=${until}`)), ['Two', 'One']);
      assert.equal(
        (await admin.must<ListPage>('GET', `/audit-events?application_id=${made[0]?.id}`)).data.length,
        1,
      );
      const ofUser = await admin.must<ListPage>('GET', `/audit-events?user_id=${app.user.id}`);
      assert.ok(ofUser.data.every((each) => each['user_id'] === app.user.id));
      for (const { id } of made) await admin.deleteApplication(id);
    });

    test('filters that cannot be are named', async () => {
      for (const [name, value] of [
        ['type', 'no.such'],
        ['type', ''],
        ['application_id', 'x'],
        ['user_id', ''],
        ['since', 'yesterday'],
        ['since', '2026-01-01'],
        ['since', '2026-02-30T00:00:00Z'],
        ['until', '2026-01-01T00:00:00'],
        ['until', '2026-13-01T00:00:00Z'],
        ['until', '2026-01-01T25:00:00Z'],
      ] as const)
        assert.deepEqual(
          refused(await call('GET', `/audit-events?${name}=${value}`), 422, 'validation_failed'),
          [name],
          value,
        );
    });
  });
});
