import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  patchOf,
  type ScimClient,
  type ScimList,
  type ScimView,
  someScimClient,
} from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Requests as these products send them, with what each does otherwise than RFC 7643 and 7644 say.

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());
const isActive = async (id: string) =>
  (await app.admin.must<{ active: boolean }>('GET', `/users/${id}`)).active;

describe('Microsoft Entra ID', () => {
  let entra: ScimClient;
  let made: ScimView;
  before(async () => {
    entra = await someScimClient(app, { name: 'Entra ID' });
    made = await entra.must(201, 'POST', '/Users', {
      schemas: [core, enterprise],
      externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
      userName: 'ab6490ee@contoso.example.com',
      active: true,
      emails: [{ primary: true, type: 'work', value: 'fd0ea19b@contoso.example.com' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'Given Family', familyName: 'Family', givenName: 'Given' },
      roles: [],
    });
  });
  const patch = (...operations: object[]) => entra.patch(made.id, ...operations);

  test('tries the connection by looking for somebody who is not there', async () => {
    const list = await entra.must<ScimList>(
      200,
      'GET',
      `/Users?filter=userName+eq+%22${crypto.randomUUID()}%22`,
    );
    assert.deepEqual([list.totalResults, list.Resources], [0, []]);
  });

  test('finds users by userName in any letter case, by externalId, and by the address of a type', async () => {
    for (const filter of [
      'userName eq "AB6490EE@contoso.example.com"',
      'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"',
      'emails[type eq "work"].value eq "fd0ea19b@CONTOSO.example.com"',
    ])
      assert.deepEqual((await entra.list({ filter })).Resources, [made], filter);
    assert.equal(
      (await entra.list({ filter: 'emails[type eq "home"].value eq "fd0ea19b@contoso.example.com"' }))
        .totalResults,
      0,
    );
  });

  test('writes active as a text, and op with a capital letter', async () => {
    assert.equal((await patch({ op: 'Replace', path: 'active', value: 'False' })).active, false);
    assert.equal(await isActive(made.id), false);
    assert.equal((await patch({ op: 'Replace', path: 'active', value: 'True' })).active, true);
    assert.equal((await patch({ op: 'Add', path: 'active', value: false })).active, false);
    assert.equal((await patch({ op: 'Add', value: { active: 'true' } })).active, true);
    await entra.refused(
      400,
      'invalidValue',
      'PATCH',
      `/Users/${made.id}`,
      patchOf({ op: 'Replace', path: 'active', value: 'no' }),
    );
  });

  test('changes the address of a type, also of a user who has none of it', async () => {
    const changed = await patch(
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@contoso.example.com' },
      { op: 'Replace', path: 'name.familyName', value: 'Updated' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+46 70 1' },
      { op: 'Replace', path: 'addresses[type eq "work"].formatted', value: '18/2111' },
    );
    assert.deepEqual(changed['emails'], [
      { primary: true, type: 'work', value: 'updated@contoso.example.com' },
    ]);
    assert.deepEqual(changed['name'], {
      formatted: 'Given Family',
      familyName: 'Updated',
      givenName: 'Given',
    });
    assert.deepEqual(changed['phoneNumbers'], [{ type: 'mobile', value: '+46 70 1' }]);
    assert.deepEqual(changed['addresses'], [{ type: 'work', formatted: '18/2111' }]);

    const bare = await entra.create({ userName: 'bare@contoso.example.com' });
    const mail = { op: 'Add', path: 'emails[type eq "work"].value', value: 'bare.mail@contoso.example.com' };
    assert.deepEqual((await entra.patch(bare.id, mail))['emails'], [
      { type: 'work', value: 'bare.mail@contoso.example.com' },
    ]);
    const { email } = await app.admin.must<{ email: string }>('GET', `/users/${bare.id}`);
    assert.equal(email, 'bare.mail@contoso.example.com');
    const without = {
      op: 'Remove',
      path: 'emails[type eq "work"].value',
      value: 'bare.mail@contoso.example.com',
    };
    await entra.patch(bare.id, without);
    assert.equal(
      (await app.admin.must<{ email: string }>('GET', `/users/${bare.id}`)).email,
      'bare@contoso.example.com',
    );
  });

  test('gives externalId late', async () => {
    const late = await entra.create({ userName: 'late@contoso.example.com' });
    assert.equal(
      (await entra.patch(late.id, { op: 'Add', path: 'externalId', value: 'late-1' }))['externalId'],
      'late-1',
    );
    assert.equal((await entra.list({ filter: 'externalId eq "late-1"' })).Resources[0]?.id, late.id);
  });

  test('writes the manager as a list, as an object and as a text, and others of the extension by their whole names', async () => {
    const path = `${enterprise}:manager`;
    for (const [value, manager] of [
      [
        [{ $ref: 'https://contoso.example.com/Users/20', value: '20' }],
        { $ref: 'https://contoso.example.com/Users/20', value: '20' },
      ],
      [{ value: '21' }, { value: '21' }],
      ['22', { value: '22' }],
    ] as const) {
      const changed = await patch({ op: 'Remove', path }, { op: 'Add', path, value });
      assert.deepEqual(changed[enterprise], { manager });
    }
    const changed = await patch(
      { op: 'Add', path: `${enterprise}:department`, value: 'Retail' },
      { op: 'Replace', path: `${core}:title`, value: 'Clerk' },
      {
        op: 'Replace',
        value: { displayName: 'Bjfe', 'name.givenName': 'Bjorn', [`${enterprise}:costCenter`]: '77' },
      },
    );
    assert.deepEqual(changed[enterprise], {
      manager: { value: '22' },
      department: 'Retail',
      costCenter: '77',
    });
    assert.deepEqual(
      [changed['title'], changed['displayName'], (changed['name'] as { givenName: string }).givenName],
      ['Clerk', 'Bjfe', 'Bjorn'],
    );
    assert.ok(changed.schemas.includes(enterprise));
  });

  test('writes single values as lists of objects', async () => {
    const changed = await patch({
      op: 'Replace',
      path: 'displayName',
      value: [{ $ref: null, value: 'User x' }],
    });
    assert.equal(changed['displayName'], 'User x');
  });

  test('chooses a role by a text that says true', async () => {
    await patch({
      op: 'Add',
      path: 'roles',
      value: [{ primary: 'True', type: 'WindowsAzureActiveDirectoryRole', value: 'A' }],
    });
    const changed = await patch({ op: 'Replace', path: 'roles[primary eq "True"].value', value: 'B' });
    assert.deepEqual(changed['roles'], [
      { primary: true, type: 'WindowsAzureActiveDirectoryRole', value: 'B' },
    ]);
  });

  test('sends many types of addresses at once, and the primary one is one', async () => {
    const user = await entra.create({ userName: 'many@contoso.example.com' });
    const changed = await entra.patch(
      user.id,
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'oren@contoso.example.com' },
      { op: 'add', path: 'emails[type eq "home"].value', value: 'angelita@contoso.example.com' },
      { op: 'replace', path: 'emails[type eq "work"].display', value: '0TXBC2MOGUI0' },
      { op: 'add', path: 'emails[type eq "work"].primary', value: true },
      { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
    );
    assert.deepEqual(changed['emails'], [
      { type: 'work', value: 'oren@contoso.example.com', display: '0TXBC2MOGUI0', primary: false },
      { type: 'home', value: 'angelita@contoso.example.com', primary: true },
    ]);
    const removed = await entra.patch(user.id, {
      op: 'Remove',
      path: 'emails',
      value: [{ value: 'oren@contoso.example.com' }],
    });
    assert.deepEqual(removed['emails'], [
      { type: 'home', value: 'angelita@contoso.example.com', primary: true },
    ]);
  });
});

describe('Okta', () => {
  let okta: ScimClient;
  let made: ScimView;
  const headers = {
    'content-type': 'application/scim+json; charset=utf-8',
    'user-agent': 'Okta SCIM Client 1.0.0',
  };
  const written = {
    schemas: [core],
    userName: 'test.user@okta.example.com',
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: 'test.user@okta.example.com', type: 'work' }],
    displayName: 'Test User',
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    groups: [],
    password: '1mz050nq and more of it',
    active: true,
  };
  before(async () => {
    okta = await someScimClient(app, { name: 'Okta' });
    const answer = await okta.call('POST', '/Users', written, headers);
    assert.equal(answer.status, 201, answer.text);
    made = answer.json<ScimView>();
  });

  test('sends a password, which is neither kept nor shown nor good for anything', async () => {
    assert.ok(!JSON.stringify(made).includes(written.password));
    const [row] = await app.services.db.sql<{ attributes: string }>`
      SELECT attributes FROM scim_users WHERE user_name = ${written.userName}`;
    assert.ok(row && !row.attributes.includes('password'));
    const user = await app.admin.must<{ has_password: boolean }>('GET', `/users/${made.id}`);
    assert.equal(user.has_password, false);
    await okta.patch(made.id, { op: 'replace', value: { password: 'another one of twelve' } });
    assert.ok(!app.logText().includes(written.password));
  });

  test('looks for a user before it makes one, a page of a hundred', async () => {
    const list = await okta.must<ScimList>(
      200,
      'GET',
      '/Users?filter=userName%20eq%20%22test.user%40okta.example.com%22&startIndex=1&count=100',
    );
    assert.deepEqual([list.totalResults, list.startIndex, list.itemsPerPage], [1, 1, 1]);
    assert.deepEqual(list.Resources, [made]);
  });

  test('replaces the whole user, with what it has read and all', async () => {
    const changed = await okta.must(200, 'PUT', `/Users/${made.id}`, {
      ...made,
      ...written,
      displayName: 'Renamed User',
      nickName: 'T',
    });
    assert.deepEqual(
      [changed['displayName'], changed['nickName'], changed.active],
      ['Renamed User', 'T', true],
    );
  });

  test('deactivates by a PATCH without a path, and before it deletes', async () => {
    const changed = await okta.patch(made.id, { op: 'replace', value: { active: false } });
    assert.equal(changed.active, false);
    assert.equal(await isActive(made.id), false);
    await okta.must(204, 'DELETE', `/Users/${made.id}`);
    await okta.refused(404, undefined, 'GET', `/Users/${made.id}`);
    // Assigned again, the user is who they were.
    const again = await okta.must(201, 'POST', '/Users', written);
    assert.deepEqual([again.id, again.active], [made.id, true]);
  });

  test('pushes groups where it is told to, and hears that there are none', async () => {
    await okta.refused(404, undefined, 'GET', '/Groups?startIndex=1&count=100');
  });
});

