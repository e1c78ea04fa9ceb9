import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { makeSetupLink } from '../../server/accounts/setup.ts';
import { locales } from '../../server/model/user.ts';
import { assets } from '../../server/pages/assets.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import type { ApplicationView } from '../support/admin.ts';
import { axeFindings } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { checkWidth } from '../support/console.ts';
import { pageScreens, type Screen } from '../support/page-screens.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The pages as people meet them: on a phone, by keyboard, with a screen reader, in the dark, in their language.

/** The client's own site, on this machine. */
const clientSite = createServer((_request, response) => response.end('back at the client'));
let callback: string;

let app: TestApp;
let planner: ApplicationView;
before(async () => {
  await new Promise<void>((listening) => clientSite.listen(0, '127.0.0.1', listening));
  callback = `http://127.0.0.1:${(clientSite.address() as AddressInfo).port}/callback`;
  app = await startApp({ engine: 'sqlite' });
  planner = await app.admin.createApplication({
    type: 'web',
    name: 'Planner',
    developer_name: 'Northwind',
    redirect_uris: [callback],
  });
});
after(async () => {
  clientSite.close();
  await app.close();
});

/** What people read on their way, where the test looks for it. */
const words = {
  fr: {
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    signIn: 'Se connecter',
    question: 'Planner souhaite utiliser votre compte Postern',
    asked: 'Consulter et modifier, en votre nom, tout ce à quoi vous avez accès',
    who: 'Compte utilisé : Ada Lindqvist',
    stop: 'Vous pouvez y mettre fin à tout moment sur la page de votre compte.',
    account: 'la page de votre compte',
    allow: 'Autoriser',
    end: 'Mettre fin à l’accès – Planner',
    ended: 'L’accès de l’application a pris fin.',
    none: 'Aucune application ne peut agir en votre nom.',
  },
  sv: {
    email: 'E-postadress',
    password: 'Lösenord',
    signIn: 'Logga in',
    question: 'Planner vill använda ditt konto hos Postern',
    asked: 'Läsa och ändra allt du har åtkomst till, i ditt namn',
    who: 'Inloggad som Ada Lindqvist',
    stop: 'Du kan avsluta åtkomsten när som helst på din kontosida.',
    account: 'din kontosida',
    allow: 'Tillåt',
    end: 'Avsluta åtkomst – Planner',
    ended: 'Programmets åtkomst har avslutats.',
    none: 'Inget program kan agera i ditt namn.',
  },
};
type Words = (typeof words)[keyof typeof words];

function authorizeUrl(): string {
  return `${app.url}/oauth2/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: planner.client_id,
    redirect_uri: callback,
    scope: 'api offline_access',
  })}`;
}

