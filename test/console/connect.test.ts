import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { authorizeUrl } from '../../console/src/applications/connect/authorize-url.ts';
import type { Profile } from '../../console/src/applications/connect/endpoints.ts';
import {
  type LanguageId,
  type Snippet,
  snippetsOf,
} from '../../console/src/applications/connect/snippets/languages.ts';
import type { Variable } from '../../console/src/applications/connect/snippets/request.ts';
import type { SnippetValues } from '../../console/src/applications/connect/snippets/steps.ts';
import { buildWorkboard } from '../../examples/workboard/app.ts';
import type { ApplicationView } from '../support/admin.ts';
import { launchChromium } from '../support/chromium.ts';
import { checkWidth, openConsole } from '../support/console.ts';
import { opensslCertificate } from '../support/key-pairs.ts';
import { OAuthClient, pkcePair, success, type Tokens } from '../support/oauth-client.ts';
import { startApp } from '../support/test-app.ts';

const run = promisify(execFile);

/** How the program in a file is started: the command and what stands before the program's own words. */
type Start = (file: string) => readonly [command: string, ...words: string[]];

interface Machine {
  /** What must be on the machine, and how one sees that it is. */
  readonly needs: readonly string[][];
  /** Turns all files into programs, where that has to be done. */
  readonly build?: (files: readonly string[]) => Promise<void>;
  readonly start: Start;
}

const machines: Record<Exclude<LanguageId, 'browser'>, Machine> = {
  curl: {
    needs: [
      ['curl', '--version'],
      ['openssl', 'version'],
    ],
    start: (file) => ['sh', file],
  },
  node: { needs: [], start: (file) => [process.execPath, file] },
  python: {
    needs: [
      ['python3', '--version'],
      ['openssl', 'version'],
    ],
    start: (file) => ['python3', file],
  },
  go: { needs: [['go', 'version']], build: buildGo, start: (file) => [programOf(file)] },
  csharp: { needs: [['dotnet', '--version']], start: (file) => ['dotnet', 'run', file] },
  php: { needs: [['php', '--version']], start: (file) => ['php', file] },
};

const programOf = (file: string) => file.replace(/\.go$/, '');

