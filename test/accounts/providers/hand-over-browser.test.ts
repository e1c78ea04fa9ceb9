import { before, describe, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { launchChromium } from '../../support/chromium.ts';
import { goodClaims } from '../../support/hand-over.ts';
import { publishedPair, signedBy } from '../../support/key-host.ts';
import { listen } from '../../support/listener.ts';
import { startApp, type TestApp } from '../../support/test-app.ts';

// Another site, as a browser sees it: the product is at 127.0.0.1, the server at localhost. What a form brings from there comes without
// the cookies of this origin.

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});

/** Registers a product that shows a form to be posted, which hands over its one user. @returns where a trip to it begins */
async function productWithForm(t: TestContext, email: string): Promise<string> {
  const pair = await publishedPair();
  const product = await listen(async (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://product');
    const claims = goodClaims(app, searchParams.get('login_request') ?? '', {
      sub: email,
      email,
      // More than a URL should carry.
      claims: { teams: Array.from({ length: 90 }, (_, index) => `a team with a long name, number ${index}`) },
    });
    const jwt = await signedBy(pair, claims);
    const action = `${app.url}/login/handover/${searchParams.get('provider')}`;
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(
      `<form method="post" action="${action}"><input type="hidden" name="response" value="${jwt}"><button>Go on</button></form>`,
    );
  });
  t.after(product.close);
  const provider = {
    type: 'handover',
    name: 'The product',
    issuer: 'https://product.example.com',
    login_url: 'https://product.example.com/hand-over',
    jwks: { keys: [pair.jwk] },
  };
  const { id } = await app.admin.must<{ id: string }>('POST', '/identity-providers', provider);
  const login_url = `http://127.0.0.1:${product.port}/hand-over?provider=${id}`;
  await app.admin.must('PATCH', `/identity-providers/${id}`, { login_url });
  return `${app.url}/login/with/${id}?return_to=/account`;
}

async function withPage(javaScriptEnabled: boolean, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await (await launchChromium()).newContext({ javaScriptEnabled });
  context.setDefaultTimeout(10_000);
  try {
    await use(await context.newPage());
  } finally {
    await context.close();
  }
}

describe('a product on another site', () => {
  test('hands somebody over by a form', async (t) => {
    await withPage(true, async (page) => {
      await page.goto(await productWithForm(t, 'ada@example.com'));
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL(`${app.url}/account`);
      await page.getByText('ada@example.com').first().waitFor();
    });
  });

  test('does so in a browser without JavaScript, by one click more', async (t) => {
    await withPage(false, async (page) => {
      await page.goto(await productWithForm(t, 'grace@example.com'));
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL(/\/login\/handover\//);
      await page.locator('form button').click();
      await page.waitForURL(`${app.url}/account`);
      await page.getByText('grace@example.com').first().waitFor();
    });
  });
});
