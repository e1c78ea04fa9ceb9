import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { type Screen, screens } from '../screens/catalog.ts';
import { type Screens, startScreens } from '../screens/server.ts';
import { launchChromium } from './support/chromium.ts';
import { checkAccessibility, checkWidth, rulesOfLooks, watch } from './support/console.ts';
import { freePort } from './support/postgres.ts';

// Every screen of Postern in every state: readable by everybody, in both themes, on a phone, asking nobody else for
// anything. Languages go around.

const languages = ['en-US', 'fr-FR', 'sv-SE', 'zh-CN'];
const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

/** What Chromium itself says of answers that belong to the screen. */
const belongs = /Failed to load resource: the server responded with a status of (4\d\d|503)/;

describe('every screen in every state', () => {
  let running: Screens;
  const contexts = new Map<string, BrowserContext>();
  before(async () => {
    running = await startScreens(await freePort());
  });
  after(async () => {
    for (const context of contexts.values()) await context.close();
    await running.close();
  });

  /** One browser for each language, so that the console's files are fetched once. */
  async function pageIn(locale: string): Promise<Page> {
    const settings = { locale, viewport: desktop, colorScheme: 'light', reducedMotion: 'reduce' } as const;
    const context = contexts.get(locale) ?? (await (await launchChromium()).newContext(settings));
    contexts.set(locale, context);
    return context.newPage();
  }

  for (const [index, screen] of screens.entries())
    test(screen.title, async () => {
      const page = await pageIn(languages[index % languages.length] ?? 'en-US');
      const url = running.urlOf(screen);
      const said = watch({ url }, page);
      await page.goto(url);
      await settled(page, screen);
      await checkAccessibility(page);

      await page.setViewportSize(phone);
      await page.emulateMedia({ colorScheme: 'dark' });
      await checkWidth(page);
      await checkAccessibility(page, rulesOfLooks);
      await page.close();
      assert.deepEqual(
        said.filter((line) => !belongs.test(line)),
        [],
      );
    });
});

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
