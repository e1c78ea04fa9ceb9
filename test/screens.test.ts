import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { type Screen, screens } from '../screens/catalog.ts';
import { type Screens, startScreens } from '../screens/server.ts';
import { launchChromium } from './support/chromium.ts';
import { checkAccessibility, checkWidth, watch } from './support/console.ts';
import { freePort } from './support/postgres.ts';

// Every screen of Postern in every state: readable by everybody, in both themes, on a phone, asking nobody else for
// anything. Languages go around, so that each screen is seen in two.

const languages = ['en-US', 'fr-FR', 'sv-SE', 'zh-CN'];
const looks = [
  { theme: 'light', viewport: { width: 1280, height: 900 } },
  { theme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

/** What Chromium itself says of answers that belong to the screen. */
const belongs = /Failed to load resource: the server responded with a status of (4\d\d|503)/;

describe('every screen in every state', () => {
  let running: Screens;
  before(async () => {
    running = await startScreens(await freePort());
  });
  after(async () => {
    await running.close();
  });

  for (const [round, { theme, viewport }] of looks.entries())
    describe(`${theme}, ${viewport.width} pixels wide`, () => {
      const contexts = new Map<string, Promise<BrowserContext>>();
      after(async () => {
        for (const context of contexts.values()) await (await context).close();
      });
      const contextIn = async (locale: string) => {
        const settings = { locale, viewport, colorScheme: theme, reducedMotion: 'reduce' } as const;
        const context = contexts.get(locale) ?? (await launchChromium()).newContext(settings);
        contexts.set(locale, Promise.resolve(context));
        return context;
      };

      for (const [index, screen] of screens.entries())
        test(screen.title, async () => {
          const context = await contextIn(languages[(index + round) % languages.length] ?? 'en-US');
          const page = await context.newPage();
          const url = running.urlOf(screen);
          const said = watch({ url }, page);
          await page.goto(url);
          await settled(page, screen);
          await checkWidth(page);
          await checkAccessibility(page);
          await page.close();
          assert.deepEqual(
            said.filter((line) => !belongs.test(line)),
            [],
          );
        });
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
