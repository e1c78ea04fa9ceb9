import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { openConsole } from '../support/console.ts';
import { onlyApplication, openCredentials } from '../support/console-credentials.ts';
import { place, save } from '../support/console-form.ts';
import { consoleWords } from '../support/console-words.ts';
import { rsaKeyPair } from '../support/key-pairs.ts';
import { startApp } from '../support/test-app.ts';

describe('an application that publishes its keys', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const read = (id: string) => app.admin.must<ApplicationView>('GET', `/applications/${id}`);

  test('has their address set in its settings, and a wrong one is explained where it was typed', async () => {
    const { id } = await onlyApplication(app, 'machine');
    const en = consoleWords('en');
    const window = await openConsole(app);
    await window.open(`/applications/${id}/settings`);
    const field = place(window.page, 'jwks_uri');
    await field.getByText(en('field.application.jwks_uri_help')).waitFor();
    await field.getByRole('textbox').fill('http://app.example.com/keys');
    await field.getByRole('textbox').press('Tab');
    await field.getByText(en('field.application.jwks_uri_wrong')).waitFor();
    await field.getByRole('textbox').fill('https://app.example.com/keys');
    await window.checkAccessibility();
    await save(window, en);
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
