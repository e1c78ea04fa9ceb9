import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import { checkWidth, openConsole } from '../support/console.ts';
import { place } from '../support/console-form.ts';
import { consoleWords } from '../support/console-words.ts';
import { newProviders } from '../support/identity-providers.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const sv = consoleWords('sv');
const fr = consoleWords('fr');

interface Provider {
  id: string;
  name: string;
  [field: string]: unknown;
}

describe('identity providers in the console', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;
  const read = (id: string) => admin.must<Provider>('GET', `/identity-providers/${id}`);
  const create = (fields: object) => admin.must<Provider>('POST', '/identity-providers', fields);

  test('one is added by its service, switched off, and shows what to enter there', async () => {
    const window = await openConsole(app);
    const { page } = window;
    await window.open('/identity-providers');
    await page.getByText(en('providers.none')).waitFor();
    await page.getByRole('button', { name: en('providers.add') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: en('providers.preset') }).click();
    await page.getByRole('option', { name: 'Microsoft Entra ID' }).click();
    await dialog.getByText(en('providers.preset_note_entra')).waitFor();
    const submit = dialog.getByRole('button', { name: en('providers.add_submit'), exact: true });
    await submit.click();
    const issuer = dialog.locator('[data-field="issuer"] input');
    const focused = 'document.activeElement?.closest("[data-field]")?.dataset.field';
    assert.equal(await page.evaluate(focused), 'issuer');
    await window.checkAccessibility();
    await issuer.fill('https://login.microsoftonline.com/a-tenant/v2.0');
    await dialog.locator('[data-field="client_id"] input').fill('a-client');
    await dialog.locator('[data-field="client_secret"] input').fill('a secret of the provider');
    await submit.click();
    await page.getByRole('heading', { level: 1, name: 'Microsoft Entra ID' }).waitFor();
    const id = page.url().split('/').at(-1) ?? '';
    const made = await read(id);
    assert.deepEqual(
      [made['type'], made['enabled'], made['has_client_secret'], made['claims']],
      ['oidc', false, true, { subject: 'oid', copy: [] }],
    );
    await page.getByText(String(made['redirect_uri'])).waitFor();
    await page.getByText(en('providers.off')).waitFor();
    assert.ok(!(await page.content()).includes('a secret of the provider'));
    await admin.must('DELETE', `/identity-providers/${id}`);
    await window.close();
  });

  test('what is changed is saved at once, and what is wrong is said where it is', async () => {
    await create({ ...newProviders.saml, email_domains: ['taken.example'] });
    const { id } = await create({ ...newProviders.oidc, client_secret: 'a secret', enabled: false });
    const window = await openConsole(app, { locale: 'sv', refusals: [422] });
    const { page } = window;
    await window.open(`/identity-providers/${id}`);
    const save = page.getByRole('button', { name: sv('settings.save'), exact: true });
    const field = (name: string) => place(page, name).locator('input, textarea').last();
    await field('email_domains').fill('ada@acme.example');
    await field('role_claim').fill('groups');
    await field('copy').fill('department\nsub');
    await page.getByText(sv('providers.domain_wrong', { domain: 'ada@acme.example' })).waitFor();
    await page.getByText(sv('providers.role_wrong')).waitFor();
    await page.getByText(sv('providers.copy_wrong', { name: 'sub' })).waitFor();
    await window.checkAccessibility();
    await field('email_domains').fill('acme.example\ntaken.example');
    await field('role_values').fill('admins\nowners');
    await field('copy').fill('department');
    await place(page, 'enabled').getByRole('switch').press('Space');
    await save.click();
    // Another provider has the domain, which the server alone knows.
    await page.getByText(/Customer SSO/).waitFor();
    await field('email_domains').fill('acme.example');
    await save.click();
    await page
      .getByText(sv('providers.saved', { name: newProviders.oidc.name }))
      .first()
      .waitFor();
    const saved = await read(id);
    assert.deepEqual(
      [saved['email_domains'], saved['enabled'], saved['claims'], saved['has_client_secret']],
      [
        ['acme.example'],
        true,
        { administrator: { claim: 'groups', values: ['admins', 'owners'] }, copy: ['department'] },
        true,
      ],
    );
    await window.close();
  });

  test('a token for a directory is shown once and deleted; a provider is deleted by its name', async () => {
    const { id, name } = await create({ ...newProviders.oidc, name: 'To be deleted' });
    const window = await openConsole(app, { locale: 'fr', theme: 'dark' });
    const { page } = window;
    await window.open(`/identity-providers/${id}`);
    await page.getByRole('button', { name: fr('providers.scim_add') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(fr('providers.scim_name')).fill('Entra ID');
    await dialog.getByRole('button', { name: fr('providers.scim_add_submit') }).click();
    const token = page.getByText(/^pst_[\w-]{43}$/);
    await token.waitFor();
    await window.checkAccessibility();
    await dialog.getByText(fr('providers.scim_token_stored')).click();
    await dialog.getByRole('button', { name: fr('credentials.done') }).click();
    await token.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: fr('providers.scim_delete', { name: 'Entra ID' }) }).click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: fr('settings.delete'), exact: true }).click();
    await page.getByText(fr('providers.scim_none')).waitFor();

    await page.getByRole('button', { name: fr('settings.delete'), exact: true }).click();
    await question.getByLabel(fr('settings.delete_type_name')).fill(name);
    await window.checkAccessibility();
    await question.getByRole('button', { name: fr('settings.delete'), exact: true }).click();
    await page.getByRole('heading', { level: 1, name: fr('providers.title') }).waitFor();
    assert.equal((await admin.call('GET', `/identity-providers/${id}`)).status, 404);
    await window.close();
  });

  test('fewer people may use a password after a question, and the way back is shown', async () => {
    const window = await openConsole(app, { viewport: { width: 390, height: 844 } });
    const { page } = window;
    const signIn = async () => (await admin.must('GET', '/instance'))['sign_in'];
    await window.open('/identity-providers');
    const choose = (who: 'administrators' | 'everybody') =>
      page.getByText(en(`providers.password_${who}`), { exact: true }).click();
    await choose('administrators');
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: en('shell.cancel') }).click();
    assert.deepEqual(await signIn(), { password: 'everybody' });
    await choose('administrators');
    await question.getByRole('button', { name: en('providers.password_submit') }).click();
    await page.getByText(/instance update 'default' --password-sign-in everybody/).waitFor();
    assert.deepEqual(await signIn(), { password: 'administrators' });
    await checkWidth(page);
    await window.checkAccessibility();
    await choose('everybody');
    await page.getByText(en('providers.password_everybody_about')).waitFor();
    assert.deepEqual(await signIn(), { password: 'everybody' });
    await window.close();
  });

  test('one that is switched off is tried in a tab of its own', async () => {
    const { id } = await create({
      ...newProviders.handover,
      enabled: false,
      login_url: `${app.url}/healthz`,
    });
    const window = await openConsole(app);
    await window.open(`/identity-providers/${id}`);
    const opened = window.context.waitForEvent('page');
    await window.page.getByRole('button', { name: en('providers.test') }).click();
    const tab = await opened;
    await tab.waitForURL('**/healthz?*');
    assert.match(new URL(tab.url()).searchParams.get('login_request') ?? '', /^[\w-]{43}$/);
    await window.close();
  });

  test('an identity of a user is taken away', async () => {
    const person = await admin.createUser({ name: 'Ina Identity' });
    const { id } = await create({ ...newProviders.oidc, name: 'Head office' });
    await admin.must('POST', `/users/${person.id}/identities`, { provider_id: id, subject: '00u-ina' });
    const window = await openConsole(app);
    const { page } = window;
    await window.open(`/users/${person.id}`);
    await page
      .getByRole('button', {
        name: en('users.identity_unlink_named', { subject: '00u-ina', provider: 'Head office' }),
      })
      .click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: en('users.identity_unlink') }).click();
    await page.getByText(en('users.identities_none', { name: 'Ina Identity' })).waitFor();
    assert.deepEqual((await admin.must('GET', `/users/${person.id}`))['identities'], []);
    await window.close();
  });

  test('an administrator who may use no password signs in again at their provider', async () => {
    const { id } = await create({ ...newProviders.oidc, name: 'Head office of Ada' });
    await admin.must('POST', `/users/${app.administrator.id}/identities`, {
      provider_id: id,
      subject: '00u-ada',
    });
    const window = await openConsole(app, { refusals: [403] });
    const { page } = window;
    await admin.updateInstance({ sign_in: { password: 'nobody' } });
    await window.open(`/identity-providers/${id}`);
    app.clock.advance(20 * MINUTE);
    await place(page, 'name').getByRole('textbox').fill('Another name');
    await page.getByRole('button', { name: en('settings.save'), exact: true }).click();
    const box = page.getByRole('dialog', { name: en('shell.reauthentication_title') });
    await box.getByText(en('shell.reauthentication_why_provider')).waitFor();
    assert.equal(await box.getByLabel(en('shell.reauthentication_password')).count(), 0);
    await window.checkAccessibility();
    const left = page.waitForRequest((request) => request.url().includes('/login/with/'));
    page.on('dialog', (dialog) => void dialog.accept());
    await page.route('**/login/with/**', (route) => route.fulfill({ body: 'at the provider' }));
    await box
      .getByRole('button', {
        name: en('shell.reauthentication_by', { provider: 'Head office of Ada' }),
      })
      .click();
    const url = new URL((await left).url());
    assert.equal(url.pathname, `/login/with/${id}`);
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      prompt: 'login',
      return_to: `/console/identity-providers/${id}`,
    });
    await window.close();
  });
});
