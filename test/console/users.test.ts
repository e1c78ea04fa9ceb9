import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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

describe('users', async () => {
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

  test('an administrator adds a user with a generated password, with which the user signs in', async () => {
    for (const [locale, words, email] of [
      ['en-US', en, 'nina@example.com'],
      ['sv', sv, 'asa@example.com'],
    ] as const) {
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open('/users');
      await page.getByRole('button', { name: words('users.add') }).click();
      const dialog = page.getByRole('dialog');
      await window.checkAccessibility();
      await dialog.getByLabel(words('users.email')).fill(email);
      await dialog.getByLabel(words('users.name')).fill('Nina Åberg');
      await dialog.getByRole('button', { name: words('users.role') }).click();
      await page.getByRole('option', { name: words('users.role_user'), exact: true }).click();
      await dialog.getByRole('button', { name: words('users.language') }).click();
      await page.getByRole('option', { name: 'Svenska' }).click();
      await dialog.getByRole('button', { name: words('users.generate') }).click();
      const field = dialog.getByLabel(words('users.password'), { exact: true });
      const password = await field.inputValue();
      assert.match(password, /^(\w{5}-){3}\w{5}$/);
      assert.equal(await field.getAttribute('type'), 'text', 'it is shown');
      await dialog
        .getByRole('button', { name: words('shell.copy', { what: words('users.password') }) })
        .click();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), password);
      await window.checkAccessibility();
      await field.press('End');
      await field.press('x');
      assert.equal(await field.getAttribute('type'), 'password', 'what somebody types is not shown');
      await field.press('Backspace');
      await dialog.getByRole('button', { name: words('users.add_submit') }).click();
      await page
        .getByText(words('users.added', { name: 'Nina Åberg' }))
        .first()
        .waitFor();
      await page.getByRole('heading', { level: 1, name: 'Nina Åberg' }).waitFor();
      await page.getByText(words('users.connected_none', { name: 'Nina Åberg' })).waitFor();
      const { email: saved, role, locale: language, active } = await read(page.url().split('/').at(-1) ?? '');
      assert.deepEqual([saved, role, language, active], [email, 'user', 'sv', true]);
      assert.equal(await canSignIn(email, password), true);
      await window.close();
    }
  });

  test('what is wrong with a new user is said at the field, also when the server alone knows it', async () => {
    const window = await openConsole(app, { locale: 'fr', theme: 'dark', refusals: [409] });
    const { page } = window;
    await window.open('/users');
    await page.getByRole('button', { name: fr('users.add') }).click();
    const dialog = page.getByRole('dialog');
    const submit = dialog.getByRole('button', { name: fr('users.add_submit'), exact: true });
    await submit.click();
    for (const problem of ['invalid_email', 'invalid_name', 'weak_password'])
      await dialog.getByText(fr(`problems.${problem}`)).waitFor();
    await window.checkAccessibility();
    await dialog.getByLabel(fr('users.email')).fill(app.user.email.toUpperCase());
    await dialog.getByLabel(fr('users.name')).fill('Une autre');
    await dialog.getByLabel(fr('users.password'), { exact: true }).fill('douze caractères au moins');
    assert.equal(await dialog.getByText(fr('problems.invalid_name')).count(), 0);
    await submit.click();
    await dialog.getByText(fr('problems.email_taken')).waitFor();
    await window.checkAccessibility();
    await dialog.getByLabel(fr('users.email')).fill('une.autre@example.com');
    await submit.click();
    await page.getByRole('heading', { level: 1, name: 'Une autre' }).waitFor();
    await window.close();
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
    await page.getByRole('button', { name: sv('people.revoke_of', { name: 'Calendar' }) }).click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText(/Calendar kan inte längre agera för Connected.* 1 timme/).waitFor();
    await asked.getByRole('button', { name: sv('people.revoke'), exact: true }).click();
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

  test('many users come page by page, and are searched and filtered by the server', async () => {
    for (let number = 10; number < 40; number++)
      await admin.createUser({ name: `Crowd ${number}`, email: `crowd-${number}@example.com` });
    await admin.must('POST', '/users', {
      email: 'off@example.com',
      name: 'Zoë Öff',
      password: 'a password of a test',
      active: false,
    });
    const window = await openConsole(app);
    const { page } = window;
    await window.open('/users');
    const row = (name: string) => page.getByRole('row', { name });
    await row('Ada Administrator').waitFor();
    await window.checkAccessibility();
    assert.equal(await row('Crowd 39').count(), 0);
    await page.getByRole('button', { name: en('shell.show_more') }).click();
    await page.getByRole('button', { name: en('shell.show_more') }).waitFor({ state: 'detached' });
    // What is out of sight is not drawn.
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await row('Crowd 39').waitFor();
    await page.evaluate('window.scrollTo(0, 0)');

    const search = page.getByRole('searchbox', { name: en('users.search') });
    await search.fill('zoë ö');
    await row('Zoë Öff').waitFor();
    await row('Ada Administrator').waitFor({ state: 'detached' });
    await row('Zoë Öff').click();
    await page.getByRole('heading', { level: 1, name: 'Zoë Öff' }).waitFor();
    await page.getByText(en('users.activate_text', { name: 'Zoë Öff' })).waitFor();
    await page.goBack();
    assert.equal(await search.inputValue(), 'zoë ö', 'Back finds what was searched for');
    await row('Zoë Öff').waitFor();
    await search.fill('no%body');
    await page.getByText(en('users.nobody_found')).waitFor();
    await window.checkAccessibility();
    await search.fill('');
    await page.getByRole('button', { name: en('users.status') }).click();
    await page.getByRole('option', { name: en('users.inactive') }).click();
    await row('Ada Administrator').waitFor({ state: 'detached' });
    await row('Zoë Öff').waitFor();
    await page.getByRole('button', { name: en('users.role') }).click();
    await page.getByRole('option', { name: en('users.role_administrator') }).click();
    await page.getByText(en('users.nobody_found')).waitFor();
    await window.close();
  });

  test('an address that leads to nobody says so', async () => {
    const window = await openConsole(app, { locale: 'fr', refusals: [404] });
    await window.open(`/users/${'0'.repeat(32)}`);
    await window.page.getByText(fr('problems.user_not_found')).waitFor();
    await window.checkAccessibility();
    await window.close();
  });

  for (const theme of ['light', 'dark'] as const)
    test(`on a phone nothing scrolls sideways, and axe finds nothing (${theme})`, async () => {
      const window = await openConsole(app, { theme, viewport: { width: 390, height: 844 } });
      for (const path of ['/users', `/users/${app.user.id}`, `/users/${app.administrator.id}`]) {
        await window.open(path);
        await window.page.locator('main [role="progressbar"]').first().waitFor({ state: 'detached' });
        await checkWidth(window.page);
        await window.checkAccessibility();
      }
      await window.close();
    });
});
