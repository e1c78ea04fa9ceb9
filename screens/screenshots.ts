/** `npm run screenshots`: makes the pictures of the documentation again, of screens on made-up data. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { chromiumOptions } from '../test/support/chromium-program.ts';
import { type Screen, screens } from './catalog.ts';
import { startScreens } from './server.ts';

const port = Number(process.env['PORT'] ?? 4100);
const folder = join(import.meta.dirname, '..', 'docs', 'images');

interface Picture {
  readonly screen: Screen['id'];
  readonly theme?: 'dark';
  readonly narrow?: true;
  readonly locale?: string;
}

const pictures: readonly Picture[] = [
  { screen: 'applications-busy' },
  { screen: 'applications-busy', theme: 'dark' },
  { screen: 'applications-empty' },
  { screen: 'web-settings' },
  { screen: 'web-credentials' },
  { screen: 'machine-credentials' },
  { screen: 'web-connect' },
  { screen: 'spa-try' },
  { screen: 'web-users' },
  { screen: 'web-activity' },
  { screen: 'users' },
  { screen: 'audit-log' },
  { screen: 'instance' },
  { screen: 'sign-in-for-application', narrow: true },
  { screen: 'consent', narrow: true },
  { screen: 'consent', narrow: true, theme: 'dark', locale: 'fr-FR' },
  { screen: 'account' },
];

const running = await startScreens(port);
const browser = await chromium.launch(chromiumOptions());
await mkdir(folder, { recursive: true });
for (const { screen: id, theme = 'light', narrow = false, locale = 'en-US' } of pictures) {
  const screen = screens.find((each) => each.id === id);
  if (!screen) throw new Error(`there is no screen ${id}`);
  const context = await browser.newContext({
    locale,
    colorScheme: theme,
    viewport: narrow ? { width: 390, height: 844 } : { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(running.urlOf(screen), { waitUntil: 'networkidle' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  const name = [id, theme === 'dark' && 'dark', locale !== 'en-US' && locale.slice(0, 2)]
    .filter(Boolean)
    .join('-');
  const file = join(folder, `${name}.webp`);
  await sharp(await page.screenshot())
    .webp({ quality: 86, effort: 6 })
    .toFile(file);
  process.stdout.write(`${file}\n`);
  await context.close();
}
await browser.close();
await running.close();
