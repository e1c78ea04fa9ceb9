import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkWidth, openConsole } from '../support/console.ts';
import { place, toggle } from '../support/console-form.ts';
import { consoleWords } from '../support/console-words.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const sv = consoleWords('sv');
const zh = consoleWords('zh-Hans');

interface Api {
  id: string;
  name: string;
  scopes: object[];
  [field: string]: unknown;
}

describe('APIs in the console', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;
  const read = (id: string) => admin.must<Api>('GET', `/apis/${id}`);
  const create = (identifier: string, name: string, ...scopes: string[]) =>
    admin.must<Api>('POST', '/apis', {
      identifier,
      name,
      scopes: scopes.map((scope) => ({ name: scope, description: `May ${scope}` })),
    });

  test('one is added, and what is wrong with it is said where it is', async () => {
    const window = await openConsole(app, { locale: 'fr', refusals: [409] });
    const { page } = window;
    await window.open('/apis');
    await page.getByRole('table').getByText(app.url).waitFor();
    await window.checkAccessibility();
    await page.getByRole('button', { name: fr('apis.add') }).click();
    const dialog = page.getByRole('dialog');
    const submit = dialog.getByRole('button', { name: fr('apis.add_submit'), exact: true });
    await submit.click();
    await dialog.getByText(fr('applications.name_missing')).waitFor();
    await dialog.getByText(fr('apis.identifier_wrong')).waitFor();
    await window.checkAccessibility();
    await dialog.getByLabel(fr('apis.name'), { exact: false }).first().fill('Commandes');
    const identifier = dialog.getByLabel(fr('apis.identifier'), { exact: false });
    await identifier.fill(app.url);
    await submit.click();
    await dialog.getByText(fr('problems.api_taken')).waitFor();
    await identifier.fill('https://orders.example.com');
    await submit.click();
    await page.getByRole('heading', { level: 1, name: 'Commandes' }).waitFor();
    await page.getByText(fr('apis.scopes_none')).waitFor();
    await page.getByText(fr('apis.clients_none')).waitFor();
    const made = await read(page.url().split('/').at(-1) ?? '');
    assert.deepEqual(
      [made['identifier'], made['access_token_lifetime'], made['signing_alg'], made['token_typ']],
      ['https://orders.example.com', null, 'ES256', 'at+jwt'],
    );
    await window.close();
    await admin.deleteApis();
  });

  test('scopes are added with words in each language and claims, changed, and removed unless somebody has them', async () => {
    await create('urn:example:other', 'Other', 'taken');
    const { id } = await create('urn:example:ledger', 'Ledger', 'kept');
    const application = await admin.createApplication({ type: 'machine', name: 'Export', scopes: ['kept'] });
    const window = await openConsole(app, { locale: 'sv', theme: 'dark' });
    const { page } = window;
    await window.open(`/apis/${id}`);
    const remove = (name: string) => page.getByRole('button', { name: sv('apis.scope_remove', { name }) });
    assert.equal(await remove('kept').isDisabled(), true);
    await page.getByText(sv('apis.scope_in_use', { names: 'Export' })).waitFor();
    assert.equal(await remove('kept').isDisabled(), true);
    await page.getByText(sv('apis.delete_in_use', { names: 'Export' })).waitFor();

    await page.getByRole('button', { name: sv('apis.scope_add') }).click();
    const dialog = page.getByRole('dialog');
    const field = (label: string) => dialog.getByRole('textbox', { name: label });
    const submit = dialog.getByRole('button', { name: sv('apis.add_submit'), exact: true });
    for (const [name, mistake] of [
      ['', sv('apis.scope_name_missing')],
      ['a b', sv('apis.scope_name_wrong')],
      ['email', sv('apis.scope_name_built_in')],
      ['kept', sv('apis.scope_name_taken', { api: 'Ledger' })],
      ['taken', sv('apis.scope_name_taken', { api: 'Other' })],
    ] as const) {
      await field(sv('apis.scope_name')).fill(name);
      if (name === '') await submit.click();
      await dialog.getByText(mistake).waitFor();
    }
    await field(sv('apis.scope_claims')).fill('plan sub');
    await dialog.getByText(sv('apis.claim_reserved', { name: 'sub' })).waitFor();
    await window.checkAccessibility();
    await field(sv('apis.scope_name')).fill('ledger:read');
    await field(sv('apis.scope_description')).fill('Read the books');
    await field('Svenska').fill(' Läsa böckerna ');
    await field(sv('apis.scope_claims')).fill('plan seats');
    await dialog.getByRole('switch').press('Space');
    await submit.click();
    await page.getByText('Read the books').waitFor();
    assert.deepEqual((await read(id)).scopes[1], {
      name: 'ledger:read',
      description: 'Read the books',
      descriptions: { sv: 'Läsa böckerna' },
      default: true,
      claims: ['plan', 'seats'],
    });

    await page.getByRole('button', { name: sv('apis.scope_change', { name: 'kept' }) }).click();
    await field(sv('apis.scope_description')).fill('Keep the books');
    await dialog.getByRole('button', { name: sv('settings.save'), exact: true }).click();
    await page.getByText('Keep the books').waitFor();
    await remove('ledger:read').click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: sv('apis.scope_remove_submit'), exact: true })
      .click();
    await page.getByText('Read the books').waitFor({ state: 'detached' });
    assert.deepEqual(
      (await read(id)).scopes.map((scope) => ({ ...scope })),
      [{ name: 'kept', description: 'Keep the books', descriptions: {}, default: false, claims: [] }],
    );
    await window.close();
    await admin.deleteApplication(application.id);
    await admin.deleteApis();
  });

  test('how tokens are made is changed, the programs follow, and an API goes after a question', async () => {
    const { id } = await create('urn:example:ledger', 'Ledger', 'ledger');
    const window = await openConsole(app);
    const { page } = window;
    await window.open(`/apis/${id}`);
    await page.getByText("algorithms: ['ES256']").waitFor();
    const lifetime = page.getByRole('textbox', { name: en('apis.lifetime_seconds') });
    await lifetime.fill('59');
    await lifetime.blur();
    await page.getByText(en('apis.lifetime_wrong', { min: 60, max: 86_400 })).waitFor();
    await lifetime.fill('600');
    await lifetime.blur();
    const choose = async (label: string, option: string) => {
      await page.getByRole('button', { name: label }).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    await choose(en('apis.signing_alg'), 'RS256');
    await choose(en('apis.token_typ'), 'JWT');
    await page.getByRole('button', { name: en('settings.save'), exact: true }).click();
    await page.getByText("algorithms: ['RS256']").waitFor();
    await page.getByText("typ: 'JWT'").waitFor();
    const saved = await read(id);
    assert.deepEqual(
      [saved['access_token_lifetime'], saved['signing_alg'], saved['token_typ']],
      [600, 'RS256', 'JWT'],
    );
    await page.getByRole('tab', { name: 'Java (Spring Boot)' }).click();
    await page.getByText('audiences: "urn:example:ledger"').waitFor();

    await page.getByRole('button', { name: en('settings.delete'), exact: true }).click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('textbox').fill('Ledger');
    await question.getByRole('button', { name: en('settings.delete'), exact: true }).click();
    await page.getByRole('heading', { level: 1, name: en('apis.title') }).waitFor();
    await page.getByText('urn:example:ledger').waitFor({ state: 'detached' });
    await window.close();
  });

  test('an application picks scopes by API, and says for which one it asks where it is tried', async () => {
    await create('urn:example:ledger', 'Ledger', 'ledger');
    await create('urn:example:other', 'Other', 'other');
    const { id } = await admin.createApplication({ type: 'machine', name: 'Export', scopes: ['ledger'] });
    const viewport = { width: 390, height: 844 };
    const window = await openConsole(app, { locale: 'zh-CN', viewport });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    const scopes = place(page, 'scopes');
    await scopes.getByRole('group', { name: zh('settings.scopes_of_api', { api: 'Ledger' }) }).waitFor();
    await scopes.getByText(zh('settings.scopes_of_api', { api: 'Other' })).click();
    await toggle(page, 'scopes', 'other');
    await window.checkAccessibility();
    await checkWidth(page);
    await page.getByRole('button', { name: zh('settings.save'), exact: true }).click();
    await page.getByText(zh('settings.saved')).first().waitFor();
    const saved = await admin.must('GET', `/applications/${id}`);
    assert.deepEqual(saved['scopes'], ['ledger', 'other']);

    await window.open(`/applications/${id}/connect`);
    await page.getByRole('button', { name: zh('connect.api') }).click();
    await page.getByRole('option', { name: 'Other' }).click();
    await page.getByText('resource=urn:example:other').first().waitFor();
    await window.open('/apis');
    await checkWidth(page);
    await window.close();
    await admin.deleteApplication(id);
    await admin.deleteApis();
  });
});
