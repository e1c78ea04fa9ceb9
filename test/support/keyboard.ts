import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';

/** Presses Tab until the focus is there, as somebody does who has no mouse. Fails when it does not come there. */
export async function tabTo(target: Locator, most = 60): Promise<void> {
  const page = target.page();
  await target.first().waitFor();
  for (let tabs = 0; tabs <= most; tabs++) {
    if (await target.and(page.locator(':focus')).count()) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${target} cannot be reached by Tab`);
}
