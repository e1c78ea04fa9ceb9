import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkWidth, openConsole } from '../support/console.ts';
import { send } from '../support/http.ts';
import { startApp } from '../support/test-app.ts';

describe('the console’s frame', async () => {
  const app = await startApp({ engine: 'sqlite' });

  test('the bare address leads an administrator to the console and others to their account', async () => {
    const administrator = app.browser();
    await administrator.signIn(app.administrator);
    assert.equal((await administrator.openPage('/')).path, '/console');
    const user = app.browser();
    await user.signIn(app.user);
    assert.equal((await user.openPage('/')).path, '/account');
  });

  test('who is not signed in signs in first and comes to the screen that they asked for', async () => {
    const answer = await send(app, '/console/users?role=user');
    assert.equal(answer.status, 303);
    assert.equal(answer.headers['location'], '/login?return_to=%2Fconsole%2Fusers%3Frole%3Duser');
    const browser = app.browser();
    const { email, password } = app.administrator;
    const page = await browser.submitForm(await browser.openPage('/console/users'), { email, password });
    assert.equal(page.path, '/console/users');
    assert.equal(page.status, 200);
  });

  test('who is no administrator is told so, with the way to their account', async () => {
    const browser = app.browser();
    await browser.signIn(app.user);
    const page = await browser.openPage('/console/applications');
    assert.equal(page.status, 403);
    assert.match(page.html, /For administrators only/);
    assert.match(page.html, /href="\/account"/);
  });

  test('the document lets nothing run or load but files of its own origin', async () => {
    const browser = app.browser();
    await browser.signIn(app.administrator);
    const first = await browser.request('/console');
    const policy = String(first.headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(first.headers['cache-control'], 'no-store');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    assert.ok(nonce && first.text.includes(`nonce="${nonce}"`));
    const second = await browser.request('/console');
    assert.notEqual(second.headers['content-security-policy'], policy);
  });

  test('its files are kept for ever, come compressed, and nothing beside them is served', async () => {
    const browser = app.browser();
    await browser.signIn(app.administrator);
    const [, script = ''] = /<script[^>]*src="([^"]+)"/.exec((await browser.request('/console')).text) ?? [];
    const answer = await send(app, script, { headers: { 'accept-encoding': 'br' } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-encoding'], 'br');
    assert.match(String(answer.headers['cache-control']), /immutable/);
    for (const path of ['/console/assets/nothing.js', '/console/assets/../.vite/manifest.json'])
      assert.ok((await send(app, path)).status >= 300, path);
    const post = await send(app, '/console/applications', { method: 'POST', body: new URLSearchParams() });
    assert.equal(post.status, 405);
  });

  test('the first screen weighs less than 350 kB, and what other screens need comes with them', async () => {
    const window = await openConsole(app);
    const files: string[] = [];
    window.page.on('request', (request) => files.push(new URL(request.url()).pathname));
    await window.open('/applications');
    await window.page.waitForLoadState('networkidle');
    const first = new Set(files);
    const weights = [...first].filter((path) => path.startsWith('/console/')).map(weightOf);
    const total = (await Promise.all(weights)).reduce((sum, weight) => sum + weight, 0);
    assert.ok(total > 100_000 && total < 350_000, `${total} bytes in ${first.size} files`);
    await window.page.getByRole('link', { name: 'Audit log' }).click();
    await window.page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
    assert.ok(files.some((path) => path.endsWith('.js') && !first.has(path)));
    await window.close();
  });

  /** Bytes of a file as gzip sends it. */
  async function weightOf(path: string): Promise<number> {
    const browser = app.browser({ 'accept-encoding': 'gzip' });
    await browser.signIn(app.administrator);
    const answer = await browser.request(path);
    return Number(answer.headers['content-length']);
  }

  test('language and theme are chosen in the account menu, by keyboard, and stay', async () => {
    const window = await openConsole(app, { locale: 'fr' });
    const { page } = window;
    await window.open('/users');
    await page.getByRole('button', { name: `Compte de ${app.administrator.name}` }).press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('menuitemradio', { name: 'Svenska' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Användare' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'sv');

    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: `Konto för ${app.administrator.name}` }).click();
    await page.getByRole('menuitem', { name: 'Tema' }).press('ArrowRight');
    await page.getByRole('menuitemradio', { name: 'Mörkt' }).press('Enter');
    await page.locator('html[data-color-scheme="dark"]').waitFor();

    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Användare' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('data-color-scheme'), 'dark');
    await window.checkAccessibility();
    await window.close();
    await app.admin.must('PATCH', '/me', { locale: null });
  });

  test('on a phone the main menu leads everywhere and nothing is wider than the screen', async () => {
    const window = await openConsole(app, { locale: 'sv', viewport: { width: 360, height: 740 } });
    const { page } = window;
    await window.open('/applications');
    for (const place of ['Användare', 'Granskningslogg', 'Instans']) {
      await page.getByRole('button', { name: 'Huvudmeny' }).click();
      await page.getByRole('menuitem', { name: place }).click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
      await checkWidth(page);
    }
    await window.checkAccessibility();
    await window.close();
  });

  test('signing out ends the session and leaves for the sign-in page', async () => {
    const window = await openConsole(app);
    const { page } = window;
    await window.open('/applications');
    await page.getByRole('button', { name: `Account of ${app.administrator.name}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/login$/);
    await page.goto('/console/applications');
    assert.equal(new URL(page.url()).pathname, '/login');
    await window.close();
  });

  test('a session that ended meanwhile leads to the sign-in, and back to the same screen', async () => {
    const window = await openConsole(app);
    const { page } = window;
    await window.open('/instance');
    await window.context.clearCookies();
    await page.getByRole('navigation').getByRole('link', { name: 'Users' }).click();
    await page.waitForURL(/\/login\?/);
    assert.match(page.url(), /return_to=%2Fconsole%2F/);
    // Chromium itself notes every refused request.
    await assert.rejects(window.close(), /401/);
  });

  test('there is a page for addresses that do not exist', async () => {
    const window = await openConsole(app, { theme: 'dark' });
    await window.open('/nowhere');
    await window.page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    await window.checkAccessibility();
    await window.close();
  });
});
