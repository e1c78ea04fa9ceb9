import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseId } from '../../server/base/ids.ts';
import { DAY, HOUR, MINUTE } from '../../server/base/units.ts';
import { recordAuditEvent } from '../../server/events/record.ts';
import {
  type AuditEventType,
  auditEventTypes,
  type NewAuditEvent,
  system,
} from '../../server/model/event.ts';
import { chooseFound } from '../support/choose-found.ts';
import { checkWidth, openConsole } from '../support/console.ts';
import { consoleWords } from '../support/console-words.ts';
import { tabTo } from '../support/keyboard.ts';
import { startApp } from '../support/test-app.ts';

const en = consoleWords('en');
const fr = consoleWords('fr');
const sv = consoleWords('sv');
const zh = consoleWords('zh-Hans');

describe('the audit log', async () => {
  const app = await startApp({ engine: 'sqlite' });
  const { admin } = app;
  const application = await admin.createApplication({ type: 'web', name: 'Calendar' });
  const gone = await admin.createApplication({ type: 'web', name: 'Bygone' });
  await admin.deleteApplication(gone.id);
  const applicationId = parseId(application.id) ?? assert.fail();
  const userId = parseId(app.user.id) ?? assert.fail();
  const administrator = { type: 'user', id: parseId(app.administrator.id) ?? assert.fail() } as const;
  const client = { type: 'application', id: applicationId } as const;

  const record = (event: Partial<NewAuditEvent> & { type: AuditEventType }, ago = 0) =>
    app.services.db.transaction((tx) =>
      recordAuditEvent(tx, app.clock.now() - ago, {
        instanceId: app.instance.id,
        actor: administrator,
        ip: '192.0.2.7',
        ...event,
      }),
    );

  test('there are words for every type of event in every language', async () => {
    const concerned = { applicationId, userId };
    const events: (Partial<NewAuditEvent> & { type: AuditEventType })[] = [
      ...auditEventTypes.map((type) => ({ type, ...concerned })),
      {
        type: 'application.updated',
        applicationId,
        detail: { changed: ['enabled'], after: { enabled: true } },
      },
      { type: 'application.updated', applicationId, detail: { changed: ['logo_uri'] } },
      { type: 'user.updated', userId, detail: { fields: ['active'], active: false } },
      { type: 'user.updated', userId, detail: { fields: ['active'], active: true } },
      { type: 'user.updated', userId, detail: { fields: ['role'], role: 'administrator' } },
      { type: 'user.updated', userId, detail: { fields: ['role'], role: 'user' } },
      { type: 'user.updated', userId, detail: { fields: ['password'] } },
      { type: 'user.updated', userId, actor: { type: 'user', id: userId }, detail: { fields: ['password'] } },
      { type: 'user.updated', userId, actor: { type: 'user', id: userId }, detail: { fields: ['name'] } },
      { type: 'login.failed', actor: system, detail: { email: 'stranger@example.com' } },
      { type: 'login.failed', actor: system },
      { type: 'login.locked', actor: system, detail: { limit: 'address', retry_after: 61 } },
      {
        type: 'login.locked',
        actor: system,
        detail: { limit: 'account', email: 'x@example.com', retry_after: 900 },
      },
      {
        type: 'client.limited',
        actor: system,
        detail: { limit: 'client_and_address', client_id: application.client_id, retry_after: 1 },
      },
      { type: 'client.limited', actor: system, detail: { limit: 'client_and_address', retry_after: 90 } },
      { type: 'client.limited', actor: system, detail: { limit: 'address', retry_after: 90 } },
      { type: 'login.locked', actor: system, detail: { limit: 'client_and_address', retry_after: 90 } },
      { type: 'login.succeeded', userId, detail: { during: 'reauthentication' } },
      { type: 'login.failed', userId, detail: { during: 'reauthentication', email: app.user.email } },
      { type: 'signing_key.rotated', actor: system, detail: { dropped_kid: 'a', kid: 'b' } },
      { type: 'instance.created', actor: system, detail: { handle: 'acme', name: 'Acme', url: app.url } },
      { type: 'instance.updated', detail: { changed: ['scopes'], before: {}, after: {} } },
      { type: 'authorization.revoked', ...concerned, actor: { type: 'user', id: userId } },
      {
        type: 'authorization.revoked',
        ...concerned,
        actor: client,
        detail: { because: 'revoked_by_client' },
      },
      {
        type: 'authorization.revoked',
        ...concerned,
        actor: client,
        detail: { because: 'refresh_token_reused' },
      },
      {
        type: 'authorization.revoked',
        ...concerned,
        actor: client,
        detail: { because: 'authorization_code_reused' },
      },
      { type: 'authorization.revoked', ...concerned, detail: { because: 'role_lost' } },
      ...['signed_out', 'by_request', 'password_changed', 'user_deactivated', 'role_lost'].flatMap(
        (because) =>
          [1, 3].map(
            (sessions) => ({ type: 'session.ended', userId, detail: { because, sessions } }) as const,
          ),
      ),
    ];
    for (const event of events) await record(event);
    for (const [locale, theme] of [
      ['en-US', 'light'],
      ['fr', 'dark'],
      ['sv', 'light'],
      ['zh-CN', 'dark'],
    ] as const) {
      const window = await openConsole(app, { locale, theme });
      const { page } = window;
      await window.open('/audit-log');
      const words = consoleWords(locale === 'en-US' ? 'en' : locale === 'zh-CN' ? 'zh-Hans' : locale);
      const sentences = page.getByRole('main').locator('li p:first-child');
      for (const shown of [25, 50]) {
        await page.getByRole('button', { name: words('shell.show_more') }).click();
        await sentences.nth(shown).waitFor();
      }
      await page.getByText('Bygone').last().waitFor();
      await page.getByText(words('audit.some_user'), { exact: true }).first().waitFor({ state: 'detached' });
      for (const sentence of await sentences.allTextContents())
        assert.doesNotMatch(sentence, /[{}<>]|\w+_\w+|[a-z]\.[a-z]+(ed|en)\b/, sentence);
      assert.ok((await sentences.count()) >= events.length);
      await window.checkAccessibility();
      await window.close();
    }
  });

  test('what a token did for a person is told from what they did themselves', async () => {
    const via = { applicationId, authorizationId: applicationId, publicKeyId: null };
    await record({ type: 'user.updated', userId, via, detail: { fields: ['name'] } });
    const window = await openConsole(app, { locale: 'fr' });
    const { page } = window;
    await window.open('/audit-log?type=user.updated');
    const row = page.getByRole('main').getByRole('listitem').first();
    await row.getByText(fr('audit.via', { application: 'Calendar' })).waitFor();
    await row.getByRole('button').click();
    await row.getByText(fr('audit.fact_via'), { exact: true }).waitFor();
    await window.checkAccessibility();
    await row.getByRole('link', { name: 'Calendar' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Calendar' }).waitFor();
    await window.close();
  });

  test('who described the scope admin as something harmless, or raised the grace, is seen with what was there before', async () => {
    const { scopes, refresh_token_grace: grace } = await admin.must<{
      scopes: { name: string; description: string }[];
      refresh_token_grace: number;
    }>('GET', '/instance');
    const harmless = scopes.map((scope) =>
      scope.name === 'admin' ? { ...scope, description: 'See your name' } : scope,
    );
    await admin.updateInstance({ scopes: harmless });
    await admin.updateInstance({ refresh_token_grace: 60, scopes });
    await admin.updateInstance({ refresh_token_grace: grace });
    for (const [locale, words] of [
      ['en-US', en],
      ['zh-CN', zh],
    ] as const) {
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open('/audit-log?type=instance.updated');
      const actor = 'Ada Administrator';
      const described = page
        .getByRole('listitem')
        .filter({ hasText: words('audit.instance_scopes_changed', { actor }) })
        .filter({ hasNotText: words('audit.value_none') });
      await described.getByRole('button').first().click();
      const admins = (description: string) => words('audit.value_scope', { name: 'admin', description });
      await described.getByText(admins('Manage applications and users'), { exact: true }).waitFor();
      await described.getByText(admins('See your name'), { exact: true }).waitFor();
      const api = { name: 'api', description: 'Use the API as you' };
      await described.getByText(words('audit.value_default_scope', api), { exact: true }).first().waitFor();
      const raised = page
        .getByRole('listitem')
        .filter({ hasText: words('audit.instance_updated', { actor }) })
        .nth(1);
      await raised.getByRole('button').first().click();
      await raised.getByRole('rowheader', { name: words('field.instance.refresh_token_grace') }).waitFor();
      await window.checkAccessibility();
      await window.close();
    }
  });

  test('an event that the console is too old to know is named as it is', async () => {
    await record({ type: 'robot.greeted' as AuditEventType, detail: { mood: 'good' } });
    const window = await openConsole(app);
    await window.open('/audit-log');
    const event = window.page.getByRole('listitem').filter({ hasText: 'Ada Administrator: robot.greeted' });
    await event.getByRole('button').click();
    await event.getByText('"mood": "good"').waitFor();
    await window.close();
  });

  test('filters are in the address: they can be sent on, and Back undoes them', async () => {
    await record({ type: 'login.failed', actor: system, userId }, 3 * DAY);
    for (const [locale, words, theme] of [
      ['en-US', en, 'dark'],
      ['fr', fr, 'light'],
    ] as const) {
      const window = await openConsole(app, { locale, theme });
      const { page } = window;
      await window.open('/audit-log');
      const events = page.getByRole('main').getByRole('listitem');
      const choose = async (label: string, option: string) => {
        await page.getByRole('search').getByRole('button', { name: label }).click();
        await page.getByRole('option', { name: option, exact: true }).click();
      };
      await choose(words('audit.filter_type'), words('audit.type_login_failed'));
      await page.waitForURL(/type=login\.failed/);
      await page.getByRole('link', { name: 'Calendar' }).first().waitFor({ state: 'detached' });
      const failed = await events.count();
      assert.ok(failed >= 4, String(failed));

      await chooseFound(page.getByRole('combobox', { name: words('audit.filter_user') }), 'uma', 'Uma User');
      await page.waitForURL(new RegExp(`user=${app.user.id}`));
      await page.getByText('stranger@example.com').first().waitFor({ state: 'detached' });
      assert.ok((await events.count()) < failed);
      await window.checkAccessibility();

      const threeDaysAgo = new Date(app.clock.now() - 3 * DAY).toISOString().slice(0, 10);
      await page.getByLabel(words('audit.filter_until'), { exact: true }).fill(threeDaysAgo);
      await page.waitForURL(/until=/);
      await events.nth(1).waitFor({ state: 'detached' });
      assert.equal(await events.count(), 1);
      const { href } = new URL(page.url());
      await page.goto(href);
      await events.first().waitFor();
      assert.equal(await events.count(), 1, 'the address holds the filters');
      await page.getByLabel(words('audit.filter_since'), { exact: true }).fill('2999-01-01');
      await page.getByRole('heading', { name: words('audit.nothing_found') }).waitFor();
      await window.checkAccessibility();
      await page.goBack();
      await page.getByRole('heading', { name: words('audit.nothing_found') }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: words('audit.clear') }).click();
      await page.waitForURL(/\/audit-log$/);

      await choose(words('audit.filter_application'), 'Calendar');
      await page.waitForURL(new RegExp(`application=${application.id}`));
      await page.getByText('Bygone').first().waitFor({ state: 'detached' });
      await window.close();
    }
  });

  test('what somebody did is told from what concerned them', async () => {
    const window = await openConsole(app, { locale: 'sv' });
    const { page } = window;
    await window.open(`/audit-log?user=${app.administrator.id}&type=application.created`);
    await page.getByRole('heading', { name: sv('audit.nothing_found') }).waitFor();
    await page
      .getByRole('search')
      .getByRole('button', { name: sv('audit.filter_part') })
      .click();
    await page.getByRole('option', { name: sv('audit.part_did') }).click();
    await page.getByRole('link', { name: 'Calendar' }).first().waitFor();
    await window.close();
  });

  test('new events appear by themselves and are announced, until somebody stops that', async () => {
    for (const [locale, words] of [
      ['en-US', en],
      ['zh-CN', zh],
    ] as const) {
      const window = await openConsole(app, { locale });
      const { page } = window;
      await window.open('/audit-log?type=signing_key.rotated');
      await page
        .getByText(words('audit.nothing_found'))
        .or(page.getByRole('main').getByRole('listitem'))
        .first()
        .waitFor();
      const events = page.getByRole('main').getByRole('listitem');
      const before = await events.count();
      await record({ type: 'signing_key.rotated', actor: system });
      await page
        .getByRole('status')
        .getByText(words('audit.arrived', { count: 1 }))
        .waitFor();
      assert.equal(await events.count(), before + 1);
      await window.checkAccessibility();

      await page.getByRole('switch', { name: words('audit.live') }).press('Space');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await record({ type: 'signing_key.rotated', actor: system });
      await page.waitForTimeout(5_000);
      assert.equal(await events.count(), before + 1);
      assert.deepEqual(
        asked.filter((url) => url.includes('/audit-events')),
        [],
      );
      await page.getByRole('switch', { name: words('audit.live') }).press('Space');
      await events.nth(before + 1).waitFor();
      await window.close();
    }
  });

  test('a screen that was left open asks for nothing, so that the session can end', async () => {
    const window = await openConsole(app, { locale: 'fr' });
    const { page } = window;
    await page.clock.install();
    await window.open('/audit-log?type=signing_key.rotated');
    const events = page.getByRole('main').getByRole('listitem');
    await page.getByText(fr('audit.nothing_found')).or(events).first().waitFor();
    await page.clock.runFor(6 * MINUTE);
    // What it had begun to ask may still be on its way.
    await page.clock.runFor(10_000);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.runFor(MINUTE);
    assert.deepEqual(asked, []);
    await record({ type: 'signing_key.rotated', actor: system });
    await page.mouse.move(200, 200);
    await page.clock.runFor(5_000);
    await page
      .getByRole('status')
      .getByText(fr('audit.arrived', { count: 1 }))
      .waitFor();
    await window.close();
  });

  test('with the keyboard alone an event is opened, and says when, from where and everything else', async () => {
    await record(
      {
        type: 'login.locked',
        userId,
        actor: system,
        detail: { limit: 'account_and_address', retry_after: 120, email: app.user.email },
      },
      HOUR,
    );
    const window = await openConsole(app, { locale: 'fr' });
    const { page } = window;
    await window.open('/audit-log?type=login.locked');
    const event = page
      .getByRole('listitem')
      .filter({ hasText: fr('audit.login_locked', { user: 'Uma User', duration: '2 minutes' }) });
    const details = event.getByRole('button').first();
    await tabTo(details);
    await page.keyboard.press('Enter');
    assert.equal(await details.getAttribute('aria-expanded'), 'true');
    await event.getByText(fr('audit.limit_account_and_address')).waitFor();
    await event.getByText('192.0.2.7', { exact: true }).waitFor();
    await event.getByText('"retry_after": 120').waitFor();
    await window.checkAccessibility();
    await window.close();
  });

  for (const theme of ['light', 'dark'] as const)
    test(`on a phone nothing scrolls sideways, and axe finds nothing (${theme})`, async () => {
      const window = await openConsole(app, { theme, locale: 'fr', viewport: { width: 390, height: 844 } });
      await window.open('/audit-log?type=application.updated');
      await window.page.getByRole('main').getByRole('listitem').getByRole('button').first().click();
      await checkWidth(window.page);
      await window.checkAccessibility();
      await window.close();
    });
});
