import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../support/html-form.ts';
import { Product } from '../../support/product.ts';
import { startApp } from '../../support/test-app.ts';

test('a trial says of an address that is verified there whether it will count as verified here', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const product = await Product.register(app);
  const browser = app.browser();
  await browser.signIn(app.administrator);
  const ada = { sub: 'trial:1', email: 'ada@trial.example', email_verified: true };
  const shown = async () => {
    const { html } = await product.signIn(browser, ada, { test: '1' });
    return /Email address (ada@trial\.example \([^)]*\))/.exec(textOf(html))?.[1];
  };

  const untrusted = 'verified there; not here, since its addresses are not trusted';
  assert.equal(await shown(), `ada@trial.example (${untrusted})`);
  await app.admin.must('PATCH', `/identity-providers/${product.id}`, { trusts_email: true });
  assert.equal(await shown(), 'ada@trial.example (verified)');
});
