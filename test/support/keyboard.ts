import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';

/** Presses Tab until the focus is there, as somebody does who has no mouse. Fails when it does not come there. */
export async function tabTo(target: Locator, most = 60): Promise<void> {
  await target.waitFor();
  for (let tabs = 0; tabs < most; tabs++) {
    await target.page().keyboard.press('Tab');
    if (await target.and(target.page().locator(':focus')).count()) return;
  }
  assert.fail(`${target} cannot be reached by Tab`);
}
