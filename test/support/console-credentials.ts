import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright-core';
import type { ApplicationView } from './admin.ts';
import { type ConsoleOptions, type ConsoleWindow, openConsole } from './console.ts';
import { consoleWords, type Words } from './console-words.ts';
import type { TestApp } from './test-app.ts';

const languages = { en: 'en-US', fr: 'fr-FR', sv: 'sv-SE', 'zh-Hans': 'zh-CN' } as const;

/** Registers an application that is the only one then: an instance has room for ten. */
export async function onlyApplication(app: TestApp, type: ApplicationView['type']): Promise<ApplicationView> {
  const { data } = await app.admin.must<{ data: ApplicationView[] }>('GET', '/applications');
  for (const { id } of data) await app.admin.deleteApplication(id);
  return app.admin.createApplication({ type, name: 'ClientApp nightly' });
}

/** Goes to an application's tab *Credentials* as a person does, so that Back leads within the console. */
export async function openCredentials(
  app: TestApp,
  id: string,
  language: keyof typeof languages,
  options: Omit<ConsoleOptions, 'locale'> = {},
): Promise<{ window: ConsoleWindow; page: Page; words: Words }> {
  const window = await openConsole(app, { locale: languages[language], ...options });
  const { page } = window;
  const words = consoleWords(language);
  await window.open(`/applications/${id}/settings`);
  await page.getByRole('link', { name: words('applications.tab_credentials') }).click();
  await page.getByRole('heading', { name: words('credentials.client_id') }).waitFor();
  return { window, page, words };
}

/** Everything that the page has sent, to look for what it must not send. */
export function recordRequests(page: Page): () => string {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.method(), request.url(), request.postData() ?? ''));
  return () => sent.join('\n');
}

/** Fails when a secret is still somewhere in the page: drawn, typed, stored or in its address. */
export async function checkForgotten(page: Page, secret: string): Promise<void> {
  const kept = await page.evaluate<string>(`[
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('input, textarea')].map(({ value }) => value),
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]),
    document.cookie, location.href,
  ].join('\\n')`);
  for (const line of secret.split('\n').filter((text) => text.length > 20 && !text.startsWith('-----')))
    assert.ok(!kept.includes(line) && !kept.includes(line.slice(-20)), 'a secret stayed in the page');
}

/** What a downloaded file says. */
export async function textOf(download: Download): Promise<string> {
  return readFileSync(await download.path(), 'utf8');
}

/** Presses a button and takes the file that it offers. */
export async function downloadBy(button: Locator): Promise<Download> {
  const [download] = await Promise.all([button.page().waitForEvent('download'), button.click()]);
  return download;
}

/** Drags a file of this machine over an element and lets it go. */
export async function drop(target: Locator, path: string): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0, height = 0 } = (await target.boundingBox()) ?? {};
  const browser = await target.page().context().newCDPSession(target.page());
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await browser.send('Input.dispatchDragEvent', {
      type,
      x: x + width / 2,
      y: y + height / 2,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    });
}
