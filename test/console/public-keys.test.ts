import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ApplicationView } from '../support/admin.ts';
import { chooseFound, search } from '../support/choose-found.ts';
import { type ConsoleWindow, checkWidth, openConsole } from '../support/console.ts';
import {
  checkForgotten,
  downloadBy,
  drop,
  onlyApplication,
  openCredentials,
  recordRequests,
  textOf,
} from '../support/console-credentials.ts';
import { consoleWords, type Words } from '../support/console-words.ts';
import { opensslCertificate, rsaKeyPair } from '../support/key-pairs.ts';
import { tabTo } from '../support/keyboard.ts';
import { claimsOf } from '../support/oauth-client.ts';
import { startApp } from '../support/test-app.ts';

const run = promisify(execFile);
const machineClient = fileURLToPath(new URL('../../examples/machine-client/', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'postern-public-keys-'));
after(() => rmSync(directory, { recursive: true, force: true }));

describe('the public keys of an application', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const read = (id: string) => app.admin.must<ApplicationView>('GET', `/applications/${id}`);

  for (const [language, theme, way] of [
    ['en', 'dark', 'paste'],
    ['fr', 'light', 'upload'],
  ] as const)
    test(`the certificate of the documents is added for another user, and its key gets a token (${language})`, async () => {
      const { id, client_id, client_secret = '' } = await onlyApplication(app, 'machine');
      const { privatePem, certificatePem } = opensslCertificate();
      const { window, page, words } = await openCredentials(app, id, language, { theme });
      const section = page.getByRole('region', { name: words('credentials.keys') });
      await section.getByRole('button', { name: words('credentials.key_add') }).click();
      const box = page.getByRole('dialog');
      await box.getByRole('button', { name: words('credentials.key_add_submit'), exact: true }).click();
      await box.getByText(words('credentials.key_missing')).first().waitFor();

      const field = box.getByRole('textbox', { name: words('credentials.key_text') });
      if (way === 'paste') await field.fill(certificatePem);
      else {
        const buffer = Buffer.from(certificatePem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
        const upload = { name: 'certificate_pub.crt', mimeType: 'application/x-x509-ca-cert', buffer };
        await box.locator('input[type=file]').setInputFiles(upload);
      }
      await box.getByText(words('credentials.form_certificate'), { exact: true }).waitFor();
      await box.getByText('RSA 2048').waitFor();
      await box.getByText('ClientApp', { exact: true }).waitFor();
      await box.getByRole('radio', { name: words('credentials.acts_as_somebody') }).press('Space');
      await window.checkAccessibility();
      await chooseFound(box.getByRole('combobox'), 'USER@', 'Uma User');
      await box.getByRole('button', { name: words('credentials.key_add_submit'), exact: true }).click();
      await page.getByText(words('credentials.key_added', { name: 'ClientApp' })).waitFor();
      const item = section.getByRole('listitem').filter({ hasText: 'ClientApp' });
      await item.getByRole('link', { name: app.user.name }).waitFor();
      await item.getByText(words('credentials.you', { name: app.administrator.name })).waitFor();
      await window.checkAccessibility();

      const [key] = (await read(id)).public_keys ?? [];
      assert.equal(key?.acts_as_user_id, app.user.id);
      await item.getByText(key.kid).waitFor();
      const path = join(directory, `${language}.key`);
      writeFileSync(path, privatePem, { mode: 0o600 });
      const env = {
        PATH: process.env['PATH'] ?? '',
        ISSUER: app.url,
        CLIENT_ID: client_id,
        CLIENT_SECRET: client_secret,
        USER_ID: app.user.id,
        PRIVATE_KEY: path,
      };
      const { stdout } = await run('sh', [`${machineClient}exchange.sh`], { env });
      assert.equal((JSON.parse(stdout) as { wid: string }).wid, app.user.id);

      await item
        .getByRole('button', { name: words('credentials.key_delete', { name: 'ClientApp' }) })
        .click();
      const question = page.getByRole('alertdialog');
      await question.getByText(words('credentials.key_breaks_for', { user: app.user.name })).waitFor();
      await window.checkAccessibility();
      await question.getByRole('button', { name: words('credentials.delete') }).click();
      await page.getByText(words('credentials.key_deleted', { name: 'ClientApp' })).waitFor();
      const refused = run('sh', [`${machineClient}exchange.sh`], { env });
      await assert.rejects(refused, ({ stdout }: { stdout: string }) => stdout.includes('invalid_grant'));
      await window.close();
    });

  test('who was deactivated is not offered for a key, even where the audit log has just found them', async () => {
    await onlyApplication(app, 'machine');
    const gone = await app.admin.createUser({ name: 'Gunnar Gone' });
    await app.admin.updateUser(gone.id, { active: false });
    const window = await openConsole(app);
    const { page } = window;
    const words = consoleWords('en');
    await window.open('/audit-log');
    await chooseFound(page.getByRole('combobox', { name: words('audit.filter_user') }), 'gunnar', gone.name);
    await page.getByRole('link', { name: words('shell.applications') }).click();
    await page.getByRole('row', { name: 'ClientApp nightly' }).click();
    await page.getByRole('link', { name: words('applications.tab_credentials') }).click();
    await page.getByRole('button', { name: words('credentials.key_add') }).click();
    const box = page.getByRole('dialog');
    await box.getByRole('radio', { name: words('credentials.acts_as_somebody') }).press('Space');
    await search(box.getByRole('combobox'), 'gunnar');
    assert.equal(await page.getByRole('option', { name: gone.name }).count(), 0);
    await window.close();
  });

  /** Makes a pair in the browser. @returns the private key as it was downloaded */
  async function generate(window: ConsoleWindow, words: Words, kind: string): Promise<string> {
    const { page } = window;
    const section = page.getByRole('region', { name: words('credentials.keys') });
    await section.getByRole('button', { name: words('credentials.generate') }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: words('credentials.key_name') }).fill('Nattkörning');
    if (kind !== 'RS256 · RSA 2048') {
      await form.getByRole('button', { name: words('credentials.key_kind') }).click();
      await page.getByRole('option', { name: kind }).click();
    }
    await window.checkAccessibility();
    await form.getByRole('button', { name: words('credentials.generate_submit'), exact: true }).click();

    const box = page.getByRole('dialog', { name: words('credentials.private_title') });
    const stored = box.getByRole('checkbox');
    const done = box.getByRole('button', { name: words('credentials.done') });
    await stored.waitFor();
    assert.equal(await stored.isDisabled(), true, 'nothing has been downloaded yet');
    assert.equal(await done.isDisabled(), true);
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await window.checkAccessibility();
    const download = await downloadBy(
      box.getByRole('button', { name: words('credentials.private_download') }),
    );
    assert.equal(download.suggestedFilename(), 'clientapp-nightly-nattkorning-private-key.pem');
    const privateKey = await textOf(download);
    assert.match(privateKey, /^-----BEGIN PRIVATE KEY-----\n[\s\S]+\n-----END PRIVATE KEY-----\n$/);
    await checkForgotten(page, privateKey);
    await stored.press('Space');
    await done.click();
    await box.waitFor({ state: 'detached' });
    return privateKey;
  }

  test('a keypair made in the browser serves the machine example; its private key was never sent (en)', async () => {
    const { id, client_id } = await onlyApplication(app, 'machine');
    const { window, page, words } = await openCredentials(app, id, 'en');
    const sent = recordRequests(page);
    const privateKey = await generate(window, words, 'RS256 · RSA 2048');
    await page.getByRole('heading', { name: 'Nattkörning' }).waitFor();
    await checkForgotten(page, privateKey);
    assert.doesNotMatch(sent(), /PRIVATE KEY/);
    for (const line of privateKey.split('\n').slice(1, -2)) assert.ok(!sent().includes(line));

    const path = join(directory, 'generated.pem');
    writeFileSync(path, privateKey, { mode: 0o600 });
    const env = {
      PATH: process.env['PATH'] ?? '',
      ISSUER: app.url,
      CLIENT_ID: client_id,
      USER_ID: app.administrator.id,
      PRIVATE_KEY: path,
    };
    const { stdout } = await run(process.execPath, [`${machineClient}main.ts`, '--token'], { env });
    assert.equal(claimsOf(stdout.trim())['sub'], app.administrator.id);
    await window.close();
  });

  for (const [kind, alg, digest] of [
    ['ES256 · P-256', 'ES256', 'sha256'],
    ['EdDSA · Ed25519', 'EdDSA', null],
  ] as const)
    test(`a keypair of the kind ${kind} made in the browser gets a token (sv)`, async () => {
      const { id, client_id } = await onlyApplication(app, 'machine');
      const { window, page, words } = await openCredentials(app, id, 'sv', { theme: 'dark' });
      const sent = recordRequests(page);
      const privateKey = await generate(window, words, kind);
      assert.doesNotMatch(sent(), /PRIVATE KEY/);
      const now = Math.floor(app.clock.now() / 1000);
      const user = app.administrator.id;
      const claims = { iss: client_id, sub: user, aud: app.url, exp: now + 60, jti: randomUUID() };
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const input = `${part({ alg })}.${part(claims)}`;
      const key = { key: createPrivateKey(privateKey), dsaEncoding: 'ieee-p1363' as const };
      const assertion = `${input}.${sign(digest, Buffer.from(input), key).toString('base64url')}`;
      const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      const body = new URLSearchParams({ grant_type, assertion });
      const answer = await fetch(`${app.url}/oauth2/token`, { method: 'POST', body });
      assert.equal(answer.status, 200, await answer.text());
      await window.close();
    });

  test('a keypair is made, and a public key added, by keyboard alone (zh-Hans)', async () => {
    const { id } = await onlyApplication(app, 'machine');
    const { window, page, words } = await openCredentials(app, id, 'zh-Hans');
    const press = async (name: string, within = page.locator('body')) => {
      await tabTo(within.getByRole('button', { name, exact: true }));
      await page.keyboard.press('Enter');
    };
    const hasFocus = () => page.evaluate<boolean>('document.activeElement !== document.body');
    await press(words('credentials.generate'));
    await press(words('credentials.generate_submit'), page.getByRole('dialog'));
    const box = page.getByRole('dialog', { name: words('credentials.private_title') });
    const offered = page.waitForEvent('download');
    await press(words('credentials.private_download'), box);
    assert.match(await textOf(await offered), /BEGIN PRIVATE KEY/);
    await tabTo(box.getByRole('checkbox'));
    await page.keyboard.press('Space');
    await press(words('credentials.done'), box);
    await box.waitFor({ state: 'detached' });
    assert.ok(await hasFocus());

    await press(words('credentials.key_add'));
    const form = page.getByRole('dialog', { name: words('credentials.key_add') });
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(rsaKeyPair().publicPem)})`);
    await tabTo(form.getByRole('textbox', { name: words('credentials.key_text') }));
    await page.keyboard.press('ControlOrMeta+v');
    await form.getByText('RSA 2048').waitFor();
    await tabTo(form.getByRole('textbox', { name: words('credentials.key_name') }));
    await page.keyboard.type('Rapport');
    await press(words('credentials.key_add_submit'), form);
    await form.waitFor({ state: 'detached' });
    assert.ok(await hasFocus());
    await page.getByRole('heading', { name: 'Rapport' }).waitFor();
    assert.equal((await read(id)).public_keys?.length, 2);
    await window.close();
  });

  test('a keypair that somebody gives up leaves no public key behind', async () => {
    const { id } = await onlyApplication(app, 'machine');
    const { window, page, words } = await openCredentials(app, id, 'fr');
    await page.getByRole('button', { name: words('credentials.generate') }).click();
    await page.getByRole('button', { name: words('credentials.generate_submit'), exact: true }).click();
    const box = page.getByRole('dialog', { name: words('credentials.private_title') });
    await box.getByRole('checkbox').waitFor();
    assert.equal((await read(id)).public_keys?.length, 1);
    await box.getByRole('button', { name: words('credentials.pair_discard') }).click();
    await box.waitFor({ state: 'detached' });
    assert.equal((await read(id)).public_keys?.length, 0);
    await window.close();
  });

  for (const language of ['en', 'fr'] as const)
    test(`a private key is refused in the page and never sent, however it comes (${language})`, async () => {
      const { id } = await onlyApplication(app, 'machine');
      const { privatePem } = opensslCertificate();
      const { window, page, words } = await openCredentials(app, id, language);
      const sent = recordRequests(page);
      await page.getByRole('button', { name: words('credentials.key_add') }).click();
      const box = page.getByRole('dialog');
      const field = box.getByRole('textbox', { name: words('credentials.key_text') });
      const problem = box.getByText(words('credentials.mistake_private')).first();
      const submit = box.getByRole('button', { name: words('credentials.key_add_submit'), exact: true });
      const tryToSend = async () => {
        await problem.waitFor();
        assert.equal(await field.inputValue(), '');
        await checkForgotten(page, privatePem);
        await submit.click();
        await field.fill('x');
        await problem.waitFor({ state: 'detached' });
      };

      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(privatePem)})`);
      await field.press('ControlOrMeta+v');
      await window.checkAccessibility();
      await tryToSend();
      const file = box.locator('input[type=file]');
      const text = { name: 'private.key', mimeType: 'text/plain', buffer: Buffer.from(privatePem) };
      await file.setInputFiles(text);
      await tryToSend();
      const der = createPrivateKey(privatePem).export({ type: 'pkcs8', format: 'der' });
      await file.setInputFiles({ name: 'private.der', mimeType: 'application/octet-stream', buffer: der });
      await tryToSend();
      const path = join(directory, 'private.key');
      writeFileSync(path, privatePem, { mode: 0o600 });
      await drop(box.getByText(words('credentials.key_drop')).first(), path);
      await tryToSend();

      assert.doesNotMatch(sent(), /POST|PRIVATE/);
      assert.equal((await read(id)).public_keys?.length, 0);
      assert.ok(!app.logText().includes(privatePem.split('\n')[3] ?? ''));
      await window.close();
    });

  test('what the server refuses is said at the field, and a key that is there already before that', async () => {
    const { id } = await onlyApplication(app, 'machine');
    const { publicPem } = rsaKeyPair();
    const { window, page, words } = await openCredentials(app, id, 'en', { refusals: [409] });
    const button = page.getByRole('button', { name: words('credentials.key_add') });
    await button.click();
    const box = page.getByRole('dialog');
    const field = box.getByRole('textbox', { name: words('credentials.key_text') });
    await field.fill(publicPem);
    await box.getByText('RSA 2048').waitFor();
    // Another administrator is faster.
    await app.admin.addPublicKey(id, publicPem);
    await box.getByRole('button', { name: words('credentials.key_add_submit'), exact: true }).click();
    await box.getByText(words('problems.public_key_exists')).first().waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'RSA 2048' }).waitFor();
    await button.click();
    await field.fill(publicPem);
    await box
      .getByText(words('credentials.key_known', { name: 'RSA 2048' }))
      .first()
      .waitFor();
    await window.checkAccessibility();
    await window.close();
  });

  test('a certificate that is about to expire is warned of, and one that has expired too', async () => {
    const { id } = await onlyApplication(app, 'machine');
    const certificate = join(directory, 'soon.crt');
    const command = `req -x509 -nodes -newkey rsa:2048 -keyout ${directory}/soon.key -out ${certificate} -subj /CN=Soon -days 10`;
    execFileSync('openssl', command.split(' '), { stdio: 'ignore' });
    await app.admin.addPublicKey(id, readFileSync(certificate, 'utf8'));
    const { window, page, words } = await openCredentials(app, id, 'sv', { theme: 'dark' });
    const [soon] = words('credentials.certificate_soon', { when: '|', day: '|' }).split('|');
    await page.getByText(soon?.trim() ?? '').waitFor();
    await window.checkAccessibility();
    await page.clock.setFixedTime(Date.now() + 11 * 86_400_000);
    await page.reload();
    const [over] = words('credentials.certificate_over', { day: '|' }).split('|');
    await page.getByText(over?.trim() ?? '').waitFor();
    await window.checkAccessibility();
    await window.close();
  });

  test('a web application may have public keys, which act for nobody', async () => {
    const web = await onlyApplication(app, 'web');
    const first = await openCredentials(app, web.id, 'sv');
    await first.page.getByText(first.words('credentials.keys_none_web')).waitFor();
    await first.page.getByRole('button', { name: first.words('credentials.key_add') }).click();
    const box = first.page.getByRole('dialog');
    await box
      .getByRole('textbox', { name: first.words('credentials.key_text') })
      .fill(rsaKeyPair().publicPem);
    assert.equal(await box.getByRole('radio').count(), 0);
    await box.getByRole('button', { name: first.words('credentials.key_add_submit'), exact: true }).click();
    await box.waitFor({ state: 'detached' });
    assert.equal((await read(web.id)).public_keys?.[0]?.acts_as_user_id, null);
    await first.window.close();
  });

  test('everything fits on a phone', async () => {
    const { id } = await onlyApplication(app, 'machine');
    await app.admin.addPublicKey(id, opensslCertificate().certificatePem);
    const { window, page, words } = await openCredentials(app, id, 'sv', {
      viewport: { width: 390, height: 844 },
    });
    await page.getByRole('heading', { name: 'RSA 2048' }).waitFor();
    await checkWidth(page);
    await window.checkAccessibility();
    await page.getByRole('button', { name: words('credentials.key_add') }).click();
    const box = page.getByRole('dialog');
    await box.getByRole('textbox', { name: words('credentials.key_text') }).fill(rsaKeyPair().publicPem);
    await box.getByText('RSA 2048').waitFor();
    await checkWidth(page);
    assert.equal(await box.evaluate((element) => element.scrollWidth > element.clientWidth), false);
    await window.checkAccessibility();
    await window.close();
  });
});
