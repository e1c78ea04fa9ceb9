import assert from 'node:assert/strict';
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { hashSync as argon2 } from '@node-rs/argon2';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { MINUTE } from '../../../server/base/units.ts';
import { forEachEngine } from '../../support/engines.ts';
import { refused } from '../../support/problem.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// A product brings the people it has, with the passwords that they have.

interface Result {
  created: number;
  updated: number;
  failed: { line: number; code: string; message: string }[];
}

const password = 'correct horse bättery';
const b64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
const salt = Buffer.from('a salt of 16 byt');

/** The same password as other programs keep it. */
const hashes: Record<string, string> = {
  'argon2id of this server': argon2(password, { memoryCost: 19456, timeCost: 2, parallelism: 1 }),
  'argon2id of another cost': argon2(password, { memoryCost: 4096, timeCost: 3, parallelism: 1 }),
  argon2i: argon2(password, { algorithm: 1, memoryCost: 4096, timeCost: 3, parallelism: 2 }),
  'bcrypt $2b$': bcrypt(password, 4),
  'bcrypt $2a$': bcrypt(password, 4).replace('$2b$', () => '$2a$'),
  'bcrypt $2y$ (PHP)': bcrypt(password, 4).replace('$2b$', () => '$2y$'),
  scrypt: `$scrypt$ln=14,r=8,p=1$${b64(salt)}$${b64(scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 }))}`,
  'PBKDF2 with SHA-256': `$pbkdf2-sha256$i=10000$${b64(salt)}$${b64(pbkdf2Sync(password, salt, 10_000, 32, 'sha256'))}`,
  'PBKDF2 with SHA-512 (passlib)': `$pbkdf2-sha512$10000$${b64(salt).replaceAll('+', '.')}$${b64(
    pbkdf2Sync(password, salt, 10_000, 64, 'sha512'),
  ).replaceAll('+', '.')}`,
  'PBKDF2 with SHA-1 (passlib)': `$pbkdf2$10000$${b64(salt)}$${b64(pbkdf2Sync(password, salt, 10_000, 20, 'sha1'))}`,
};

