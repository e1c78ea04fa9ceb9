import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkWidth, openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const sv = consoleWords('sv');

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

  test('a new user has the address, the name and the password that were typed, whatever their letters', async () => {
    const window = await openConsole(app);
    const { page } = window;
    const email = 'jürgen@exämple.de';
    const name = '🦊'.repeat(200);
    const password = '🔑'.repeat(256);
    await window.open('/users');
    await page.getByRole('button', { name: en('users.add') }).click();
    const dialog = page.getByRole('dialog');
    const submit = dialog.getByRole('button', { name: en('users.add_submit'), exact: true });
    await dialog.getByLabel(en('users.email')).fill(email);
    await dialog.getByLabel(en('users.name')).fill(`${name}🦊`);
    await dialog.getByLabel(en('users.password'), { exact: true }).fill(`${password}🔑`);
    await submit.click();
    for (const problem of ['invalid_name', 'weak_password'])
      await dialog.getByText(en(`problems.${problem}`)).waitFor();
    await dialog.getByLabel(en('users.name')).fill(name);
    await dialog.getByLabel(en('users.password'), { exact: true }).fill(password);
    await submit.click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const saved = await read(page.url().split('/').at(-1) ?? '');
    assert.deepEqual([saved.email, saved.name], [email, name]);
    assert.equal(await canSignIn(email, password), true);
    await window.close();
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

  test('a user of a product is added with the product’s ID and without a password', async () => {
    const window = await openConsole(app, { locale: 'sv', refusals: [409] });
    const { page } = window;
    await admin.must('POST', '/users', { email: 's@example.com', name: 'First', subject: 'customer|7' });
    await window.open('/users');
    await page.getByRole('button', { name: sv('users.add') }).click();
    const dialog = page.getByRole('dialog');
    const submit = dialog.getByRole('button', { name: sv('users.add_submit'), exact: true });
    await dialog.getByLabel(sv('users.email')).fill('product@example.com');
    await dialog.getByLabel(sv('users.name')).fill('Utan lösenord');
    await dialog.getByText(sv('users.with_password'), { exact: true }).click();
    await dialog.getByText(sv('users.without_password_help')).waitFor();
    const subject = dialog.getByLabel(sv('users.subject'));
    await subject.fill('två ord');
    await submit.click();
    await dialog.getByText(sv('problems.invalid_subject')).waitFor();
    await subject.fill('customer|7');
    await submit.click();
    await dialog.getByText(sv('problems.subject_taken')).waitFor();
    await window.checkAccessibility();
    await subject.fill('customer|8');
    await submit.click();
    await page.getByRole('heading', { level: 1, name: 'Utan lösenord' }).waitFor();
    await page.getByText(sv('users.no_password_text')).waitFor();
    await page.getByRole('button', { name: sv('users.give_password') }).waitFor();
    const saved = await admin.must('GET', `/users/${page.url().split('/').at(-1)}`);
    assert.deepEqual([saved['subject'], saved['has_password']], ['customer|8', false]);
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
