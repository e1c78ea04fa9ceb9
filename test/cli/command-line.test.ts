import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin, type ApplicationView } from '../support/admin.ts';
import { Browser } from '../support/browser.ts';
import { basic, send } from '../support/http.ts';
import { ServerProcess } from '../support/server-process.ts';
import { testSecret } from '../support/test-app.ts';

// The command line as an operator uses it, while the server runs: what it prints, for people and for programs, and what it ends with.

const main = join(import.meta.dirname, '../../server/main.mjs');
const password = 'the operator chose this';
const id = /^[0-9a-f]{32}$/;
let server: ServerProcess;

before(async () => {
  server = await ServerProcess.start({ env: { POSTERN_SECRET: testSecret } });
});
after(() => server.kill());

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function postern(args: readonly string[], input = ''): Outcome {
  const { PATH = '', HOME = '' } = process.env;
  return spawnSync(process.execPath, [main, ...args], {
    cwd: server.directory,
    env: { PATH, HOME, POSTERN_SECRET: testSecret, POSTERN_URL: server.url },
    input,
    encoding: 'utf8',
  });
}

/** What a command prints for programs. */
function json<T>(args: readonly string[], input = ''): T {
  const { status, stdout, stderr } = postern([...args, '--json'], input);
  assert.deepEqual([status, stderr], [0, ''], stdout);
  return JSON.parse(stdout) as T;
}

/** The one line in which a command says why it did nothing. */
function refusal(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = postern(args, input);
  assert.equal(status, 1, stdout);
  assert.equal(stdout, '');
  assert.match(stderr, /^[^\n]+\n$/);
  return stderr;
}

const canSignIn = async (email: string, with_: string) => {
  const body = new URLSearchParams({ email, password: with_ });
  return (await send(server, '/login', { body, headers: { origin: server.url } })).status === 303;
};

interface UserOutput {
  id: string;
  email: string;
  name: string;
  role: string;
  active: boolean;
  password?: string;
}

test('a user is created, gets a new password, and is deactivated', async () => {
  const email = 'ada@example.com';
  const created = json<UserOutput>(
    ['user', 'create', '--email', email, '--name', 'Ada', '--role', 'administrator', '--password-stdin'],
    `${password}\n`,
  );
  assert.match(created.id, id);
  assert.deepEqual(created, { id: created.id, email, name: 'Ada', role: 'administrator', active: true });
  assert.ok(await canSignIn(email, password));

  const made = json<UserOutput>(['user', 'create', '--email', 'uma@example.com', '--name', 'Uma']);
  assert.equal(made.role, 'user');
  assert.ok(await canSignIn('uma@example.com', made.password ?? ''));
  const again = postern(['user', 'reset-password', '--email', 'UMA@example.com']);
  const [, fresh = ''] = /^password: (\S{20})$/m.exec(again.stdout) ?? [];
  assert.ok(!(await canSignIn('uma@example.com', made.password ?? '')));
  assert.ok(await canSignIn('uma@example.com', fresh));

  assert.equal(json<UserOutput>(['user', 'deactivate', '--email', 'uma@example.com']).active, false);
  assert.ok(!(await canSignIn('uma@example.com', fresh)));
});

test('what cannot be done with users is said in one line, and nothing is changed', async () => {
  const create = (...args: string[]) => ['user', 'create', '--name', 'Bob', '--password-stdin', ...args];
  assert.match(refusal(create('--email', 'ADA@example.com'), password), /email/);
  assert.match(refusal(create('--email', 'no address'), password), /email/);
  assert.match(refusal(create('--email', 'b@example.com', '--role', 'boss'), password), /--role/);
  assert.match(refusal(create('--email', 'b@example.com'), 'short'), /password/);
  assert.match(refusal(create('--email', 'b@example.com', '--instance', 'nowhere'), password), /nowhere/);
  assert.match(refusal(['user', 'deactivate', '--email', 'ada@example.com']), /administrator/);
  assert.match(refusal(['user', 'reset-password', '--email', 'nobody@example.com']), /nobody@example\.com/);
  assert.ok(await canSignIn('ada@example.com', password));
  assert.match(refusal(['user', 'create', '--email', 'b@example.com']), /--name/);
});

