import { describe, test } from 'node:test';
import { stoppedClock } from '../support/clock.ts';
import { openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { send } from '../support/http.ts';
import { startApp } from '../support/test-app.ts';

// What a trial says of a refusal must be the reason that the server had, and not only the code beside it.

describe('a trial that is refused', async () => {
  const app = await startApp({
    engine: 'sqlite',
    config: { POSTERN_TOKEN_FAILURE_LIMIT: '20' },
    clock: stoppedClock(),
  });

  for (const [locale, words] of [
    ['en-US', consoleWords('en')],
    ['sv', consoleWords('sv')],
  ] as const)
    test(`after too many failures says that one has to wait (${locale})`, async () => {
      const machine = await app.admin.createApplication({ type: 'machine' });
      const window = await openConsole(app, { locale, refusals: [429] });
      const { page } = window;
      await window.open(`/applications/${machine.id}/try`);
      await page.getByText(words('try.grant_client_credentials'), { exact: true }).click();
      const wrong = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: machine.client_id,
        client_secret: 'wrong',
      });
      for (let tries = 0; tries < 30; tries++) await send(app, '/oauth2/token', { body: wrong });
      await page.getByRole('textbox', { name: words('try.client_secret') }).fill('wrong');
      await page.getByRole('button', { name: words('try.token_action_machine'), exact: true }).click();
      await page.getByText(words('try.error_429')).waitFor();
      await window.close();
    });

  test('what the browser itself refuses is said, and can be tried again', async () => {
    const words = consoleWords('fr');
    const machine = await app.admin.createApplication({ type: 'machine' });
    const window = await openConsole(app, { locale: 'fr' });
    const { page } = window;
    await window.open(`/applications/${machine.id}/try`);
    const make = page.getByRole('button', { name: words('try.key_make'), exact: true });
    await page.evaluate(
      `crypto.subtle.generateKey = () => Promise.reject(new DOMException('no', 'OperationError'))`,
    );
    await make.click();
    await page.getByText(words('problems.unexpected')).first().waitFor();
    await page.evaluate('delete crypto.subtle.generateKey');

    // A file that was moved away after it was chosen.
    await page.evaluate(
      `Blob.prototype.text = () => Promise.reject(new DOMException('no', 'NotFoundError'))`,
    );
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page
        .getByRole('button', { name: words('try.key_choose'), exact: true })
        .last()
        .click(),
    ]);
    await chooser.setFiles({ name: 'key.pem', mimeType: 'text/plain', buffer: Buffer.from('gone') });
    await page.getByText(words('try.key_unreadable')).waitFor();

    await make.click();
    const ready = words('try.key_ready_title', { algorithm: 'ES256' });
    await page.getByRole('heading', { name: ready, exact: true }).waitFor();
    await window.close();
  });
});
