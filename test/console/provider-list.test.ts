import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkWidth, openConsole } from '../support/console.ts';
import { newProviders } from '../support/identity-providers.ts';
import { startApp } from '../support/test-app.ts';

test('the list has every one of 20 providers at its full height, and each opens wherever its row is clicked', async () => {
  const app = await startApp({ engine: 'sqlite' });
  for (let n = 1; n <= 20; n++)
    await app.admin.must('POST', '/identity-providers', {
      ...newProviders.oidc,
      name: `Koninklijke Nederlandse Vereniging voor Luchtvaart en Ruimteonderzoek ${n}`,
      email_domains: [`a-long-domain-of-customer-number-${n}.example.com`, `b${n}.example`, `c${n}.example`],
    });
  for (const viewport of [
    { width: 1280, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const window = await openConsole(app, { viewport });
    const { page } = window;
    await window.open('/identity-providers');
    const rows = page.getByRole('table').locator('tbody tr');
    await rows.first().waitFor();
    assert.equal(await rows.count(), 20);
    await checkWidth(page);
    await window.checkAccessibility();
    await rows.last().click({ position: { x: viewport.width / 2, y: 8 } });
    await page.getByRole('heading', { level: 1, name: /Ruimteonderzoek 20/ }).waitFor();
    await window.close();
  }
});
