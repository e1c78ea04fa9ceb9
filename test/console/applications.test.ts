import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import type { ApplicationView } from '../support/admin.ts';
import { type ConsoleWindow, checkWidth, openConsole } from '../support/console.ts';
import { place } from '../support/console-form.ts';
import { consoleWords, type Words } from '../support/console-words.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const languages = { en: 'en-US', fr: 'fr-FR', sv: 'sv-SE', 'zh-Hans': 'zh-CN' } as const;

/** From the list through the box *New OAuth2 application* to the settings of what was made. */
async function create(window: ConsoleWindow, words: Words, type: 'machine' | 'spa' | 'web', name: string) {
  const { page } = window;
  await page.getByRole('button', { name: words('applications.create') }).click();
  const box = page.getByRole('dialog', { name: words('applications.new_title') });
  await box.getByRole('radio', { name: words(`applications.type_${type}`), exact: true }).check();
  await box.getByLabel(words('field.application.name')).fill(name);
  await box.getByRole('button', { name: words('applications.create_submit') }).click();
  if (type !== 'spa') await leaveSecret(window, words);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  assert.match(new URL(page.url()).pathname, /^\/console\/applications\/[0-9a-f]{32}\/settings$/);
}

/** Says in the box with the new secret that it has been stored. */
async function leaveSecret({ page }: ConsoleWindow, words: Words) {
  const box = page.getByRole('dialog', { name: words('credentials.secret_title') });
  await box.getByText(/^pcs_/).waitFor();
  await box.getByRole('checkbox').press('Space');
  await box.getByRole('button', { name: words('credentials.done') }).click();
}

async function leaveSecretByKeyboard({ page }: ConsoleWindow, words: Words) {
  const box = page.getByRole('dialog', { name: words('credentials.secret_title') });
  await tabTo(box.getByRole('checkbox'));
  await page.keyboard.press('Space');
  await tabTo(box.getByRole('button', { name: words('credentials.done') }));
  await page.keyboard.press('Enter');
  await box.waitFor({ state: 'detached' });
}

async function makeFull(app: TestApp) {
  const { data } = await app.admin.must<{ data: unknown[] }>('GET', '/applications');
  for (let count = data.length; count < 10; count++)
    await app.admin.createApplication({ type: 'spa', name: `Application ${count + 1}` });
}

/** An image to choose as a logo; with noise a large one. */
function png(size: number, noise = false): Promise<Buffer> {
  const create = { width: size, height: size, channels: 3 as const, background: '#0a7' };
  const image = noise
    ? sharp({ create: { ...create, noise: { type: 'gaussian', mean: 128, sigma: 60 } } })
    : sharp({ create });
  return image.png().toBuffer();
}

