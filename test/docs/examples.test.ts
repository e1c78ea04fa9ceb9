import assert from 'node:assert/strict';
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { Admin, type ApplicationView } from '../support/admin.ts';
import type { Person } from '../support/browser.ts';
import { launchChromium } from '../support/chromium.ts';
import { startExample } from '../support/example-program.ts';
import { opensslCertificate } from '../support/key-pairs.ts';
import { freePort } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const names = ['Spring campaign', 'New website', 'Trade fair'];

describe('the examples', () => {
  const children: ChildProcess[] = [];
  let directory: string;
  let server: ServerProcess;
  let admin: Admin;
  let administratorId: string;
  let user: Person;
  let api: string;
  let spaPort: number;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postern-examples-'));
    const owner = { id: '', email: 'admin@example.com', name: 'Admin', password: 'the owner of the product' };
    server = await ServerProcess.start({
      env: {
        POSTERN_ADMIN_EMAIL: owner.email,
        POSTERN_ADMIN_PASSWORD: owner.password,
        POSTERN_LOG_LEVEL: 'warn',
      },
    });
    admin = new Admin(server, owner);
    administratorId = (await admin.must<{ id: string }>('GET', '/me')).id;
    user = await admin.createUser();
    spaPort = await freePort();
    const apiPort = await freePort();
    api = `http://localhost:${apiPort}`;
    const settings = { ISSUER: server.url, PORT: String(apiPort), ORIGINS: `http://localhost:${spaPort}` };
    children.push(await startExample('workboard', settings, api));
  });

  after(async () => {
    for (const child of children) child.kill('SIGTERM');
    await server?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  /** A browser of its own, gone when the test is over. */
  async function withPage(use: (page: Page) => Promise<void>): Promise<void> {
    const context = await (await launchChromium()).newContext();
    context.setDefaultTimeout(10_000);
    try {
      await use(await context.newPage());
    } finally {
      await context.close();
    }
  }

  async function signInAndAllow(page: Page): Promise<void> {
    await page.locator('input[name=email]').fill(user.email);
    await page.locator('input[name=password]').fill(user.password);
    await page.locator('input[name=password]').press('Enter');
    await page.locator('button[name=decision][value=allow]').click();
  }

  async function shows(page: Page, projects: string[]): Promise<void> {
    const [first] = projects;
    if (first) await page.getByText(first).waitFor();
    assert.deepEqual(await page.locator('li').allTextContents(), projects);
  }

  /** Who uses an application now. */
  async function authorizationsOf({ id }: ApplicationView): Promise<{ last_used_at: string | null }[]> {
    return (
      await admin.must<{ data: { last_used_at: string | null }[] }>(
        'GET',
        `/applications/${id}/authorizations`,
      )
    ).data;
  }

  async function startWebClient(fields: object = {}) {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const application = await admin.createApplication({
      type: 'web',
      redirect_uris: [`${url}/callback`],
      ...fields,
    });
    const { client_id, client_secret = '' } = application;
    const settings = {
      ISSUER: server.url,
      CLIENT_ID: client_id,
      CLIENT_SECRET: client_secret,
      PORT: String(port),
      API: api,
    };
    children.push(await startExample('web-client', settings, url));
    return { url, application };
  }

  it('let a person use the web client: sign in, see the projects, refresh twice with rotation, sign out', async () => {
    const { url, application } = await startWebClient();
    await withPage(async (page) => {
      await page.goto(url);
      await page.getByRole('link', { name: 'Sign in with Postern' }).click();
      await signInAndAllow(page);
      await shows(page, names);
      assert.equal(page.url(), `${url}/`);
      assert.equal((await authorizationsOf(application)).length, 1);

      for (const _ of [1, 2]) {
        await page.getByRole('button', { name: 'Refresh the token' }).click();
        await shows(page, names);
      }
      assert.deepEqual(await admin.auditEvents('refresh_token.reused'), []);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: 'Sign in with Postern' }).waitFor();
      assert.deepEqual(await authorizationsOf(application), []);
    });
  });

  it('have the web client refresh by itself before the access token expires, once for requests that come together', async () => {
    const { url, application } = await startWebClient();
    await admin.updateApplication(application.id, { access_token_lifetime: 60 });
    await withPage(async (page) => {
      await page.goto(`${url}/login`);
      await signInAndAllow(page);
      await shows(page, names);
      await Promise.all([1, 2, 3].map(() => page.request.get(url)));
      await page.reload();
      await shows(page, names);
      assert.ok((await authorizationsOf(application))[0]?.last_used_at, 'a refresh took place');
      assert.deepEqual(await admin.auditEvents('refresh_token.reused'), []);
    });
  });

  it('have the web client ask for a new sign-in when access has ended, and say so when it is denied', async () => {
    const { url, application } = await startWebClient();
    await withPage(async (page) => {
      await page.goto(`${url}/login`);
      await signInAndAllow(page);
      await shows(page, names);
      await admin.must('DELETE', `/applications/${application.id}/authorizations`);
      await page.getByRole('button', { name: 'Refresh the token' }).click();
      await page.getByText('invalid_grant').waitFor();

      await page.getByRole('link', { name: 'Sign in again' }).click();
      await page.locator('button[name=decision][value=deny]').click();
      await page.getByText('access_denied').waitFor();
    });
  });

  it('let a person use the single-page client: sign in, see the projects, refresh twice, sign out', async () => {
    const url = `http://localhost:${spaPort}`;
    const application = await admin.createApplication({ type: 'spa', redirect_uris: [`${url}/`] });
    const settings = {
      ISSUER: server.url,
      CLIENT_ID: application.client_id,
      PORT: String(spaPort),
      API: api,
    };
    children.push(await startExample('spa-client', settings, url));
    await withPage(async (page) => {
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(url);
      await page.getByRole('button', { name: 'Sign in with Postern' }).click();
      await signInAndAllow(page);
      await shows(page, names);
      assert.equal(page.url(), `${url}/`, 'the code is gone from the address');
      const stored = await page.evaluate(
        'JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])',
      );
      assert.equal(stored, '[{},{},""]', 'no token is stored');

      for (const _ of [1, 2]) {
        await page.getByRole('button', { name: 'Refresh the token' }).click();
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        await shows(page, names);
      }
      assert.equal((await authorizationsOf(application)).length, 1);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign in with Postern' }).waitFor();
      assert.deepEqual(await authorizationsOf(application), []);
      assert.deepEqual(problems, []);
    });
  });

  describe('with a machine application', () => {
    let settings: Record<string, string>;

    before(async () => {
      const { privatePem, certificatePem } = opensslCertificate();
      const key = join(directory, 'private.key');
      await writeFile(key, privatePem, { mode: 0o600 });
      const { id, client_id, client_secret = '' } = await admin.createApplication({ type: 'machine' });
      await admin.addPublicKey(id, certificatePem);
      const { PATH = '' } = process.env;
      const client = {
        CLIENT_ID: client_id,
        CLIENT_SECRET: client_secret,
        USER_ID: administratorId,
        PRIVATE_KEY: key,
      };
      settings = { PATH, ISSUER: server.url, API: api, ...client };
    });

    it('list the projects from the machine client', async () => {
      const { stdout } = await run(process.execPath, [`${root}examples/run.ts`, 'machine-client'], {
        env: settings,
      });
      assert.deepEqual(stdout.trim().split('\n'), names);
    });

    it('print a token for a shell, good under either header', async () => {
      const argv = [`${root}examples/run.ts`, 'machine-client', '--token'];
      const token = (await run(process.execPath, argv, { env: settings })).stdout.trim();
      for (const headers of [{ sessionID: token }, { Authorization: `Bearer ${token}` }]) {
        const response = await fetch(`${api}/attask/api/v15.0/proj/search`, {
          headers: headers as Record<string, string>,
        });
        assert.equal(response.status, 200);
      }
    });

    it('say what the server said when the key acts for somebody else', async () => {
      const env = { ...settings, USER_ID: user.id };
      await assert.rejects(
        run(process.execPath, [`${root}examples/run.ts`, 'machine-client'], { env }),
        /invalid_grant/,
      );
    });

    it('exchange a JWT with openssl and curl only', async () => {
      const { stdout } = await run('sh', [`${root}examples/machine-client/exchange.sh`], { env: settings });
      const answer = JSON.parse(stdout) as Record<string, unknown>;
      assert.equal(answer['token_type'], 'sessionID');
      assert.equal(answer['wid'], administratorId);
      assert.equal(typeof answer['access_token'], 'string');
    });

    describe('workboard', () => {
      let token: string;
      type Answer = {
        data: Record<string, unknown>[] & Record<string, unknown>;
        error: Record<string, unknown>;
      };

      before(async () => {
        const argv = [`${root}examples/run.ts`, 'machine-client', '--token'];
        token = (await run(process.execPath, argv, { env: settings })).stdout.trim();
      });

      async function ask(
        path: string,
        headers: Record<string, string> = { sessionID: token },
        method = 'GET',
      ) {
        const response = await fetch(api + path, { method, headers });
        const text = await response.text();
        return {
          status: response.status,
          headers: response.headers,
          json: (text ? JSON.parse(text) : {}) as Answer,
        };
      }

      it('answers projects and their tasks under any version', async () => {
        const { data } = (await ask('/attask/api/v9.0/proj/search')).json;
        assert.deepEqual(
          data.map(({ name }) => name),
          names,
        );
        assert.deepEqual(new Set(data.map(({ objCode }) => objCode)), new Set(['PROJ']));
        const [{ ID } = {}] = data;
        assert.equal((await ask(`/attask/api/v19.0/proj/${ID}`)).json.data['name'], names[0]);
        const tasks = (await ask(`/attask/api/v19.0/task/search?projectID=${ID}`)).json.data;
        assert.equal(tasks.length, 3);
        assert.ok(tasks.every(({ objCode, projectID }) => objCode === 'TASK' && projectID === ID));
        assert.equal((await ask('/attask/api/v19.0/proj/none')).status, 404);
        assert.equal((await ask('/attask/api/internal/proj/search')).status, 404);
      });

      it('refuses a request without a good token in the words that clients know', async () => {
        for (const headers of [
          {},
          { sessionID: 'x' },
          { Authorization: `Basic ${token}` },
          { sessionID: `${token}x` },
        ]) {
          const {
            status,
            json,
            headers: answered,
          } = await ask('/attask/api/v19.0/proj/search', headers as Record<string, string>);
          assert.equal(status, 401);
          assert.match(answered.get('WWW-Authenticate') ?? '', /^Bearer/);
          assert.deepEqual(json.error, {
            class: 'com.attask.common.AuthenticationException',
            message: 'You are not currently logged in.',
          });
        }
      });

      it('refuses a token without the scope api', async () => {
        const scopes = ['api', 'admin'];
        const { client_id, client_secret = '' } = await admin.createApplication({ type: 'machine', scopes });
        const form = { grant_type: 'client_credentials', client_id, client_secret, scope: 'admin' };
        const options = { method: 'POST', body: new URLSearchParams(form) };
        const answered = (await (await fetch(`${server.url}/oauth2/token`, options)).json()) as {
          access_token: string;
        };
        const { status, headers } = await ask('/attask/api/v19.0/proj/search', {
          sessionID: answered.access_token,
        });
        assert.equal(status, 403);
        assert.match(headers.get('WWW-Authenticate') ?? '', /insufficient_scope/);
      });

      it('lets the pages of the single-page client read its answers, and no others', async () => {
        const good = `http://localhost:${spaPort}`;
        const preflight = {
          'Access-Control-Request-Method': 'GET',
          'Access-Control-Request-Headers': 'authorization',
        };
        const answer = await ask('/attask/api/v19.0/proj/search', { Origin: good, ...preflight }, 'OPTIONS');
        assert.equal(answer.status, 204);
        assert.equal(answer.headers.get('Access-Control-Allow-Origin'), good);
        const refused = await ask('/attask/api/v19.0/proj/search', { Origin: good, sessionID: 'x' });
        assert.equal(refused.headers.get('Access-Control-Allow-Origin'), good, 'refusals can be read too');
        for (const Origin of ['https://evil.example', 'null', `${good}.evil.example`]) {
          const { headers } = await ask('/attask/api/v19.0/proj/search', { Origin, sessionID: token });
          assert.equal(headers.get('Access-Control-Allow-Origin'), null);
        }
      });
    });
  });
});
