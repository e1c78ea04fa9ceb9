import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import { maxUserClaims } from '../../server/model/user-claims.ts';
import { checkWidth, openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const sv = consoleWords('sv');
const zh = consoleWords('zh-Hans');

describe('what is kept of a user', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;

  test('a user is deleted for good once their address was typed, with a recent password', async () => {
    const person = await admin.createUser({ name: 'Éphémère', email: 'ephemere@example.com' });
    const window = await openConsole(app, { locale: 'fr', theme: 'dark', refusals: [403] });
    const { page } = window;
    await window.open('/users');
    await page.getByRole('row', { name: 'Éphémère' }).click();
    // What is not saved does not stand in the way.
    await page.getByLabel(fr('users.name'), { exact: true }).fill('Jamais enregistré');
    await page.getByRole('button', { name: fr('settings.delete'), exact: true }).click();
    const box = page.getByRole('alertdialog');
    await box.getByRole('textbox').fill('Éphémère');
    await page.keyboard.press('Enter');
    await box.getByText(fr('users.delete_email_differs', { email: person.email })).waitFor();
    await window.checkAccessibility();
    await box.getByRole('textbox').fill(' EPHEMERE@example.com ');
    app.clock.advance(20 * MINUTE);
    await page.keyboard.press('Enter');
    const asked = page.getByRole('dialog', { name: fr('shell.reauthentication_title') });
    await asked.getByLabel(fr('shell.reauthentication_password')).fill(app.administrator.password);
    await page.keyboard.press('Enter');
    await page
      .getByText(fr('settings.deleted', { name: 'Éphémère' }))
      .first()
      .waitFor();
    await page.getByRole('heading', { level: 1, name: fr('users.title') }).waitFor();
    await page.getByRole('row', { name: 'Éphémère' }).waitFor({ state: 'detached' });
    assert.equal((await admin.call('GET', `/users/${person.id}`)).status, 404);
    await window.close();
  });

  test('the last administrator is told why the account stays, where it was to be deleted', async () => {
    const window = await openConsole(app, { locale: 'sv', refusals: [409] });
    const { page } = window;
    await window.open(`/users/${app.administrator.id}`);
    await page.getByRole('button', { name: sv('settings.delete'), exact: true }).click();
    const box = page.getByRole('alertdialog');
    await box.getByText(sv('users.delete_self')).waitFor();
    await box.getByRole('textbox').fill(app.administrator.email);
    await page.keyboard.press('Enter');
    await box.getByText(sv('problems.last_administrator')).waitFor();
    await window.checkAccessibility();
    await window.close();
  });

  test('a new address is the one that the user signs in with, unless it is somebody else’s', async () => {
    const person = await admin.createUser({ name: 'Moved' });
    await admin.updateUser(person.id, { email_verified: false });
    const window = await openConsole(app, { refusals: [409] });
    const { page } = window;
    await window.open(`/users/${person.id}`);
    await page.getByText(en('users.email_unverified')).waitFor();
    const field = page.getByLabel(en('users.email'), { exact: true });
    await field.fill('moved');
    await page.getByText(en('problems.invalid_email')).waitFor();
    await field.fill(app.user.email);
    await page.getByText(en('users.email_new')).waitFor();
    const save = page.getByRole('button', { name: en('settings.save'), exact: true });
    await save.click();
    await page.getByText(en('problems.email_taken')).waitFor();
    await window.checkAccessibility();
    await field.fill('moved@example.com');
    await save.click();
    await page.getByText(en('users.email_verified')).waitFor();
    const browser = app.browser();
    await browser.signIn({ email: 'moved@example.com', password: person.password });
    assert.equal(browser.cookies.size > 0, true);

    await page.getByRole('button', { name: en('users.end_sessions'), exact: true }).click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText(en('users.end_sessions_confirm', { name: 'Moved' })).waitFor();
    await asked.getByRole('button', { name: en('users.end_sessions'), exact: true }).click();
    await page
      .getByText(en('users.sessions_ended', { name: 'Moved' }))
      .first()
      .waitFor();
    assert.match((await browser.openPage('/account')).path, /^\/login/);
    await window.close();
  });

  test('who ends all their own sessions is led to the sign-in page', async () => {
    const person = await admin.createUser({ name: 'Own', role: 'administrator' });
    const window = await openConsole(app, { person, refusals: [401] });
    const { page } = window;
    await window.open(`/users/${person.id}`);
    await page.getByRole('button', { name: en('users.end_sessions'), exact: true }).click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText(en('users.end_sessions_self_confirm')).waitFor();
    await asked.getByRole('button', { name: en('users.end_sessions'), exact: true }).click();
    await page.waitForURL('**/login?*');
    await window.close();
    await admin.must('DELETE', `/users/${person.id}`);
  });

  test('subject and claims are shown, the claims changed by the rules of the server, and all of it exported', async () => {
    const subject = `customer|${'7'.repeat(246)}`;
    const claims: Record<string, unknown> = { tiers: ['gold', 'beta'], since: 2019, trial: false, note: '' };
    for (let number = 1; number <= 16; number++) claims[`product.field_${number}`] = `value ${number}`;
    const { id } = await admin.must<{ id: string }>('POST', '/users', {
      email: `${'long'.repeat(45)}@example.com`,
      name: '王小明',
      subject,
      claims,
    });
    const window = await openConsole(app, { locale: 'zh-CN', viewport: { width: 390, height: 844 } });
    const { page } = window;
    await window.open(`/users/${id}`);
    await page.getByText(zh('users.no_password'), { exact: true }).waitFor();
    await page.getByRole('row', { name: 'product.field_16 value 16' }).waitFor();
    await page.getByRole('button', { name: zh('shell.copy', { what: zh('users.subject') }) }).click();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), subject);
    await checkWidth(page);
    await window.checkAccessibility();

    await page.getByRole('button', { name: zh('users.change_claims'), exact: true }).click();
    const dialog = page.getByRole('dialog');
    const field = dialog.getByLabel(zh('users.claims_json'));
    assert.deepEqual(JSON.parse(await field.inputValue()), claims);
    const save = dialog.getByRole('button', { name: zh('users.change_claims_submit') });
    for (const [text, told] of [
      ['{"tier": ', zh('users.claims_no_json')],
      ['["gold"]', zh('users.claims_no_object')],
      ['{"sub": "x"}', zh('users.claims_reserved', { name: 'sub' })],
      ['{"tier": {}}', zh('users.claims_value', { name: 'tier' })],
      [JSON.stringify({ x: 'x'.repeat(5000) }), zh('users.claims_too_large', { bytes: maxUserClaims })],
    ] as const) {
      await field.fill(text);
      await save.click();
      await dialog.getByText(told).waitFor();
    }
    await window.checkAccessibility();
    await field.fill('{"tier": "gold", "seats": 3}');
    await save.click();
    await page.getByRole('row', { name: 'seats 3' }).waitFor();

    const offered = page.waitForEvent('download');
    await page.getByRole('link', { name: zh('users.export_download') }).click();
    const download = await offered;
    assert.equal(download.suggestedFilename(), `user-${id}.json`);
    const known = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.deepEqual(known.user.claims, { tier: 'gold', seats: 3 });
    assert.equal(known.user.subject, subject);
    await window.close();
  });
});