describe('the list of applications and the box that makes one', async () => {
  for (const [language, theme] of [
    ['en', 'light'],
    ['fr', 'dark'],
  ] as const)
    test(`an administrator who begins with nothing creates one application of each type (${language})`, async () => {
      const app = await startApp({ engine: 'sqlite' });
      const words = consoleWords(language);
      const window = await openConsole(app, { locale: languages[language], theme });
      const { page } = window;
      await window.open('/applications');
      await page.getByRole('heading', { name: words('applications.empty_title') }).waitFor();
      await window.checkAccessibility();

      await page.getByRole('button', { name: words('applications.create') }).click();
      const box = page.getByRole('dialog', { name: words('applications.new_title') });
      await box.getByRole('button', { name: words('applications.create_submit') }).click();
      await box.getByText(words('applications.name_missing')).waitFor();
      await box.getByLabel(words('field.application.name')).and(page.locator(':focus')).waitFor();
      await window.checkAccessibility();
      await box.getByRole('button', { name: words('shell.cancel') }).click();

      for (const [index, type] of (['machine', 'spa', 'web'] as const).entries()) {
        await create(window, words, type, `Workfront for ${type}`);
        await page
          .getByRole('main')
          .getByRole('link', { name: words('applications.back') })
          .click();
        await page.getByText(words('applications.count', { total: index + 1, limit: 10 })).waitFor();
      }
      const table = page.getByRole('grid', { name: words('applications.title') });
      for (const type of ['machine', 'spa', 'web']) {
        const row = table.getByRole('row', { name: `Workfront for ${type}` });
        await row.getByText(words(`applications.type_${type}`), { exact: true }).waitFor();
      }
      await window.checkAccessibility();
      await window.close();
      await app.close();
    });

  for (const [language, theme] of [
    ['sv', 'dark'],
    ['zh-Hans', 'light'],
  ] as const)
    test(`with the keyboard alone an application of each type is made, from the button to its settings (${language})`, async () => {
      const app = await startApp({ engine: 'sqlite' });
      const words = consoleWords(language);
      const window = await openConsole(app, { locale: languages[language], theme });
      const { page } = window;
      const box = page.getByRole('dialog', { name: words('applications.new_title') });
      await window.open('/applications');
      // The web application is the one that is chosen, between the two others.
      for (const [arrow, type] of [
        [null, 'web'],
        ['ArrowUp', 'spa'],
        ['ArrowDown', 'machine'],
      ] as const) {
        await tabTo(page.getByRole('button', { name: words('applications.create') }));
        await page.keyboard.press('Enter');
        await box.waitFor();
        await tabTo(box.getByRole('radio', { name: words('applications.type_web'), exact: true }));
        if (arrow) await page.keyboard.press(arrow);
        await box
          .getByRole('radio', { name: words(`applications.type_${type}`), exact: true })
          .and(page.locator(':focus'))
          .waitFor();
        await page.keyboard.press('Tab');
        await page.keyboard.type(`Tidrapporter ${type}`);
        await page.keyboard.press('Enter');
        if (type !== 'spa') await leaveSecretByKeyboard(window, words);
        await page.getByRole('heading', { level: 1, name: `Tidrapporter ${type}` }).waitFor();
        await tabTo(page.getByRole('main').getByRole('link', { name: words('applications.back') }));
        await page.keyboard.press('Enter');
        await page.getByRole('row', { name: `Tidrapporter ${type}` }).waitFor();
      }
      const { data } = await app.admin.must<{ data: { type: string; name: string }[] }>(
        'GET',
        '/applications',
      );
      assert.deepEqual(
        data.map(({ type, name }) => `${type}: ${name}`).sort(),
        ['machine', 'spa', 'web'].map((type) => `${type}: Tidrapporter ${type}`),
      );
      await window.close();
      await app.close();
    });

  describe('with a full list', async () => {
    const app = await startApp({ engine: 'sqlite' });
    const long = `${'L’intégration '.repeat(13)}${'x'.repeat(18)}`;
    await app.admin.createApplication({ type: 'web', name: long, developer_name: 'Widgets Inc.' });
    await app.admin.createApplication({ type: 'machine', name: 'Nightly export', enabled: false });
    await makeFull(app);

    test('the button says why it does not work, to the keyboard too', async () => {
      const words = consoleWords('fr');
      const window = await openConsole(app, { locale: languages.fr });
      const { page } = window;
      await window.open('/applications');
      assert.equal(await page.getByRole('button', { name: words('applications.create') }).isDisabled(), true);
      await page.getByRole('button', { name: words('applications.full_title') }).focus();
      await page.keyboard.press('Enter');
      await page.getByText(words('applications.full_text', { limit: 10 })).waitFor();
      await window.checkAccessibility();
      await page.keyboard.press('Escape');
      await window.close();
    });

    test('an application is found by a word of its name, its client ID or its developer', async () => {
      const words = consoleWords('en');
      const window = await openConsole(app);
      const { page } = window;
      await window.open('/applications');
      const { data } = await app.admin.must<{ data: { client_id: string; name: string }[] }>(
        'GET',
        '/applications',
      );
      const field = page.getByRole('searchbox', { name: words('applications.search') });
      const export_ = data.find(({ name }) => name === 'Nightly export');
      for (const [wanted, found] of [
        ['nightly', 'Nightly export'],
        [export_?.client_id ?? '', 'Nightly export'],
        ['widgets', long],
      ] as const) {
        await field.fill(wanted);
        await page.getByText(words('applications.found', { found: 1, total: 10 })).waitFor();
        await page.getByRole('row', { name: found.slice(0, 30) }).waitFor();
      }
      await field.fill('nothing of the kind');
      await page.getByText(words('applications.nothing_found')).waitFor();
      await window.checkAccessibility();
      await page.keyboard.press('Escape');
      await page.getByText(words('applications.count', { total: 10, limit: 10 })).waitFor();
      await window.close();
    });

    test('the list is sorted by what is pressed, names as people count them', async () => {
      const words = consoleWords('en');
      const window = await openConsole(app);
      const { page } = window;
      await window.open('/applications');
      const first = () => page.getByRole('rowheader').first().innerText();
      assert.match(await first(), /^Application 3/m);
      await page.getByRole('columnheader', { name: words('field.application.name') }).click();
      await page.getByRole('row').nth(1).getByText('Nightly export').waitFor();
      await page.getByRole('columnheader', { name: words('applications.status') }).click();
      await page.getByRole('row').nth(1).getByText('Application 3').waitFor();
      await page.getByRole('columnheader', { name: words('applications.status') }).click();
      await page.getByRole('row').nth(1).getByText('Nightly export').waitFor();
      await window.close();
    });

    test('copying a client ID does not open the application, pressing its row does', async () => {
      const words = consoleWords('en');
      const window = await openConsole(app);
      const { page } = window;
      await window.open('/applications');
      const row = page.getByRole('row', { name: 'Nightly export' });
      await row
        .getByRole('button', { name: words('shell.copy', { what: words('applications.client_id') }) })
        .click();
      await page.getByText(words('shell.copied')).first().waitFor();
      const copied = await page.evaluate<string>('navigator.clipboard.readText()');
      assert.match(copied, /^[0-9a-f]{32}$/);
      assert.equal(new URL(page.url()).pathname, '/console/applications');
      await row.getByText('Nightly export').click();
      await page.getByRole('heading', { level: 1, name: 'Nightly export' }).waitFor();
      await window.close();
    });

    test('on a phone the list and the longest name fit the window', async () => {
      const words = consoleWords('zh-Hans');
      const window = await openConsole(app, {
        locale: languages['zh-Hans'],
        theme: 'dark',
        viewport: { width: 390, height: 800 },
      });
      const { page } = window;
      await window.open('/applications');
      await page.getByText(words('applications.disabled')).waitFor();
      await checkWidth(page);
      await window.checkAccessibility();
      await page.getByRole('row', { name: long.slice(0, 30) }).click();
      await page.getByRole('heading', { level: 1, name: long.slice(0, 30) }).waitFor();
      await checkWidth(page);
      await window.close();
    });

    test('when somebody else takes the last place meanwhile, the box says so and keeps what was typed', async () => {
      const words = consoleWords('en');
      const last = await app.admin.must<{ data: { id: string; name: string }[] }>('GET', '/applications');
      const taken = last.data.find(({ name }) => name === 'Application 10');
      await app.admin.deleteApplication(taken?.id ?? '');
      const window = await openConsole(app, { refusals: [409] });
      const { page } = window;
      await window.open('/applications');
      await page.getByRole('button', { name: words('applications.create') }).click();
      await makeFull(app);
      const box = page.getByRole('dialog', { name: words('applications.new_title') });
      await box.getByLabel(words('field.application.name')).fill('One too many');
      await box.getByRole('button', { name: words('applications.create_submit') }).click();
      await box.getByText(words('problems.application_limit_reached')).waitFor();
      assert.equal(await box.getByLabel(words('field.application.name')).inputValue(), 'One too many');
      await window.checkAccessibility();
      await window.close();
    });
  });
});

