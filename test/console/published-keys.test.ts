import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { onlyApplication, openCredentials } from '../support/console-credentials.ts';
import { rsaKeyPair } from '../support/key-pairs.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp } from '../support/test-app.ts';

describe('an application that publishes its keys', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const read = (id: string) => app.admin.must<ApplicationView>('GET', `/applications/${id}`);

  test('has their address set beside the uploaded keys, by keyboard, and a wrong one is explained where it was typed', async () => {
    const { id } = await onlyApplication(app, 'machine');
    const { window, page, words } = await openCredentials(app, id, 'fr');
    const section = page.getByRole('region', { name: words('credentials.keys') });
    await section.getByText(words('field.application.jwks_uri_help')).waitFor();
    await tabTo(section.getByRole('button', { name: words('credentials.published_enter') }));
    await page.keyboard.press('Enter');
    const box = page.getByRole('dialog');
    await box.getByRole('textbox').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('http://app.example.com/keys');
    await page.keyboard.press('Enter');
    await box.getByText(words('settings.uri_http')).waitFor();
    await window.checkAccessibility();
    await box.getByRole('textbox').fill('https://app.example.com/keys');
    await page.keyboard.press('Enter');
    await page.getByText(words('credentials.published_saved')).waitFor();
    await section.getByText('https://app.example.com/keys', { exact: true }).waitFor();
    await section
      .getByRole('button', { name: words('credentials.published_change') })
      .and(page.locator(':focus'))
      .waitFor();
    await window.checkAccessibility();
    assert.equal((await read(id))['jwks_uri'], 'https://app.example.com/keys');
    await window.close();
  });

  test('is not said to have nothing left when its last secret or uploaded key is deleted', async () => {
    for (const [type, what, message] of [
      ['web', 'key', 'credentials.only_key_published'],
      ['machine', 'key', 'credentials.only_key_machine_secrets'],
      ['web', 'secret', 'credentials.only_secret_web_keys'],
      ['machine', 'secret', 'credentials.only_secret_machine_keys'],
    ] as const) {
      const { id, name, client_secret = '', secrets = [] } = await onlyApplication(app, type);
      await app.admin.updateApplication(id, { jwks_uri: 'https://app.example.com/keys' });
      if (what === 'key') {
        await app.admin.addPublicKey(id, rsaKeyPair().publicPem);
        for (const secret of secrets)
          await app.admin.must('DELETE', `/applications/${id}/secrets/${secret.id}`);
      }
      const { window, page, words } = await openCredentials(app, id, 'sv');
      const button =
        what === 'key'
          ? page.getByRole('button', { name: words('credentials.key_delete', { name: '' }).trim() })
          : page.getByRole('button', {
              name: words('credentials.secret_delete', { hint: client_secret.slice(-4) }),
            });
      await button.click();
      const question = page.getByRole('alertdialog');
      await question.waitFor();
      assert.ok((await question.textContent())?.includes(words(message, { name })), `${type} ${what}`);
      await window.close();
    }
  });
});
