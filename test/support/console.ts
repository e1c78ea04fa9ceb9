import assert from 'node:assert/strict';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import type { Person } from './browser.ts';
import { launchChromium } from './chromium.ts';
import type { TestApp } from './test-app.ts';

export interface ConsoleOptions {
  /** BCP 47; what the browser prefers, and so the console's language. English unless given. */
  readonly locale?: string;
  readonly theme?: 'light' | 'dark';
  readonly viewport?: { width: number; height: number };
  /** Who signs in; the administrator unless given. */
  readonly person?: Person;
  /** Statuses with which the server is going to refuse something: Chromium notes each such answer in its console. */
  readonly refusals?: readonly number[];
}

/** A browser in which somebody is signed in, watched for whatever the console must never do. */
export interface ConsoleWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Goes to a path below /console and waits until the screen has its heading. */
  open(path: string): Promise<void>;
  /** Fails when axe finds something in what is shown at present. */
  checkAccessibility(): Promise<void>;
  /** Fails when a request left the origin or the browser's console said something; then closes the window. */
  close(): Promise<void>;
}

/** Opens a browser with somebody signed in. Close it at the end of the test: closing judges. */
export async function openConsole(app: TestApp, options: ConsoleOptions = {}): Promise<ConsoleWindow> {
  const { locale = 'en-US', theme = 'light', viewport = { width: 1280, height: 900 } } = options;
  const browser = await borrow(app, { baseURL: app.url, locale, colorScheme: theme, viewport });
  const { context } = browser;
  await signIn(app, context, options.person ?? app.administrator);
  const page = await context.newPage();
  const said = watch(app, page);
  return {
    page,
    context,
    open: async (path) => {
      await page.goto(`/console${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
    checkAccessibility: () => checkAccessibility(page),
    close: async () => {
      await giveBack(app, browser);
      const expected = options.refusals?.map((status) => `responded with a status of ${status} `) ?? [];
      assert.deepEqual(
        said.filter((line) => !expected.some((words) => line.includes(words))),
        [],
      );
    },
  };
}

/** A browser that keeps what it fetched and compiled, and nothing else, from one test to the next. */
interface SpareBrowser {
  readonly key: string;
  readonly context: BrowserContext;
  /** Stays open, so that the process with the compiled files stays. */
  readonly first: Page;
}

const spare: SpareBrowser[] = [];

async function borrow(app: TestApp, settings: BrowserContextOptions): Promise<SpareBrowser> {
  const key = JSON.stringify(settings);
  const index = spare.findIndex((browser) => browser.key === key);
  const [found] = index < 0 ? [] : spare.splice(index, 1);
  if (found) return found;
  const chromium = await launchChromium();
  const context = await chromium.newContext({ ...settings, reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.url });
  const first = await context.newPage();
  await first.goto('/healthz');
  return { key, context, first };
}

/** Closes all pages but the first, signs out and forgets everything that pages stored. */
async function giveBack(app: TestApp, browser: SpareBrowser): Promise<void> {
  const { context, first } = browser;
  for (const page of context.pages()) if (page !== first) await page.close();
  await context.clearCookies();
  const session = await context.newCDPSession(first);
  await session.send('Storage.clearDataForOrigin', { origin: app.url, storageTypes: 'local_storage' });
  await session.detach();
  spare.push(browser);
}

async function signIn(app: TestApp, context: BrowserContext, person: Person): Promise<void> {
  const browser = app.browser();
  await browser.signIn(person);
  for (const [name, value] of browser.cookies) await context.addCookies([{ name, value, url: app.url }]);
}

/**
 * Everything that should not happen in a page, as it happens.
 * @param place where the page belongs; its `url` is read anew at each request
 */
export function watch(place: { readonly url: string }, page: Page): string[] {
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()} (${page.url()})`));
  page.on('pageerror', (error) => said.push(`error: ${error.stack ?? error.message} (${page.url()})`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== new URL(place.url).origin && !['blob:', 'data:'].includes(url.protocol))
      said.push(`request: ${request.url()}`);
  });
  return said;
}

/** The rules whose outcome depends on the theme and the width: all others look at the same elements again. */
export const rulesOfLooks = [
  'color-contrast',
  'link-in-text-block',
  'scrollable-region-focusable',
  'target-size',
];

/**
 * Fails when axe finds something in what the page shows at present.
 * @param rules the rules to apply; all of WCAG 2.2 AA unless told
 */
export async function checkAccessibility(page: Page, rules?: readonly string[]): Promise<void> {
  await atRest(page);
  assert.deepEqual(await axeFindings(page, rules), [], page.url());
}

/**
 * Waits until no colour and no position is on its way to another; what turns for ever may turn. A colour that is inherited
 * begins to change when its parent's has changed, so that one quiet frame says nothing yet.
 */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    for (let quiet = 0; quiet < 5; quiet++) {
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      const moving = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime < Infinity);
      if (moving.length > 0) quiet = 0;
      await Promise.allSettled(moving.map(({ finished }) => finished));
    }
  })()`);
}

/** Fails when the page is wider than its window, so that one would have to scroll sideways to read it. */
export async function checkWidth(page: Page): Promise<void> {
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  assert.ok(wide <= 0, `${page.url()} is ${wide} px wider than the window`);
}
