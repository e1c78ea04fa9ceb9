import type { Locator } from 'playwright-core';

/** Types into a field that searches, and chooses the one that it finds. */
export async function chooseFound(field: Locator, text: string, name: string): Promise<void> {
  await search(field, text);
  const option = field.page().getByRole('option', { name });
  await option.click();
  await option.waitFor({ state: 'detached' });
}

/**
 * Types into a field that searches and waits until the list is what was found. A list that is still narrowing must not be
 * clicked into: a click that begins on one option and ends on another chooses nothing.
 */
export async function search(field: Locator, text: string): Promise<void> {
  const page = field.page();
  const found = page.waitForResponse((answer) => new URL(answer.url()).searchParams.get('search') === text);
  await field.focus();
  // The focus scrolls the field into view, and a scroll that comes late would close the list.
  await field.evaluate(`new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))`);
  await field.fill(text);
  const { data } = (await (await found).json()) as { data: unknown[] };
  // Where nothing was found, a single option says so.
  await page
    .getByRole('option')
    .nth(data.length || 1)
    .waitFor({ state: 'detached' });
}
