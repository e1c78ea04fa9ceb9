import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, platform } from 'node:os';
import { test } from 'node:test';
import { signInCapacity } from '../../server/accounts/sign-in/by-password.ts';
import { hashPassword, passwordsAtOnce, verifyHash } from '../../server/accounts/sign-in/passwords.ts';
import { send } from '../support/http.ts';
import { startApp } from '../support/test-app.ts';

const password = 'correct horse battery staple';

/** The nice values of this process's threads; the first is the one that answers requests. */
function niceValues(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const [, fields = ''] = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ');
    return Number(fields.split(' ')[16]);
  });
}

test('passwords are hashed by threads that step back, and no other thread does', {
  skip: platform() !== 'linux',
}, async () => {
  const own = getPriority(); // 0, unless whoever runs the tests wants them to step back
  assert.deepEqual([...new Set(niceValues())], [own]);
  assert.equal(await verifyHash(await hashPassword(password), password), true);
  const [main, ...others] = niceValues();
  assert.equal(main, own);
  assert.equal(others.filter((nice) => nice === own + 5).length, 1);
});

test('of many passwords at once each is told from the others', async () => {
  const passwords = Array.from({ length: 8 }, (_, index) => `${password} ${index}`);
  const hashes = await Promise.all(passwords.map(hashPassword));
  for (const [index, hash] of hashes.entries())
    assert.deepEqual(
      await Promise.all(passwords.map((other) => verifyHash(hash, other))),
      passwords.map((_, other) => other === index),
    );
});

test('who signs in while hundreds do is told at once to come back, and gets in when they have', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { email, password: own } = app.administrator;
  const signIn = () =>
    send(app, '/login', {
      body: new URLSearchParams({ email, password: own }),
      headers: { origin: app.url },
    });
  const crowd = Promise.withResolvers<void>();
  const others = Array.from({ length: 200 * passwordsAtOnce }, () => signInCapacity.do(() => crowd.promise));
  const { status, headers, text } = await signIn();
  assert.equal(status, 503);
  assert.equal(headers['retry-after'], '5');
  assert.match(text, /Many people are signing in/);
  assert.doesNotMatch(text, /Reference/);
  assert.doesNotMatch(app.logText(), /request failed/);
  crowd.resolve();
  await Promise.all(others);
  assert.equal((await signIn()).status, 303);
  // Nobody made a mistake, so nothing counts as one.
  assert.deepEqual(await app.admin.auditEvents('login.failed'), []);
  await app.close();
});
