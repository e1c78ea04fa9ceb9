import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Screen, screens } from '../../screens/catalog.ts';
import { type Screens, startScreens } from '../../screens/server.ts';
import { launchChromium } from '../support/chromium.ts';
import { checkAccessibility, checkWidth, rulesOfLooks, watch } from '../support/console.ts';
import { freePort } from '../support/postgres.ts';

// Every screen of Postern in every state: readable by everybody, in both themes, on a phone, asking nobody else for
// anything. Languages go around.

const languages = ['en-US', 'fr-FR', 'sv-SE', 'zh-CN'];
const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

/** What Chromium itself says of answers that belong to the screen. */
const belongs = /Failed to load resource: the server responded with a status of (4\d\d|503)/;

describe('every screen in every state', () => {
  let running: Screens;
  const windows = new Map<string, Window>();
  before(async () => {
    running = await startScreens(await freePort());
  });
  after(async () => {
    for (const { page } of windows.values()) await page.context().close();
    await running.close();
  });

  /** One window for each language, so that the console's files are fetched and compiled once. */
  async function windowIn(locale: string): Promise<Window> {
    const open = windows.get(locale) ?? (await openWindow(locale));
    windows.set(locale, open);
    return open;
  }

  for (const [index, screen] of screens.entries())
    test(screen.title, async () => {
      const window = await windowIn(languages[index % languages.length] ?? 'en-US');
      const { page } = window;
      window.url = running.urlOf(screen);
      await page.setViewportSize(desktop);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(window.url);
      await settled(page, screen);
      await checkAccessibility(page);

      await page.setViewportSize(phone);
      await page.emulateMedia({ colorScheme: 'dark' });
      await checkWidth(page);
      await checkAccessibility(page, rulesOfLooks);
      await page.goto('about:blank'); // a live screen would go on asking while the next one is expected
      assert.deepEqual(
        window.said.splice(0).filter((line) => !belongs.test(line)),
        [],
      );
    });
});

interface Window {
  readonly page: Page;
  /** Of the screen that is shown. */
  url: string;
  /** What should not have happened since somebody looked. */
  readonly said: string[];
}

async function openWindow(locale: string): Promise<Window> {
  const chromium = await launchChromium();
  const context = await chromium.newContext({ locale, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const window: Window = { page, url: 'about:blank', said: [] };
  return Object.assign(window, { said: watch(window, page) });
}

async function settled(page: Page, { group, condition }: Screen): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  if (group === 'Pages') return;
  const waiting = page.getByRole('main').getByRole('progressbar');
  if (condition === 'slow') await waiting.first().waitFor();
  else if (condition === 'failing') await page.getByRole('alert').first().waitFor();
  else {
    await page.waitForLoadState('networkidle');
    await waiting.first().waitFor({ state: 'detached' });
  }
}
