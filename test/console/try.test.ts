import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ApplicationView } from '../support/admin.ts';
import { type ConsoleWindow, checkWidth, openConsole } from '../support/console.ts';
import { opensslCertificate, rsaKeyPair } from '../support/key-pairs.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

/** Words of a language, as the console has them. */
function words(locale: string): (key: string, values?: Record<string, string>) => string {
  const read = (area: string): Record<string, string> =>
    JSON.parse(readFileSync(new URL(`../../locales/${locale}/${area}.json`, import.meta.url), 'utf8'));
  const catalog: Record<string, string> = {
    ...read('try'),
    ...read('connect'),
    ...read('pages'),
    ...read('shell'),
  };
  return (key, values = {}) => {
    const message = catalog[key];
    if (message === undefined) throw new Error(`no message ${key} in ${locale}`);
    return message.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  };
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
/** As `press`, without a mouse. */
async function enter(page: Page, name: string): Promise<void> {
  await tabTo(page.getByRole('button', { name, exact: true }));
  await page.keyboard.press('Enter');
}
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

/** What this tab keeps beyond its page: nothing of a trial, once its answer has come. */
async function leftBehind(page: Page): Promise<string> {
  return page.evaluate<string>('JSON.stringify({ ...sessionStorage, ...localStorage }) + location.href');
}

function assertNothingLeft(left: string, ...secrets: (string | undefined)[]): void {
  assert.doesNotMatch(left, /postern\.try|[?&](code|state)=/);
  for (const secret of secrets) assert.ok(secret === undefined || !left.includes(secret));
}

/** Closes the window where Chromium had to note refusals that the test itself asked for, and nothing else. */
async function closeAfterRefusals(window: ConsoleWindow): Promise<void> {
  await window.close().catch((error: { actual?: string[] }) => {
    const others = error.actual?.filter(
      (line) => !/Failed to load resource: the server responded with a status of 40[01]/.test(line),
    );
    assert.deepEqual(others, []);
  });
}

describe('Try it', async () => {
  const app = await startApp({ engine: 'sqlite' });
  await app.admin.updateInstance({ refresh_token_grace: 60 });
  const callback = 'http://localhost:3001/callback';
  const trialUrl = `${app.url}/console/try`;

  const redirectUris = async ({ id }: ApplicationView) =>
    (await app.admin.must<ApplicationView>('GET', `/applications/${id}`)).redirect_uris;

  test('a web application’s whole flow in a new window, in English', async () => {
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [callback] });
    const secret = web.client_secret ?? '';
    const t = words('en');
    const window = await openConsole(app);
    const { page, context } = window;
    await window.open(`/applications/${web.id}/try`);
    await press(page, t('try.redirect_add'));
    await heading(page, t('try.redirect_present_title'));
    assert.deepEqual(await redirectUris(web), [callback, trialUrl]);
    await page.getByRole('textbox', { name: t('try.client_secret') }).fill(secret);

    const opening = context.waitForEvent('page');
    await press(page, t('try.start_in_window'));
    const popup = await opening;
    const closing = popup.waitForEvent('close');
    await popup.getByRole('button', { name: t('consent.allow') }).click();
    await closing;

    await heading(page, t('try.came_back'));
    await page.getByText(t('try.check_state')).waitFor();
    await page.getByText(t('try.check_iss')).waitFor();
    await press(page, t('try.token_action'));
    const idToken = page.getByRole('group', { name: t('try.id_token'), exact: true });
    await idToken.getByText(t('try.check_at_hash')).waitFor();
    const checks = await idToken.getByRole('listitem').allInnerTexts();
    const [kid = ''] = /[0-9a-f]{32}/.exec(checks[0] ?? '') ?? [];
    assert.ok((await (await fetch(`${app.url}/oauth2/jwks`)).text()).includes(kid));
    assert.deepEqual(checks, [
      t('try.check_signature', { alg: 'ES256', kid }),
      ...(['id_token_iss', 'id_token_aud', 'id_token_exp', 'nonce', 'at_hash'] as const).map((check) =>
        t(`try.check_${check}`),
      ),
    ]);
    const claims = page
      .getByRole('group', { name: t('try.access_token'), exact: true })
      .getByRole('table', { name: t('try.jwt_claims') });
    await claims.getByText(app.administrator.id).waitFor();
    await claims.getByText(t('try.claim_authorization_id')).waitFor();
    await press(page, t('try.userinfo_action'));
    const user = page.getByRole('table', { name: t('try.userinfo_claims'), exact: true });
    await user.getByText(app.administrator.email, { exact: true }).waitFor();
    await page.getByText(t('try.check_sub')).waitFor();
    await press(page, t('try.introspect_action'));
    await page.getByRole('table', { name: t('try.introspection_active') }).waitFor();
    await press(page, t('try.refresh_action'));
    await heading(page, t('try.rotated_title'));
    await press(page, t('try.repeat_action'));
    await heading(page, t('try.same_successor_title'));
    await press(page, t('try.revoke_action'));
    await press(page, t('try.after_action_web'));
    await heading(page, t('try.introspection_inactive'));

    const shown = await page.getByRole('main').innerText();
    assert.ok(!shown.includes(secret) && !shown.includes(btoa(`${web.client_id}:${secret}`)));
    await page.getByText(t('try.reveal'), { exact: true }).first().click();
    await page.getByText(btoa(`${web.client_id}:${secret}`)).waitFor();
    assertNothingLeft(await leftBehind(page), secret);
    await window.checkAccessibility();

    await press(page, t('try.redirect_remove'));
    await heading(page, t('try.redirect_missing_title'));
    assert.deepEqual(await redirectUris(web), [callback]);
    await window.close();
  });

  for (const [language, theme] of [
    ['fr', 'dark'],
    ['sv', 'light'],
  ] as const)
    test(`a single-page application’s whole flow in one tab, with the keyboard alone (${language}, ${theme})`, async () => {
      const spa = await app.admin.createApplication({ type: 'spa', redirect_uris: [callback, trialUrl] });
      const t = words(language);
      const window = await openConsole(app, { locale: language, theme });
      const { page } = window;
      await window.open(`/applications/${spa.id}/try`);
      assert.equal(await page.getByRole('textbox').count(), 0);
      await enter(page, t('try.start_here'));
      await enter(page, t('consent.allow'));

      await heading(page, t('try.came_back'));
      assert.equal(page.url(), `${app.url}/console/applications/${spa.id}/try`);
      assertNothingLeft(await leftBehind(page));
      await enter(page, t('try.token_action'));
      await heading(page, t('try.access_token'));
      // Whoever goes on by keyboard or screen reader is where the answer is.
      assert.equal(await page.evaluate('document.activeElement.textContent'), t('try.answer'));
      await enter(page, t('try.refresh_action'));
      await heading(page, t('try.rotated_title'));
      await enter(page, t('try.repeat_action'));
      await heading(page, t('try.same_successor_title'));
      await enter(page, t('try.revoke_action'));
      await enter(page, t('try.after_action_spa'));
      await heading(page, t('try.ended_title'));
      await window.checkAccessibility();
      await page.goBack();
      await page.waitForLoadState();
      assert.doesNotMatch(page.url(), /code=/);
      await closeAfterRefusals(window);
      await app.admin.deleteApplication(spa.id);
    });

  test('a web application’s whole flow in a new window, with the keyboard alone, in Swedish', async () => {
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [callback] });
    const t = words('sv');
    const window = await openConsole(app, { locale: 'sv' });
    const { page, context } = window;
    await window.open(`/applications/${web.id}/try`);
    await enter(page, t('try.redirect_add'));
    await heading(page, t('try.redirect_present_title'));
    await tabTo(page.getByRole('textbox', { name: t('try.client_secret') }));
    await page.keyboard.type(web.client_secret ?? '');

    const opening = context.waitForEvent('page');
    await enter(page, t('try.start_in_window'));
    const popup = await opening;
    const closing = popup.waitForEvent('close');
    await tabTo(popup.getByRole('button', { name: t('consent.allow') }));
    // The window closes while the key is being let go.
    await popup.keyboard.press('Enter').catch(() => {});
    await closing;

    await heading(page, t('try.came_back'));
    await enter(page, t('try.token_action'));
    await heading(page, t('try.access_token'));
    await enter(page, t('try.introspect_action'));
    await page.getByRole('table', { name: t('try.introspection_active') }).waitFor();
    await enter(page, t('try.refresh_action'));
    await heading(page, t('try.rotated_title'));
    await enter(page, t('try.repeat_action'));
    await heading(page, t('try.same_successor_title'));
    await enter(page, t('try.revoke_action'));
    await enter(page, t('try.after_action_web'));
    await heading(page, t('try.introspection_inactive'));
    await enter(page, t('try.redirect_remove'));
    await heading(page, t('try.redirect_missing_title'));
    assert.deepEqual(await redirectUris(web), [callback]);
    await window.close();
    await app.admin.deleteApplication(web.id);
  });

  test('somebody who is no administrator signs in for a trial, which goes on with their tokens, in French', async () => {
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [trialUrl] });
    const t = words('fr');
    const window = await openConsole(app, { locale: 'fr', refusals: [403] });
    const { page, context } = window;
    await window.open(`/applications/${web.id}/try`);
    await page.getByRole('textbox', { name: t('try.client_secret') }).fill(web.client_secret ?? '');
    await page.getByRole('button', { name: t('try.prompt') }).click();
    await page.getByRole('option', { name: t('try.prompt_login') }).click();
    await page.getByText(t('try.prompt_login_text')).waitFor();
    const opening = context.waitForEvent('page');
    await press(page, t('try.start_in_window'));
    const popup = await opening;
    const closing = popup.waitForEvent('close');
    await popup.locator('input[name=email]').fill(app.user.email);
    await popup.locator('input[name=password]').fill(app.user.password);
    await popup.locator('input[name=password]').press('Enter');
    await popup.getByRole('button', { name: t('consent.allow') }).click();
    await closing;

    await heading(page, t('try.came_back'));
    await press(page, t('try.token_action'));
    await heading(page, t('try.access_token'));
    for (const token of [t('try.id_token'), t('try.access_token')])
      await page
        .getByRole('group', { name: token, exact: true })
        .getByRole('table', { name: t('try.jwt_claims') })
        .getByText(app.user.id)
        .waitFor();
    await window.close();
    await app.admin.deleteApplication(web.id);
  });

  test('the Workfront profile says which header carries the token', async () => {
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [trialUrl] });
    const t = words('en');
    const window = await openConsole(app);
    const { page } = window;
    await window.open(`/applications/${web.id}/try`);
    await page.getByRole('radio', { name: t('connect.workfront') }).press(' ');
    await press(page, t('try.start_here'));
    await page.getByRole('button', { name: t('consent.allow') }).click();
    await heading(page, t('try.came_back'));
    await page.getByText(t('try.answer_lane')).waitFor();
    await page.getByRole('textbox', { name: t('try.client_secret') }).fill(web.client_secret ?? '');
    await press(page, t('try.token_action'));
    await page.getByText('The token type, sessionID').waitFor();
    await window.close();
  });

  test('a user’s no is explained, and a wrong client secret can be put right, in Swedish', async () => {
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [trialUrl] });
    const t = words('sv');
    const window = await openConsole(app, { locale: 'sv' });
    const { page } = window;
    await window.open(`/applications/${web.id}/try`);
    await press(page, t('try.start_here'));
    await page.getByRole('button', { name: t('consent.deny') }).click();
    await heading(page, t('try.error_title', { code: 'access_denied' }));
    await page.getByText(t('try.error_access_denied')).waitFor();
    assertNothingLeft(await leftBehind(page));

    await press(page, t('try.restart'));
    await press(page, t('try.start_here'));
    await page.getByRole('button', { name: t('consent.allow') }).click();
    await heading(page, t('try.came_back'));
    // Nothing kept the secret over the trip, so it is asked for here.
    const secret = page.getByRole('textbox', { name: t('try.client_secret') });
    await page.getByText(t('try.missing_secret')).waitFor();
    await secret.fill('pcs_wrong');
    await press(page, t('try.token_action'));
    await heading(page, t('try.error_title', { code: 'invalid_client' }));
    await page.getByText(t('try.error_invalid_client')).waitFor();
    await window.checkAccessibility();
    await secret.fill(web.client_secret ?? '');
    await press(page, t('try.again', { action: t('try.token_action') }));
    await heading(page, t('try.access_token'));
    await closeAfterRefusals(window);
  });

  test('a machine application signs with a key that stays in the page, in Chinese', async () => {
    const machine = await app.admin.createApplication({ type: 'machine' });
    const { privatePem, certificatePem } = opensslCertificate();
    await app.admin.addPublicKey(machine.id, certificatePem, app.user.id);
    const t = words('zh-Hans');
    const window = await openConsole(app, { locale: 'zh-CN' });
    const { page } = window;
    const bodies: string[] = [];
    page.on('request', (request) => bodies.push(request.postData() ?? ''));
    await window.open(`/applications/${machine.id}/try`);
    const field = page.getByRole('textbox', { name: t('try.private_key') });
    await field.fill(certificatePem);
    await page.getByText(t('try.key_public')).waitFor();
    await field.fill(privatePem);
    await page.getByText(app.user.name).waitFor();

    await press(page, t('try.sign_action'));
    const claims = page.getByRole('table', { name: t('try.jwt_claims') });
    await claims.getByText(t('try.assertion_sub')).waitFor();
    await claims.getByText(app.user.id).waitFor();
    await press(page, t('try.token_action_machine'));
    await heading(page, t('try.access_token'));
    await press(page, t('try.introspect_action'));
    await page.getByRole('table', { name: t('try.introspection_active') }).waitFor();
    await press(page, t('try.revoke_action'));
    await press(page, t('try.after_action_web'));
    await heading(page, t('try.introspection_inactive'));
    await window.checkAccessibility();

    const secretPart = privatePem.split('\n')[3] ?? '';
    assert.ok(bodies.length > 3 && secretPart.length > 20);
    assert.ok(!bodies.some((body) => decodeURIComponent(body).includes(secretPart)));
    assertNothingLeft(await leftBehind(page), secretPart);
    await window.close();
  });

  test('a machine application tries its secret and its key with the keyboard alone, in French', async () => {
    const machine = await app.admin.createApplication({ type: 'machine' });
    const { privatePem, certificatePem } = opensslCertificate();
    await app.admin.addPublicKey(machine.id, certificatePem, app.user.id);
    const t = words('fr');
    const window = await openConsole(app, { locale: 'fr', theme: 'dark' });
    const { page } = window;
    await window.open(`/applications/${machine.id}/try`);
    const grant = (name: string) => page.getByRole('radio', { name: t(name) });

    await tabTo(grant('try.grant_jwt'));
    for (const next of ['try.grant_workfront', 'try.grant_client_credentials']) {
      await page.keyboard.press('ArrowDown');
      await grant(next).and(page.locator(':focus')).waitFor();
    }
    await tabTo(page.getByRole('textbox', { name: t('try.client_secret') }));
    await page.keyboard.type(machine.client_secret ?? '');
    await enter(page, t('try.token_action_machine'));
    await heading(page, t('try.access_token'));
    await enter(page, t('try.introspect_action'));
    await page.getByRole('table', { name: t('try.introspection_active') }).waitFor();

    await tabTo(grant('try.grant_client_credentials'));
    for (const next of ['try.grant_workfront', 'try.grant_jwt']) {
      await page.keyboard.press('ArrowUp');
      await grant(next).and(page.locator(':focus')).waitFor();
    }
    await tabTo(page.getByRole('textbox', { name: t('try.private_key') }));
    await page.keyboard.insertText(privatePem);
    await page.getByText(app.user.name).waitFor();
    await enter(page, t('try.sign_action'));
    await page
      .getByRole('table', { name: t('try.jwt_claims') })
      .getByText(app.user.id)
      .waitFor();
    await enter(page, t('try.token_action_machine'));
    await heading(page, t('try.access_token'));
    await enter(page, t('try.revoke_action'));
    await enter(page, t('try.after_action_web'));
    await heading(page, t('try.introspection_inactive'));
    await window.close();
    await app.admin.deleteApplication(machine.id);
  });

  test('a machine application tries its secret, a key made for the trial, and the Workfront exchange', async () => {
    const machine = await app.admin.createApplication({ type: 'machine' });
    const keys = async () =>
      (await app.admin.must<ApplicationView>('GET', `/applications/${machine.id}`)).public_keys?.length;
    const t = words('en');
    const window = await openConsole(app, { theme: 'dark' });
    const { page } = window;
    await window.open(`/applications/${machine.id}/try`);
    await page.getByText(t('try.grant_client_credentials'), { exact: true }).click();
    await page.getByRole('textbox', { name: t('try.client_secret') }).fill(machine.client_secret ?? '');
    await press(page, t('try.token_action_machine'));
    await heading(page, t('try.access_token'));
    await window.checkAccessibility();

    await page.getByRole('button', { name: t('try.method') }).click();
    await page.getByRole('option', { name: t('try.method_private_key') }).click();
    await press(page, t('try.key_make'));
    await heading(page, t('try.key_ready_title', { algorithm: 'ES256' }));
    assert.equal(await keys(), 1);
    await press(page, t('try.introspect_action'));
    await page.getByRole('table', { name: t('try.introspection_active') }).waitFor();

    await page.getByText(t('try.grant_workfront'), { exact: true }).click();
    await press(page, t('try.sign_action'));
    await press(page, t('try.token_action_machine'));
    await page.getByText('The token type, sessionID').waitFor();
    await press(page, t('try.key_remove'));
    await page.getByRole('textbox', { name: t('try.private_key') }).waitFor();
    assert.equal(await keys(), 0);
    await window.close();
  });

  test('keys of every kind are read, and one that is not registered can be added', async () => {
    const machine = await app.admin.createApplication({ type: 'machine' });
    const t = words('en');
    const window = await openConsole(app);
    const { page } = window;
    await window.open(`/applications/${machine.id}/try`);
    const field = page.getByRole('textbox', { name: t('try.private_key') });
    const { privateKey } = rsaKeyPair();
    await field.fill('-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n');
    await page.getByText(t('try.key_unsupported')).waitFor();
    await field.fill(
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }),
    );
    await page.getByText(t('try.key_encrypted')).waitFor();
    for (const given of [
      privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'PS256', use: 'sig' }),
    ]) {
      await field.fill(given);
      await heading(page, t('try.key_unknown_title'));
      await press(page, t('try.key_forget'));
    }
    await page.locator('input[type=file]').setInputFiles({
      name: 'key.pem',
      mimeType: 'application/x-pem-file',
      buffer: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    });
    await press(page, t('try.key_register'));
    await heading(page, t('try.key_ready_title', { algorithm: 'RS256' }));
    await press(page, t('try.sign_action'));
    await press(page, t('try.token_action_machine'));
    await heading(page, t('try.access_token'));
    await window.close();
  });

  test('an answer that this browser did not ask for is not used, and nothing of it is shown', async () => {
    const t = words('en');
    const window = await openConsole(app);
    const { page } = window;
    const requests: string[] = [];
    page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const query = new URLSearchParams({
      code: 'stolen',
      state: 'made-up',
      iss: app.url,
      error_description: '<img src=x onerror=alert(1)>Call this number',
    });
    await window.open(`/try?${query}`);
    await heading(page, t('try.nobody_title'));
    assert.equal(page.url(), trialUrl);
    const shown = await page.content();
    for (const part of ['stolen', 'made-up', 'Call this number']) assert.ok(!shown.includes(part));
    assert.ok(!requests.includes('POST /oauth2/token'));
    await window.checkAccessibility();
    await window.close();
  });

  test('an answer from another issuer, or one that comes twice, leads to no token', async () => {
    const spa = await app.admin.createApplication({ type: 'spa', redirect_uris: [trialUrl] });
    const t = words('en');
    const window = await openConsole(app);
    const { page } = window;
    await window.open(`/applications/${spa.id}/try`);
    const state = await beginWithoutEnd(page, t('try.start_here'), app);
    const forged = new URLSearchParams({ code: 'of another server', state, iss: 'https://evil.example' });
    await page.goto(`/console/try?${forged}`);
    await page.getByText(t('try.error_wrong_issuer')).waitFor();
    assert.equal(await page.getByRole('button', { name: t('try.token_action'), exact: true }).count(), 0);
    await page.goto(`/console/try?${forged}`);
    await heading(page, t('try.nobody_title'));
    await window.close();
  });

  test('on a phone everything fits, and a trial can be called off', async () => {
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [trialUrl] });
    const t = words('sv');
    const window = await openConsole(app, { locale: 'sv', viewport: { width: 390, height: 844 } });
    const { page, context } = window;
    await window.open(`/applications/${web.id}/try`);
    await page.getByRole('textbox', { name: t('try.client_secret') }).fill(web.client_secret ?? '');
    const opening = context.waitForEvent('page');
    await press(page, t('try.start_in_window'));
    const popup = await opening;
    await page.getByRole('status').getByText(t('try.waiting')).waitFor();
    await popup.close();
    await press(page, t('shell.cancel'));
    assertNothingLeft(await leftBehind(page));
    await press(page, t('try.start_here'));
    await page.getByRole('button', { name: t('consent.allow') }).click();
    await page.getByRole('textbox', { name: t('try.client_secret') }).fill(web.client_secret ?? '');
    await press(page, t('try.token_action'));
    await heading(page, t('try.access_token'));
    await checkWidth(page);
    await window.close();
  });
});

/** Starts a trial and stops on the authorization server's page. @returns the state of its request */
async function beginWithoutEnd(page: Page, start: string, app: TestApp): Promise<string> {
  await press(page, start);
  await page.waitForURL(`${app.url}/oauth2/authorize?**`);
  return new URL(page.url()).searchParams.get('state') ?? '';
}
