import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { SECOND } from '../../server/base/units.ts';
import { axeFindings } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { startExample } from '../support/example-program.ts';
import { freePort } from '../support/postgres.ts';
import { userBySubject } from '../support/product.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

const folder = join(import.meta.dirname, '../../examples/product');
const ada = { email: 'ada@example.com', password: 'demo-of-a-product' };
const grace = { ...ada, email: 'grace@example.com' };

describe('the example of a product', () => {
  const children: ChildProcess[] = [];
  let app: TestApp;
  let directory: string;
  let product: string;
  let clientId: string;
  let web: string;

  before(async () => {
    app = await startApp({ engine: 'sqlite' });
    directory = await mkdtemp(join(tmpdir(), 'postern-product-'));
    const [port, webPort] = [await freePort(), await freePort()];
    [product, web] = [`http://localhost:${port}`, `http://localhost:${webPort}`];

    const key = join(directory, 'product.key');
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const backend = await app.admin.createApplication({ type: 'machine', scopes: ['admin'] });
    await app.admin.addPublicKey(backend.id, publicKey.export({ type: 'spki', format: 'pem' }).toString());
    const provider = await app.admin.must<{ id: string }>('POST', '/identity-providers', {
      type: 'handover',
      name: 'Harbour',
      issuer: product,
      login_url: `${product}/hand-over`,
      jwks_uri: `${product}/jwks.json`,
      claims: { administrator: { claim: 'role', values: ['owner'] } },
    });
    await app.admin.updateInstance({ sign_in: { password: 'nobody' } });
    const application = await app.admin.createApplication({
      type: 'web',
      name: 'Web <example>',
      redirect_uris: [`${web}/callback`],
    });
    clientId = application.client_id;
    const shared = { ISSUER: app.url, API: app.url };
    const settings = {
      PROVIDER_ID: provider.id,
      CLIENT_ID: backend.client_id,
      USER_ID: app.administrator.id,
      KEY: key,
      PORT: String(port),
    };
    const webSettings = {
      CLIENT_ID: application.client_id,
      CLIENT_SECRET: application.client_secret ?? '',
      PORT: String(webPort),
    };
    children.push(await startExample('product', { ...shared, ...settings }, product));
    children.push(await startExample('web-client', { ...shared, ...webSettings }, web));
  });

  after(async () => {
    for (const child of children) child.kill('SIGTERM');
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

  async function signIn(page: Page, { email, password } = ada): Promise<void> {
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  it('lets a person allow an application without a sign-in page of Postern, and disconnect it', async () => {
    await withPage(async (page) => {
      await page.goto(`${web}/login`);
      assert.equal(new URL(page.url()).origin, product);
      await page.getByText('to go on to Web <example>').waitFor();
      assert.deepEqual(await axeFindings(page), []);
      await signIn(page, { ...ada, password: 'another one' });
      await page.getByRole('alert').waitFor();
      await signIn(page);
      await page.locator('button[name=decision][value=allow]').click();
      await page.waitForURL(`${web}/`);

      await page.goto(product);
      await page.getByRole('heading', { name: 'Hello, Ada Lovelace' }).waitFor();
      await page.getByText('Web <example>').waitFor();
      assert.deepEqual(await axeFindings(page), []);
      const user = await userBySubject(app.admin, 'harbour:1');
      assert.deepEqual([user?.['name'], user?.['role']], ['Ada Lovelace', 'user']);
      await page.getByRole('button', { name: 'Disconnect Web <example>' }).click();
      await page.waitForURL(`${product}/`);
      assert.equal(await page.getByRole('button', { name: /^Disconnect/ }).count(), 0);
      const { data } = await app.admin.must<{ data: object[] }>(
        'GET',
        `/users/${user?.['id']}/authorizations`,
      );
      assert.deepEqual(data, []);
    });
  });

  it('hands its owner over as an administrator', async () => {
    await withPage(async (page) => {
      await page.goto(`${app.url}/console`);
      await signIn(page, grace);
      await page.waitForURL(/\/console/);
      assert.equal((await userBySubject(app.admin, 'harbour:2'))?.['role'], 'administrator');
    });
  });

  it('reports who is seen there as active', async () => {
    await withPage(async (page) => {
      await page.goto(`${app.url}/account`);
      await signIn(page);
      await page.waitForURL(`${app.url}/account`);
      const activeAt = async () => (await userBySubject(app.admin, 'harbour:1'))?.['last_active_at'];
      const before = await activeAt();
      // No more than the clock of the product may be behind.
      app.clock.advance(30 * SECOND);
      await page.goto(product);
      await page.getByRole('heading', { name: 'Hello, Ada Lovelace' }).waitFor();
      assert.notEqual(await activeAt(), before);
    });
  });

  it('has people sign in again, or turn back, as the application and they want it', async () => {
    await withPage(async (page) => {
      const asking = (parameters: Record<string, string>) =>
        page.goto(
          `${app.url}/oauth2/authorize?${new URLSearchParams({
            response_type: 'code',
            client_id: clientId,
            redirect_uri: `${web}/callback`,
            ...parameters,
          })}`,
        );
      await asking({ prompt: 'none', state: 'silent' }).catch(() => undefined);
      assert.match(page.url(), /\/callback\?.*error=login_required/);
      await asking({});
      await signIn(page);
      await page.locator('button[name=decision]').first().waitFor();
      // Signed in here and there, and asked all the same.
      await asking({ prompt: 'login' });
      assert.equal(new URL(page.url()).origin, product);
      await page.getByRole('link', { name: 'Cancel' }).click();
      await page.getByRole('heading').first().waitFor();
      assert.equal(new URL(page.url()).origin, app.url);
    });
  });

  it('does nothing that another site asks of it', async () => {
    const body = new URLSearchParams({ id: 'x' });
    for (const path of ['/sign-in', '/sign-out', '/disconnect'])
      for (const headers of [{}, { origin: 'http://localhost:1' }, { origin: 'null' }]) {
        const answer = await fetch(product + path, {
          method: 'POST',
          body,
          headers: headers as Record<string, string>,
        });
        assert.equal(answer.status, 403, path);
      }
  });

  it('has fewer than 150 lines', () => {
    const lines = globSync('*.mjs', { cwd: folder }).map(
      (file) => readFileSync(join(folder, file), 'utf8').split('\n').length - 1,
    );
    assert.ok(lines.reduce((sum, count) => sum + count, 0) < 150, String(lines));
  });
});
