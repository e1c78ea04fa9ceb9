import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { MINUTE } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import { openConsole } from '../support/console.ts';
import { place } from '../support/console-form.ts';
import { consoleWords, type Words } from '../support/console-words.ts';
import { startApp } from '../support/test-app.ts';

// What gives power beyond the session asks for the password of whoever sits there, and then goes on by itself: nothing that was typed
// is lost, whether they have it or not.

const en = consoleWords('en');
const fr = consoleWords('fr');

describe('in a console that was left open', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;
  const read = (path: string) => admin.must<ApplicationView>('GET', path);

  const boxOf = (page: Page, words: Words) =>
    page.getByRole('dialog', { name: words('shell.reauthentication_title') });

  async function givePassword(page: Page, words: Words): Promise<void> {
    const box = boxOf(page, words);
    await box.getByLabel(words('shell.reauthentication_password')).fill(app.administrator.password);
    await page.keyboard.press('Enter');
    await box.waitFor({ state: 'detached' });
  }

  test('a new application asks for the password; without it there is none, and its box keeps what was typed', async () => {
    const window = await openConsole(app, { locale: 'fr', refusals: [403] });
    const { page } = window;
    await window.open('/applications');
    app.clock.advance(20 * MINUTE);
    await page.getByRole('button', { name: fr('applications.create') }).click();
    const box = page.getByRole('dialog', { name: fr('applications.new_title') });
    await box.getByLabel(fr('field.application.name')).fill('Une application');
    const submit = box.getByRole('button', { name: fr('applications.create_submit') });
    await submit.click();
    await boxOf(page, fr).waitFor();
    await window.checkAccessibility();
    await boxOf(page, fr)
      .getByRole('button', { name: fr('shell.cancel') })
      .click();
    await box.getByText(fr('problems.reauthentication_required')).waitFor();
    assert.equal(await box.getByLabel(fr('field.application.name')).inputValue(), 'Une application');
    assert.equal((await admin.must<{ total: number }>('GET', '/applications'))['total'], 0);

    await submit.click();
    await givePassword(page, fr);
    await page.getByText(/^pcs_/).waitFor();
    assert.equal((await admin.must<{ total: number }>('GET', '/applications'))['total'], 1);
    await window.close();
  });

  test('settings that give an application more ask for it, and those that do not are saved at once', async () => {
    const { id } = await admin.createApplication({ type: 'web', name: 'Left open' });
    const window = await openConsole(app, { theme: 'dark', refusals: [403] });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    app.clock.advance(20 * MINUTE);
    const save = page.getByRole('button', { name: en('settings.save'), exact: true });
    await place(page, 'description').getByRole('textbox').fill('Of no power');
    await save.click();
    await page.getByText(en('settings.saved')).first().waitFor();
    assert.equal((await read(`/applications/${id}`))['description'], 'Of no power');

    await place(page, 'can_introspect').getByRole('switch').press('Space');
    await save.click();
    await boxOf(page, en).waitFor();
    assert.equal((await read(`/applications/${id}`))['can_introspect'], false);
    await givePassword(page, en);
    await page.getByText(en('settings.saved')).first().waitFor();
    assert.equal((await read(`/applications/${id}`))['can_introspect'], true);
    await window.close();
  });

  test('an application is disabled at once, and enabled again with the password', async () => {
    const name = 'Switched off';
    const { id } = await admin.createApplication({ type: 'machine', name });
    const window = await openConsole(app, { refusals: [403] });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    app.clock.advance(20 * MINUTE);
    await page.getByRole('button', { name: en('settings.disable'), exact: true }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: en('settings.disable') })
      .click();
    await page.getByText(en('settings.disabled_done', { name })).first().waitFor();
    await page.getByRole('button', { name: en('settings.enable'), exact: true }).click();
    await givePassword(page, en);
    await page.getByText(en('settings.enabled_done', { name })).first().waitFor();
    assert.equal((await read(`/applications/${id}`))['enabled'], true);
    await window.close();
  });

  test('a user is deactivated, and made an administrator, with the password', async () => {
    const person = await admin.createUser({ name: 'Somebody' });
    const window = await openConsole(app, { refusals: [403] });
    const { page } = window;
    await window.open(`/users/${person.id}`);
    app.clock.advance(20 * MINUTE);
    await page.getByRole('button', { name: en('users.role') }).click();
    await page.getByRole('option', { name: en('users.role_administrator'), exact: true }).click();
    await page.getByRole('button', { name: en('settings.save'), exact: true }).click();
    await boxOf(page, en).waitFor();
    assert.equal((await read(`/users/${person.id}`))['role'], 'user');
    await givePassword(page, en);
    await page
      .getByText(en('users.saved', { name: 'Somebody' }))
      .first()
      .waitFor();
    assert.equal((await read(`/users/${person.id}`))['role'], 'administrator');

    app.clock.advance(20 * MINUTE);
    await page.getByRole('button', { name: en('users.deactivate'), exact: true }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: en('users.deactivate'), exact: true })
      .click();
    await givePassword(page, en);
    await page
      .getByText(en('users.deactivated', { name: 'Somebody' }))
      .first()
      .waitFor();
    assert.equal((await read(`/users/${person.id}`))['active'], false);
    await window.close();
  });
});
