import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Application, Instance } from '../../console/src/api/types.ts';
import { signInLanguages } from '../../console/src/applications/connect/sign-in/languages.ts';
import { signInValuesOf } from '../../console/src/applications/connect/sign-in/values.ts';
import { launchChromium } from '../support/chromium.ts';
import { freePort } from '../support/postgres.ts';
import { runSignInProgram, visitSignInProgram } from '../support/sign-in-program.ts';
import { startApp } from '../support/test-app.ts';

const packages = join(import.meta.dirname, '../../node_modules');

describe('the programs that sign users in', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const folder = await mkdtemp(join(tmpdir(), 'postern-sign-in-'));
  await symlink(packages, join(folder, 'node_modules'));
  after(() => rm(folder, { recursive: true, force: true }));

  for (const algorithm of ['ES256', 'RS256'] as const)
    test(`the one for Node.js runs as it is, and believes no answer that its visitor did not ask for (${algorithm})`, async () => {
      const port = await freePort();
      const program = await runSignInProgram(app, 'node', { folder, port, algorithm });
      try {
        await visitSignInProgram(app, program);
      } finally {
        await program.stop();
      }
    });

  test('the module for browsers signs a user in and out as it is, and believes no answer that it did not ask for', async (t) => {
    const libraries: Record<string, string> = {
      'openid-client': 'openid-client/build/index.js',
      oauth4webapi: 'oauth4webapi/build/index.js',
      'jose/jwe/compact/decrypt': 'jose/dist/webapi/jwe/compact/decrypt.js',
      'jose/errors': 'jose/dist/webapi/util/errors.js',
    };
    let module = '';
    const server = createServer(async (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const isScript = path.endsWith('.js');
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      if (path === '/sign-in.js') response.end(module);
      else if (isScript) response.end(await readFile(join(packages, path.slice('/packages/'.length))));
      else response.end(page);
    });
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const imports = Object.fromEntries(
      Object.entries(libraries).map(([name, path]) => [name, `${origin}/packages/${path}`]),
    );
    const page = `<!doctype html><title>Board</title>
      <script type="importmap">${JSON.stringify({ imports })}</script>
      <button id="in">Sign in</button><button id="out">Sign out</button><output></output>
      <script type="module">
        import { finishSignIn, signIn, signOut } from './sign-in.js';
        const say = (text) => { document.querySelector('output').textContent = text; };
        document.querySelector('#in').onclick = signIn;
        if (new URLSearchParams(location.search).has('code'))
          try {
            const { user, tokens } = await finishSignIn();
            say('Signed in as ' + user.name + ', ' + user.email);
            document.querySelector('#out').onclick = () => signOut(tokens);
          } catch (error) {
            say(error.message);
          }
        else say('Nobody is signed in');
      </script>`;
    const board = await app.admin.createApplication({
      type: 'spa',
      redirect_uris: [`${origin}/`],
      post_logout_redirect_uris: [`${origin}/`],
    });
    const values = signInValuesOf(board as unknown as Application, { url: app.url } as Instance);
    module = signInLanguages('spa', values)[0]?.files[0]?.text ?? '';

    const context = await (await launchChromium()).newContext();
    t.after(() => context.close());
    const window = await context.newPage();
    await window.goto(`${origin}/?code=made-up&state=made-up&iss=${encodeURIComponent(app.url)}`);
    await window.getByText('This answer was not asked for').waitFor();
    await window.getByRole('button', { name: 'Sign in' }).click();
    await window.getByRole('textbox', { name: 'Email' }).fill(app.user.email);
    await window.locator('input[type=password]').fill(app.user.password);
    await window.keyboard.press('Enter');
    await window.getByRole('button', { name: 'Allow' }).click();
    await window.getByText(`Signed in as ${app.user.name}, ${app.user.email}`).waitFor();
    assert.equal(window.url(), `${origin}/`);
    await window.getByRole('button', { name: 'Sign out' }).click();
    await window.getByText('Nobody is signed in').waitFor();
    await window.goto(`${app.url}/account`);
    assert.match(window.url(), /\/login/);
  });
});
