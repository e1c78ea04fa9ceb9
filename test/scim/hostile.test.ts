import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { patchOf, type ScimClient, type ScimErrorView, someScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What no honest client sends, by one who has a token.

let app: TestApp;
let client: ScimClient;
before(async () => {
  app = await startApp({ engine: 'postgres' });
  client = await someScimClient(app);
});
after(() => app.close());

const isRefused = (answer: { status: number; text: string; json<T>(): T }, what: string) => {
  assert.ok(
    answer.status >= 400 && answer.status < 500,
    `${what}: ${answer.status} ${answer.text.slice(0, 300)}`,
  );
  assert.ok(answer.json<ScimErrorView>().detail, what);
};

test('bodies that are no users are refused with a sentence', async () => {
  for (const body of [
    '',
    '{',
    '[]',
    '"text"',
    'null',
    '1',
    '{"userName":',
    '{"userName":"a@example.com"}}',
    Buffer.from([0x22, 0xff, 0x22]),
  ])
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${'1'.repeat(32)}`],
      ['PATCH', `/Users/${'1'.repeat(32)}`],
      ['POST', '/.search'],
    ] as const)
      isRefused(await client.call(method, path, body), `${method} ${String(body)}`);
  for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', ';;;'])
    isRefused(
      await client.call('POST', '/Users', '{"userName":"a@example.com"}', { 'content-type': type }),
      type,
    );
  assert.equal((await client.list()).totalResults, 0);
});

test('values of a wrong kind are refused, and nothing is stored that cannot be', async () => {
  const base = { userName: 'kind@example.com' };
  for (const more of [
    { userName: {} },
    { userName: '' },
    { userName: 'a\u0000b@example.com' },
    { userName: ' ' },
    { userName: 'x'.repeat(256) },
    { userName: ['a', 'b'] },
    { externalId: 'a\u0000b' },
    { externalId: 'x'.repeat(256) },
    { externalId: '\ud800' },
    { active: 'perhaps' },
    { active: 1 },
    { active: {} },
    { displayName: 'x'.repeat(201) },
    { displayName: 'a\nb' },
    { displayName: '\u202egnp.exe' },
    { name: 'Ada' },
    { name: ['a', 'b'] },
    { emails: [{ value: 'not an address' }] },
    { emails: [{ value: { value: { value: 'a@example.com' } } }] },
    { emails: Array.from({ length: 101 }, (_, index) => ({ value: `a${index}@example.com` })) },
    { photos: [{ value: 'x'.repeat(70_000) }] },
    { userName: 'a@example.com', USERNAME: 'b@example.com' },
  ])
    isRefused(await client.call('POST', '/Users', { ...base, ...more }), JSON.stringify(more).slice(0, 200));
  const odd = await client.create({ title: 'a\u0000b\ud800', nickName: '<script>', timezone: '\u202e' });
  assert.equal((await client.get(odd.id))['title'], 'a\u0000b\ud800');
  await client.must(204, 'DELETE', `/Users/${odd.id}`);
});

test('names that JavaScript has a meaning for are names that users do not have', async () => {
  const body =
    '{"userName":"proto@example.com","__proto__":{"active":false,"title":"P"},"constructor":{"prototype":{"title":"P"}},"name":{"__proto__":{"givenName":"P"},"familyName":"F"},"emails":[{"value":"proto@example.com","__proto__":{"type":"P"}}],"toString":"P"}';
  const answer = await client.call('POST', '/Users', body);
  assert.equal(answer.status, 201, answer.text);
  const { id, ...user } = answer.json<{ id: string; active: boolean }>();
  assert.equal(user.active, true);
  assert.ok(!answer.text.includes('"P"'), answer.text);
  for (const path of [
    '__proto__',
    '__proto__.title',
    'constructor.prototype',
    'name.__proto__',
    'emails[__proto__ eq "x"].value',
    'toString',
  ])
    await client.refused(
      400,
      'invalidPath',
      'PATCH',
      `/Users/${id}`,
      patchOf({ op: 'add', path, value: { title: 'P' } }),
    );
  const patched = await client.call(
    'PATCH',
    `/Users/${id}`,
    '{"Operations":[{"op":"add","value":{"__proto__":{"title":"P"},"name":{"__proto__":{"title":"P"}}}}]}',
  );
  assert.ok(patched.status === 200 && !patched.text.includes('"P"'), patched.text);
  assert.equal(({} as { title?: string }).title, undefined);
  for (const query of ['filter=__proto__+eq+%22x%22', 'attributes=__proto__,constructor'])
    assert.ok((await client.call('GET', `/Users?${query}`)).status < 500);
  await client.must(204, 'DELETE', `/Users/${id}`);
});

test('what we alone write stays as it is, whatever the operation', async () => {
  const user = await client.create();
  for (const path of ['id', 'meta', 'schemas', 'ID'])
    for (const op of ['add', 'replace', 'remove'])
      await client.refused(
        400,
        'mutability',
        'PATCH',
        `/Users/${user.id}`,
        patchOf({ op, path, value: 'x' }),
      );
  const changed = await client.patch(user.id, {
    op: 'replace',
    value: { id: 'x', meta: { created: 'x' }, schemas: ['x'] },
  });
  assert.deepEqual(changed, user);
  for (const [operation, type] of [
    [{ op: 'remove' }, 'noTarget'],
    [{ op: 'delete', path: 'title' }, 'invalidSyntax'],
    [{ op: 'add', path: 5, value: 1 }, 'invalidPath'],
    [{ op: 'add', path: 'title.value', value: 1 }, 'invalidPath'],
    [{ op: 'add', path: 'title[value eq "x"]', value: 1 }, 'invalidPath'],
    [{ op: 'add', path: 'groups', value: [] }, 'invalidPath'],
    [{ op: 'add', value: 'text' }, 'invalidValue'],
    [{ op: 'remove', path: 'userName' }, 'invalidValue'],
    [{ op: 'add', path: 'emails[', value: 1 }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[value eq "x" or type eq "y"]', value: {} }, 'noTarget'],
  ] as const)
    await client.refused(400, type, 'PATCH', `/Users/${user.id}`, patchOf(operation));
  for (const body of [
    {},
    { Operations: [] },
    { Operations: {} },
    { Operations: [null] },
    { Operations: ['x'] },
  ])
    await client.refused(400, 'invalidSyntax', 'PATCH', `/Users/${user.id}`, body);
  assert.deepEqual(await client.get(user.id), user);
});

test('filters that are none, and deep and long ones, are refused quickly', async () => {
  const began = performance.now();
  for (const filter of [
    'userName',
    'userName eq',
    'userName eq bob',
    'userName eq "bob',
    'userName eq "\\x"',
    'eq "x"',
    '"x" eq userName',
    'userName eq "a" and',
    'userName eq "a" userName eq "b"',
    'nothing eq "a"',
    'emails[type eq "work"',
    'emails[type eq "work"]]',
    'userName[type eq "work"]',
    'emails[emails[type eq "x"]]',
    '('.repeat(500),
    `${'('.repeat(11)}userName eq "a"${')'.repeat(11)}`,
    'not '.repeat(200),
    `userName eq "${'x'.repeat(1000)}"`,
    `userName${' '.repeat(900)}x`,
    `userName eq "${'\\'.repeat(901)}"`,
  ])
    await client.refused(400, 'invalidFilter', 'GET', `/Users?${new URLSearchParams({ filter })}`);
  isRefused(await client.call('GET', '/Users?filter=a&filter=b'), 'two filters');
  isRefused(await client.call('GET', `/Users?attributes=${'a,'.repeat(200)}`), 'many attributes');
  await client.refused(403, undefined, 'GET', '/Schemas?filter=id+eq+%22x%22');
  assert.ok(performance.now() - began < 5000);
});

test('a request has a hundred operations and 256 KiB at most, and the most of them takes no long time', async () => {
  const user = await client.create();
  const add = (index: number) => ({
    op: 'add',
    path: 'phoneNumbers',
    value: Array.from({ length: 100 }, (_, each) => ({ value: `${index % 2}-${each}` })),
  });
  const began = performance.now();
  const many = Array.from({ length: 100 }, (_, index) => ({ ...add(0), op: index % 2 ? 'add' : 'replace' }));
  assert.equal((await client.call('PATCH', `/Users/${user.id}`, patchOf(...many.slice(0, 90)))).status, 200);
  isRefused(await client.call('PATCH', `/Users/${user.id}`, patchOf(add(0), add(1))), 'two hundred values');
  await client.refused(
    413,
    undefined,
    'PATCH',
    `/Users/${user.id}`,
    patchOf(...Array.from({ length: 101 }, () => ({ op: 'add', path: 'title', value: 'x' }))),
  );
  await client.refused(413, undefined, 'POST', '/Users', {
    userName: 'big@example.com',
    title: 'x'.repeat(256 * 1024),
  });
  await client.refused(413, undefined, 'POST', '/Users', {
    userName: 'big@example.com',
    title: 'x'.repeat(65 * 1024),
  });
  const deep = `{"userName":"deep@example.com","name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  isRefused(await client.call('POST', '/Users', deep), 'deep');
  assert.ok(performance.now() - began < 10_000, `${performance.now() - began} ms`);
});

test('a hundred operations that each compare every value with everything are refused, and cost next to nothing', async () => {
  const { id } = await client.create({ userName: 'compared@example.com' });
  const emails = Array.from({ length: 100 }, (_, index) => ({
    value: `${index}@example.com`,
    type: 'work',
    display: 'é'.repeat(275),
  }));
  const comparisons = Array.from({ length: 40 }, (_, index) => `display co "z${index}"`).join(' or ');
  const change = { op: 'replace', path: `emails[${comparisons} or type eq "work"].type`, value: 'home' };
  const operations = Array.from({ length: 99 }, () => change);
  const body = patchOf({ op: 'replace', path: 'emails', value: emails }, ...operations);
  const began = performance.now();
  const error = await client.refused(400, 'invalidPath', 'PATCH', `/Users/${id}`, body);
  assert.match(error.detail, /more than 10 comparisons/);
  assert.ok(performance.now() - began < 250, `${performance.now() - began} ms`);
});

test('paths that are no endpoints, and methods that they do not take, are said so', async () => {
  for (const path of [
    '/',
    '/users',
    '/Users/',
    '/Groups',
    '/Bulk',
    '/Me',
    '/Users/a/b',
    '/ServiceProviderConfig/x',
  ])
    await client.refused(404, undefined, 'GET', path);
  for (const [method, path, allow] of [
    ['DELETE', '/Users', 'GET, HEAD, POST'],
    ['POST', `/Users/${'1'.repeat(32)}`, 'DELETE, GET, HEAD, PATCH, PUT'],
    ['PUT', '/Schemas', 'GET, HEAD'],
    ['GET', '/.search', 'POST'],
  ] as const) {
    const answer = await client.call(method, path);
    assert.deepEqual([answer.status, answer.headers.allow], [405, allow]);
  }
});
