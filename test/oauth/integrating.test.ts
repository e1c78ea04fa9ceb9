import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildWorkboard } from '../../examples/workboard/app.ts';
import { Admin } from '../support/admin.ts';
import { Browser } from '../support/browser.ts';
import { ServerProcess } from '../support/server-process.ts';

/** The shell commands of the page, but for the blocks that the reader fills in. */
async function commandsOf(file: string): Promise<string> {
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands = '']) => commands);
  return blocks.filter((commands) => !commands.includes('…')).join('echo\n');
}

test('every command in docs/integrating.md runs as it is written', async (t) => {
  const owner = { id: '', email: 'admin@example.com', name: 'Admin', password: 'the owner of the product' };
  const env = {
    POSTERN_ADMIN_EMAIL: owner.email,
    POSTERN_ADMIN_PASSWORD: owner.password,
    POSTERN_LOG_LEVEL: 'warn',
  };
  const server = await ServerProcess.start({ env });
  t.after(() => server.kill());
  const workboard = buildWorkboard({ issuer: server.url, origins: [] });
  const api = await workboard.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => workboard.close());
  const directory = await mkdtemp(join(tmpdir(), 'postern-integrating-'));
  t.after(() => rm(directory, { recursive: true, force: true }));

  const admin = new Admin(server, owner);
  const person = await admin.createUser();
  const { id: administratorId } = await admin.must<{ id: string }>('GET', '/me');
  const web = await admin.createApplication({
    type: 'web',
    redirect_uris: ['http://localhost:3001/callback'],
  });
  const spa = await admin.createApplication({ type: 'spa', redirect_uris: ['http://localhost:3002/'] });
  const machine = await admin.createApplication({ type: 'machine' });

  const { PATH } = process.env;
  const shell = spawn('sh', ['-eu', '-c', await commandsOf('../../docs/integrating.md')], {
    cwd: directory,
    env: {
      PATH,
      ISSUER: server.url,
      API: api,
      CLIENT_ID: web.client_id,
      CLIENT_SECRET: web.client_secret,
      REDIRECT_URI: 'http://localhost:3001/callback',
      SPA_CLIENT_ID: spa.client_id,
      SPA_REDIRECT_URI: 'http://localhost:3002/',
      MACHINE_CLIENT_ID: machine.client_id,
      MACHINE_CLIENT_SECRET: machine.client_secret,
      USER_ID: administratorId,
    },
  });
  t.after(() => shell.kill());

  // What the reader does when the commands ask for it.
  const browser = new Browser(server);
  async function answer(line: string): Promise<void> {
    const [, url] = /^Open (\S+)$/.exec(line) ?? [];
    if (url) {
      const { pathname, searchParams } = new URL(url);
      const back = await browser.authorize(searchParams, person, { endpoint: pathname });
      shell.stdin.write(`${back.searchParams.get('code')}\n`);
    }
    if (line.startsWith('Add certificate_pub.crt')) {
      await admin.addPublicKey(machine.id, await readFile(join(directory, 'certificate_pub.crt'), 'utf8'));
      shell.stdin.write('\n');
    }
  }

  let printed = '';
  let unread = '';
  let failure: unknown;
  shell.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  shell.stdout.on('data', (chunk) => {
    printed += chunk;
    const lines = (unread + chunk).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines)
      answer(line).catch((error) => {
        failure = error;
        shell.kill();
      });
  });
  const status = await new Promise((done) => shell.on('close', done));

  assert.ifError(failure);
  assert.equal(status, 0, printed);
  assert.doesNotMatch(printed, /"error"/);
  assert.equal(printed.match(/{"data":\[{"ID":/g)?.length, 5, printed);
  assert.match(printed, /{"active":true/);
  assert.match(printed, /{"keys":\[/);
  assert.match(printed, /"issuer":/);
});
