import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { send } from '../support/http.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Who asks for all that is known of them gets nothing that is known of others.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine, config: { POSTERN_TRUST_PROXY: '127.0.0.1' } });
  });
  after(() => app.close());

  const from = (ip: string) => ({ 'x-forwarded-for': ip });
  const exported = async ({ id }: Person) => (await app.admin.call('GET', `/users/${id}/export`)).text;
  const signIn = (browser: Browser, { email }: Person, password: string) =>
    browser.request('/login', { body: new URLSearchParams({ email, password }) });

  test('the export of a user has the addresses that they came from, and not that of their administrator', async () => {
    const answer = await app.admin.call(
      'POST',
      '/users',
      { email: 'exported@example.com', name: 'Exported', password: 'once upon a midnight' },
      from('192.0.2.77'),
    );
    const person = { ...answer.json<{ id: string }>(), email: 'exported@example.com' } as Person;
    await signIn(app.browser(from('198.51.100.7')), person, 'once upon a midnight');
    await signIn(app.browser(from('198.51.100.8')), person, 'wrong wrong wrong');
    const text = await exported(person);
    for (const ip of ['198.51.100.7', '198.51.100.8']) assert.ok(text.includes(ip), ip);
    assert.ok(text.includes('user.created'));
    assert.ok(!text.includes('192.0.2.77'));
  });

  test('the export of an administrator does not name the users that they made', async () => {
    const administrator = await app.admin.createUser({ role: 'administrator' });
    const theirs = new Admin(app, administrator);
    const { id } = await theirs.must<{ id: string }>('POST', '/users', {
      email: 'somebody-else@example.com',
      name: 'Somebody Else',
    });
    const text = await exported(administrator);
    assert.ok(text.includes(id), 'that they made somebody is known of them');
    assert.ok(!text.includes('somebody-else'));
    assert.ok(text.includes(administrator.email));
  });

  test('nobody but administrators exports anybody, and a HEAD tells nothing', async () => {
    const path = `/api/v1/users/${app.user.id}/export`;
    const browser = app.browser();
    assert.equal((await send(app, path)).status, 401);
    await browser.signIn(app.user);
    for (const method of ['GET', 'HEAD']) assert.equal((await browser.request(path, { method })).status, 403);
  });
});
