import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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

describe('who uses an application', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;
  const people = await Promise.all(
    ['Nina Lindqvist', 'Åsa Öberg', 'Sam Carter'].map((name) => admin.createUser({ name })),
  );
  const authorizations = async (application: ApplicationView) =>
    (
      await admin.must<{ data: { user: { name: string } }[] }>(
        'GET',
        `/applications/${application.id}/authorizations`,
      )
    ).data;
  /** An application that these people allowed. */
  const connected = async (name: string, fields: object = {}, users = people) => {
    const redirect_uris = ['https://app.example/cb'];
    const application = await admin.createApplication({ type: 'web', name, redirect_uris, ...fields });
    const client = new OAuthClient(app, application);
    for (const person of users)
      await client.authorize(app.browser(), person, { scope: 'api offline_access' });
    return application;
  };

  test('an administrator revokes one user, who loses access and the others do not', async () => {
    for (const [locale, words] of [
      ['en-US', en],
      ['fr', fr],
    ] as const) {
      const application = await connected('Calendar');
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open(`/applications/${application.id}/users`);
      const list = page.getByRole('list', { name: words('people.users') });
      await list.getByText('Nina Lindqvist').waitFor();
      assert.equal(await list.getByText(words('people.ends_inactivity_why')).count(), 3);
      assert.equal(await list.getByText(words('people.not_refreshed')).count(), 3);
      assert.equal(await list.getByText(words('applications.scope_api')).count(), 3);
      await page.getByRole('button', { name: words('people.end_of', { name: 'Åsa Öberg' }) }).click();
      const asked = page.getByRole('alertdialog', {
        name: words('people.end_title', { name: 'Åsa Öberg' }),
      });
      await window.checkAccessibility();
      await asked.getByRole('button', { name: words('shell.cancel') }).click();
      assert.equal((await authorizations(application)).length, 3, 'asking changes nothing');
      await page.getByRole('button', { name: words('people.end_of', { name: 'Åsa Öberg' }) }).click();
      await asked.getByRole('button', { name: words('people.end'), exact: true }).click();
      await page
        .getByText(words('people.ended', { name: 'Åsa Öberg' }))
        .first()
        .waitFor();
      await list.getByText('Åsa Öberg').waitFor({ state: 'detached' });
      assert.deepEqual(
        (await authorizations(application)).map(({ user }) => user.name),
        ['Nina Lindqvist', 'Sam Carter'],
      );
      await window.checkAccessibility();
      await window.close();
      await admin.deleteApplication(application.id);
    }
  });

  test('with the keyboard alone everybody is revoked, and the page says how users come', async () => {
    for (const [locale, words] of [
      ['sv', sv],
      ['zh-CN', zh],
    ] as const) {
      const application = await connected('Kalender');
      const window = await openConsole(app, { locale, theme: 'dark' });
      const { page } = window;
      await window.open(`/applications/${application.id}/users`);
      const all = page.getByRole('button', { name: words('people.end_all'), exact: true });
      await tabTo(all);
      await page.keyboard.press('Enter');
      await page.getByText(words('people.end_all_title')).waitFor();
      await window.checkAccessibility();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page
        .getByText(words('people.ended_all', { application: 'Kalender' }))
        .first()
        .waitFor();
      await page.getByRole('heading', { name: words('people.none_title') }).waitFor();
      assert.deepEqual(await authorizations(application), []);
      await window.checkAccessibility();
      await page.getByRole('region').getByRole('link').first().press('Enter');
      await page.waitForURL(/\/connect$/);
      await window.close();
      await admin.deleteApplication(application.id);
    }
  });

  test('when access ends and why is said for each kind of expiration', async () => {
    for (const [because, policy] of [
      ['absolute', { refresh_token_absolute_lifetime: 3_600 }],
      ['never', { refresh_token_inactivity_lifetime: null }],
    ] as const) {
      const application = await connected(because, policy, people.slice(0, 1));
      const window = await openConsole(app, { locale: 'sv', viewport: { width: 390, height: 844 } });
      await window.open(`/applications/${application.id}/users`);
      await window.page.getByText(sv(`people.ends_${because}_why`)).waitFor();
      await checkWidth(window.page);
      await window.checkAccessibility();
      await window.close();
      await admin.deleteApplication(application.id);
    }
  });

  test('users are searched by name and come page by page', async () => {
    const crowd = [];
    for (let number = 10; number < 36; number++)
      crowd.push(await admin.createUser({ name: `Crowd ${number}` }));
    const application = await connected('Popular', {}, [...people, ...crowd]);
    const window = await openConsole(app, { locale: 'fr' });
    const { page } = window;
    await window.open(`/applications/${application.id}/users`);
    await page.getByText('Crowd 20').waitFor();
    assert.equal(await page.getByText('Crowd 35').count(), 0);
    await page.getByRole('button', { name: fr('shell.show_more') }).click();
    await page.getByText('Crowd 35').waitFor();
    await page.getByRole('searchbox', { name: fr('people.search') }).fill('ÅSA');
    await page.getByText('Crowd 35').waitFor({ state: 'detached' });
    await page.getByText('Åsa Öberg').waitFor();
    await page.getByRole('searchbox', { name: fr('people.search') }).fill('%');
    await page.getByText(fr('people.nobody_found')).waitFor();
    await window.checkAccessibility();
    await window.close();
    await admin.deleteApplication(application.id);
  });

  test('a machine application has no users, and the page says for whom its keys act', async () => {
    const application = await admin.createApplication({ type: 'machine', name: 'Nightly' });
    for (const [locale, words] of [
      ['en-US', en],
      ['fr', fr],
    ] as const) {
      const window = await openConsole(app, { locale });
      await window.open(`/applications/${application.id}/users`);
      await window.page.getByRole('heading', { name: words('people.machine_title') }).waitFor();
      await window.page.getByRole('region').getByRole('link').waitFor();
      await window.checkAccessibility();
      await window.close();
    }
    const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const jwk = await crypto.subtle.exportKey('jwk', publicKey);
    await admin.addPublicKey(
      application.id,
      { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y },
      people[0]?.id,
    );
    const window = await openConsole(app, { locale: 'sv', theme: 'dark' });
    await window.open(`/applications/${application.id}/users`);
    const keys = window.page.getByRole('list', { name: sv('people.machine_keys') });
    await keys.getByRole('link', { name: 'Nina Lindqvist' }).waitFor();
    await window.checkAccessibility();
    await window.close();
  });

  test('what happened to an application is told in sentences, with what changed', async () => {
    const application = await connected('Before', {}, people.slice(0, 1));
    await admin.updateApplication(application.id, { name: 'After', refresh_token_absolute_lifetime: 86_400 });
    await admin.updateApplication(application.id, { enabled: false });
    for (const [locale, words, theme] of [
      ['en-US', en, 'light'],
      ['sv', sv, 'dark'],
    ] as const) {
      const window = await openConsole(app, { locale, theme });
      const { page } = window;
      await window.open(`/applications/${application.id}/activity`);
      const event = (key: string) =>
        page.getByRole('listitem').filter({
          hasText: words(`audit.${key}`, {
            actor: 'Ada Administrator',
            user: 'Nina Lindqvist',
            application: 'After',
          }),
        });
      for (const key of [
        'application_created',
        'application_updated',
        'application_disabled',
        'authorization_granted',
      ])
        await event(key).waitFor();
      const changed = event('application_updated');
      await changed.getByText(words('field.application.refresh_token_absolute_lifetime')).waitFor();
      await changed.getByRole('button').press('Enter');
      const row = changed.getByRole('row', { name: words('field.application.name') });
      assert.deepEqual(await row.getByRole('cell').allTextContents(), ['Before', 'After']);
      await changed.getByText('"application.updated"').waitFor();
      await window.checkAccessibility();
      await window.close();
    }
  });
});
