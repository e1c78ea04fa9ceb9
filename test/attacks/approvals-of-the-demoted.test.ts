import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { parseForms } from '../support/html-form.ts';
import { someoneWaits } from '../support/lock-waits.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Somebody who is about to lose the role of an administrator says yes to `admin` while the transaction that takes the role away is
// under way: it has looked already at which approvals and codes there are to end. On SQLite transactions come one after the other.

const redirectUri = 'https://client.example.com/callback';

let app: TestApp;
let tool: ApplicationView;

before(async () => {
  // Standing still: the use of a session is noted once, and no request waits for the user's row for that.
  app = await startApp({ engine: 'postgres', clock: stoppedClock() });
  tool = await app.admin.createApplication({
    type: 'web',
    redirect_uris: [redirectUri],
    scopes: ['api', 'admin', 'offline_access'],
  });
});
after(() => app.close());

const path = (scope: string) =>
  `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: tool.client_id, redirect_uri: redirectUri, scope })}`;

async function eveWhoAllowed(scope: string): Promise<{ eve: Person; browser: Browser }> {
  const eve = await app.admin.createUser({ role: 'administrator' });
  const browser = app.browser();
  await new OAuthClient(app, tool).authorize(browser, eve, { scope });
  return { eve, browser };
}

/** Takes the role from somebody, and does something when all but the last step of it is done. */
async function whileDemoted<T>({ id }: Person, work: () => Promise<T>): Promise<T> {
  const { db } = app.services;
  const user = Buffer.from(id, 'hex');
  let demoted: Promise<unknown> | undefined;
  let working: Promise<T> | undefined;
  let answered = false;
  await db.transaction(async (tx) => {
    // Authorizations are what the transaction ends last.
    await tx.sql`UPDATE authorizations SET scopes = scopes WHERE user_id = ${user}`;
    demoted ??= app.admin.updateUser(id, { role: 'user' });
    await someoneWaits(db, 'authorizations');
    working ??= work().finally(() => {
      answered = true;
    });
    await someoneWaits(db, 'users', () => answered);
  });
  await demoted;
  return (await working) ?? assert.fail();
}

async function nothingIsLeftOf({ id }: Person): Promise<void> {
  const user = Buffer.from(id, 'hex');
  const { db } = app.services;
  const left = [
    ...(await db.sql`SELECT scopes FROM consents WHERE user_id = ${user} AND scopes LIKE '%admin%'`),
    ...(await db.sql`
      SELECT scopes FROM authorization_codes
      WHERE user_id = ${user} AND scopes LIKE '%admin%' AND spent_at IS NULL`),
  ];
  assert.deepEqual(left, []);
}

test('who presses Allow while the role is being taken away leaves neither a code nor an approval behind', async () => {
  const { eve, browser } = await eveWhoAllowed('admin offline_access');
  await app.services.db.write`DELETE FROM consents WHERE user_id = ${Buffer.from(eve.id, 'hex')}`;
  const page = await browser.openPage(path('admin offline_access'));
  const { fields } = parseForms(page.html).find(({ buttons }) => buttons.length > 1) ?? assert.fail();
  const body = new URLSearchParams({ ...Object.fromEntries(fields), decision: 'allow' });
  const answer = await whileDemoted(eve, () =>
    browser.request('/consent', { body, headers: { 'sec-fetch-site': 'same-origin' } }),
  );
  assert.equal(answer.status, 400, answer.text);
  await nothingIsLeftOf(eve);
});

test('nor does who allowed it before, and is asked nothing now', async () => {
  const { eve, browser } = await eveWhoAllowed('admin offline_access');
  const answer = await whileDemoted(eve, () => browser.request(path('admin offline_access')));
  assert.match(String(answer.headers.location), /^\/login\?/);
  await nothingIsLeftOf(eve);
});
