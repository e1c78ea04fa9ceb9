import { after } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { chromiumOptions } from './chromium-program.ts';

// Half the work for a page: no process of its own for each, and no more threads than there are cores for.
const cheapPages = [
  '--disable-site-isolation-trials',
  '--renderer-process-limit=1',
  '--in-process-gpu',
  '--num-raster-threads=1',
];

let running: Promise<Browser> | undefined;

after(async () => {
  await (await running)?.close();
});

/** The one Chromium of this process, closed when its tests are over; give each test a `newContext()`. */
export function launchChromium(): Promise<Browser> {
  const { args, ...options } = chromiumOptions();
  running ??= chromium.launch({ args: [...args, ...cheapPages], ...options });
  return running;
}
