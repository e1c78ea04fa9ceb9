import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '../../server/base/ids.ts';
import { MINUTE } from '../../server/base/units.ts';
import { noteProviderError } from '../../server/store/identity-providers.ts';
import { openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { newProviders } from '../support/identity-providers.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');

test('the console calls a sign-in the last that failed only until somebody comes by the provider again', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { db, lastUsed } = app.services;
  const { id } = await app.admin.must<{ id: Id }>('POST', '/identity-providers', newProviders.handover);
  const provider = { id, instanceId: app.instance.id };
  await noteProviderError(db, provider, 'The aud of the JWT is wrong.', app.clock.now());
  const window = await openConsole(app);
  const { page } = window;

  await window.open('/identity-providers');
  await page.getByText(en('providers.failed')).waitFor();
  await window.open(`/identity-providers/${id}`);
  await page.getByText(en('providers.failed')).waitFor();
  await page.getByText('The aud of the JWT is wrong.').waitFor();

  app.clock.advance(2 * MINUTE);
  lastUsed.note('identity_providers', app.instance.id, id, app.clock.now());
  await lastUsed.flush();
  await window.open(`/identity-providers/${id}`);
  await page.getByText(en('providers.failed_before')).waitFor();
  await page.getByText('The aud of the JWT is wrong.').waitFor();
  await window.open('/identity-providers');
  await page.getByText(newProviders.handover.name).waitFor();
  assert.equal(await page.getByText(en('providers.failed')).count(), 0);
  await window.close();
});
