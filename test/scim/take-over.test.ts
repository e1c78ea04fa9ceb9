import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { emailKey } from '../../server/model/email.ts';
import { findScimUser } from '../../server/store/scim-users.ts';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { patchOf, type ScimClient, someScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Whom of those who are here already a provider's SCIM client may have, and what it may do to administrators.

forEachEngine((engine) => {
  let app: TestApp;
  /** Of a provider that is trusted with addresses. */
  let trusted: ScimClient;
  let stranger: ScimClient;
  before(async () => {
    app = await startApp({ engine });
    trusted = await someScimClient(app, { trustsEmail: true });
    stranger = await someScimClient(app);
  });
  after(() => app.close());
  const userOf = (id: string) =>
    app.admin.must<{ active: boolean; role: string; email: string }>('GET', `/users/${id}`);
  const create = (client: ScimClient, { email }: Pick<Person, 'email'>, more: object = {}) =>
    client.call('POST', '/Users', { userName: email, ...more });
  const refuses = async (client: ScimClient, person: Person, why: string) => {
    const { status, text } = await create(client, person);
    assert.equal(status, 409, `${why}: ${status} ${text}`);
    await client.refused(404, undefined, 'GET', `/Users/${person.id}`);
  };

  test('somebody who is here is taken over by the verified address, keeps the account, and belongs to one client', async () => {
    const person = await app.admin.createUser();
    await refuses(stranger, person, 'not trusted with addresses');
    const answer = await create(
      trusted,
      { email: person.email.toUpperCase() },
      { displayName: 'Taken Over' },
    );
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json<{ id: string }>().id, person.id);
    await app.browser().signIn(person);
    const other = await someScimClient(app, { trustsEmail: true });
    await refuses(other, person, 'of another client');
    assert.equal((await create(trusted, person)).status, 409);
    // Who was deleted there may be had by another.
    await trusted.must(204, 'DELETE', `/Users/${person.id}`);
    assert.equal((await create(other, person)).status, 201);
    assert.equal((await create(trusted, person)).status, 409);
  });

  test('nobody is taken over whose address was not verified here, and no administrator', async () => {
    const unverified = await app.admin.createUser();
    await app.admin.must('PATCH', `/users/${unverified.id}`, { email_verified: false });
    await refuses(trusted, unverified, 'not verified');
    const administrator = await app.admin.createUser({ role: 'administrator' });
    await refuses(trusted, administrator, 'an administrator');
    await app.admin.updateUser(administrator.id, { active: false });
    await refuses(trusted, administrator, 'an administrator who was deactivated');
  });

  test('of two clients that take somebody over at the same moment one gets them', async () => {
    const other = await someScimClient(app, { trustsEmail: true });
    for (let round = 0; round < 5; round++) {
      const person = await app.admin.createUser();
      const answers = await Promise.all([create(trusted, person), create(other, person)]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
    }
  });

  test('of somebody who became an administrator here SCIM changes no name, no address and no ID, and can end everything', async () => {
    const made = await trusted.create({ externalId: `boss-${engine}` });
    await app.admin.must('PATCH', `/users/${made.id}`, { role: 'administrator' });
    for (const change of [
      { userName: 'somebody.else@example.com' },
      { externalId: 'somebody-else' },
      { emails: [{ value: 'somebody.else@example.com' }] },
    ])
      await trusted.refused(
        403,
        undefined,
        'PATCH',
        `/Users/${made.id}`,
        patchOf({ op: 'add', value: change }),
      );
    await trusted.refused(403, undefined, 'PUT', `/Users/${made.id}`, { userName: made.userName });
    await trusted.patch(made.id, { op: 'add', value: { title: 'Boss', displayName: 'The Boss' } });

    assert.equal((await trusted.patch(made.id, { op: 'replace', value: { active: false } })).active, false);
    const { active, role } = await userOf(made.id);
    assert.deepEqual([active, role], [false, 'administrator']);
  });

  test('SCIM makes nobody an administrator again who was one', async () => {
    const made = await trusted.create();
    await app.admin.must('PATCH', `/users/${made.id}`, { role: 'administrator', active: false });
    const error = await trusted.refused(
      403,
      undefined,
      'PATCH',
      `/Users/${made.id}`,
      patchOf({ op: 'replace', value: { active: true } }),
    );
    assert.match(error.detail, /administrator/);
    await trusted.must(204, 'DELETE', `/Users/${made.id}`);
    await trusted.refused(409, 'uniqueness', 'POST', '/Users', { userName: made.userName });
    assert.equal((await userOf(made.id)).active, false);
    for (const roles of [[{ value: 'administrator' }], ['administrator']]) {
      const other = await trusted.create({ roles, role: 'administrator', userType: 'administrator' });
      assert.equal((await userOf(other.id)).role, 'user');
    }
  });

  test('the last active administrator is neither deactivated nor deleted by SCIM', async () => {
    const own = await startApp({ engine });
    const client = await someScimClient(own, { trustsEmail: true });
    const made = await client.create();
    await own.admin.must('PATCH', `/users/${made.id}`, { role: 'administrator' });
    await own.services.db
      .write`UPDATE users SET active = 0 WHERE email_key = ${emailKey(own.administrator.email)}`;
    const error = await client.refused(
      409,
      undefined,
      'PATCH',
      `/Users/${made.id}`,
      patchOf({ op: 'replace', value: { active: false } }),
    );
    assert.match(error.detail, /last active administrator/);
    await client.refused(409, undefined, 'DELETE', `/Users/${made.id}`);
    assert.equal((await client.get(made.id)).active, true);
    await own.close();
  });

  test('somebody whom an administrator has locked out is let in again by no client that never had them', async () => {
    for (const more of [{}, { active: true }]) {
      const person = await app.admin.createUser();
      await app.admin.must('PATCH', `/users/${person.id}`, { active: false });
      assert.equal((await create(trusted, person, more)).status, 409);
      assert.equal((await userOf(person.id)).active, false);
    }
  });

  test('a sign-in finds whom the client calls so, by its ID before its name, and nobody whom it has deleted', async () => {
    const { services, instance } = app;
    const find = (name: { externalId?: string; userName?: string }, client = stranger) =>
      findScimUser(services.db, instance.id, client.provider.id, name).then((user) => user?.id);
    const made = await stranger.create({ externalId: 'subject-1' });
    const namesake = await stranger.create({
      emails: [{ value: `namesake-${engine}@example.com` }],
      userName: 'subject-1',
    });
    assert.equal(await find({ externalId: 'subject-1', userName: 'subject-1' }), made.id);
    assert.equal(await find({ externalId: 'nobody', userName: 'SUBJECT-1' }), namesake.id);
    assert.equal(await find({ externalId: 'subject-1' }, trusted), undefined);
    await stranger.must(204, 'DELETE', `/Users/${made.id}`);
    assert.equal(await find({ externalId: 'subject-1' }), undefined);
  });

  test('whoever is deleted here for good is gone for the client, and made anew as somebody else', async () => {
    const made = await trusted.create();
    await app.admin.must('DELETE', `/users/${made.id}`);
    await trusted.refused(404, undefined, 'GET', `/Users/${made.id}`);
    const again = await trusted.must(201, 'POST', '/Users', { userName: made.userName });
    assert.notEqual(again.id, made.id);
  });
});