/** Exchanges the code that the browser brought to the client, as the client does. */
async function redeem(page: Page): Promise<void> {
  const answer = await fetch(`${app.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: new URL(page.url()).searchParams.get('code') ?? '',
      redirect_uri: callback,
      client_id: planner.client_id,
      client_secret: planner.client_secret ?? '',
    }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** A browser without JavaScript on a phone, whose language is the page's. */
async function onPhone(locale: string, run: (page: Page) => Promise<void>): Promise<void> {
  const chromium = await launchChromium();
  const context = await chromium.newContext({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
    locale,
    hasTouch: true,
    isMobile: true,
  });
  const noticed = watch(context, [app.url, new URL(callback).origin]);
  try {
    await run(await context.newPage());
  } finally {
    await context.close();
  }
  assert.deepEqual(noticed, []);
}

/** What must not happen in a browser, as it happens: requests to other origins, and messages of the page. */
function watch(context: BrowserContext, origins: readonly string[]): string[] {
  const noticed: string[] = [];
  context.on('request', (request) => {
    if (!origins.includes(new URL(request.url()).origin)) noticed.push(`request: ${request.url()}`);
  });
  context.on('weberror', (error) => noticed.push(String(error.error())));
  context.on('console', (message) => {
    // Browsers tell of every page whose status is an error.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status');
    if (isStatus && message.location().url === message.page()?.url()) return;
    noticed.push(`console: ${message.text()}`);
  });
  return noticed;
}

for (const [locale, say] of Object.entries(words)) {
  describe(`in ${locale}, on a phone without JavaScript`, () => {
    test('somebody signs in, allows an application and revokes it by touch', async () => {
      const person = await app.admin.createUser({ name: 'Ada Lindqvist' });
      await onPhone(locale, async (page) => {
        await page.goto(authorizeUrl());
        await page.getByLabel(say.email).fill(person.email);
        await page.getByLabel(say.password).fill(person.password);
        await page.getByRole('button', { name: say.signIn }).tap();

        await page.getByRole('heading', { level: 1, name: say.question }).waitFor();
        for (const text of [say.asked, say.who, person.email, 'Northwind', say.stop])
          assert.ok(await page.getByText(text).isVisible(), text);
        await page.getByRole('button', { name: say.allow }).tap();
        await page.waitForURL(`${callback}?*`);
        await redeem(page);

        await page.goto(`${app.url}/account`);
        assert.equal(await page.getByRole('article', { name: 'Planner' }).count(), 1);
        await page.getByRole('button', { name: say.end }).tap();
        await page.getByRole('status').waitFor();
        assert.equal(await page.getByRole('status').innerText(), say.ended);
        assert.ok(await page.getByText(say.none).isVisible());
      });
    });

    test('somebody does the same by keyboard alone, and sees at each step where they are', async () => {
      const person = await app.admin.createUser({ name: 'Ada Lindqvist' });
      await onPhone(locale, async (page) => {
        await page.goto(authorizeUrl());
        await page.getByLabel(say.email).and(page.locator(':focus')).waitFor();
        await page.keyboard.type(person.email);
        await page.keyboard.press('Tab');
        await page.keyboard.type(person.password);
        await tabTo(page, say.signIn, say);
        await page.keyboard.press('Enter');

        await page.getByRole('heading', { name: say.question }).waitFor();
        await tabTo(page, say.allow, say);
        await page.keyboard.press('Enter');
        await page.waitForURL(`${callback}?*`);
        await redeem(page);

        await page.goto(`${app.url}/account`);
        await tabTo(page, say.end, say);
        await page.keyboard.press('Space');
        await page.getByRole('status').waitFor();
        assert.equal(await page.getByRole('status').innerText(), say.ended);
      });
    });
  });
}

/** Presses Tab until a button has the focus; whatever has it on the way shows it. */
async function tabTo(page: Page, name: string, say: Words): Promise<void> {
  const button = page.getByRole('button', { name, exact: true });
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    if ((await focused.count()) === 0) continue; // the browser's own controls
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outline');
    assert.match(
      outline,
      /\bsolid [2-9]px/,
      `${await focused.innerText()} does not show that it has the focus`,
    );
    if ((await button.and(focused).count()) === 1) return;
  }
  assert.fail(`no way to "${name}" by Tab (${say.signIn})`);
}

for (const javaScriptEnabled of [true, false])
  describe(`a browser ${javaScriptEnabled ? 'with' : 'without'} JavaScript sends what was typed`, () => {
    async function inBrowser(run: (page: Page) => Promise<void>): Promise<void> {
      const context = await (await launchChromium()).newContext({ javaScriptEnabled });
      try {
        await run(await context.newPage());
      } finally {
        await context.close();
      }
    }

    async function signIn(page: Page, origin: string, email: string, password: string): Promise<void> {
      await page.goto(`${origin}/login?return_to=/account`);
      await page.getByLabel('Email address').fill(email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${origin}/account`);
    }

    /** An instance without users and its set-up page. */
    async function openSetup(page: Page, name: string): Promise<string> {
      const url = `http://${name}-${javaScriptEnabled}.localhost:${app.port}`;
      const { services } = app;
      const instance = await services.db.transaction((tx) =>
        makeInstance(tx, services.signingKeys, services.clock(), {
          name: `${name} ${javaScriptEnabled}`,
          url,
        }),
      );
      await page.goto(await makeSetupLink(services, instance));
      return url;
    }

    test('so that people sign in by addresses with letters of every script', async () => {
      for (const email of ['jürgen', 'nina@exämple', '用户@例子']) {
        const address = `${email}${email.includes('@') ? '' : '@example'}.${javaScriptEnabled}.se`;
        const { password } = await app.admin.createUser({ email: address });
        await inBrowser((page) => signIn(page, app.url, address, password));
      }
    });

    test('so that the first administrator may have such an address too, and sees it written so', async () => {
      await inBrowser(async (page) => {
        const url = await openSetup(page, 'letters');
        await page.getByLabel('Name').fill('Jürgen');
        await page.getByLabel('Email address').fill('jürgen@exämple.de');
        await page.getByLabel('New password').fill('a password of a test');
        await page.getByRole('button', { name: 'Create' }).click();
        await page.waitForURL(`${url}/console`);
        await page.goto(`${url}/account`);
        assert.ok(await page.getByText('jürgen@exämple.de').isVisible());
      });
    });

    test('so that a password of 256 characters outside the basic plane is the one that was set', async () => {
      const password = '🔑'.repeat(256);
      await inBrowser(async (page) => {
        const url = await openSetup(page, 'long');
        await page.getByLabel('Name').fill('🦊'.repeat(200));
        await page.getByLabel('Email address').fill('long@example.com');
        await page.getByLabel('New password').fill(password);
        await page.getByRole('button', { name: 'Create' }).click();
        await page.waitForURL(`${url}/console`);
        await page.context().clearCookies();
        await signIn(page, url, 'long@example.com', password);
        const next = `${password.slice(2)}🔒`;
        await page.getByLabel('Current password').fill(password);
        await page.getByLabel('New password').fill(next);
        await page.getByRole('button', { name: 'Change password' }).click();
        await page.getByRole('status').waitFor();
        await page.context().clearCookies();
        await signIn(page, url, 'long@example.com', next);
      });
    });

    test('so that a password that is too long is refused with words, not cut', async () => {
      const { email, password } = await app.admin.createUser();
      await inBrowser(async (page) => {
        await signIn(page, app.url, email, password);
        await page.getByLabel('Current password').fill(password);
        await page.getByLabel('New password').focus();
        await page.keyboard.insertText('x'.repeat(257));
        await page.getByRole('button', { name: 'Change password' }).click();
        await page.getByRole('alert').waitFor();
        assert.ok(await page.getByText('The password must have 12 to 256 characters').isVisible());
        await page.context().clearCookies();
        await signIn(page, app.url, email, password);
      });
    });
  });

