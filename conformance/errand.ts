import type { BrowserContext, Page } from 'playwright-core';
import type { Person } from '../test/support/browser.ts';
import type { Errand } from './suite.ts';

/** What a browser saw of the server on one errand. */
export interface Journey {
  /** The pages that it stopped at, as PNG, in their order. */
  readonly pictures: readonly Buffer[];
  /** Whether it came back to the suite, or rested on a page of the server. */
  readonly cameBack: boolean;
}

/**
 * Goes where the suite sends the browser and does what a page of the server asks for: signs in, allows, signs out.
 * @throws Error that names the page from which there was no way on
 */
export async function run(
  context: BrowserContext,
  errand: Errand,
  { person, suite }: { person: Person; suite: string },
): Promise<Journey> {
  const page = await context.newPage();
  const pictures: Buffer[] = [];
  try {
    await open(page, errand);
    for (let pages = 0; pages < 10; pages++) {
      await arrive(page, suite);
      if (isOf(page, suite)) return { pictures, cameBack: true };
      pictures.push(await page.screenshot());
      if (!(await answer(page, person))) return { pictures, cameBack: false };
    }
    throw new Error(`ten pages, and the last is ${new URL(page.url()).pathname}: ${await page.title()}`);
  } finally {
    await page.close();
  }
}

/** By the address bar, or as a form of a page elsewhere does. */
async function open(page: Page, { url, method }: Errand): Promise<void> {
  if (method === 'GET') {
    await page.goto(url);
    return;
  }
  const { origin, pathname, searchParams } = new URL(url);
  await Promise.all([
    page.waitForEvent('framenavigated'),
    page.evaluate(
      ([action, fields]) => {
        const { document } = globalThis as unknown as { document: HtmlDocument };
        const form = document.createElement('form');
        form.method = 'post';
        form.action = action;
        for (const [name, value] of fields) {
          const input = document.createElement('input');
          input.name = name;
          input.value = value;
          form.append(input);
        }
        document.body.append(form);
        form.submit();
      },
      [origin + pathname, [...searchParams]] as const,
    ),
  ]);
}

/** As much of the DOM as a page gets to see here; the project's types are those of Node.js. */
interface HtmlElement {
  method: string;
  action: string;
  name: string;
  value: string;
  append(child: HtmlElement): void;
  submit(): void;
}
interface HtmlDocument {
  readonly body: HtmlElement;
  createElement(name: string): HtmlElement;
}

/** Waits for the page to be there; one that posts itself on to the suite (`form_post`) is not where a journey ends. */
async function arrive(page: Page, suite: string): Promise<void> {
  await page.waitForLoadState('load');
  if (await page.locator(`form[method="post"][action^="${suite}/"]`).count())
    await page.waitForURL((url) => url.href.startsWith(`${suite}/`));
  // The suite's page hands on what came in the fragment before it is done.
  if (isOf(page, suite)) await page.waitForLoadState('networkidle');
}

function isOf(page: Page, suite: string): boolean {
  return page.url().startsWith(`${suite}/`);
}

/** Fills in what the page asks for and presses its main button. @returns false where there is nothing to press */
async function answer(page: Page, person: Person): Promise<boolean> {
  const email = page.locator('input[name="email"]:visible');
  if (await email.count()) await email.fill(person.email);
  const password = page.locator('input[type="password"]:visible');
  if (await password.count()) await password.fill(person.password);
  const button = page.locator('form[method="post"] button.primary:visible');
  if ((await button.count()) === 0) return false;
  await Promise.all([page.waitForEvent('framenavigated'), button.first().click()]);
  return true;
}
