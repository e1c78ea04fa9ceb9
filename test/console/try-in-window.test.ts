import { test } from 'node:test';
import { openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { startApp } from '../support/test-app.ts';

test('the new window of a trial goes when its answer was taken, however busy the tab is that waits for it', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const redirectUris = [`${app.url}/console/try`];
  const { id } = await app.admin.createApplication({ type: 'web', redirect_uris: redirectUris });
  const words = consoleWords('en');
  const window = await openConsole(app);
  const { page, context } = window;
  await page.addInitScript(`new BroadcastChannel('postern.try').onmessage = () => {
    for (const end = Date.now() + 2500; Date.now() < end; );
  };`);
  await window.open(`/applications/${id}/try`);
  const opening = context.waitForEvent('page');
  await page.getByRole('button', { name: words('try.start_in_window'), exact: true }).click();
  const popup = await opening;
  const closing = popup.waitForEvent('close');
  await popup.getByRole('button', { name: 'Allow', exact: true }).click();
  await closing;
  await page.getByRole('heading', { name: words('try.came_back'), exact: true }).waitFor();
  await window.close();
});
