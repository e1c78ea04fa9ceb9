import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { Piscina } from 'piscina';
import { send } from '../support/http.ts';
import { startOverheardApp } from '../support/overheard.ts';

// What a failed sign-in costs the server tells nothing of who has an account: counted in statements and in characters that are
// brought into one form, since a clock would tell of the machine.

let overheard: Awaited<ReturnType<typeof startOverheardApp>>;
before(async () => {
  overheard = await startOverheardApp({ POSTERN_TRUST_PROXY: '127.0.0.1' });
});
after(() => overheard.close());

interface Work {
  readonly statements: string[];
  /** Lengths of what this thread brought into one form. */
  readonly folded: number[];
  /** What the threads that hash were given: the cost of the hash, and the password's length. */
  readonly hashed: string[];
}

/** What no sign-in asks for: last uses that are written now and then, and what is remembered for a second. */
const inBetween = /SET last_used_at|FROM (instances|apis|identity_providers)\b/;

let addresses = 0;

/** What the server does for one sign-in that is refused. */
async function workOf(email: string, password: string): Promise<Work> {
  const { app, wire } = overheard;
  const folded: number[] = [];
  const hashed: string[] = [];
  const normalize = String.prototype.normalize;
  const run = Piscina.prototype.run;
  mock.method(String.prototype, 'normalize', function (this: string, form?: string) {
    folded.push(this.length);
    return normalize.call(this, form);
  });
  mock.method(
    Piscina.prototype,
    'run',
    function (this: Piscina, given: { hash: string; password: string }, options: object) {
      hashed.push(`${given.hash.split('$').slice(0, 4).join('$')} ${given.password.length}`);
      return run.call(this, given, options);
    },
  );
  const headers = { 'x-forwarded-for': `203.0.113.${++addresses}` };
  wire.take();
  const answer = await send(app, '/login', { headers, body: new URLSearchParams({ email, password }) });
  const { statements } = wire.take();
  mock.restoreAll();
  assert.equal(answer.status, 401);
  return { statements: statements.filter((text) => !inBetween.test(text)), folded, hashed };
}

test('a stranger, a deactivated user and a user cost the same work, whatever the password', async () => {
  const { app } = overheard;
  const user = await app.admin.createUser({ email: 'known@example.com' });
  const gone = await app.admin.createUser({ email: 'going@example.com' });
  await app.admin.updateUser(gone.id, { active: false });
  const stranger = 'other@example.com';
  const accents = (count: number) => 'e'.padEnd(count, '\u0323\u0301');
  for (let warm = 0; warm < 24; warm++) await workOf(stranger, 'wrong');

  for (const password of ['wrong', 'é'.repeat(256), ...[512, 2048, 2049, 9000].map(accents)]) {
    const work = await workOf(user.email, password);
    assert.equal(work.hashed.length, 1);
    for (const email of [gone.email, stranger]) assert.deepEqual(await workOf(email, password), work, email);
    assert.ok(Math.max(0, ...work.folded) < 100, 'nor is anybody else held up by the length of it');
  }
  assert.deepEqual(
    await workOf(gone.email, gone.password),
    await workOf(stranger, gone.password),
    'nor does the right password of a deactivated user',
  );
});
