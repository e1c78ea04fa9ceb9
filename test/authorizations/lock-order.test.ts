import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSession, startSession } from '../../server/accounts/sessions.ts';
import { perform } from '../../server/authorizations/act.ts';
import type { Id } from '../../server/base/ids.ts';
import { actOfSession } from '../../server/model/act.ts';
import { byPassword } from '../../server/model/authentication.ts';
import { lockUser } from '../../server/store/users.ts';
import { someoneWaits } from '../support/lock-waits.ts';
import { startApp } from '../support/test-app.ts';

test('an administrator changes somebody who signs in in the administrator’s own browser: neither waits for the other crosswise', async () => {
  const app = await startApp({ engine: 'postgres' });
  const { services, instance } = app;
  const { db, clock } = services;
  const browser = app.browser();
  await browser.signIn(app.administrator);
  const cookie = browser.cookies.get('postern') ?? '';
  const session = (await findSession(services, instance, cookie)) ?? assert.fail();
  const act = actOfSession(instance, session, '127.0.0.1');
  const userId = app.user.id as Id;

  const runs = { signIn: 0, change: 0 };
  const takes = { authority: 'administrator', alone: true, changesUser: userId } as const;
  let change: Promise<unknown> | undefined;
  await db.transaction(async (tx) => {
    runs.signIn++;
    const { user } = (await lockUser(tx, instance.id, userId)) ?? assert.fail();
    change ??= perform(services, act, takes, async (deed) => {
      runs.change++;
      await lockUser(deed.tx, instance.id, userId);
    });
    change.catch(() => {}); // it is looked at below
    await someoneWaits(db, 'users');
    const authentications = [byPassword(clock())];
    const where = { ip: '127.0.0.1', userAgent: '', replaces: cookie };
    await startSession(tx, clock(), { user, authentications, ...where });
  });
  await assert.rejects(async () => change, { code: 'not_signed_in' });
  assert.deepEqual(runs, { signIn: 1, change: 0 });
  await app.close();
});
