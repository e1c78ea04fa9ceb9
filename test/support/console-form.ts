import type { Page } from 'playwright-core';
import type { ConsoleWindow } from './console.ts';
import type { Words } from './console-words.ts';

/** The field that has this name in the REST API. */
export function place(page: Page, path: string) {
  return page.locator(`[data-field="${path}"]`);
}

/** Chooses from a list that opens. */
export async function pick(page: Page, path: string, option: string, which = 0) {
  await place(page, path).getByRole('button', { expanded: false }).nth(which).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Turns what is on or ticked off, and the other way round. */
export async function toggle(page: Page, path: string, name?: string) {
  const control = place(page, path).getByRole(name ? 'checkbox' : 'switch', name ? { name } : {});
  await control.press('Space');
}

/** Saves the settings that are open. */
export async function save({ page }: ConsoleWindow, words: Words) {
  await page.getByRole('button', { name: words('settings.save'), exact: true }).click();
  await page.getByText(words('settings.saved')).first().waitFor();
  await page.locator('[data-save-bar]').waitFor({ state: 'detached' });
}
