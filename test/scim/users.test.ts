import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import { forEachEngine } from '../support/engines.ts';
import { patchOf, type ScimClient, type ScimErrorView, someScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A user's life at a provider's SCIM client, as RFC 7644 tells it. What single products do otherwise: clients.test.ts.

interface UserView {
  email: string;
  email_verified: boolean;
  name: string;
  role: string;
  active: boolean;
  locale: string | null;
  has_password: boolean;
}

forEachEngine((engine) => {
  let app: TestApp;
  let client: ScimClient;
  before(async () => {
    app = await startApp({ engine });
    client = await someScimClient(app);
  });
  after(() => app.close());
  const userOf = (id: string) => app.admin.must<UserView>('GET', `/users/${id}`);

  test('a user who is created is a user here, without a password, and is read again as written', async () => {
    const written = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'Ada@Example.com',
      externalId: 'ext-ada',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [
        { value: 'ada@home.example.com', type: 'home' },
        { value: 'ada@work.example.com', type: 'work', primary: true },
      ],
      title: 'Countess',
      locale: 'sv-SE',
      phoneNumbers: [{ value: '+46 8 123', type: 'work' }],
    };
    const answer = await client.call('POST', '/Users', written);
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.headers['content-type'], 'application/scim+json; charset=utf-8');
    assert.equal(answer.headers['cache-control'], 'no-store');
    const made = answer.json<{ id: string; meta: { location: string; created: string } }>();
    assert.equal(answer.headers.location, made.meta.location);
    assert.equal(made.meta.location, `${app.url}/scim/v2/Users/${made.id}`);
    const { id, meta, ...attributes } = made;
    assert.deepEqual(attributes, { ...written, active: true });
    assert.deepEqual(await client.get(id), made);
    assert.ok(Date.parse(meta.created) > 0);

    const user = await userOf(id);
    assert.deepEqual(
      [user.email, user.email_verified, user.name, user.role, user.locale, user.has_password],
      ['ada@work.example.com', false, 'Ada Lovelace', 'user', 'sv', false],
    );
  });

  test('the name is displayName, then name.formatted, then its parts, then userName; the address may be userName', async () => {
    for (const [attributes, name] of [
      [{ displayName: ' D ', name: { formatted: 'F', givenName: 'G' } }, 'D'],
      [{ name: { formatted: 'F', givenName: 'G', familyName: 'H' } }, 'F'],
      [{ name: { givenName: 'G', familyName: 'H' } }, 'G H'],
      [{ name: { familyName: 'H' } }, 'H'],
    ] as const)
      assert.equal((await userOf((await client.create(attributes)).id)).name, name);
    const bare = await client.create({ userName: 'bare@example.com' });
    const user = await userOf(bare.id);
    assert.deepEqual([user.name, user.email], ['bare@example.com', 'bare@example.com']);
    await client.refused(400, 'invalidValue', 'POST', '/Users', { userName: 'no address' });
    await client.refused(400, 'invalidValue', 'POST', '/Users', { emails: [{ value: 'a@example.com' }] });
  });

  test('userName and externalId are one user’s at a provider, and the address one user’s here', async () => {
    const ada = await client.create({
      userName: 'Taken',
      externalId: 'x-1',
      emails: [{ value: 'taken@example.com' }],
    });
    const taken = (body: object) => client.refused(409, 'uniqueness', 'POST', '/Users', body);
    await taken({ userName: 'tAKEN', emails: [{ value: 'free-1@example.com' }] });
    await taken({ userName: 'free-2@example.com', externalId: 'x-1' });
    await taken({ userName: 'free', emails: [{ value: 'TAKEN@example.com' }] });
    await taken({ userName: app.user.email });
    // Here letter case counts.
    const other = await client.create({
      externalId: 'X-1',
      emails: [{ value: 'other@example.com' }],
    });
    for (const [path, value] of [
      ['userName', 'TAKEN'],
      ['externalId', 'x-1'],
      ['emails', [{ value: 'taken@example.com' }]],
    ])
      await client.refused(
        409,
        'uniqueness',
        'PATCH',
        `/Users/${other.id}`,
        patchOf({ op: 'replace', path, value }),
      );
    assert.deepEqual(await client.get(other.id), other);
    assert.deepEqual(await client.get(ada.id), ada);
  });

  test('of two who create the same user at the same moment one is told that it is there', async () => {
    for (const body of [
      { userName: 'twice', emails: [{ value: 'twice@example.com' }] },
      { userName: 'twice-again@example.com' },
    ]) {
      const answers = await Promise.all([1, 2, 3, 4].map(() => client.call('POST', '/Users', body)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409]);
      for (const answer of answers)
        if (answer.status === 409) assert.equal(answer.json<ScimErrorView>().scimType, 'uniqueness');
      assert.equal((await client.list({ filter: `userName eq "${body.userName}"` })).totalResults, 1);
    }
  });

  test('a PUT takes away what it does not say, but lets nobody in by saying nothing', async () => {
    const made = await client.create({
      externalId: 'put-1',
      title: 'Boss',
      displayName: 'Before',
      active: false,
    });
    const body = {
      userName: made.userName,
      displayName: 'After',
      id: 'ignored',
      meta: { created: 'ignored' },
    };
    const put = await client.must(200, 'PUT', `/Users/${made.id}`, body);
    assert.deepEqual(
      [put['title'], put['externalId'], put['displayName'], put.active, put.id],
      [undefined, undefined, 'After', false, made.id],
    );
    assert.equal(
      (await client.must(200, 'PUT', `/Users/${made.id}`, { ...body, active: true })).active,
      true,
    );
    await client.refused(404, undefined, 'PUT', `/Users/${'0'.repeat(32)}`, body);
    await client.refused(404, undefined, 'PUT', '/Users/nobody', body);
  });

  test('a PATCH that fails half-way changes nothing, and one that changes nothing leaves no trace', async () => {
    const made = await client.create({ title: 'Boss', displayName: 'One' });
    app.clock.advance(MINUTE);
    await client.refused(
      400,
      'noTarget',
      'PATCH',
      `/Users/${made.id}`,
      patchOf(
        { op: 'replace', path: 'title', value: 'Fool' },
        { op: 'replace', path: 'emails[type co "x"].value', value: 'a@example.com' },
      ),
    );
    assert.deepEqual(await client.get(made.id), made);
    const events = async () =>
      (await app.admin.must<{ data: object[] }>('GET', `/audit-events?user_id=${made.id}`)).data.length;
    const before = await events();
    assert.deepEqual(await client.patch(made.id, { op: 'replace', path: 'title', value: 'Boss' }), made);
    assert.equal(await events(), before);
    const changed = await client.patch(made.id, { op: 'replace', path: 'title', value: 'Chief' });
    assert.ok(changed.meta.lastModified > made.meta.lastModified);
    assert.equal(changed.meta.created, made.meta.created);
    assert.equal(await events(), before + 1);
  });

  test('what somebody changes here is what the client reads, until it says something else', async () => {
    const made = await client.create({
      displayName: 'Old',
      emails: [{ value: 'old@example.com', type: 'work', primary: true }],
      preferredLanguage: 'fr',
    });
    await app.admin.must('PATCH', `/users/${made.id}`, {
      name: 'New',
      email: 'new@example.com',
      locale: 'en',
      active: false,
    });
    const read = await client.get(made.id);
    assert.deepEqual(
      [read['displayName'], read['emails'], read.active],
      ['New', [{ value: 'new@example.com', type: 'work', primary: true }], false],
    );
    assert.equal((await client.list({ filter: 'emails.value eq "NEW@example.com"' })).totalResults, 1);
    await client.patch(made.id, { op: 'replace', path: 'title', value: 'Boss' });
    const { name, email, locale, active } = await userOf(made.id);
    assert.deepEqual([name, email, locale, active], ['New', 'new@example.com', 'en', false]);
    await client.patch(made.id, { op: 'replace', path: 'preferredLanguage', value: 'zh-CN, en;q=0.5' });
    assert.equal((await userOf(made.id)).locale, 'zh-Hans');
  });

  test('an address that the client changes is verified where the provider is trusted with addresses, and not elsewhere', async () => {
    const trusted = await someScimClient(app, { trustsEmail: true });
    for (const [who, isVerified] of [
      [client, false],
      [trusted, true],
    ] as const) {
      const made = await who.create();
      assert.equal((await userOf(made.id)).email_verified, isVerified);
      await app.admin.must('PATCH', `/users/${made.id}`, { email_verified: !isVerified });
      await who.patch(made.id, { op: 'add', path: 'title', value: 'Boss' });
      assert.equal((await userOf(made.id)).email_verified, !isVerified);
      await who.patch(made.id, { op: 'add', path: 'emails', value: [{ value: `of-${made.userName}` }] });
      assert.equal((await userOf(made.id)).email_verified, isVerified);
    }
  });

  test('a user who is deleted is deactivated here and gone for the client, which takes them back by making them again', async () => {
    const made = await client.create({ externalId: 'gone', title: 'Boss' });
    await client.must(204, 'DELETE', `/Users/${made.id}`);
    for (const [method, body] of [
      ['GET'],
      ['DELETE'],
      ['PUT', { userName: 'x@example.com' }],
      ['PATCH', patchOf({ op: 'replace', value: { active: true } })],
    ] as const)
      await client.refused(404, undefined, method, `/Users/${made.id}`, body);
    for (const filter of [
      `userName eq "${made.userName}"`,
      `id eq "${made.id}"`,
      'externalId eq "gone"',
      `emails.value eq "${made.userName}"`,
    ])
      assert.equal((await client.list({ filter })).totalResults, 0, filter);
    assert.equal((await userOf(made.id)).active, false);

    const back = await client.must(201, 'POST', '/Users', {
      userName: made.userName.toUpperCase(),
      displayName: 'Back',
    });
    assert.deepEqual(
      [back.id, back.active, back['title'], back['externalId']],
      [made.id, true, undefined, undefined],
    );
    assert.equal((await userOf(made.id)).active, true);
  });

  test('a name that is given anew to another person does not give them the account of the one before', async () => {
    const first = await client.create({
      userName: 'bob',
      externalId: 'bob-1',
      emails: [{ value: 'bob.smith@example.com' }],
    });
    await client.must(204, 'DELETE', `/Users/${first.id}`);
    const second = await client.must(201, 'POST', '/Users', {
      userName: 'bob',
      externalId: 'bob-2',
      emails: [{ value: 'bob.jones@example.com' }],
    });
    assert.notEqual(second.id, first.id);
    assert.equal((await userOf(first.id)).active, false);
    // The first one is found by the ID that the provider has for them.
    const back = await client.must(201, 'POST', '/Users', {
      userName: 'bob.smith',
      externalId: 'bob-1',
      emails: [{ value: 'bob.smith@example.com' }],
    });
    assert.equal(back.id, first.id);
    // An ID of somebody who was deleted may be given to another by hand.
    await client.must(204, 'DELETE', `/Users/${first.id}`);
    await client.patch(second.id, { op: 'replace', path: 'externalId', value: 'bob-1' });
    await client.refused(409, 'uniqueness', 'POST', '/Users', {
      userName: 'BOB',
      emails: [{ value: 'x@example.com' }],
    });
  });

  test('every write is told of by the audit log as what the provider’s client did', async () => {
    const made = await client.create();
    await client.patch(made.id, { op: 'replace', value: { title: 'Boss', externalId: 'late' } });
    await client.must(204, 'DELETE', `/Users/${made.id}`);
    const { data } = await app.admin.must<{
      data: { type: string; actor: object; detail: { fields: string[] } }[];
    }>('GET', `/audit-events?user_id=${made.id}`);
    const provider = { provider: client.provider.name, provider_id: client.provider.id, via: 'scim' };
    assert.deepEqual(
      data.map(({ type, actor, detail }) => ({ type, actor, detail })),
      [
        { type: 'user.updated', detail: { fields: ['active', 'scim'], active: false, ...provider } },
        { type: 'user.updated', detail: { fields: ['scim_external_id', 'scim_attributes'], ...provider } },
        { type: 'user.created', detail: { email: made.userName, role: 'user', ...provider } },
      ].map((event) => ({ ...event, actor: { type: 'system', id: null } })),
    );
  });
});
