import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { ApplicationView } from '../support/admin.ts';
import { launchChromium } from '../support/chromium.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A site that makes people click twice would like the second click to land on Allow. Half a second is real time, in a real browser.

const clientSite = createServer((_request, response) => response.end('back at the client'));

describe('a button of the consent page', () => {
  let app: TestApp;
  let application: ApplicationView;
  let url: string;

  before(async () => {
    await new Promise<void>((listening) => clientSite.listen(0, '127.0.0.1', listening));
    const callback = `http://127.0.0.1:${(clientSite.address() as AddressInfo).port}/callback`;
    app = await startApp({ engine: 'sqlite' });
    application = await app.admin.createApplication({ type: 'web', redirect_uris: [callback] });
    url = `${app.url}/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: application.client_id,
      prompt: 'consent',
    })}`;
  });
  after(async () => {
    clientSite.close();
    await app.close();
  });

  type Options = NonNullable<Parameters<Browser['newContext']>[0]>;

  /** Opens the page for somebody who is signed in. `at` is the middle of a button, `answers` counts what was sent. */
  async function onConsentPage(
    options: Options,
    run: (page: Page, at: { x: number; y: number }, answers: () => number) => Promise<void>,
    button = 'allow',
  ): Promise<void> {
    const browser = app.browser();
    await browser.signIn(app.user);
    const chromium = await launchChromium();
    const context = await chromium.newContext({ javaScriptEnabled: false, ...options });
    try {
      await context.addCookies([...browser.cookies].map(([name, value]) => ({ name, value, url: app.url })));
      const page = await context.newPage();
      let answers = 0;
      page.on('request', (request) => {
        if (request.method() === 'POST') answers++;
      });
      await page.goto(url);
      const box = await page.locator(`button[value=${button}]`).boundingBox();
      assert.ok(box);
      await run(page, { x: box.x + box.width / 2, y: box.y + box.height / 2 }, () => answers);
    } finally {
      await context.close();
    }
  }
  const press = async (page: Page) => {
    await page.mouse.down();
    await page.mouse.up();
  };
  const answered = (page: Page) => page.waitForURL(/\/callback\?/, { timeout: 5000 });

  for (const reducedMotion of ['no-preference', 'reduce'] as const)
    for (const button of ['allow', 'deny'])
      test(`${button} does nothing while the pointer has just come over it, and works after 600 ms (${reducedMotion})`, () =>
        onConsentPage(
          { reducedMotion },
          async (page, { x, y }, answers) => {
            await sleep(800);
            await page.mouse.move(x, y);
            await press(page);
            await press(page);
            await sleep(300);
            assert.equal(answers(), 0);
            await sleep(300);
            await press(page);
            await answered(page);
            assert.equal(answers(), 1);
          },
          button,
        ));

  test('does nothing when the page comes up below a pointer that clicks on', () =>
    onConsentPage({}, async (page, { x, y }, answers) => {
      await page.mouse.move(x, y);
      await page.goto('about:blank');
      await page.goto(url, { waitUntil: 'commit' });
      await page.locator('button[value=allow]').waitFor();
      await press(page);
      await press(page);
      await sleep(100);
      assert.equal(answers(), 0);
    }));

  test('is not pressed by a button that went down too early and comes up in time', () =>
    onConsentPage({}, async (page, { x, y }, answers) => {
      await sleep(800);
      await page.mouse.move(x, y);
      await page.mouse.down();
      await sleep(700);
      await page.mouse.up();
      await sleep(200);
      assert.equal(answers(), 0);
    }));

  test('asks for another half second when the pointer went away and came back', () =>
    onConsentPage({}, async (page, { x, y }, answers) => {
      await sleep(800);
      await page.mouse.move(x, y);
      await sleep(700);
      await page.mouse.move(1, 1);
      await page.mouse.move(x, y);
      await press(page);
      await sleep(200);
      assert.equal(answers(), 0);
    }));

  test('is pressed by a key at once', () =>
    onConsentPage({}, async (page, _at, answers) => {
      await page.locator('button[value=allow]').focus();
      await page.keyboard.press('Enter');
      await answered(page);
      assert.equal(answers(), 1);
    }));

  test('is pressed by the first finger that taps it half a second after the page has come up, and none before', () =>
    onConsentPage({ hasTouch: true, isMobile: true }, async (page, { x, y }, answers) => {
      await page.goto('about:blank');
      await page.goto(url, { waitUntil: 'commit' });
      await page.locator('button[value=allow]').waitFor();
      await page.touchscreen.tap(x, y);
      await sleep(100);
      assert.equal(answers(), 0);
      await sleep(700);
      await page.touchscreen.tap(x, y);
      await answered(page);
      assert.equal(answers(), 1);
    }));
});