describe('every page in every state', () => {
  let screens: Screen[];
  before(async () => {
    screens = await pageScreens(app);
  });

  /** A browser with the cookies of a screen, in a narrow window. */
  async function openWindow(cookies: Screen['cookies']): Promise<BrowserContext> {
    const chromium = await launchChromium();
    const viewport = { width: 320, height: 640 };
    const context = await chromium.newContext({ viewport, reducedMotion: 'reduce' });
    for (const [name, value] of cookies) await context.addCookies([{ name, value, url: app.url }]);
    return context;
  }

  test('is without a finding of axe, light and dark, and fits into 320 px, also with its words spaced apart', async () => {
    const noticed: string[] = [];
    for (const [cookies, group] of Map.groupBy(screens, (screen) => screen.cookies)) {
      const context = await openWindow(cookies);
      noticed.push(...(await checkScreens(context, group)));
      await context.close();
    }
    assert.deepEqual(noticed, []);
  });

  async function checkScreens(context: BrowserContext, group: readonly Screen[]): Promise<string[]> {
    const noticed = watch(context, [app.url, `http://new.localhost:${app.port}`]);
    const page = await context.newPage();
    for (const screen of group) {
      // Every language has its turn.
      const locale = locales[screens.indexOf(screen) % locales.length] ?? 'en';
      await page.emulateMedia({ colorScheme: 'light' });
      await screen.open(page, locale);
      assert.equal(await page.locator('html').getAttribute('lang'), locale, screen.name);
      await checkWidth(page);
      assert.deepEqual(await axeFindings(page), [], `${screen.name}, light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      assert.deepEqual(await page.evaluate(findFaintText), [], `${screen.name}, dark`);
      assert.deepEqual(await page.evaluate(findClippedText), [], screen.name);
      await checkWidth(page);
    }
    return noticed;
  }

  test('of sign-in and consent weighs less than 30 kB with everything that belongs to it', async () => {
    const heaviest = ['sign-in-for-application', 'sign-in-again', 'consent', 'consent-administration'];
    const files = assets.reduce((sum, { body }) => sum + body.byteLength, 0);
    for (const screen of screens.filter(({ name }) => heaviest.includes(name))) {
      const context = await openWindow(screen.cookies);
      const asked: string[] = [];
      context.on('request', (request) => {
        if (request.resourceType() !== 'document') asked.push(new URL(request.url()).pathname);
      });
      const page = await context.newPage();
      await screen.open(page, 'fr');
      const total = files + Buffer.byteLength(await page.content());
      assert.ok(total < 30_000, `${screen.name} weighs ${total} bytes`);
      // The application's own picture is as heavy as the application made it.
      const others = asked.filter((path) => !path.startsWith('/logos/'));
      assert.ok(
        others.every((path) => assets.some((asset) => asset.path === path)),
        others.join(),
      );
      await context.close();
    }
  });

  test('keeps its icons for those whose browser replaces every colour', async () => {
    const [screen] = screens.filter(({ name }) => name === 'consent');
    assert.ok(screen);
    const context = await openWindow(screen.cookies);
    const page = await context.newPage();
    await page.emulateMedia({ forcedColors: 'active' });
    await screen.open(page, 'en');
    const icons = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.scopes li, .to, .stop')].map((element) => getComputedStyle(element, '::before').backgroundColor)`,
    );
    const ground = await page.evaluate<string>(
      'getComputedStyle(document.body.querySelector("main")).backgroundColor',
    );
    assert.ok(icons.length >= 3);
    for (const icon of icons) assert.notEqual(icon, ground);
    await context.close();
  });
});

/** In the page, after axe has been there: what changes with the colours. */
const findFaintText = `
  axe.run({ runOnly: ['color-contrast'] }).then(({ violations }) =>
    violations.flatMap(({ nodes }) => nodes.map((node) => node.html + ' ' + node.failureSummary)))`;

/** In the page: what sticks out of its box with the spacing that readers may set for themselves (WCAG 1.4.12). */
const findClippedText = `(() => {
  for (const element of document.querySelectorAll('body, body *')) {
    const set = (name, value) => element.style.setProperty(name, value, 'important');
    set('line-height', '1.5');
    set('letter-spacing', '0.12em');
    set('word-spacing', '0.16em');
    if (element.localName === 'p') set('margin-bottom', '2em');
  }
  return [...document.querySelectorAll('h1, h2, h3, p, li, dd, dt, label, button, a, code')]
    .filter((element) => element.getClientRects().length > 0 && !element.closest('.hidden'))
    .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 200));
})()`;
