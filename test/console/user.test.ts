import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import { checkWidth, openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { tabTo } from '../support/keyboard.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const sv = consoleWords('sv');
const zh = consoleWords('zh-Hans');

interface User {
  id: string;
  email: string;
  name: string;
  role: string;
  active: boolean;
  locale: string | null;
}

describe('one user', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;
  const read = (id: string) => admin.must<User>('GET', `/users/${id}`);
  /** Whether these words open the door. */
  const canSignIn = async (email: string, password: string) => {
    const browser = app.browser();
    await browser.signIn({ email, password });
    return browser.cookies.size > 0;
  };

  test('the last active administrator is told so, and why it must stay, before and after trying', async () => {
    for (const [locale, words, theme] of [
      ['en-US', en, 'dark'],
      ['sv', sv, 'light'],
    ] as const) {
      const window = await openConsole(app, { locale, theme, refusals: [409] });
      const { page } = window;
      await window.open(`/users/${app.administrator.id}`);
      await page.getByText(words('users.last_title')).waitFor();
      await page
        .getByRole('link', { name: /account|konto/i })
        .first()
        .waitFor();
      await page.getByRole('button', { name: words('users.role') }).click();
      await page.getByRole('option', { name: words('users.role_user'), exact: true }).click();
      await page.getByRole('button', { name: words('settings.save'), exact: true }).click();
      await page.getByText(words('problems.last_administrator')).first().waitFor();
      await window.checkAccessibility();
      await page.getByRole('button', { name: words('settings.discard'), exact: true }).click();

      await page.getByRole('button', { name: words('users.deactivate'), exact: true }).click();
      const dialog = page.getByRole('alertdialog');
      await dialog.getByText(words('users.deactivate_self_confirm')).waitFor();
      await window.checkAccessibility();
      await dialog.getByRole('button', { name: words('users.deactivate'), exact: true }).click();
      await page.getByRole('alertdialog').getByText(words('problems.last_administrator')).waitFor();
      assert.equal((await read(app.administrator.id)).active, true);
      await window.close();
    }
  });

  test('with the keyboard alone a user is found, opened, deactivated and activated', async () => {
    const person = await admin.createUser({ name: '王小明', email: 'wang@example.com' });
    const browser = app.browser();
    await browser.signIn(person);
    const window = await openConsole(app, { locale: 'zh-CN' });
    const { page } = window;
    await window.open('/users');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await tabTo(page.getByRole('searchbox', { name: zh('users.search') }));
    await page.keyboard.type('小');
    await page.getByRole('row', { name: 'Uma User' }).waitFor({ state: 'detached' });
    await tabTo(page.getByRole('row', { name: '王小明' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: '王小明' }).waitFor();
    await tabTo(page.getByRole('button', { name: zh('users.deactivate'), exact: true }));
    await page.keyboard.press('Enter');
    await page.getByText(zh('users.deactivate_confirm', { name: '王小明' })).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page
      .getByText(zh('users.deactivated', { name: '王小明' }))
      .first()
      .waitFor();
    assert.equal((await read(person.id)).active, false);
    assert.match((await browser.openPage('/account')).path, /^\/login/, 'is out at once');
    await window.checkAccessibility();

    const activate = page.getByRole('button', { name: zh('users.activate'), exact: true });
    await activate.focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('alertdialog')
      .getByText(zh('users.activate_confirm', { name: '王小明' }))
      .waitFor();
    await window.checkAccessibility();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: zh('users.activate'), exact: true })
      .press('Enter');
    await page
      .getByText(zh('users.activated', { name: '王小明' }))
      .first()
      .waitFor();
    assert.equal((await read(person.id)).active, true);
    await window.close();
  });

  test('name, role and language are changed, and unsaved changes are not lost by mistake', async () => {
    for (const [locale, words] of [
      ['en-US', en],
      ['fr', fr],
    ] as const) {
      const person = await admin.createUser({ name: 'Before' });
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open(`/users/${person.id}`);
      const name = page.getByLabel(words('users.name'), { exact: true });
      await name.fill('');
      await page.getByText(words('problems.invalid_name')).waitFor();
      await name.fill('After');
      await page.getByRole('button', { name: words('users.role') }).click();
      await page.getByRole('option', { name: words('users.role_administrator') }).click();
      await page.getByRole('button', { name: words('users.language') }).click();
      await page.getByRole('option', { name: '简体中文' }).click();

      await page
        .getByRole('navigation')
        .getByRole('link', { name: words('shell.instance') })
        .click();
      await page.getByText(words('shell.unsaved_text')).waitFor();
      await window.checkAccessibility();
      await page.getByRole('button', { name: words('shell.unsaved_stay') }).click();
      assert.equal(await name.inputValue(), 'After');
      await page.getByRole('button', { name: words('settings.save'), exact: true }).click();
      await page
        .getByText(words('users.saved', { name: 'After' }))
        .first()
        .waitFor();
      await page.getByRole('heading', { level: 1, name: 'After' }).waitFor();
      const saved = await read(person.id);
      assert.deepEqual([saved.name, saved.role, saved.locale], ['After', 'administrator', 'zh-Hans']);

      await name.fill('Discarded');
      await page
        .getByRole('navigation')
        .getByRole('link', { name: words('shell.instance') })
        .click();
      await page.getByRole('button', { name: words('shell.unsaved_leave') }).click();
      await page.getByRole('heading', { level: 1, name: words('instance.title') }).waitFor();
      await window.close();
      await admin.updateUser(person.id, { role: 'user' });
    }
  });

  test('a user who forgot their password is given another one', async () => {
    for (const [locale, words] of [
      ['fr', fr],
      ['zh-CN', zh],
    ] as const) {
      const person = await admin.createUser({ name: 'Oublieux' });
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open(`/users/${person.id}`);
      await page.getByRole('button', { name: words('users.set_password') }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(words('users.password'), { exact: true }).fill('short');
      await dialog.getByRole('button', { name: words('users.set_password_submit') }).click();
      await dialog.getByText(words('problems.weak_password')).waitFor();
      await window.checkAccessibility();
      await dialog.getByLabel(words('users.password'), { exact: true }).fill('another password of a test');
      await dialog.getByRole('button', { name: words('users.set_password_submit') }).click();
      await page
        .getByText(words('users.password_set', { name: 'Oublieux' }))
        .first()
        .waitFor();
      assert.equal(await canSignIn(person.email, person.password), false);
      assert.equal(await canSignIn(person.email, 'another password of a test'), true);
      await window.close();
    }
  });

  test('what takes a recent password asks for it, and then goes on by itself', async () => {
    const person = await admin.createUser({ name: 'Efterträdare' });
    const window = await openConsole(app, { locale: 'sv', theme: 'dark', refusals: [403, 422] });
    const { page } = window;
    await window.open(`/users/${person.id}`);
    app.clock.advance(20 * MINUTE);
    await page.getByRole('button', { name: sv('users.set_password') }).click();
    const dialog = page.getByRole('dialog', {
      name: sv('users.set_password_title', { name: 'Efterträdare' }),
    });
    await dialog.getByRole('button', { name: sv('users.generate') }).click();
    const password = await dialog.getByLabel(sv('users.password'), { exact: true }).inputValue();
    await dialog.getByRole('button', { name: sv('users.set_password_submit') }).click();
    const asked = page.getByRole('dialog', { name: sv('shell.reauthentication_title') });
    await window.checkAccessibility();
    await asked.getByLabel(sv('shell.reauthentication_password')).fill('wrong wrong wrong');
    await page.keyboard.press('Enter');
    await asked.getByText(sv('shell.reauthentication_refused')).waitFor();
    await asked.getByLabel(sv('shell.reauthentication_password')).fill(app.administrator.password);
    await page.keyboard.press('Enter');
    await page
      .getByText(sv('users.password_set', { name: 'Efterträdare' }))
      .first()
      .waitFor();
    assert.equal(await canSignIn(person.email, password), true);
    await window.close();
  });

  test('two refusals that wait for one password both go on with it', async () => {
    await admin.createUser({ name: 'Väntande' });
    const machine = await admin.createApplication({ type: 'machine' });
    const secrets = async () =>
      (await admin.must<ApplicationView>('GET', `/applications/${machine.id}`)).secrets?.length;
    const window = await openConsole(app, { locale: 'sv', refusals: [403] });
    const { page } = window;
    await window.open(`/applications/${machine.id}/credentials`);
    // A slow line: the first is refused only when the second has asked for the password already.
    const { promise: isTime, resolve: goOn } = Promise.withResolvers<void>();
    await page.route('**/secrets', async (route) => {
      await isTime;
      await route.continue();
    });
    app.clock.advance(20 * MINUTE);
    await page.getByRole('button', { name: sv('credentials.secret_add') }).click();
    await page.locator('a[href$="/console/users"]').click();
    await page
      .getByRole('row', { name: /Väntande/ })
      .last()
      .click();
    await page.getByRole('button', { name: sv('users.set_password') }).click();
    const dialog = page.getByRole('dialog', {
      name: sv('users.set_password_title', { name: 'Väntande' }),
    });
    await dialog.getByRole('button', { name: sv('users.generate') }).click();
    await dialog.getByRole('button', { name: sv('users.set_password_submit') }).click();
    const asked = page.getByRole('dialog', { name: sv('shell.reauthentication_title') });
    await asked.waitFor();
    const refused = page.waitForResponse('**/secrets');
    goOn();
    assert.equal((await refused).status(), 403);
    await asked.getByLabel(sv('shell.reauthentication_password')).fill(app.administrator.password);
    const added = page.waitForResponse('**/secrets');
    await page.keyboard.press('Enter');
    assert.equal((await added).status(), 201);
    await page
      .getByText(sv('users.password_set', { name: 'Väntande' }))
      .first()
      .waitFor();
    assert.equal(await secrets(), 2);
    await admin.deleteApplication(machine.id);
    await window.close();
  });

  test('what a user allowed is listed with when and why it ends, and can be revoked there', async () => {
    const person = await admin.createUser({ name: 'Connected' });
    const fields = { redirect_uris: ['https://app.example/cb'], refresh_token_absolute_lifetime: 86_400 };
    const application = await admin.createApplication({ type: 'web', name: 'Calendar', ...fields });
    const client = new OAuthClient(app, application);
    await client.authorize(app.browser(), person, { scope: 'api offline_access' });
    const window = await openConsole(app, { locale: 'sv', viewport: { width: 390, height: 844 } });
    const { page } = window;
    await window.open(`/users/${person.id}`);
    await page.getByText(sv('people.ends_absolute_why')).waitFor();
    await checkWidth(page);
    await window.checkAccessibility();
    await page.getByRole('button', { name: sv('people.end_of', { name: 'Calendar' }) }).click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText(/Calendar kan inte längre agera för Connected.* 1 timme/).waitFor();
    await asked.getByRole('button', { name: sv('people.end'), exact: true }).click();
    await page.getByText(sv('users.connected_none', { name: 'Connected' })).waitFor();
    const path = `/applications/${application.id}/authorizations`;
    assert.deepEqual((await admin.must<{ data: object[] }>('GET', path)).data, []);

    // What happened to a user is told from what they did.
    const activity = page.getByRole('region', { name: sv('users.activity') });
    await activity.getByText('Ada Administrator').first().waitFor();
    await activity.getByText(sv('users.activity_did')).click();
    await activity.getByText('Ada Administrator').first().waitFor({ state: 'detached' });
    await activity.getByText(/gav.*åtkomst/).waitFor();
    await window.close();
  });

  test('an address that leads to nobody says so', async () => {
    const window = await openConsole(app, { locale: 'fr', refusals: [404] });
    await window.open(`/users/${'0'.repeat(32)}`);
    await window.page.getByText(fr('problems.user_not_found')).waitFor();
    await window.checkAccessibility();
    await window.close();
  });
});
