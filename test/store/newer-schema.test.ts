import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic, send } from '../support/http.ts';
import { OAuthClient, success } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// While processes are replaced one by one, those of the version before go on beside a schema that the newer one made.

test('every statement names the columns that it reads', () => {
  const folder = join(import.meta.dirname, '../../server/store');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  ))
    assert.doesNotMatch(
      readFileSync(join(folder, name), 'utf8'),
      /\b(SELECT|RETURNING|,)\s+(\w+\.)?\*(\s+FROM|`|,)/,
      name,
    );
});

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  let machine: ApplicationView;
  let browser: Browser;
  before(async () => {
    app = await startApp({ engine });
    web = new OAuthClient(
      app,
      await app.admin.createApplication({
        type: 'web',
        redirect_uris: ['https://client.example.com/callback'],
        can_introspect: true,
      }),
    );
    machine = await app.admin.createApplication({ type: 'machine' });
    browser = app.browser();
    await web.authorize(browser, app.user);
  });
  after(() => app.close());

  /** Something of everything, as often as there are connections at least, so that each of them has met each statement. */
  async function useEverything(): Promise<void> {
    const id = web.application.id;
    const ends: (() => Promise<void>)[] = [];
    const one = async () => {
      const { code, verifier } = await web.code(browser, app.user);
      const first = success(await web.redeem(code, verifier)).json<{ refresh_token: string }>();
      const tokens = await web.refreshTokens(first.refresh_token);
      assert.equal(await web.isActive(tokens.refresh_token), true);
      assert.equal(await web.isActive(tokens.access_token), true);
      // Later: the end of one authorization takes along the codes that others are about to redeem.
      ends.push(async () => {
        success(await web.revoke(tokens.refresh_token));
        assert.equal(await web.isActive(tokens.access_token), false);
      });
      const credentials = { authorization: basic(machine.client_id, machine.client_secret ?? '') };
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      success(await send(app, '/oauth2/token', { body, headers: credentials }));
      for (const path of [
        '/applications?include=user_count',
        `/applications/${id}`,
        `/applications/${id}/authorizations`,
        '/users',
        `/users/${app.user.id}`,
        `/users/${app.user.id}/authorizations`,
        `/audit-events?actor_id=${app.user.id}`,
        `/audit-events?user_id=${app.user.id}&type=authorization.granted`,
        '/me',
      ]) {
        const { data, id: itself } = await app.admin.must<{ data?: unknown[]; id?: string }>('GET', path);
        assert.ok(itself ?? (data && (data.length > 0 || path.endsWith('/authorizations'))), path);
      }
      await app.admin.must('PATCH', `/applications/${id}`, { description: 'changed' });
      await app.admin.must('PATCH', `/users/${app.user.id}`, { name: app.user.name });
      await app.admin.updateInstance({ lane: 'default' });
    };
    await Promise.all(Array.from({ length: 24 }, one));
    await Promise.all(ends.map((end) => end()));
  }

  describe('a process of the version before', () => {
    test('goes on without a failure or a wrong answer when a newer one has added columns everywhere', async () => {
      await useEverything();
      await addColumns('first');
      await useEverything();

      const using = useEverything();
      await addColumns('second');
      await using;
      await useEverything();
    });
  });

  async function addColumns(name: string): Promise<void> {
    const add = (table: string) => `ALTER TABLE ${table} ADD COLUMN ${name} INTEGER NOT NULL DEFAULT 0`;
    if (engine === 'sqlite') {
      const db = new DatabaseSync(app.database.url.slice('sqlite:'.length), { timeout: 3000 });
      const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      for (const { name: table } of tables as { name: string }[]) db.exec(add(table));
      db.close();
      return;
    }
    const sql = postgres(app.database.url, { max: 1 });
    const tables = await sql<{ tablename: string }[]>`
      SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`;
    for (const { tablename } of tables) await sql.unsafe(add(tablename));
    await sql.end();
  }
});
