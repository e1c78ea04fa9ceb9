import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { freshDatabase } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { OAuthClient, success, type Tokens } from '../support/oauth-client.ts';
import { startApp } from '../support/test-app.ts';

/**
 * Writes what `test/store/upgrade.test.ts` starts from: the database of this version with something of everything in it
 * (VERSION.sql), and what people and clients have of it (VERSION.json). Run once for each release, by the code of that
 * release: `node test/releases/write.ts 0.1.0`.
 */
const [, , version] = process.argv;
if (!version || !/^\d+\.\d+\.\d+$/.test(version))
  throw new Error('which version? node test/releases/write.ts 1.2.3');

const redirectUri = 'https://client.example.com/callback';
const database = await freshDatabase('sqlite');
const app = await startApp({ engine: 'sqlite', database, url: 'http://login.localhost' });

const web = await app.admin.createApplication({
  type: 'web',
  redirect_uris: [redirectUri],
  name: 'Naïve "ClientApp"; 客户',
});
const spa = await app.admin.createApplication({ type: 'spa', redirect_uris: ['https://spa.example.com/'] });
const machine = await app.admin.createApplication({ type: 'machine', can_introspect: true });
await app.admin.updateInstance({ refresh_token_grace: 0 });
const client = new OAuthClient(app, web);
const browser = app.browser();

const kept = await client.authorize(browser, app.user);
const first = await client.authorize(browser, app.user);
const second = success(await client.refresh(first.refresh_token)).json<Required<Tokens>>();
const ended = await client.authorize(browser, app.user);
success(await client.revoke(ended.refresh_token));
const single = await client.authorize(browser, app.user);
success(await client.revoke(single.access_token));
const unspent = await client.code(browser, app.user);
const spent = await client.code(browser, app.user, { scope: 'api' });
success(await client.redeem(spent.code, spent.verifier));
const spaTokens = await new OAuthClient(app, spa).authorize(browser, app.user);
await send(app, '/login', { body: new URLSearchParams({ email: 'nobody@example.com', password: 'wrong' }) });
await app.services.signingKeys.rotate(
  app.instance.id,
  'ES256',
  { type: 'system', id: null },
  { onlyIfDue: false },
);
await app.services.lastUsed.flush();

const known = {
  url: app.url,
  at: app.clock.now(),
  administrator: app.administrator,
  user: app.user,
  session: browser.cookies.get('postern'),
  web,
  spa,
  machine,
  kept,
  rotated: { old: first.refresh_token, good: second },
  ended,
  single,
  spaTokens,
  code: {
    unspent: unspent.code,
    verifier: unspent.verifier,
    spent: spent.code,
    spentVerifier: spent.verifier,
  },
};
await app.close();

const file = new DatabaseSync(database.url.slice('sqlite:'.length), { readOnly: true });
const rows = <T>(sql: string) => file.prepare(sql).all() as T[];
const lines = rows<{ sql: string }>(
  "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, name",
).map(({ sql }) => `${sql};`);
for (const { name } of rows<{ name: string }>(
  "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
))
  for (const row of rows<Record<string, SQLOutputValue>>(`SELECT * FROM ${name}`))
    lines.push(
      `INSERT INTO ${name} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).map(literal).join(', ')});`,
    );
file.close();
await database.remove();

const folder = import.meta.dirname;
writeFileSync(join(folder, `${version}.sql`), `${lines.join('\n')}\n`);
writeFileSync(join(folder, `${version}.json`), `${JSON.stringify(known, null, 2)}\n`);
process.stdout.write(`${readFileSync(join(folder, `${version}.sql`)).byteLength} bytes\n`);

function literal(value: SQLOutputValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return value instanceof Uint8Array ? `X'${Buffer.from(value).toString('hex')}'` : String(value);
}