forEachEngine((engine) => {
  let app: TestApp;
  let made = 0;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  const send = (body: string, query = '') =>
    app.admin.call('POST', `/users/import${query}`, body, { 'content-type': 'application/x-ndjson' });
  const importAll = async (lines: readonly (object | string)[], query = ''): Promise<Result> => {
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    const answer = await send(body, query);
    assert.equal(answer.status, 200, answer.text);
    return answer.json<Result>();
  };
  const somebody = (more: object = {}) => {
    const email = `imported-${++made}@example.com`;
    return { email, name: `Imported ${made}`, ...more };
  };
  const found = async (email: string) => {
    const list = await app.admin.must<{ data: Record<string, unknown>[] }>('GET', `/users?search=${email}`);
    return list.data[0] ?? assert.fail(`nobody has the address ${email}`);
  };

  describe('a password hash', () => {
    for (const [kind, password_hash] of Object.entries(hashes))
      test(`of the kind ${kind} lets its owner in, and nobody else, and is argon2id from then on`, async () => {
        const user = somebody({ password_hash });
        assert.deepEqual(await importAll([user]), { created: 1, updated: 0, failed: [] });
        const { id } = await found(user.email);
        const wrong = app.browser();
        const refusal = await wrong.submitForm(await wrong.openPage('/login'), {
          email: user.email,
          password: `${password}x`,
        });
        assert.equal(refusal.status, 401);
        const page = await app.browser().signIn({ email: user.email, password });
        assert.equal(page.status, 200);
        const [row] = await app.services.db.sql<{ password_hash: string }>`
          SELECT password_hash FROM users WHERE id = ${Buffer.from(String(id), 'hex')}`;
        assert.match(row?.password_hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
        await app.browser().signIn({ email: user.email, password });
      });

    test('that is of another kind, costs too much, or is the password itself, fails its line and is not repeated', async () => {
      const bad = [
        password,
        '',
        '5f4dcc3b5aa765d61d8327deb882cf99',
        '$2b$31$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZabcde',
        '$2x$05$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZabcde',
        '$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA',
        '$argon2id$v=19$m=19456,t=99999,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA',
        '$scrypt$ln=30,r=8,p=1$c2FsdA$aGFzaGhhc2hoYXNoaGFzaA',
        '$pbkdf2-sha256$i=99999999$c2FsdA$aGFzaGhhc2hoYXNoaGFzaA',
        '$pbkdf2-md5$i=1000$c2FsdA$aGFzaGhhc2hoYXNoaGFzaA',
        `$2b$05$${'a'.repeat(2000)}`,
      ];
      const { created, failed } = await importAll(bad.map((password_hash) => somebody({ password_hash })));
      assert.equal(created, 0);
      assert.deepEqual(
        failed.map(({ line }) => line),
        bad.map((_, index) => index + 1),
      );
      assert.doesNotMatch(JSON.stringify(failed), /correct horse|5f4dcc3b/);
    });

    test('counts for those only who have no password here', async () => {
      const person = await app.admin.createUser();
      const other = { email: person.email, name: person.name, password_hash: hashes['bcrypt $2b$'] };
      assert.deepEqual(await importAll([other]), { created: 0, updated: 1, failed: [] });
      await app.browser().signIn(person);
      const without = somebody();
      await importAll([without]);
      await importAll([{ ...without, password_hash: hashes['bcrypt $2b$'] }]);
      await app.browser().signIn({ email: without.email, password });
    });
  });

  describe('lines', () => {
    test('make users with all that users have, and change those who are there, by subject or address', async () => {
      const claims = { tenant: 'acme', roles: ['editor'] };
      const subject = `customer-${engine}`;
      const first = somebody({ subject, locale: 'fr', claims, email_verified: false, active: false });
      assert.deepEqual(await importAll([first]), { created: 1, updated: 0, failed: [] });
      const { id, ...user } = await found(first.email);
      assert.deepEqual(
        { ...user, created_at: null },
        {
          ...first,
          role: 'user',
          identities: [],
          has_password: false,
          last_active_at: null,
          created_at: null,
        },
      );
      const moved = { ...first, email: `moved-${first.email}`, name: 'Moved', active: true };
      assert.deepEqual(await importAll([moved, moved]), { created: 0, updated: 2, failed: [] });
      const after = await app.admin.must<Record<string, unknown>>('GET', `/users/${id}`);
      assert.deepEqual([after['email'], after['name'], after['active']], [moved.email, 'Moved', true]);
      assert.equal(
        (await app.admin.auditEvents('user.updated', String(id))).length,
        1,
        'what is so is no change',
      );
    });

    test('that fail say why, by their number, and keep none of the others from being taken', async () => {
      const good = somebody();
      const subject = `taken-${engine}`;
      const owner = somebody({ subject });
      const second = somebody();
      await importAll([second]);
      const { failed, created } = await importAll([
        owner,
        '{',
        '[]',
        '"x"',
        '',
        { name: 'Nobody' },
        somebody({ unknown: 1 }),
        somebody({ email: 'x' }),
        somebody({ role: 'root' }),
        somebody({ claims: { sub: 'x' } }),
        somebody({ subject: 'a b' }),
        { ...second, subject },
        { ...owner, subject: `other-${engine}` },
        somebody({ name: 'x'.repeat(20_000) }),
        somebody({ active: 'yes' }),
        '{"__proto__":{"role":"administrator"},"email":"p@example.com","name":"P"}',
        good,
      ]);
      assert.equal(created, 2);
      assert.deepEqual(
        failed.map(({ line, code }) => `${line} ${code}`),
        [
          '2 validation_failed',
          '3 validation_failed',
          '4 validation_failed',
          '6 validation_failed',
          '7 validation_failed',
          '8 invalid_email',
          '9 invalid_role',
          '10 invalid_claims',
          '11 invalid_subject',
          '12 email_taken',
          '13 subject_taken',
          '14 validation_failed',
          '15 validation_failed',
          '16 validation_failed',
        ],
      );
    });

    test('that are tried only (dry_run) write nothing, and tell what would come of them', async () => {
      const [there, fresh] = [somebody(), somebody()];
      await importAll([there]);
      const lines = [there, fresh, fresh, { ...fresh, email: 'x' }];
      const expected = { created: 1, updated: 2 };
      const { failed, ...tried } = await importAll(lines, '?dry_run=true');
      assert.deepEqual(tried, expected);
      assert.equal(failed.length, 1);
      const list = await app.admin.must<{ data: unknown[] }>('GET', `/users?search=${fresh.email}`);
      assert.deepEqual(list.data, []);
      const { failed: _, ...done } = await importAll(lines);
      assert.deepEqual(done, expected);
    });

    test('of one import are many, and of two at once each person is made once', async () => {
      const people = Array.from({ length: 450 }, () => somebody());
      const results = await Promise.all([importAll(people), importAll(people.toReversed())]);
      const sum = (of: 'created' | 'updated') => results.reduce((all, result) => all + result[of], 0);
      assert.deepEqual([sum('created'), sum('updated')], [450, 450]);
      assert.deepEqual(
        results.flatMap(({ failed }) => failed),
        [],
      );
    });
  });

  test('takes an administrator with a recent password, and lines of JSON', async () => {
    const line = JSON.stringify(somebody());
    refused(await app.admin.call('POST', '/users/import', [line]), 415, 'unsupported_media_type');
    assert.equal((await send(line, '?dry_run=maybe')).status, 422);
    assert.equal((await send(line, '?other=1')).status, 422);
    const message = (site: string) => ({
      method: 'POST',
      body: line,
      headers: { 'sec-fetch-site': site, 'content-type': 'application/x-ndjson' },
    });
    const user = app.browser();
    await user.signIn(app.user);
    assert.equal((await user.request('/api/v1/users/import', message('same-origin'))).status, 403);
    const administrator = app.browser();
    await administrator.signIn(app.administrator);
    assert.equal((await administrator.request('/api/v1/users/import', message('cross-site'))).status, 403);
    app.clock.advance(16 * MINUTE);
    refused(
      await administrator.request('/api/v1/users/import', message('same-origin')),
      403,
      'reauthentication_required',
    );
  });

  test('does not make an instance be without an administrator', async () => {
    await app.admin.createUser(); // gives the password again
    const { email, name } = app.administrator;
    const { failed } = await importAll([{ email, name, role: 'user' }]);
    assert.deepEqual(
      failed.map(({ code }) => code),
      ['last_administrator'],
    );
  });
});
