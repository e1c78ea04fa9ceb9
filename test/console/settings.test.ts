import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { checkWidth, openConsole } from '../support/console.ts';
import { pick, place, save, toggle } from '../support/console-form.ts';
import { consoleWords } from '../support/console-words.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const sv = consoleWords('sv');
const zh = consoleWords('zh-Hans');

const HOUR = 3_600;
const DAY = 24 * HOUR;

describe('the settings of an application', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { scopes } = await app.admin.must<{ scopes: object[] }>('GET', '/instance');
  const reports = { name: 'reports', description: 'Read reports', default: false };
  await app.admin.updateInstance({ scopes: [...scopes, reports] });
  const read = (id: string) => app.admin.must<ApplicationView>('GET', `/applications/${id}`);

  test('every field of a web application can be set, and is what the REST API has then', async () => {
    const { id, client_id } = await app.admin.createApplication({ type: 'web', name: 'Unset' });
    const window = await openConsole(app);
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    await page.getByText(client_id, { exact: true }).waitFor();
    await page.getByText(en('settings.redirect_urls_none_title')).waitFor();
    await window.checkAccessibility();

    await place(page, 'name').getByRole('textbox').fill('Workfront for ClientApp');
    await place(page, 'description').getByRole('textbox').fill('Plans come over\nevery night.');
    await page.getByRole('button', { name: en('settings.redirect_url_add') }).click();
    await page
      .getByRole('textbox', { name: en('settings.redirect_url_number', { number: 1 }) })
      .fill('https://app.example.com/callback');
    await page.getByRole('button', { name: en('settings.fusion') }).click();
    await page.getByRole('menuitem', { name: en('settings.fusion_eu') }).click();
    await page
      .getByRole('textbox', { name: en('settings.redirect_url_number', { number: 2 }) })
      .and(page.locator(':focus'))
      .waitFor();
    await toggle(page, 'scopes', 'reports');
    await toggle(page, 'scopes', 'openid');
    await page.getByText(en('settings.openid_off_title')).waitFor();
    await toggle(page, 'scopes', 'openid');
    await page.getByText(en('settings.openid_off_title')).waitFor({ state: 'detached' });
    const openid = page.getByRole('region', { name: en('settings.openid') });
    await openid.getByText(app.url, { exact: true }).waitFor();
    await openid.getByText(`${app.url}/.well-known/openid-configuration`, { exact: true }).waitFor();
    await toggle(page, 'require_pkce');
    await pick(page, 'access_token_lifetime', '15 minutes');
    await toggle(page, 'refresh_token_rotation');
    await pick(page, 'refresh_token_absolute_lifetime', en('settings.custom'));
    const amount = page.getByRole('textbox', {
      name: en('settings.lifetime_amount', {
        label: en('field.application.refresh_token_absolute_lifetime'),
      }),
    });
    await amount.fill('45');
    await amount.press('Tab');
    await pick(page, 'refresh_token_absolute_lifetime', 'days', 1);
    await pick(page, 'refresh_token_inactivity_lifetime', '30 days (1 month)');
    await page
      .getByText(
        'A user who signs in at least every month stays connected for 45 days and must then connect again.',
      )
      .waitFor();
    await toggle(page, 'can_introspect');
    await place(page, 'client_uri').getByRole('textbox').fill('https://clientapp.example/about');
    await place(page, 'developer_name').getByRole('textbox').fill('ClientApp Ltd');
    await place(page, 'developer_email').getByRole('textbox').fill('hello@clientapp.example');
    await place(page, 'policy_uri').getByRole('textbox').fill('https://clientapp.example/privacy');
    await window.checkAccessibility();
    await save(window, en);

    const saved = await read(id);
    const expected = {
      name: 'Workfront for ClientApp',
      description: 'Plans come over\nevery night.',
      redirect_uris: [
        'https://app.example.com/callback',
        'https://app-eu.workfrontfusion.com/oauth/cb/workfront-workfront',
      ],
      require_pkce: true,
      scopes: ['profile', 'email', 'api', 'offline_access', 'reports', 'openid'],
      access_token_lifetime: 900,
      refresh_token_rotation: false,
      refresh_token_absolute_lifetime: 45 * DAY,
      refresh_token_inactivity_lifetime: 30 * DAY,
      can_introspect: true,
      client_uri: 'https://clientapp.example/about',
      developer_name: 'ClientApp Ltd',
      developer_email: 'hello@clientapp.example',
      policy_uri: 'https://clientapp.example/privacy',
    };
    assert.deepEqual(
      Object.fromEntries(Object.keys(expected).map((field) => [field, saved[field]])),
      expected,
    );

    await place(page, 'developer_name').getByRole('textbox').fill('');
    await page.getByRole('button', { name: en('settings.redirect_url_remove', { number: 1 }) }).click();
    await save(window, en);
    const [event] = (await app.admin.auditEvents('application.updated')) as {
      detail: { changed: string[] };
    }[];
    assert.deepEqual(event?.detail.changed, ['redirect_uris', 'developer_name']);
    assert.equal((await read(id))['developer_name'], null);
    await window.close();
  });

  test('the fields of a single-page application, in French, with a warning where rotation is switched off', async () => {
    const { id } = await app.admin.createApplication({ type: 'spa', name: 'Feuilles de temps' });
    const window = await openConsole(app, { locale: 'fr-FR', theme: 'dark' });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    await page.getByText(fr('settings.pkce_always')).waitFor();
    assert.equal(await place(page, 'can_introspect').count(), 0);
    await page
      .getByText(
        'Un utilisateur qui ne passe jamais plus de 6 mois sans se connecter reste connecté indéfiniment.',
      )
      .waitFor();
    assert.equal(await page.getByText(fr('settings.rotation_warning_title')).count(), 0);
    await toggle(page, 'refresh_token_rotation');
    await page.getByText(fr('settings.rotation_warning_title')).waitFor();
    await pick(page, 'refresh_token_inactivity_lifetime', fr('settings.no_expiration'));
    await pick(page, 'refresh_token_absolute_lifetime', '1 an');
    await page.getByText(fr('settings.connected_until', { absolute: '1 an' })).waitFor();
    await page.getByRole('button', { name: fr('settings.redirect_url_add') }).click();
    await page
      .getByRole('textbox', { name: fr('settings.redirect_url_number', { number: 1 }) })
      .fill('com.example.app:/callback');
    await window.checkAccessibility();
    await save(window, fr);
    const saved = await read(id);
    assert.deepEqual(saved.redirect_uris, ['com.example.app:/callback']);
    assert.equal(saved['refresh_token_rotation'], false);
    assert.equal(saved['refresh_token_absolute_lifetime'], 365 * DAY);
    assert.equal(saved['refresh_token_inactivity_lifetime'], null);
    await window.close();
  });

  test('with the keyboard alone the fields of a machine application are changed and saved, in Swedish', async () => {
    const { id } = await app.admin.createApplication({ type: 'machine', name: 'Nattlig export' });
    const window = await openConsole(app, { locale: 'sv-SE' });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    const name = place(page, 'name').getByRole('textbox');
    await name.focus();
    for (const absent of [
      'redirect_uris',
      'require_pkce',
      'refresh_token_rotation',
      'client_uri',
      'developer_name',
    ])
      assert.equal(await place(page, absent).count(), 0, absent);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Nattlig import');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Hämtar planer.');
    await tabTo(place(page, 'scopes').getByRole('checkbox'), 15);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    const lifetime = place(page, 'access_token_lifetime').getByRole('button');
    await tabTo(lifetime, 15);
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: '1 timme' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await lifetime.and(page.locator(':focus')).waitFor();
    await tabTo(place(page, 'can_introspect').getByRole('switch'), 15);
    await page.keyboard.press('Space');
    const button = page.getByRole('button', { name: sv('settings.save'), exact: true });
    await tabTo(button, 15);
    await page.keyboard.press('Enter');
    await page.getByText(sv('settings.saved')).first().waitFor();
    // The bar is gone; the keyboard goes on in the section where it was.
    await page
      .getByRole('region', { name: sv('settings.tokens') })
      .and(page.locator(':focus'))
      .waitFor();
    const saved = await read(id);
    assert.equal(saved.name, 'Nattlig import');
    assert.equal(saved['description'], 'Hämtar planer.');
    assert.deepEqual(saved['scopes'], ['api', 'reports']);
    assert.equal(saved['access_token_lifetime'], 4 * HOUR);
    assert.equal(saved['can_introspect'], true);
    await window.close();
  });

  for (const [type, language, locale] of [
    ['web', 'zh-Hans', 'zh-CN'],
    ['spa', 'sv', 'sv-SE'],
  ] as const)
    test(`with the keyboard alone every field that only people’s applications have is set (${type}, ${language})`, async () => {
      const words = consoleWords(language);
      const { id } = await app.admin.createApplication({ type, name: 'By keyboard' });
      const window = await openConsole(app, { locale });
      const { page } = window;
      const focused = page.locator(':focus');
      const keys = async (...names: string[]) => {
        for (const name of names) await page.keyboard.press(name);
      };
      const write = async (path: string, text: string) => {
        await tabTo(place(page, path).getByRole('textbox'));
        await page.keyboard.type(text);
      };
      /** Opens the list of the field and goes down to what one looks for. */
      const choose = async (path: string, option: string) => {
        await tabTo(place(page, path).getByRole('button').first());
        await page.keyboard.press('Enter');
        const wanted = page.getByRole('option', { name: option, exact: true });
        await page.getByRole('option').and(focused).waitFor();
        await keys('Home');
        for (let down = 0; down < 15 && !(await wanted.and(focused).count()); down++) await keys('ArrowDown');
        await wanted.and(focused).waitFor();
        await keys('Enter');
        await place(page, path).getByRole('button').first().and(focused).waitFor();
      };
      const duration = (unit: string, amount: number) =>
        new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
      await window.open(`/applications/${id}/settings`);

      await tabTo(page.getByRole('button', { name: words('settings.redirect_url_add') }));
      await keys('Enter');
      const row = (number: number) =>
        page.getByRole('textbox', { name: words('settings.redirect_url_number', { number }) });
      await row(1).and(focused).waitFor();
      await page.keyboard.type('https://app.example.com/callback');
      await tabTo(page.getByRole('button', { name: words('settings.fusion') }));
      await keys('Enter');
      await page.getByRole('menuitem').first().and(focused).waitFor();
      await keys('Enter');
      await row(2).and(focused).waitFor();
      const preset = await row(2).inputValue();
      assert.match(preset, /^https:\/\/\S+fusion/);
      await tabTo(page.getByRole('button', { name: words('settings.redirect_url_add') }));
      await keys('Enter');
      await row(3).and(focused).waitFor();
      await tabTo(page.getByRole('button', { name: words('settings.redirect_url_remove', { number: 3 }) }));
      await keys('Enter');
      await row(3).waitFor({ state: 'detached' });

      for (const scope of ['email', 'reports']) {
        await tabTo(place(page, 'scopes').getByRole('checkbox', { name: scope }));
        await keys('Space');
      }
      if (type === 'web') {
        await tabTo(place(page, 'require_pkce').getByRole('switch'));
        await keys('Space');
      }
      await choose('access_token_lifetime', duration('hour', 4));
      await tabTo(place(page, 'refresh_token_rotation').getByRole('switch'));
      await keys('Space');
      await choose('refresh_token_absolute_lifetime', words('settings.custom'));
      await tabTo(
        page.getByRole('textbox', {
          name: words('settings.lifetime_amount', {
            label: words('field.application.refresh_token_absolute_lifetime'),
          }),
        }),
      );
      await keys('ControlOrMeta+A');
      await page.keyboard.type('3');
      await keys('Tab');
      await choose('refresh_token_inactivity_lifetime', words('settings.no_expiration'));
      await choose('id_token_signed_response_alg', 'RS256');
      await tabTo(page.getByRole('button', { name: words('settings.sign_out_url_add') }));
      await keys('Enter');
      await page
        .getByRole('textbox', { name: words('settings.sign_out_url_number', { number: 1 }) })
        .and(focused)
        .waitFor();
      await page.keyboard.type('https://app.example.com/signed-out');
      await write('backchannel_logout_uri', 'https://app.example.com/ended');
      await tabTo(place(page, 'backchannel_logout_session_required').getByRole('switch'));
      await keys('Space');
      await write('client_uri', 'https://app.example.com/about');
      await write('developer_name', 'Ada & Söner');
      await write('developer_email', 'ada@app.example.com');
      await write('policy_uri', 'https://app.example.com/privacy');
      await tabTo(page.getByRole('button', { name: words('settings.save'), exact: true }));
      await keys('Enter');
      await page.getByText(words('settings.saved')).first().waitFor();

      const saved = await read(id);
      assert.deepEqual(saved.redirect_uris, ['https://app.example.com/callback', preset]);
      assert.deepEqual(saved['scopes'], ['openid', 'profile', 'api', 'offline_access', 'reports']);
      assert.equal(saved['require_pkce'], true);
      assert.equal(saved['access_token_lifetime'], 4 * HOUR);
      assert.equal(saved['refresh_token_rotation'], false);
      assert.equal(saved['refresh_token_absolute_lifetime'], 3 * 365 * DAY);
      assert.equal(saved['refresh_token_inactivity_lifetime'], null);
      assert.equal(saved['id_token_signed_response_alg'], 'RS256');
      assert.deepEqual(saved['post_logout_redirect_uris'], ['https://app.example.com/signed-out']);
      assert.equal(saved['backchannel_logout_uri'], 'https://app.example.com/ended');
      assert.equal(saved['backchannel_logout_session_required'], true);
      assert.equal(saved['client_uri'], 'https://app.example.com/about');
      assert.equal(saved['developer_name'], 'Ada & Söner');
      assert.equal(saved['developer_email'], 'ada@app.example.com');
      assert.equal(saved['policy_uri'], 'https://app.example.com/privacy');
      await window.close();
      await app.admin.deleteApplication(id);
    });

  for (const [language, locale] of [
    ['en', 'en-US'],
    ['zh-Hans', 'zh-CN'],
  ] as const)
    test(`what is wrong is said as one types, and the first of it is shown when one saves all the same (${language})`, async () => {
      const words = consoleWords(language);
      const { id } = await app.admin.createApplication({
        type: 'web',
        name: 'Careful',
        redirect_uris: ['https://a.example/cb'],
      });
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open(`/applications/${id}/settings`);
      await page.getByRole('button', { name: words('settings.redirect_url_add') }).click();
      const url = page.getByRole('textbox', { name: words('settings.redirect_url_number', { number: 2 }) });
      await url.fill('http://app.example.com/cb');
      assert.equal(await page.getByText(words('settings.uri_http')).count(), 0);
      await url.press('Tab');
      await page.getByText(words('settings.uri_http')).waitFor();
      for (const [typed, mistake] of [
        ['app.example.com/cb', words('settings.uri_absolute')],
        ['https://app.example.com/cb#top', words('settings.uri_fragment')],
        ['https://*.example.com/cb', words('settings.uri_wildcard')],
        ['https://user@app.example.com/cb', words('settings.uri_user_information')],
        ['https://app.example.com/cb?state=1', words('settings.uri_parameter', { part: 'state' })],
        ['https://app.example.com/ c', words('settings.uri_ascii')],
        ['https:/app.example.com/cb', words('settings.uri_host', { part: 'https' })],
        ['com.example.app:/cb', words('settings.uri_web_scheme')],
        ['https://a.example/cb', words('settings.uri_twice')],
        [`https://a.example/${'a'.repeat(2000)}`, words('settings.too_long', { max: 2000 })],
      ] as const) {
        await url.fill(typed);
        await place(page, 'redirect_uris')
          .or(page.locator('[data-wrong]'))
          .getByText(mistake, { exact: true })
          .waitFor();
      }
      // An address after a sign-out has its own rules: its answer has a state and no code.
      await page.getByRole('button', { name: words('settings.sign_out_url_add') }).click();
      const after = page.getByRole('textbox', { name: words('settings.sign_out_url_number', { number: 1 }) });
      await after.fill('https://app.example.com/out?code=1&state=1');
      await after.press('Tab');
      await page.getByText(words('settings.uri_parameter', { part: 'state' }), { exact: true }).waitFor();
      await after.fill('https://app.example.com/out?code=1');
      await page.getByText(words('settings.uri_parameter', { part: 'state' })).waitFor({ state: 'detached' });
      await place(page, 'backchannel_logout_uri').getByRole('textbox').fill('http://app.example.com/ended');
      await place(page, 'policy_uri').getByRole('textbox').fill('javascript:alert(1)');
      await place(page, 'developer_email').getByRole('textbox').fill('nobody');
      await place(page, 'name').getByRole('textbox').fill(' ');
      await page.getByRole('button', { name: words('settings.save'), exact: true }).click();
      await place(page, 'name').getByRole('textbox').and(page.locator(':focus')).waitFor();
      await place(page, 'name').getByText(words('applications.name_missing')).waitFor();
      await place(page, 'backchannel_logout_uri').getByText(words('settings.uri_http')).waitFor();
      await place(page, 'policy_uri').getByText(words('settings.not_web_url')).waitFor();
      await place(page, 'developer_email').getByText(words('problems.invalid_email')).waitFor();
      await page.locator('[data-save-bar]').getByText(words('problems.validation_failed')).waitFor();
      await window.checkAccessibility();
      await url.fill('https://app.example.com/cb');
      await page.getByRole('button', { name: words('settings.discard') }).click();
      await page.locator('[data-save-bar]').waitFor({ state: 'detached' });
      assert.equal(await place(page, 'name').getByRole('textbox').inputValue(), 'Careful');
      await window.close();
    });

  test('what only the server knows is shown at its field too', async () => {
    const scope = { name: 'passing', description: 'Gone soon', default: false };
    await app.admin.updateInstance({ scopes: [...scopes, reports, scope] });
    const { id } = await app.admin.createApplication({ type: 'web', name: 'Late' });
    const window = await openConsole(app, { refusals: [422] });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    await toggle(page, 'scopes', 'passing');
    await app.admin.updateInstance({ scopes: [...scopes, reports] });
    await page.getByRole('button', { name: en('settings.save'), exact: true }).click();
    await place(page, 'scopes').getByText(en('settings.scope_gone')).waitFor();
    await place(page, 'scopes').getByRole('checkbox').first().and(page.locator(':focus')).waitFor();
    await toggle(page, 'scopes', 'passing');
    await page.locator('[data-save-bar]').waitFor({ state: 'detached' });
    await window.close();
  });

  test('whoever leaves what is not saved is asked first, within the console and out of it', async () => {
    const { id } = await app.admin.createApplication({ type: 'web', name: 'Guarded' });
    const window = await openConsole(app, { locale: 'fr-FR' });
    const { page } = window;
    await window.open('/applications');
    await page.getByRole('row', { name: 'Guarded' }).click();
    const name = place(page, 'name').getByRole('textbox');
    await name.fill('Changed');
    await page
      .getByRole('link', { name: fr('applications.tab_users'), exact: true })
      .last()
      .click();
    const box = page.getByRole('alertdialog', { name: fr('shell.unsaved_title') });
    await box.getByText(fr('shell.unsaved_text')).waitFor();
    await window.checkAccessibility();
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    assert.equal(await name.inputValue(), 'Changed');

    await page.goBack();
    await box.getByRole('button', { name: fr('shell.unsaved_stay') }).click();
    await box.waitFor({ state: 'detached' });
    assert.match(new URL(page.url()).pathname, /\/settings$/);

    const asked = new Promise<string>((resolve) =>
      page.once('dialog', (dialog) => void dialog.dismiss().then(() => resolve(dialog.type()))),
    );
    await page.evaluate('setTimeout(() => location.assign("/account"))');
    assert.equal(await asked, 'beforeunload');
    assert.equal(await name.inputValue(), 'Changed');

    await page
      .getByRole('link', { name: fr('applications.back') })
      .last()
      .click();
    await box.getByRole('button', { name: fr('shell.unsaved_leave') }).click();
    await page.getByRole('heading', { level: 1, name: fr('applications.title') }).waitFor();
    assert.equal((await read(id)).name, 'Guarded');
    await window.close();
  });

  test('on a phone everything fits the window, in the dark too, and the bar hides nothing that has the focus', async () => {
    const { id } = await app.admin.createApplication({
      type: 'spa',
      name: 'Telefon',
      redirect_uris: [`https://app.example.com/${'long/'.repeat(60)}`],
      refresh_token_rotation: false,
      refresh_token_absolute_lifetime: 100 * DAY,
    });
    const window = await openConsole(app, {
      locale: 'zh-CN',
      theme: 'dark',
      viewport: { width: 390, height: 780 },
    });
    const { page } = window;
    await window.open(`/applications/${id}/settings`);
    await place(page, 'description').getByRole('textbox').fill('说明');
    await page.getByText(zh('settings.unsaved')).last().waitFor();
    await checkWidth(page);
    await window.checkAccessibility();
    const bar = page.locator('[data-save-bar]');
    for (const path of ['client_uri', 'developer_name', 'developer_email', 'policy_uri']) {
      await page.keyboard.press('Tab');
      const field = place(page, path).getByRole('textbox');
      await field.focus();
      const [fieldBox, barBox] = [await field.boundingBox(), await bar.boundingBox()];
      assert.ok(fieldBox && barBox && fieldBox.y + fieldBox.height <= barBox.y, `${path} is behind the bar`);
    }
    await window.close();
  });
});