/** One command for all programs: what they share is compiled once. */
async function buildGo(files: readonly string[]): Promise<void> {
  const { stdout: badlyLaidOut } = await run('gofmt', ['-l', ...files]);
  assert.equal(badlyLaidOut, '');
  const folder = await mkdtemp(join(tmpdir(), 'postern-go-'));
  try {
    await writeFile(join(folder, 'go.mod'), 'module snippets\n\ngo 1.21\n');
    for (const [index, file] of files.entries()) {
      await mkdir(join(folder, `program${index}`));
      await copyFile(file, join(folder, `program${index}`, 'main.go'));
    }
    await run('go', ['build', '-o', 'built/', './...'], {
      cwd: folder,
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    for (const [index, file] of files.entries())
      await rename(join(folder, 'built', `program${index}`), programOf(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function missingFor(needs: readonly string[][]): Promise<string | undefined> {
  for (const [command = '', ...words] of needs)
    if (
      !(await run(command, words).then(
        () => true,
        () => false,
      ))
    )
      return command;
  return undefined;
}

describe('Connect', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const workboard = buildWorkboard({ issuer: app.url, origins: [] });
  const apiUrl = `${await workboard.listen({ host: '127.0.0.1', port: 0 })}/attask/api/v19.0/proj/search`;
  const directory = await mkdtemp(join(tmpdir(), 'postern-connect-'));
  after(async () => {
    await workboard.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Characters that shells and languages have ideas of their own about, and that a redirect URL may have. */
  const redirectUri = "http://localhost:3001/it's?a=$HOME&b=%22%5C";
  const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
  const spa = await app.admin.createApplication({ type: 'spa', redirect_uris: [redirectUri] });
  const machine = await app.admin.createApplication({ type: 'machine' });
  const { privatePem, certificatePem } = opensslCertificate();
  await app.admin.addPublicKey(machine.id, certificatePem, app.user.id);
  const privateKeyFile = join(directory, 'private.key');
  await writeFile(privateKeyFile, privatePem);

  function valuesFor(application: ApplicationView, profile: Profile): SnippetValues {
    return {
      profile,
      issuer: app.url,
      customerId: app.instance.customerId,
      clientId: application.client_id,
      redirectUri,
      scopes: ['api', 'offline_access'],
      usesPkce: application.type === 'spa',
      userId: app.user.id,
    };
  }

  /** A code as a user's browser brings it, by the link that the screen shows. */
  async function codeFor(application: ApplicationView, profile: Profile) {
    const { verifier, challenge } = pkcePair();
    const link = new URL(
      authorizeUrl(app.url, profile, {
        clientId: application.client_id,
        redirectUri,
        scopes: profile === 'workfront' ? [] : ['api', 'offline_access'],
        state: 'some state',
        challenge: application.type === 'spa' ? challenge : undefined,
      }),
    );
    const back = await app.browser().authorize(link.searchParams, app.user, { endpoint: link.pathname });
    return { CODE: back.searchParams.get('code') ?? '', CODE_VERIFIER: verifier };
  }

  const cases = [
    [web, 'standard'],
    [web, 'workfront'],
    [spa, 'standard'],
    [machine, 'standard'],
    [machine, 'workfront'],
  ] as const;

  for (const [language, { needs, build, start }] of Object.entries(machines) as [
    Exclude<LanguageId, 'browser'>,
    Machine,
  ][]) {
    test(`every program in ${language} runs as it is`, async (t: TestContext) => {
      const missing = await missingFor(needs);
      if (missing) return t.skip(`${missing} is not on this machine`);
      const fileOf = (application: ApplicationView, profile: Profile, { fileName }: Snippet) =>
        join(directory, language, application.type, profile, fileName);
      const all = cases.map(([application, profile]) => {
        const programs = snippetsOf(language, application.type, valuesFor(application, profile));
        return { application, profile, programs };
      });
      const files: string[] = [];
      for (const { application, profile, programs } of all)
        for (const program of programs) {
          const file = fileOf(application, profile, program);
          assert.ok(!program.text.includes(application.client_secret ?? 'a secret'));
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, program.text);
          files.push(file);
        }
      await build?.(files);

      for (const { application, profile, programs } of all) {
        const known: Partial<Record<Variable, string>> = {
          API_URL: apiUrl,
          PRIVATE_KEY_FILE: privateKeyFile,
          ...(application.client_secret && { CLIENT_SECRET: application.client_secret }),
          ...(application.type === 'machine' ? {} : await codeFor(application, profile)),
        };
        const output = async (program: Snippet) => {
          const [command, ...words] = start(fileOf(application, profile, program));
          const { PATH = '', HOME = '' } = process.env;
          // Nothing but the variables that the screen names.
          const named = Object.fromEntries(program.variables.map((name) => [name, known[name] ?? '']));
          return (await run(command, words, { env: { PATH, HOME, ...named } })).stdout;
        };
        for (const program of programs) {
          const printed = await output(program);
          if (program.id === 'api') assert.match(printed, /"data":/);
          else if (program.id === 'revoke') assert.equal(printed.trim(), '{}');
          else {
            const tokens = JSON.parse(printed) as Tokens;
            // The API wants a user, whom the client's own token does not have.
            if (program.id !== 'client_credentials') known.ACCESS_TOKEN = tokens.access_token;
            if (tokens.refresh_token) known.REFRESH_TOKEN = tokens.refresh_token;
          }
        }
        // What was revoked is refused, and the program says so by its exit code.
        const refresh = programs.find(({ id }) => id === 'refresh');
        if (refresh) await assert.rejects(output(refresh), ({ code }) => code > 0);
      }
    });
  }

  test('the module for browsers signs a user in, refreshes, calls an API and revokes', async () => {
    const files = new Map<string, string>();
    const server = createServer((request, response) => {
      const body = files.get(request.url?.split('?')[0] ?? '');
      response.setHeader('content-type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/html');
      response.end(body ?? files.get('/'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const board = await app.admin.createApplication({ type: 'spa', redirect_uris: [`${origin}/`] });
    const api = buildWorkboard({ issuer: app.url, origins: [origin] });
    const url = `${await api.listen({ host: '127.0.0.1', port: 0 })}/attask/api/v19.0/proj/search`;

    const programs = snippetsOf('browser', 'spa', {
      ...valuesFor(board, 'standard'),
      redirectUri: `${origin}/`,
    });
    for (const { fileName, text } of programs) files.set(`/${fileName}`, text);
    files.set(
      '/',
      `<!doctype html><title>Board</title><button>Sign in</button><output></output><script type="module">
        import { signIn } from './sign-in.js';
        import { finishSignIn } from './get-token.js';
        import { refresh } from './refresh-token.js';
        import { callApi } from './call-api.js';
        import { revoke } from './revoke-token.js';
        const say = (text) => { document.querySelector('output').textContent = text; };
        document.querySelector('button').onclick = signIn;
        if (new URLSearchParams(location.search).has('state')) {
          try {
            const tokens = await refresh(await finishSignIn());
            const answer = await (await callApi(tokens, ${JSON.stringify(url)})).json();
            await revoke(tokens);
            say('Projects: ' + answer.data.length + ', then ' + await refresh(tokens).catch(({ message }) => message));
          } catch (error) {
            say(error.message);
          }
        }
      </script>`,
    );
    const context = await (await launchChromium()).newContext();
    const page = await context.newPage();
    await page.goto(`${origin}/?state=made-up&code=made-up`);
    await page.getByText('This answer was not asked for').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('textbox', { name: 'Email' }).fill(app.user.email);
    await page.locator('input[type=password]').fill(app.user.password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText(/^Projects: \d+, then .*invalid_grant/).waitFor();
    assert.equal(page.url(), `${origin}/`);
    await context.close();
    await api.close();
    server.close();
  });

  const textOf = (page: Page, name: string) =>
    page.getByRole('region', { name, exact: true }).locator('code').first().innerText();

  test('the screen shows this application’s own values, and its link brings a code', async () => {
    const window = await openConsole(app);
    const { page } = window;
    await window.open(`/applications/${web.id}/connect`);
    const glance = page.getByRole('region', { name: 'At a glance' });
    for (const value of [app.url, web.client_id, redirectUri, (web['scopes'] as string[]).join(' ')])
      await glance.getByText(value, { exact: true }).waitFor();
    const endpoints = page.getByRole('region', { name: 'Endpoints' });
    for (const path of [
      '/oauth2/authorize',
      '/oauth2/introspect',
      '/integrations/oauth2/authorize',
      '/integrations/oauth2/api/v1/token',
    ])
      await endpoints.getByText(`${app.url}${path}`, { exact: true }).waitFor();
    await endpoints.getByRole('button', { name: 'Copy: Token' }).first().click();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), `${app.url}/oauth2/token`);

    // How users sign in, in another language; the link and the rest follow below.
    const signIn = page.getByRole('region', { name: 'Sign users in with OpenID Connect' });
    await signIn.getByRole('tab', { name: 'Node.js' }).press('ArrowRight');
    await signIn.getByText('pip install flask authlib requests').waitFor();
    const python = await signIn.getByRole('region', { name: 'sign-in.py' }).locator('code').innerText();
    assert.ok(python.includes(`client_id="${web.client_id}"`), python);
    assert.ok(python.includes('"scope": "openid profile email"'), python);

    const linkRegion = page.getByRole('region', { name: 'Authorization link' }).first();
    const link = new URL(await linkRegion.locator('pre').innerText());
    assert.equal(link.searchParams.get('redirect_uri'), redirectUri);
    const back = await app.browser().authorize(link.searchParams, app.user);
    assert.ok(back.searchParams.has('code'));
    assert.equal(back.searchParams.get('state'), link.searchParams.get('state'));
    await page.getByRole('button', { name: 'Make a new one' }).click();
    await page.getByText(link.searchParams.get('state') ?? '').waitFor({ state: 'detached' });

    await page.getByRole('radio', { name: 'Workfront' }).press(' ');
    await page.getByText(`${app.url}/integrations/oauth2/authorize?`).waitFor();
    await page.getByText('sessionID: $ACCESS_TOKEN').waitFor();
    const shown = await page.getByRole('main').innerText();
    assert.ok(!shown.includes(web.client_secret ?? ''));
    await window.checkAccessibility();
    await window.close();
  });

  test('languages are changed by keyboard, programs copied and downloaded, in French, in the dark', async () => {
    const window = await openConsole(app, { locale: 'fr', theme: 'dark' });
    const { page } = window;
    await window.open(`/applications/${spa.id}/connect`);
    const pythonProgram = snippetsOf('python', 'spa', valuesFor(spa, 'standard')).find(
      ({ id }) => id === 'code',
    );
    await page.getByRole('tab', { name: 'JavaScript' }).last().press('ArrowRight');
    await page.getByRole('tab', { name: 'curl' }).press('ArrowRight');
    await page.getByRole('tab', { name: 'Node.js' }).press('ArrowRight');
    await page.getByText('python3 get-token.py').waitFor();
    const title = 'Échanger le code contre des jetons';
    assert.equal((await textOf(page, title)).trim(), pythonProgram?.text.trim());
    await page.getByRole('button', { name: `Copier : ${title}` }).press('Enter');
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), pythonProgram?.text);

    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Télécharger get-token.py' }).press('Enter');
    const download = await downloading;
    assert.equal(download.suggestedFilename(), 'get-token.py');
    assert.equal(await readFile(await download.path(), 'utf8'), pythonProgram?.text);

    // The link comes with the verifier that belongs to it.
    const linkRegion = page.getByRole('region', { name: 'Lien d’autorisation' }).first();
    const link = new URL(await linkRegion.locator('pre').innerText());
    const verifier = await linkRegion.locator('dd code').first().innerText();
    const back = await app.browser().authorize(link.searchParams, app.user);
    success(await new OAuthClient(app, spa).redeem(back.searchParams.get('code') ?? '', verifier));
    await window.checkAccessibility();
    await window.close();
  });

  test('a machine application without a key is told to add one, and on a phone everything fits', async () => {
    const other = await app.admin.createApplication({ type: 'machine' });
    const window = await openConsole(app, { locale: 'sv', viewport: { width: 390, height: 844 } });
    const { page } = window;
    await window.open(`/applications/${other.id}/connect`);
    await page.getByRole('heading', { name: 'Det finns ingen RSA-nyckel ännu' }).waitFor();
    assert.equal(await page.getByText('Auktoriseringslänk').count(), 0);
    await window.checkAccessibility();
    await checkWidth(page);
    await window.open(`/applications/${machine.id}/connect`);
    await page.getByText(app.user.id).first().waitFor();
    assert.equal(await page.getByText('Det finns ingen RSA-nyckel ännu').count(), 0);
    await checkWidth(page);
    await window.close();
  });

  test('an application without a redirect URL says so instead of showing a link, in Chinese', async () => {
    const other = await app.admin.createApplication({ type: 'web' });
    const window = await openConsole(app, { locale: 'zh-CN' });
    await window.open(`/applications/${other.id}/connect`);
    await window.page.getByRole('link', { name: '设置' }).last().waitFor();
    assert.equal(await window.page.getByText('授权链接').count(), 0);
    await window.close();
  });
});
