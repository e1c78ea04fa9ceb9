import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { attributeOf, childrenOf, readXml, textOf } from '../../server/base/xml/read.ts';
import { launchChromium } from '../support/chromium.ts';
import { listen } from '../support/listener.ts';
import { SamlCustomer } from '../support/saml-customer.ts';
import { encoded, requestOf, SamlIdp } from '../support/saml-idp.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// A person in Chromium, which decides what cookies come along, signs in at the page of a provider on another site.

const idp = new SamlIdp('https://customer.example/saml');
let app: TestApp;
let customer: SamlCustomer;
/** Who signed in at the provider, in its cookie. */
const cookie = 'at-the-provider';

const page = (main: string) => `<!doctype html><title>The customer's own sign-in</title><main>${main}</main>`;
const hidden = (name: string, value: string) => `<input type="hidden" name="${name}" value="${value}">`;

/** The provider's page: it asks for a name, and then has the browser post its answer, as all of them do. */
const site = await listen(async (request, response) => {
  const query = new URL(request.url ?? '', 'http://localhost').search;
  // Browsers ask for an icon, too.
  if (query === '') return response.end();
  const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : undefined;
  const asked = readXml(requestOf(`http://localhost/${query}`));
  const isForced = attributeOf(asked, 'ForceAuthn') === 'true';
  const known = new RegExp(`${cookie}=(\\w+)`).exec(request.headers.cookie ?? '')?.[1];
  const name = form?.get('name') ?? (isForced ? undefined : known);
  response.setHeader('content-type', 'text/html; charset=utf-8');
  if (!name && attributeOf(asked, 'IsPassive') !== 'true')
    return response.end(page('<form method="post"><input name="name"><button>Sign in</button></form>'));
  const [issuer] = childrenOf(asked, undefined, 'Issuer');
  const acsUrl = attributeOf(asked, 'AssertionConsumerServiceURL') ?? '';
  const xml = idp.response({
    now: app.clock.now(),
    audience: (issuer && textOf(issuer)) ?? '',
    acsUrl,
    inResponseTo: attributeOf(asked, 'ID') ?? '',
    nameId: `person-${name}`,
    attributes: { mail: `${name}@example.com`, displayName: `Person ${name}` },
    status: name ? 'Success' : 'Responder NoPassive',
  });
  const relayState = new URLSearchParams(query).get('RelayState') ?? '';
  if (name) response.setHeader('set-cookie', `${cookie}=${name}; path=/`);
  return response.end(
    page(
      `<form method="post" action="${acsUrl}">${hidden('SAMLResponse', encoded(xml))}${hidden('RelayState', relayState)}
        <noscript><button>Go on</button></noscript></form><script>document.forms[0].submit()</script>`,
    ),
  );
});

before(async () => {
  app = await startApp({ engine: 'sqlite' });
  // Another host name than Postern's, so that the browser takes them for two sites.
  const metadata = idp.metadata(`http://127.0.0.1:${site.port}/sso`);
  customer = await SamlCustomer.register(app, { name: 'Acme & Sons', metadata }, idp);
});
after(() => app.close());

async function withPage(
  options: Parameters<Awaited<ReturnType<typeof launchChromium>>['newContext']>[0],
  use: (page: Page, context: BrowserContext) => Promise<void>,
) {
  const context = await (await launchChromium()).newContext(options);
  try {
    await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

/** From the sign-in page to the provider's, and in there. */
async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(`${app.url}/login?return_to=/account`);
  await page.getByRole('link', { name: /Acme & Sons/ }).click();
  await page.waitForURL(`http://127.0.0.1:${site.port}/**`);
  await page.fill('input[name=name]', name);
  await page.click('button');
}

describe('somebody whose company has an identity provider', () => {
  test('signs in there by a button of the sign-in page, and is in here', () =>
    withPage({}, async (page) => {
      await signIn(page, 'ada');
      await page.waitForURL(`${app.url}/account`);
      assert.match((await page.textContent('body')) ?? '', /Person ada/);
    }));

  test('signs in without scripts too, by a button more', () =>
    withPage({ javaScriptEnabled: false }, async (page) => {
      await signIn(page, 'bo');
      await page.click('button');
      await page.waitForURL(`${app.url}/login/saml/${customer.id}/acs`);
      await page.click('main form button');
      await page.waitForURL(`${app.url}/account`);
      assert.match((await page.textContent('body')) ?? '', /Person bo/);
    }));

  test('is asked there again only when that is wanted', () =>
    withPage({}, async (page, context) => {
      await signIn(page, 'cy');
      await page.waitForURL(`${app.url}/account`);
      await context.clearCookies({ name: 'postern' });
      await page.goto(`${app.url}/login/with/${customer.id}?return_to=/account`);
      await page.waitForURL(`${app.url}/account`);
      await page.goto(`${app.url}/login/with/${customer.id}?return_to=/account&prompt=login`);
      await page.waitForURL(`http://127.0.0.1:${site.port}/**`);
      assert.ok(await page.isVisible('input[name=name]'));
    }));
});