test('an application is created, works at once, is listed, and is gone when it was deleted', async () => {
  type Created = ApplicationView & { client_secret: string };
  const machine = json<Created>(['app', 'create', '--type', 'machine', '--name', 'Nightly export']);
  assert.match(machine.client_id, id);
  assert.match(machine.client_secret, /^pcs_/);
  const token = () =>
    send(server, '/oauth2/token', {
      headers: { authorization: basic(machine.client_id, machine.client_secret) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  assert.equal((await token()).status, 200);

  const redirect = 'https://a.example/cb';
  const spa = json<Created>([
    'app',
    'create',
    '--type',
    'spa',
    '--name',
    'Board',
    '--redirect-uri',
    redirect,
    '--scope',
    'api',
  ]);
  assert.deepEqual([spa.redirect_uris, spa['scopes'], spa.client_secret], [[redirect], ['api'], undefined]);
  const listed = json<ApplicationView[]>(['app', 'list']);
  assert.deepEqual(listed.map(({ name }) => name).sort(), ['Board', 'Nightly export']);
  assert.match(postern(['app', 'list']).stdout, new RegExp(`^${spa.client_id} +spa +enabled +Board$`, 'm'));

  assert.deepEqual(json(['app', 'delete', machine.client_id]), { id: machine.id, deleted: true });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal((await token()).status, 401);
  assert.match(refusal(['app', 'delete', machine.id]), /no application/);
  assert.match(refusal(['app', 'create', '--type', 'native', '--name', 'N']), /--type/);
  assert.match(
    refusal(['app', 'create', '--type', 'web', '--name', 'W', '--redirect-uri', 'javascript:alert(1)']),
    /redirect_uris/,
  );
});

test('the operator raises the limit of applications, and adds an instance with users of its own', async () => {
  interface InstanceOutput {
    id: string;
    handle: string;
    name: string;
    url: string;
    customer_id: string;
    max_applications: number;
  }
  assert.equal(
    json<InstanceOutput>(['instance', 'update', 'default', '--max-applications', '12']).max_applications,
    12,
  );
  const ada = { id: '', email: 'ada@example.com', name: 'Ada', password };
  const limits = await new Admin(server, ada).must<{ max_applications: number }>('GET', '/applications');
  assert.equal(limits.max_applications, 12);
  // The same once more is no change.
  json<InstanceOutput>(['instance', 'update', 'default', '--max-applications', '12']);
  for (const wrong of ['-1', 'many', '1.5', ''])
    assert.match(
      refusal(['instance', 'update', 'default', `--max-applications=${wrong}`]),
      /max-applications/,
    );
  const events = async (admin: Admin, type: string) =>
    (await admin.auditEvents(type)).map(({ actor, ip, detail }) => ({ actor, ip, detail }));
  const byCommand = { actor: { type: 'system', id: null }, ip: null };
  assert.deepEqual(await events(new Admin(server, ada), 'instance.updated'), [
    {
      ...byCommand,
      detail: {
        changed: ['max_applications'],
        before: { max_applications: 10 },
        after: { max_applications: 12 },
      },
    },
  ]);

  const url = `http://127.0.0.1:${server.port}`;
  const second = json<InstanceOutput>(['instance', 'create', '--name', 'second', '--url', url]);
  assert.deepEqual([second.handle, second.url, second.max_applications], ['second', url, 10]);
  assert.match(refusal(['instance', 'create', '--name', 'second', '--url', 'https://b.example']), /taken/);
  assert.match(refusal(['instance', 'create', '--name', 'third', '--url', 'http://b.example']), /--url/);
  const user = ['user', 'create', '--email', 'ada@example.com', '--name', 'Other', '--instance', 'second'];
  const made = json<UserOutput>([...user, '--role', 'administrator']);
  const there = new Browser({ url, port: server.port });
  const person = { id: made.id, email: made.email, name: made.name, password: made.password ?? '' };
  assert.equal((await there.signIn(person)).status, 200);
  assert.ok(!(await canSignIn(made.email, made.password ?? '')));
  assert.deepEqual(await events(new Admin({ url, port: server.port }, person), 'instance.created'), [
    { ...byCommand, detail: { handle: 'second', name: 'second', url } },
  ]);
});

test('the database is migrated and backed up, with words for people and for programs', () => {
  assert.match(postern(['migrate']).stdout, /^the database is up to date\n$/);
  assert.deepEqual(json(['migrate']), { migrated: true });
  const file = join(server.directory, 'copy.db');
  assert.deepEqual(json(['backup', 'copy.db']), { file });
  assert.ok(existsSync(file));
  assert.match(refusal(['backup', 'copy.db']), /exists already/);
});

test('in a folder without a database, only what makes the first things makes one', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'postern-elsewhere-'));
  const run = (...args: string[]) => {
    const { PATH = '', HOME = '' } = process.env;
    return spawnSync(process.execPath, [main, ...args], {
      cwd: elsewhere,
      env: { PATH, HOME },
      encoding: 'utf8',
    });
  };
  try {
    for (const args of [
      ['backup', 'b.db'],
      ['app', 'list'],
      ['app', 'delete', '0'.repeat(32)],
      ['user', 'deactivate', '--email', 'ada@example.com'],
      ['user', 'reset-password', '--email', 'ada@example.com'],
      ['instance', 'update', 'default', '--max-applications', '12'],
      ['signing-key', 'list'],
      ['signing-key', 'rotate'],
      ['signing-key', 'drop', 'abc'],
    ]) {
      const { status, stdout, stderr } = run(...args);
      assert.deepEqual([status, stdout], [1, ''], args.join(' '));
      assert.match(stderr, /^[^\n]*POSTERN_DATABASE_URL[^\n]*\n$/);
      assert.ok(stderr.includes(join(elsewhere, 'data/postern.db')), stderr);
      assert.deepEqual(await readdir(elsewhere), [], args.join(' '));
    }
    for (const args of [
      ['migrate'],
      ['user', 'create', '--email', 'ada@example.com', '--name', 'Ada'],
      ['app', 'create', '--type', 'machine', '--name', 'Nightly export'],
      ['instance', 'create', '--name', 'second', '--url', 'https://second.example.com'],
    ]) {
      assert.equal(run(...args).status, 0, args.join(' '));
      assert.equal(run('app', 'list').status, 0, args.join(' '));
      await rm(join(elsewhere, 'data'), { recursive: true });
    }
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
});

test('the version is the one of the package', async () => {
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
  for (const flag of ['--version', '-V']) assert.equal(postern([flag]).stdout, `${version}\n`);
});

test('help is a success, and what is no command is not', () => {
  for (const args of [['--help'], ['user', '--help'], ['help', 'app']])
    assert.equal(postern(args).status, 0, args.join(' '));
  for (const args of [['dance'], ['user', 'dance'], ['app', 'list', '--colour']])
    assert.notEqual(postern(args).status, 0, args.join(' '));
});