describe('an application of the list', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const read = (id: string) => app.admin.must<ApplicationView>('GET', `/applications/${id}`);

  test('a logo is saved as soon as it is chosen, is refused with a reason, and can be taken away', async () => {
    const { id } = await app.admin.createApplication({ type: 'web', name: 'Recognizable' });
    const window = await openConsole(app, { refusals: [415] });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    const choose = page.locator('input[type=file]');
    const group = page.getByRole('group', { name: en('field.application.logo_uri') });

    await choose.setInputFiles({
      name: 'logo.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from('<svg/>'),
    });
    await group.getByText(en('settings.logo_wrong_type')).waitFor();
    await choose.setInputFiles({ name: 'big.png', mimeType: 'image/png', buffer: await png(900, true) });
    await group.getByText(/This file has [\d.]+ MiB/).waitFor();
    await choose.setInputFiles({
      name: 'no.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no image at all'),
    });
    await group.getByText(en('problems.unsupported_image')).waitFor();
    await window.checkAccessibility();
    assert.equal((await read(id))['logo_uri'], null);

    await choose.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: await png(300) });
    await page.getByText(en('settings.logo_saved')).first().waitFor();
    await group.getByRole('img', { includeHidden: true }).or(group.locator('img')).first().waitFor();
    assert.match(String((await read(id))['logo_uri']), /\/logos\//);
    await page
      .getByRole('link', { name: en('applications.back') })
      .first()
      .click();
    await page.getByRole('row', { name: 'Recognizable' }).locator('img').waitFor();
    await page.goBack();

    await page.getByRole('button', { name: en('settings.logo_remove') }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: en('settings.logo_remove') })
      .click();
    await page.getByText(en('settings.logo_removed')).first().waitFor();
    assert.equal((await read(id))['logo_uri'], null);
    await window.close();
  });

  test('with the keyboard alone a logo is chosen and taken away, and the application disabled, enabled and deleted, in French', async () => {
    const name = 'Au clavier';
    const { id } = await app.admin.createApplication({ type: 'web', name });
    const window = await openConsole(app, { locale: 'fr-FR' });
    const { page } = window;
    const box = (title: string) => page.getByRole('alertdialog', { name: fr(title, { name }) });
    const press = async (target: Locator) => {
      await tabTo(target);
      await page.keyboard.press('Enter');
    };
    const pressInBox = async (title: string, button: string) => {
      await press(box(title).getByRole('button', { name: fr(button), exact: true }));
      await box(title).waitFor({ state: 'detached' });
    };
    const button = (words: string) => page.getByRole('button', { name: fr(words), exact: true });
    await window.open(`/applications/${id}/settings`);

    const choosing = page.waitForEvent('filechooser');
    await press(button('settings.logo_choose'));
    await (await choosing).setFiles({ name: 'logo.png', mimeType: 'image/png', buffer: await png(300) });
    await page.getByText(fr('settings.logo_saved')).first().waitFor();
    assert.match(String((await read(id))['logo_uri']), /\/logos\//);
    await press(button('settings.logo_remove'));
    await pressInBox('settings.logo_remove_title', 'settings.logo_remove');
    await page.getByText(fr('settings.logo_removed')).first().waitFor();
    assert.equal((await read(id))['logo_uri'], null);

    await press(button('settings.disable'));
    await pressInBox('settings.disable_confirm_title', 'settings.disable');
    await page.getByText(fr('settings.disabled_done', { name })).first().waitFor();
    assert.equal((await read(id))['enabled'], false);
    await press(button('settings.enable'));
    await page.getByText(fr('settings.enabled_done', { name })).first().waitFor();
    assert.equal((await read(id))['enabled'], true);

    await press(button('settings.delete'));
    await tabTo(box('settings.delete_confirm_title').getByRole('textbox'));
    await page.keyboard.type(name);
    await pressInBox('settings.delete_confirm_title', 'settings.delete');
    await page.getByRole('heading', { level: 1, name: fr('applications.title') }).waitFor();
    assert.equal((await app.admin.call('GET', `/applications/${id}`)).status, 404);
    await window.close();
  });

  for (const [language, locale, theme] of [
    ['en', 'en-US', 'dark'],
    ['sv', 'sv-SE', 'light'],
  ] as const)
    test(`an application is disabled, enabled again, and deleted once its name was typed (${language})`, async () => {
      const words = consoleWords(language);
      const name = `Ends ${language}`;
      const { id } = await app.admin.createApplication({ type: 'web', name });
      const window = await openConsole(app, { locale, theme });
      const { page } = window;
      await window.open(`/applications/${id}/settings`);
      await page.getByRole('button', { name: words('settings.disable'), exact: true }).click();
      const box = page.getByRole('alertdialog');
      await box.getByText(words('settings.disable_confirm_title', { name })).waitFor();
      await window.checkAccessibility();
      await box.getByRole('button', { name: words('settings.disable') }).click();
      await page.getByText(words('settings.disabled_done', { name })).first().waitFor();
      assert.equal((await read(id))['enabled'], false);
      await page.getByRole('button', { name: words('settings.enable'), exact: true }).click();
      await page.getByText(words('settings.enabled_done', { name })).first().waitFor();
      assert.equal((await read(id))['enabled'], true);

      // What is not saved does not stand in the way of deleting.
      await place(page, 'description').getByRole('textbox').fill('Never saved');
      await page.getByRole('button', { name: words('settings.delete'), exact: true }).click();
      await box.getByText(words('settings.delete_users', { count: 0 })).waitFor();
      await box.getByText(words('settings.delete_secrets', { count: 1 })).waitFor();
      await box.getByRole('textbox').fill('Ends');
      await page.keyboard.press('Enter');
      await box.getByText(words('settings.delete_name_differs', { name })).waitFor();
      await window.checkAccessibility();
      await box.getByRole('textbox').fill(name);
      await box.getByRole('button', { name: words('settings.delete') }).click();
      await page.getByText(words('settings.deleted', { name })).first().waitFor();
      await page.getByRole('heading', { level: 1, name: words('applications.title') }).waitFor();
      await page.getByRole('row', { name }).waitFor({ state: 'detached' });
      const answer = await app.admin.call('GET', `/applications/${id}`);
      assert.equal(answer.status, 404);
      await window.close();
    });
});
