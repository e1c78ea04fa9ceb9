import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { type Browser, chromium } from 'playwright-core';

/**
 * A Chromium on this machine for tests of pages; it talks to nobody but the pages that it is sent to. Best without the
 * windows that nobody sees: a new page costs half as much.
 */
const places = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Half the work for a page: no process of its own for each, and no more threads than there are cores for.
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
  const executablePath = places.find((place) => existsSync(place));
  running ??= chromium.launch({ args, ...(executablePath ? { executablePath } : {}) });
  return running;
}
