import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { openConsole } from '../support/console.ts';
import {
  checkForgotten,
  downloadBy,
  onlyApplication,
  openCredentials,
  textOf,
} from '../support/console-credentials.ts';
import { consoleWords } from '../support/console-words.ts';
import { rsaKeyPair } from '../support/key-pairs.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp } from '../support/test-app.ts';

describe('the client secrets of an application', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const read = (id: string) => app.admin.must<ApplicationView>('GET', `/applications/${id}`);

  /** What the token endpoint says to a client secret. */
  async function statusFor(clientId: string, clientSecret: string): Promise<number> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    return (await fetch(`${app.url}/oauth2/token`, { method: 'POST', body })).status;
  }

  for (const [language, theme] of [
    ['en', 'light'],
    ['zh-Hans', 'dark'],
  ] as const)
    test(`a second client secret takes the place of the first without an interruption (${language})`, async () => {
      const { id, client_id, client_secret: first = '' } = await onlyApplication(app, 'machine');
      const { window, page, words } = await openCredentials(app, id, language, { theme });
      const section = page.getByRole('region', { name: words('credentials.secrets') });
      const add = section.getByRole('button', { name: words('credentials.secret_add') });
      await section.getByText(words('credentials.secret_ending', { hint: first.slice(-4) })).waitFor();
      await window.checkAccessibility();

      await add.click();
      const box = page.getByRole('dialog', { name: words('credentials.secret_title') });
      const second = (await box.getByText(/^pcs_/).textContent()) ?? '';
      assert.match(second, /^pcs_[A-Za-z0-9]{43}$/);
      await window.checkAccessibility();

      const download = await downloadBy(box.getByRole('button', { name: words('credentials.download_env') }));
      assert.equal(download.suggestedFilename(), 'clientapp-nightly.env');
      assert.deepEqual((await textOf(download)).split('\n'), [
        `# ${words('credentials.env_comment', { name: 'ClientApp nightly' })}`,
        `CLIENT_ID=${client_id}`,
        `CLIENT_SECRET=${second}`,
        `ISSUER=${app.url}`,
        `TOKEN_ENDPOINT=${app.url}/oauth2/token`,
        '',
      ]);
      // A browser that refuses leaves the clipboard as it was, and whoever trusts it loses the secret.
      await page.evaluate(
        `navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`,
      );
      for (const name of [
        words('credentials.secret_copy'),
        words('shell.copy', { what: words('credentials.client_id') }),
      ]) {
        await box.getByRole('button', { name }).click();
        const said = page.getByRole('alertdialog').filter({ hasText: words('shell.not_copied') });
        await said.getByRole('button').click();
        await said.waitFor({ state: 'detached' });
      }
      await page.evaluate('delete navigator.clipboard.writeText');
      await box.getByRole('button', { name: words('credentials.secret_copy') }).click();
      await box.getByRole('button', { name: words('credentials.secret_copied') }).waitFor();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), second);

      const done = box.getByRole('button', { name: words('credentials.done') });
      assert.equal(await done.isDisabled(), true, 'somebody has to say that it was stored');
      await page.keyboard.press('Escape');
      await page.mouse.click(5, 5);
      await page.evaluate('history.back()');
      page.once('dialog', (question) => void question.dismiss());
      await Promise.all([page.waitForEvent('dialog'), page.evaluate('setTimeout(() => location.reload())')]);
      await box.getByText(second).waitFor();
      await assert.rejects(checkForgotten(page, second), 'it is shown as long as the dialog is open');
      await box.getByRole('checkbox').press('Space');
      await done.click();
      await box.waitFor({ state: 'detached' });
      await checkForgotten(page, second);

      assert.equal(await add.isDisabled(), true);
      await section.getByText(words('credentials.secrets_full')).waitFor();
      await section.getByText(words('credentials.replace_unused', { hint: second.slice(-4) })).waitFor();
      assert.equal(await statusFor(client_id, first), 200);
      app.clock.advance(1000);
      assert.equal(await statusFor(client_id, second), 200);
      await app.services.lastUsed.flush();
      await section.getByRole('button', { name: words('credentials.check_again') }).click();
      const step = section.locator('[aria-current=step]').getByText(words('credentials.replace_delete'));
      await step.waitFor();
      await window.checkAccessibility();

      const named = words('credentials.secret_delete', { hint: first.slice(-4) });
      await section.getByRole('button', { name: named }).click();
      const question = page.getByRole('alertdialog');
      await question.getByText(words('credentials.other_secret', { hint: second.slice(-4) })).waitFor();
      await window.checkAccessibility();
      await question.getByRole('button', { name: words('credentials.delete') }).click();
      await page.getByText(words('credentials.secret_deleted', { hint: first.slice(-4) })).waitFor();
      await section.getByText(words('credentials.replace_add_about')).waitFor();
      assert.equal(await statusFor(client_id, first), 401);
      assert.equal(await statusFor(client_id, second), 200);
      await window.close();
    });

  test('a client secret is replaced by keyboard alone, and the focus never falls off the page', async () => {
    const { id, client_id, client_secret: first = '' } = await onlyApplication(app, 'web');
    const { window, page, words } = await openCredentials(app, id, 'en');
    await tabTo(page.getByRole('button', { name: words('credentials.secret_add') }));
    await page.keyboard.press('Enter');
    const box = page.getByRole('dialog');
    const second = (await box.getByText(/^pcs_/).textContent()) ?? '';
    await tabTo(box.getByRole('checkbox'));
    await page.keyboard.press('Space');
    await tabTo(box.getByRole('button', { name: words('credentials.done') }));
    await page.keyboard.press('Enter');
    await box.waitFor({ state: 'detached' });
    assert.notEqual(await page.evaluate('document.activeElement.tagName'), 'BODY');
    await tabTo(
      page.getByRole('button', { name: words('credentials.secret_delete', { hint: first.slice(-4) }) }),
    );
    await page.keyboard.press('Enter');
    const question = page.getByRole('alertdialog');
    await question
      .getByRole('button', { name: words('shell.cancel') })
      .and(page.locator(':focus'))
      .waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    assert.notEqual(await page.evaluate('document.activeElement.tagName'), 'BODY');
    assert.deepEqual(
      (await read(id)).secrets?.map(({ hint }) => hint),
      [second.slice(-4)],
    );
    assert.equal(await statusFor(client_id, first), 401);
    await window.close();
  });

  test('deleting the only client secret says what stops, by what else the application has', async () => {
    const name = 'ClientApp nightly';
    const cases = [
      ['web', false, 'credentials.only_secret_web'],
      ['web', true, 'credentials.only_secret_web_keys'],
      ['machine', false, 'credentials.only_secret_machine'],
      ['machine', true, 'credentials.only_secret_machine_keys'],
    ] as const;
    const window = await openConsole(app, { locale: 'fr-FR' });
    const { page } = window;
    const words = consoleWords('fr');
    for (const [type, hasKey, message] of cases) {
      const { id, client_secret = '' } = await onlyApplication(app, type);
      if (hasKey) await app.admin.addPublicKey(id, rsaKeyPair().publicPem);
      await window.open(`/applications/${id}/credentials`);
      const hint = client_secret.slice(-4);
      await page.getByRole('button', { name: words('credentials.secret_delete', { hint }) }).click();
      const question = page.getByRole('alertdialog');
      assert.ok((await question.textContent())?.includes(words(message, { name })));
      await question.getByRole('button', { name: words('shell.cancel') }).click();
      await question.waitFor({ state: 'detached' });
      assert.equal((await read(id)).secrets?.length, 1);
    }
    await window.close();
  });

  test('a single-page application is told why it has nothing but its client ID', async () => {
    for (const [language, theme] of [
      ['en', 'light'],
      ['fr', 'dark'],
    ] as const) {
      const spa = await onlyApplication(app, 'spa');
      const { window, page, words } = await openCredentials(app, spa.id, language, { theme });
      await page.getByText(spa.client_id).waitFor();
      await page.getByText(words('credentials.spa_why')).waitFor();
      assert.equal(await page.getByRole('button', { name: words('credentials.secret_add') }).count(), 0);
      await window.checkAccessibility();
      await window.close();
    }
  });
});
