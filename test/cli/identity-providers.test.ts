import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshDatabase } from '../support/engines.ts';
import { newProviders } from '../support/identity-providers.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// When a provider fails, the operator opens another way in: beside the server, whatever the administrators decided.

const main = join(import.meta.dirname, '../../server/main.mjs');
let directory: string;
let app: TestApp;
let database: Awaited<ReturnType<typeof freshDatabase>>;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-providers-'));
  database = await freshDatabase('sqlite');
  app = await startApp({ engine: 'sqlite', database });
});
after(async () => {
  await app.close();
  await database.remove();
  await rm(directory, { recursive: true, force: true });
});

/** Runs a command beside the server, which goes on meanwhile. */
async function postern(
  ...args: string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    PATH,
    HOME,
    POSTERN_URL: app.url,
    POSTERN_DATABASE_URL: database.url,
    POSTERN_SECRET: testSecret,
  };
  const child = spawn(process.execPath, [main, ...args], { cwd: directory, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    stdout += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

const signIn = async () => (await app.admin.must<{ sign_in: object }>('GET', '/instance')).sign_in;

test('the operator says who may sign in by a password, whatever an administrator chose', async () => {
  await app.admin.updateInstance({ sign_in: { password: 'nobody' } });
  const wrong = await postern('instance', 'update', 'default', '--password-sign-in', 'me');
  assert.equal(
    wrong.stderr,
    'postern: --password-sign-in must be one of everybody, administrators, nobody\n',
  );
  assert.deepEqual(await signIn(), { password: 'nobody' });
  const right = await postern('instance', 'update', 'default', '--password-sign-in', 'everybody', '--json');
  assert.deepEqual(JSON.parse(right.stdout).sign_in, { password: 'everybody' });
  assert.deepEqual(await signIn(), { password: 'everybody' });
  const [event] = await app.admin.auditEvents('instance.updated');
  assert.deepEqual(event?.['detail'], {
    changed: ['sign_in'],
    before: { sign_in: { password: 'nobody' } },
    after: { sign_in: { password: 'everybody' } },
  });
  assert.deepEqual(event?.['actor'], { type: 'system', id: null });
});

test('the operator lists providers, and takes one out of service and back', async () => {
  assert.equal((await postern('identity-provider', 'list')).stdout, 'no identity providers\n');
  const { id } = await app.admin.must<{ id: string }>('POST', '/identity-providers', {
    ...newProviders.oidc,
    client_secret: 'a secret that nobody sees',
  });
  const shown = () => app.admin.must<{ enabled: boolean }>('GET', `/identity-providers/${id}`);
  assert.equal((await postern('identity-provider', 'disable', id)).stdout, 'disabled Example Login\n');
  assert.equal((await shown()).enabled, false);
  const listed = await postern('identity-provider', 'list', '--json');
  assert.deepEqual(JSON.parse(listed.stdout), [
    {
      id,
      type: 'oidc',
      name: 'Example Login',
      enabled: false,
      default: false,
      email_domains: [],
      last_error: null,
      last_error_at: null,
    },
  ]);
  await postern('identity-provider', 'enable', id);
  assert.equal((await shown()).enabled, true);
  const missing = await postern('identity-provider', 'enable', '0'.repeat(32));
  assert.match(missing.stderr, /^postern: There is no identity provider with this ID\.\n$/);
});
