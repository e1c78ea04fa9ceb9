import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** The rooms of the house from top to bottom, as `server/README.md` lists them, and what each must not know. */
const rooms = [...read('server/README.md').matchAll(/^\| `([a-z.]+)\/?` \|.*\| ([^|]+) \|$/gm)].map(
  ([, name = '', unknown = '']) => ({ name, unknown: unknown.split(', ') }),
);
const files = globSync('server/**/*.ts', { cwd: root }).sort();

const roomOf = (file: string) => rooms.findIndex(({ name }) => name === file.split('/')[1]);

/** What a file imports: for its values and for its types alike, since both must be understood by whoever reads it. */
function importsOf(file: string): string[] {
  return [
    ...read(file).matchAll(
      /\bfrom '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'|new URL\('(\.[^']+\.ts)'/gm,
    ),
  ].map(([, ...found]) => found.find((name) => name !== undefined) as string);
}

const targetOf = (file: string, name: string) => posix.join(posix.dirname(file), name);

/** By what is seen that a file knows something. */
const knows: Record<string, (file: string) => boolean> = {
  Fastify: (file) => importsOf(file).some((name) => /^@?fastify\b/.test(name)),
  SQL: (file) => /\b(sql|write)(<[^`]*>)?`/.test(read(file)),
  settings: (file) => /process\.env\b/.test(read(file)),
  rules: (file) =>
    importsOf(file).some((name) =>
      /^server\/(authorizations|registry|accounts|oauth)\//.test(targetOf(file, name)),
    ),
};

test('every file of the server stands in a room of the house', () => {
  assert.ok(rooms.length > 10, 'the list of server/README.md was not found');
  assert.deepEqual(
    files.filter((file) => roomOf(file) < 0),
    [],
  );
});

test('no import points up', () => {
  const up = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => targetOf(file, name))
      .filter((target) => target.startsWith('server/') && roomOf(target) > roomOf(file))
      .map((target) => `${file} -> ${target}`),
  );
  assert.deepEqual(up, []);
});

test('no folder knows what it must not know', () => {
  for (const { name, unknown } of rooms)
    for (const what of unknown) {
      const tells = knows[what];
      assert.ok(tells, `nothing here tells who knows ${what}`);
      const inRoom = files.filter((file) => file.split('/')[1] === name);
      assert.deepEqual(inRoom.filter(tells), [], `${name} must not know ${what}`);
    }
});

test('what tells that a file knows something does tell it', () => {
  for (const [what, file] of [
    ['Fastify', 'server/routes/oauth/token.ts'],
    ['SQL', 'server/store/users.ts'],
    ['settings', 'server/process/config.ts'],
    ['rules', 'server/routes/oauth/token.ts'],
  ] as const)
    assert.ok(knows[what]?.(file), `${file} knows ${what}`);
});

test('the console takes nothing of the server but what things are and the types of answers', () => {
  const taken = globSync('console/src/**/*.{ts,tsx}', { cwd: root })
    .flatMap((file) =>
      [...read(file).matchAll(/^import (type )?[^;]*?from '([^']*\/server\/[^']+)'/gm)].map(
        ([, type, name = '']) => ({ type, target: targetOf(file.replaceAll('\\', '/'), name) }),
      ),
    )
    .filter(({ target }) => !/^server\/(base|model|pages\/assets)\//.test(target));
  assert.deepEqual(
    taken.filter(({ type, target }) => !type || !target.startsWith('server/routes/api/shapes/')),
    [],
  );
});

test('no file of tests is longer than can be read', () => {
  const most = 500;
  const long = globSync('{test,verify,examples}/**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] })
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    .filter(({ lines }) => lines > most);
  assert.deepEqual(long, [], 'split it by what it tells: test/README.md');
});

test('every folder of tests is one of those that test/README.md tells of', () => {
  const told = [...read('test/README.md').matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, name]) => name);
  const folders = new Set(
    globSync('test/*/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/').split('/')[1]),
  );
  assert.ok(told.length > 10, 'the list of test/README.md was not found');
  assert.deepEqual(
    [...folders].filter((folder) => !told.includes(folder)),
    [],
  );
});

test('every folder of the server says what it owns', () => {
  const folders = new Set(files.map((file) => posix.dirname(file)));
  const documented = new Set(
    globSync('server/**/README.md', { cwd: root }).map((file) => posix.dirname(file)),
  );
  // A folder within a folder may be told of in the README above it.
  const toldAbove = (folder: string) => {
    const above = posix.dirname(folder);
    return documented.has(above) && read(`${above}/README.md`).includes(`${posix.basename(folder)}/\``);
  };
  const silent = [...folders].filter((folder) => !documented.has(folder) && !toldAbove(folder));
  assert.deepEqual(silent, []);
});

/** What writes by itself in the rooms of routes, users and what they register, and by what right. Everything else writes by an act. */
const writesWithoutAct: Record<string, string> = {
  'server/authorizations/act.ts': 'judges every act',
  'server/accounts/sign-in/by-provider.ts': 'somebody who is nobody yet here, by what their provider says',
  'server/accounts/sessions.ts': 'whoever has the cookie may sign out',
  'server/accounts/session-ends.ts': 'ends what is over by itself',
  'server/accounts/setup.ts': 'spends the link of the first start',
  'server/accounts/sign-in/by-password.ts': 'nobody is signed in yet',
  'server/accounts/sign-in/own-password.ts': 'gives a counted try back',
};

test('nobody writes for a person but by an act, which is judged in the transaction', () => {
  const opens = files.filter(
    (file) =>
      /^server\/(authorizations|registry|accounts|http|routes)\//.test(file) &&
      /\.(transaction|write|unhurried)\b(\(|`)/.test(read(file)),
  );
  assert.deepEqual(
    opens.filter((file) => !(file in writesWithoutAct)),
    [],
  );
  assert.deepEqual(opens, Object.keys(writesWithoutAct).sort());
});

/** The parts of the one way of a request that a client sends for itself, and who may touch them. */
const partsOfTheOneWay: Record<string, readonly string[]> = {
  spendAssertion: [
    // What an identity provider sends for somebody, of which no client knows.
    'server/accounts/sign-in/by-provider.ts',
    'server/oauth/client/spending.ts',
    'server/store/spent-tokens.ts',
  ],
  authenticateClient: [
    'server/oauth/client/authenticate.ts',
    'server/oauth/client/call.ts',
    'server/oauth/token/grants/jwt-bearer.ts',
  ],
  'failureLimits\\.watch': ['server/http/oauth-call.ts'],
  carryOut: ['server/oauth/client/call.ts', 'server/oauth/client/spending.ts'],
};

test('no endpoint of clients authenticates, limits or spends by itself', () => {
  for (const [part, touched] of Object.entries(partsOfTheOneWay))
    assert.deepEqual(
      files.filter((file) => new RegExp(`\\b${part}\\b`).test(read(file))),
      touched,
      part,
    );
});

test('no grant and no endpoint of the protocol writes but by what the one way gives it', () => {
  const writes = files.filter(
    (file) =>
      /^server\/oauth\/(token|tokens|client|introspect|revoke)/.test(file) &&
      /\bdb\.(transaction|write|unhurried)\b/.test(read(file)),
  );
  assert.deepEqual(writes, ['server/oauth/client/spending.ts']);
});
