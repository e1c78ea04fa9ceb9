import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConsoleWindow, checkWidth, openConsole } from '../support/console.ts';
import { consoleWords, type Words } from '../support/console-words.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

const languages = { en: 'en-US', fr: 'fr-FR', sv: 'sv-SE', 'zh-Hans': 'zh-CN' } as const;

/** From the list through the box *New OAuth2 application* to the settings of what was made. */
async function create(window: ConsoleWindow, words: Words, type: 'machine' | 'spa' | 'web', name: string) {
  const { page } = window;
  await page.getByRole('button', { name: words('applications.create') }).click();
  const box = page.getByRole('dialog', { name: words('applications.new_title') });
  await box.getByRole('radio', { name: words(`applications.type_${type}`), exact: true }).check();
  await box.getByLabel(words('applications.name')).fill(name);
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
      await box.getByLabel(words('applications.name')).and(page.locator(':focus')).waitFor();
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
      await page.getByRole('columnheader', { name: words('applications.name') }).click();
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
      await box.getByLabel(words('applications.name')).fill('One too many');
      await box.getByRole('button', { name: words('applications.create_submit') }).click();
      await box.getByText(words('problems.application_limit_reached')).waitFor();
      assert.equal(await box.getByLabel(words('applications.name')).inputValue(), 'One too many');
      await window.checkAccessibility();
      await window.close();
    });
  });
});