describe('OneLogin', () => {
  test('names schemas of its own version, writes texts for booleans, and replaces by a path', async () => {
    const oneLogin = await someScimClient(app, { name: 'OneLogin' });
    const made = await oneLogin.must(201, 'POST', '/Users', {
      schemas: ['urn:scim:schemas:core:1.0', core],
      userName: 'one@login.example.com',
      externalId: '12345678',
      name: { givenName: 'One', familyName: 'Login', formatted: 'One Login' },
      emails: [{ value: 'one@login.example.com', type: 'work', primary: true }],
      displayName: null,
      title: '',
      active: true,
    });
    assert.equal(
      (await oneLogin.patch(made.id, { op: 'replace', path: 'active', value: 'false' })).active,
      false,
    );
    assert.equal(
      (await oneLogin.must(200, 'PUT', `/Users/${made.id}`, { userName: made.userName, active: 'true' }))
        .active,
      true,
    );
    assert.equal(
      (await oneLogin.list({ filter: '(userName eq "one@login.example.com")', count: '1' })).totalResults,
      1,
    );
  });
});

describe('JumpCloud', () => {
  test('sends application/json, numbers for texts, and deactivates by a PUT', async () => {
    const jumpCloud = await someScimClient(app, { name: 'JumpCloud' });
    const headers = { 'content-type': 'application/json' };
    const body = {
      schemas: [core, enterprise],
      userName: 'jump@cloud.example.com',
      name: { familyName: 'Cloud', givenName: 'Jump' },
      emails: [{ type: 'work', primary: true, value: 'jump@cloud.example.com' }],
      active: true,
      [enterprise]: { employeeNumber: 4711, department: '' },
      custom: { 'not known': true },
    };
    const answer = await jumpCloud.call('POST', '/Users', body, headers);
    assert.equal(answer.status, 201, answer.text);
    const made = answer.json<ScimView>();
    assert.deepEqual(made[enterprise], { employeeNumber: '4711', department: '' });
    assert.ok(!('custom' in made));
    const put = await jumpCloud.call('PUT', `/Users/${made.id}`, { ...body, active: false }, headers);
    assert.equal(put.json<ScimView>().active, false);
    assert.equal(await isActive(made.id), false);
  });
});
