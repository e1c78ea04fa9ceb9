import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkWidth, openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const sv = consoleWords('sv');
const zh = consoleWords('zh-Hans');

interface Instance {
  name: string;
  url: string;
  domain: string;
  lane: string;
  customer_id: string;
  refresh_token_grace: number;
  authorization_code_lifetime: number;
}

describe('the instance', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;
  const read = () => admin.must<Instance>('GET', '/instance');
  await admin.createApplication({
    type: 'spa',
    name: 'Planner',
    redirect_uris: ['https://planner.example/cb'],
  });

  test('every setting can be changed, and is what the REST API has then', async () => {
    for (const [locale, words, name] of [
      ['en-US', en, 'Example & Co'],
      ['fr', fr, 'L’exemple'],
    ] as const) {
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open('/instance');
      await window.checkAccessibility();
      await page.getByLabel(words('field.instance.name'), { exact: true }).fill(name);
      await page.getByRole('textbox', { name: words('field.instance.refresh_token_grace') }).fill('0');
      await page
        .getByRole('textbox', { name: words('field.instance.authorization_code_lifetime') })
        .fill('45');
      await page.getByLabel(words('field.instance.domain'), { exact: true }).fill('example');
      await page.getByLabel(words('field.instance.lane'), { exact: true }).fill('preview');
      await page.getByLabel(words('field.instance.customer_id'), { exact: true }).fill('ACME:42');
      await page.getByRole('button', { name: words('settings.save'), exact: true }).click();
      await page.getByText(words('instance.saved')).first().waitFor();
      await page.getByText(words('settings.unsaved')).first().waitFor({ state: 'detached' });
      const saved = await read();
      assert.deepEqual(
        [saved.name, saved.refresh_token_grace, saved.authorization_code_lifetime],
        [name, 0, 45],
      );
      assert.deepEqual([saved.domain, saved.lane, saved.customer_id], ['example', 'preview', 'ACME:42']);
      await page.getByRole('banner').getByText(name).waitFor();
      const copy = (what: string) => page.getByRole('button', { name: words('shell.copy', { what }) });
      await copy(words('field.instance.customer_id')).click();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'ACME:42');
      await copy(words('connect.issuer')).click();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), saved.url);
      await window.close();
      await admin.updateInstance({
        name: 'default',
        refresh_token_grace: 10,
        authorization_code_lifetime: 120,
      });
    }
  });

  test('what cannot be is said at its field, and is not sent', async () => {
    const window = await openConsole(app, { locale: 'fr' });
    const { page } = window;
    await window.open('/instance');
    const before = await read();
    await page.getByLabel(fr('field.instance.name'), { exact: true }).fill(' ');
    await page.getByLabel(fr('field.instance.domain'), { exact: true }).fill('a b');
    await page.getByLabel(fr('field.instance.customer_id'), { exact: true }).fill('é');
    await page.getByRole('textbox', { name: fr('field.instance.refresh_token_grace') }).fill('61');
    await page.getByRole('textbox', { name: fr('field.instance.refresh_token_grace') }).blur();
    await page.getByRole('textbox', { name: fr('field.instance.authorization_code_lifetime') }).fill('');
    await page.getByRole('textbox', { name: fr('field.instance.authorization_code_lifetime') }).blur();
    for (const message of [
      fr('instance.name_wrong', { max: 100 }),
      fr('field.instance.domain_wrong'),
      fr('field.instance.customer_id_wrong'),
      fr('instance.range', { min: 0, max: 60 }),
      fr('instance.range', { min: 30, max: 120 }),
    ])
      await page.getByText(message).waitFor();
    await window.checkAccessibility();
    await page.getByRole('button', { name: fr('settings.save'), exact: true }).click();
    await page.locator('[aria-invalid="true"]:focus').waitFor();
    assert.deepEqual(await read(), before);
    await page.getByRole('button', { name: fr('settings.discard'), exact: true }).click();
    assert.equal(await page.getByLabel(fr('field.instance.name'), { exact: true }).inputValue(), before.name);
    assert.equal(await page.locator('[aria-invalid="true"]').count(), 0);
    await window.close();
  });

  test('leads to its API, where its scopes are', async () => {
    const window = await openConsole(app, { locale: 'zh-CN' });
    const { page } = window;
    await window.open('/instance');
    await page
      .getByRole('region', { name: zh('field.instance.scopes') })
      .getByRole('link')
      .click();
    await page.getByRole('list', { name: zh('connect.scopes') }).waitFor();
    await page.getByText(zh('apis.default_about')).waitFor();
    await window.close();
  });

  test('with the keyboard alone the name is changed, and leaving without saving is asked about', async () => {
    const window = await openConsole(app, { locale: 'sv' });
    const { page } = window;
    await window.open('/instance');
    const name = page.getByLabel(sv('field.instance.name'), { exact: true });
    await tabTo(name);
    await page.keyboard.press('End');
    await page.keyboard.type(' two');
    await page.getByRole('link', { name: sv('shell.users') }).press('Enter');
    // On the question itself or on its first button: on a slow machine the question is quicker.
    await page.locator('[role=alertdialog]:focus-within').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(sv('shell.unsaved_text')).waitFor({ state: 'detached' });
    await name.press('Enter');
    await page.getByText(sv('instance.saved')).first().waitFor();
    assert.equal((await read()).name, 'default two');
    await page.getByRole('link', { name: sv('shell.users') }).press('Enter');
    await page.getByRole('heading', { level: 1, name: sv('users.title') }).waitFor();
    await window.close();
  });

  for (const [theme, locale] of [
    ['light', 'fr'],
    ['dark', 'zh-CN'],
  ] as const)
    test(`on a phone nothing scrolls sideways, and axe finds nothing (${theme}, ${locale})`, async () => {
      const window = await openConsole(app, { theme, locale, viewport: { width: 390, height: 844 } });
      await window.open('/instance');
      await window.page.getByText(`${app.url}/oauth2/jwks`).waitFor();
      await checkWidth(window.page);
      await window.checkAccessibility();
      await window.close();
    });
});
