import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';
import { type ScimClient, type ScimView, someScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

forEachEngine((engine) => {
  let app: TestApp;
  let client: ScimClient;
  const made: ScimView[] = [];
  before(async () => {
    app = await startApp({ engine });
    client = await someScimClient(app);
    for (let index = 0; index < 7; index++)
      made.push(await client.create({ externalId: `x-${index}`, active: index % 2 === 0, title: 'Boss' }));
  });
  after(() => app.close());
  const ids = (users: readonly ScimView[]) => users.map(({ id }) => id);

  test('a list is read page by page, oldest first, and each user is on one page', async () => {
    const seen: string[] = [];
    for (let startIndex = 1; ; ) {
      const page = await client.list({ startIndex: String(startIndex), count: '3' });
      assert.deepEqual(
        [page.totalResults, page.startIndex, page.itemsPerPage],
        [7, startIndex, page.Resources.length],
      );
      if (page.Resources.length === 0) break;
      seen.push(...ids(page.Resources));
      startIndex += page.Resources.length;
    }
    assert.deepEqual(seen, ids(made));
  });

  test('pages begin at 1 at the earliest, and have 0 to 200 users', async () => {
    const all = ids(made);
    for (const [query, listed] of [
      [{ startIndex: '0' }, all],
      [{ startIndex: '-5', count: '2' }, all.slice(0, 2)],
      [{ count: '0' }, []],
      [{ count: '-1' }, []],
      [{ count: '999999' }, all],
      [{ startIndex: '999999' }, []],
    ] as const) {
      const page = await client.list(query);
      assert.deepEqual([page.totalResults, ids(page.Resources)], [7, listed], JSON.stringify(query));
    }
    for (const query of ['startIndex=x', 'count=1.5', 'count=1e9', 'startIndex=99999999999'])
      await client.refused(400, 'invalidValue', 'GET', `/Users?${query}`);
  });

  test('a filter finds by id, userName, externalId, the address, and active, alone or with and', async () => {
    const [first, second] = made as [ScimView, ScimView];
    for (const [filter, listed] of [
      [`id eq "${first.id}"`, [first]],
      ['id eq "nobody"', []],
      [`username EQ "${first.userName.toUpperCase()}"`, [first]],
      ['externalId eq "x-1"', [second]],
      ['externalId eq "X-1"', []],
      [`emails.value eq "${first.userName}"`, [first]],
      [`emails eq "${first.userName}"`, [first]],
      [`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "${first.userName}"`, [first]],
      [`userName eq "${first.userName}" and active eq true`, [first]],
      [`active eq false and userName eq "${first.userName}"`, []],
      [
        `userName eq "${first.userName}" and (title sw "bo" or title pr) and not (externalId co "9")`,
        [first],
      ],
      ['active eq false', made.filter(({ active }) => !active)],
      ['active eq "True"', made.filter(({ active }) => active)],
      ['userName eq "a\\u0000b"', []],
      ['externalId eq "\\ud800"', []],
    ] as const) {
      const list = await client.list({ filter });
      assert.deepEqual([list.totalResults, ids(list.Resources)], [listed.length, ids(listed)], filter);
    }
  });

  test('a filter that would have to look at every user is refused, and says what is possible', async () => {
    for (const filter of [
      'userName sw "scim"',
      'title eq "Boss"',
      'userName pr',
      'userName eq "a" or userName eq "b"',
      'not (userName eq "a")',
      'active eq true and title eq "Boss"',
      'userName eq 5',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x"',
    ]) {
      const error = await client.refused(
        400,
        'invalidFilter',
        'GET',
        `/Users?${new URLSearchParams({ filter })}`,
      );
      assert.match(error.detail, /userName/, filter);
    }
  });

  test('the same is asked by POST, so that names stay out of logs of URLs', async () => {
    const filter = 'externalId eq "x-1"';
    const list = await client.must<{ Resources: ScimView[] }>(200, 'POST', '/.search', {
      filter,
      attributes: ['userName'],
    });
    assert.deepEqual(list.Resources, [
      { schemas: made[1]?.schemas, id: made[1]?.id, userName: made[1]?.userName },
    ]);
  });

  test('attributes and excludedAttributes say what is read, and id and schemas always are', async () => {
    const user = await client.create({
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ value: `ada-${engine}@example.com`, type: 'work' }],
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Math', division: 'D' },
    });
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const { id, schemas } = user;
    const read = (query: Record<string, string>) =>
      client.must(200, 'GET', `/Users/${id}?${new URLSearchParams(query)}`);
    assert.deepEqual(await read({ attributes: 'USERNAME, name.givenName,emails.type,nothing' }), {
      schemas,
      id,
      userName: user.userName,
      name: { givenName: 'Ada' },
      emails: [{ type: 'work' }],
    });
    assert.deepEqual(await read({ attributes: `${enterprise}:department` }), {
      schemas,
      id,
      [enterprise]: { department: 'Math' },
    });
    assert.deepEqual(await read({ attributes: enterprise }), { schemas, id, [enterprise]: user[enterprise] });
    const { emails, meta, ...rest } = user;
    assert.deepEqual(
      await read({ excludedAttributes: `id,emails,meta,name.familyName,${enterprise}:division` }),
      {
        ...rest,
        name: { givenName: 'Ada' },
        [enterprise]: { department: 'Math' },
      },
    );
    assert.ok(emails && meta);
    await client.refused(400, 'invalidValue', 'GET', `/Users/${id}?attributes=id&excludedAttributes=name`);
    await client.must(204, 'DELETE', `/Users/${id}`);
  });
});
