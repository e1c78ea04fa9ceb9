import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { makeSetupLink } from '../../server/accounts/setup.ts';
import { DAY, MINUTE } from '../../server/base/units.ts';
import type { Locale } from '../../server/model/user.ts';
import { type ErrorPageCode, errorPage, errorPageCodes } from '../../server/pages/error.ts';
import { makeInstance } from '../../server/registry/instances/make.ts';
import type { ApplicationView } from './admin.ts';
import type { Browser, Person } from './browser.ts';
import { OAuthClient } from './oauth-client.ts';
import type { TestApp } from './test-app.ts';

/** One page in one state. */
export interface Screen {
  readonly name: string;
  /** The cookies of who is signed in, by name; the same map for all screens of one person. */
  readonly cookies: ReadonlyMap<string, string>;
  /** Goes there, in a browser that has those cookies; needs no JavaScript. */
  open(page: Page, locale: Locale): Promise<void>;
}

const nobody: ReadonlyMap<string, string> = new Map();
/** As long as a name may be. */
const longName =
  'Contoso Works International Logistics, Facilities and Customer Services, formerly Fabrikam & Sons AG';
const redirectUri = 'https://planner.northwind.example/oauth/callback';

/** Every page that the server renders, in every state, on made-up data that it puts into the server. */
export async function pageScreens(app: TestApp): Promise<Screen[]> {
  await app.admin.updateInstance({ name: longName });
  const planner = await app.admin.createApplication({
    type: 'web',
    name: 'Northwind Planner',
    description: 'Plans your team’s week from the projects and tasks that you already have.',
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: ['https://planner.northwind.example/bye'],
    developer_name: 'Northwind Software AB',
    developer_email: 'support@northwind.example',
    client_uri: 'https://planner.northwind.example/',
    policy_uri: 'https://planner.northwind.example/privacy',
    refresh_token_inactivity_lifetime: null,
    refresh_token_absolute_lifetime: (90 * DAY) / 1000,
  });
  await uploadLogo(app, planner);
  const timesheets = await app.admin.createApplication({
    type: 'web',
    name: 'Timesheets',
    redirect_uris: [redirectUri],
  });
  const reports = await app.admin.createApplication({
    type: 'web',
    name: 'Quarterly Reports',
    redirect_uris: [redirectUri],
    scopes: ['api', 'admin', 'offline_access'],
    refresh_token_inactivity_lifetime: null,
    description: 'Reports '.repeat(150).trim(),
  });
  const desktop = await app.admin.createApplication({
    type: 'spa',
    name: 'Desk Companion',
    redirect_uris: ['http://127.0.0.1/callback'],
    developer_name: 'Fabrikam',
  });

  await app.admin.must('POST', '/apis', {
    identifier: 'urn:example:ledger',
    name: longName,
    scopes: [{ name: 'ledger', description: longName, descriptions: { sv: 'Läsa huvudboken' } }],
  });
  const accountant = await app.admin.createApplication({
    type: 'web',
    name: 'Accountant',
    redirect_uris: [redirectUri],
    scopes: ['openid', 'api', 'ledger', 'offline_access'],
  });

  const newcomer = await app.admin.createUser({ name: 'Elin Åström', email: 'elin.astrom@example.com' });
  const regular = await app.admin.createUser({ name: 'Ada Lindqvist', email: 'ada.lindqvist@example.com' });
  const empty = await signedIn(app, newcomer);
  const full = await busyAccount(app, regular, [planner, timesheets, reports]);
  const lately = await signedIn(app, app.administrator);
  app.clock.advance(16 * MINUTE);
  const administrator = await signedIn(app, app.administrator);

  const ask = (application: ApplicationView, more: Record<string, string> = {}) =>
    `/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: application.client_id,
      redirect_uri: application.redirect_uris?.[0] ?? '',
      scope: 'api offline_access',
      prompt: 'consent',
      ...(application.type === 'spa'
        ? { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
        : {}),
      ...more,
    })}`;

  const signOut = ({ client_id }: ApplicationView, more: Record<string, string> = {}) =>
    `/oauth2/logout?${new URLSearchParams({ client_id, ...more })}`;

  const at =
    (path: string, then?: (page: Page) => Promise<void>): Screen['open'] =>
    async (page, locale) => {
      const url = new URL(path, app.url);
      url.searchParams.set('ui_locales', locale);
      await page.goto(url.href);
      await then?.(page);
    };
  const inOwnLanguage =
    (person: Person, then: (page: Page) => Promise<void>): Screen['open'] =>
    async (page, locale) => {
      await app.admin.updateUser(person.id, { locale });
      await page.goto(`${app.url}/account`);
      await then(page);
    };
  const signIn = (email: string) => async (page: Page) => {
    await page.locator('#email').fill(email);
    await page.locator('#password').fill('not the right password');
    await page.locator('main form button').click();
  };
  const send = (action: string, fields: Record<string, string>) => async (page: Page) => {
    const form = page.locator(`form[action="${action}"]`);
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
    await form.locator('button').click();
  };

  return [
    { name: 'sign-in', cookies: nobody, open: at('/login') },
    {
      name: 'sign-in-for-application',
      cookies: nobody,
      open: (page, locale) =>
        at(`/login?${new URLSearchParams({ return_to: ask(planner, { ui_locales: locale }) })}`)(
          page,
          locale,
        ),
    },
    {
      name: 'sign-in-for-application-without-logo',
      cookies: nobody,
      open: at(`/login?${new URLSearchParams({ return_to: ask(timesheets), login_hint: regular.email })}`),
    },
    { name: 'sign-in-refused', cookies: nobody, open: at('/login', signIn('somebody@example.com')) },
    {
      name: 'sign-in-locked',
      cookies: nobody,
      open: async (page, locale) => {
        await lockOut(app, 'locked@example.com');
        await at('/login', signIn('locked@example.com'))(page, locale);
      },
    },
    { name: 'sign-in-no-cookies', cookies: nobody, open: at('/login?signed_in=1') },
    {
      name: 'sign-in-again',
      cookies: full,
      open: at(`/login?${new URLSearchParams({ return_to: '/account' })}`),
    },
    { name: 'sign-in-asked-again', cookies: full, open: at(ask(planner, { prompt: 'login' })) },
    { name: 'sign-in-recent-password', cookies: lately, open: at(ask(planner)) },
    { name: 'consent', cookies: full, open: at(ask(planner)) },
    { name: 'consent-without-logo', cookies: full, open: at(ask(timesheets, { scope: 'api' })) },
    {
      name: 'consent-administration',
      cookies: administrator,
      open: at(ask(reports, { scope: 'api admin offline_access' })),
    },
    { name: 'consent-this-device', cookies: full, open: at(ask(desktop)) },
    {
      name: 'consent-identity',
      cookies: full,
      open: at(ask(planner, { scope: 'openid profile email api offline_access' })),
    },
    {
      name: 'consent-apis',
      cookies: full,
      open: at(ask(accountant, { scope: 'openid api ledger offline_access' })),
    },
    {
      name: 'form-post',
      cookies: full,
      open: async (page, locale) => {
        // Its script would leave at once.
        await page.route('**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
        await at(ask(planner, { prompt: 'none', max_age: '0', response_mode: 'form_post' }))(page, locale);
        await page.unrouteAll();
      },
    },
    { name: 'sign-out', cookies: full, open: at(signOut(planner)) },
    { name: 'sign-out-by-nobody', cookies: full, open: at('/oauth2/logout') },
    { name: 'signed-out', cookies: nobody, open: at('/oauth2/logout') },
    { name: 'signed-out-of-application', cookies: nobody, open: at(signOut(planner)) },
    { name: 'account', cookies: full, open: at('/account') },
    { name: 'account-notice', cookies: full, open: at('/account?notice=authorization_ended') },
    { name: 'account-empty', cookies: empty, open: at('/account') },
    { name: 'account-administrator', cookies: administrator, open: at('/account') },
    {
      name: 'account-wrong-password',
      cookies: empty,
      open: inOwnLanguage(
        newcomer,
        send('/account/password', {
          current_password: 'not the right password',
          new_password: 'another long password',
        }),
      ),
    },
    {
      name: 'account-no-name',
      cookies: empty,
      open: inOwnLanguage(newcomer, send('/account/profile', { name: ' ' })),
    },
    ...(await setUpScreens(app)),
    { name: 'error-question-expired', cookies: full, open: at(ask(planner), answerTooLate) },
    {
      name: 'error-unregistered-redirect-uri',
      cookies: full,
      open: at(ask(planner, { redirect_uri: `${redirectUri}/?from=${'a-long-address-'.repeat(40)}` })),
    },
    {
      name: 'error-unregistered-post-logout-redirect-uri',
      cookies: full,
      open: at(signOut(planner, { post_logout_redirect_uri: `${redirectUri}/bye` })),
    },
    ...errorPageCodes.filter((code) => !reachable.includes(code)).map((code) => errorScreen(app, code)),
  ];
}

/** The problems that a screen of their own leads to. */
const reachable: readonly ErrorPageCode[] = [
  'question_expired',
  'unregistered_redirect_uri',
  'unregistered_post_logout_redirect_uri',
];

/** What the answer says of each problem where it is not simply a bad request. */
const statuses: Partial<Record<ErrorPageCode, number>> = {
  not_found: 404,
  setup_link_dead: 404,
  not_administrator: 403,
  wrong_origin: 403,
  method_not_allowed: 405,
  too_large: 413,
  unknown_host: 421,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
  console_missing: 503,
};

/** Most problems are hard to come by; their pages come from here instead of from the network. */
function errorScreen(app: TestApp, code: ErrorPageCode): Screen {
  return {
    name: `error-${code.replaceAll('_', '-')}`,
    cookies: nobody,
    open: async (page, locale) => {
      const status = statuses[code] ?? 400;
      const body = errorPage({
        locale,
        status,
        code,
        instance: code === 'unknown_host' ? null : { name: longName },
        query: 'client_id=x',
        ...(status >= 500 && { reference: 'req-1f' }),
      });
      const path = `${app.url}/problem/${code}`;
      await page.route(path, (route) => route.fulfill({ status, contentType: 'text/html', body }));
      await page.goto(path);
    },
  };
}

/** Answers the question when nobody is signed in any more. */
async function answerTooLate(page: Page): Promise<void> {
  const context = page.context();
  const cookies = await context.cookies();
  await context.clearCookies();
  await page.locator('button[value=allow]').click();
  await page.locator('.details').waitFor();
  await context.addCookies(cookies);
}

async function setUpScreens(app: TestApp): Promise<Screen[]> {
  const { services } = app;
  const url = `http://new.localhost:${app.port}`;
  const instance = await services.db.transaction((tx) =>
    makeInstance(tx, services.signingKeys, services.clock(), {
      handle: 'new',
      name: 'شركة الأفق للتقنية',
      url,
    }),
  );
  const link = await makeSetupLink(services, instance);
  const open = async (page: Page, locale: Locale) => {
    await page.goto(`${link}&ui_locales=${locale}`);
  };
  return [
    { name: 'set-up', cookies: nobody, open },
    {
      name: 'set-up-refused',
      cookies: nobody,
      open: async (page, locale) => {
        await open(page, locale);
        // Spaces are a name to the browser.
        await page.locator('#name').fill('   ');
        await page.locator('#email').fill('name@example.com');
        await page.locator('#password').fill('long enough a password');
        await page.locator('main form button').click();
      },
    },
  ];
}

async function uploadLogo(app: TestApp, application: ApplicationView): Promise<void> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" rx="56" fill="#0f172a"/><path d="M64 192V64l128 128V64" fill="none" stroke="#5eead4" stroke-width="28" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  const png = await sharp(Buffer.from(svg)).png().toBuffer();
  const answer = await app.admin.call('PUT', `/applications/${application.id}/logo`, png, {
    'content-type': 'image/png',
  });
  if (answer.status !== 200) throw new Error(`the logo was refused: ${answer.text}`);
}

/** Connects applications at different times, from several browsers, and leaves one with a remembered yes alone. */
async function busyAccount(
  app: TestApp,
  person: Person,
  connected: readonly ApplicationView[],
): Promise<Screen['cookies']> {
  const agents = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0',
    'something else',
  ];
  const browsers: Browser[] = [];
  for (const agent of agents) {
    const browser = app.browser({ 'user-agent': agent });
    await browser.signIn(person);
    browsers.push(browser);
    app.clock.advance(37 * MINUTE);
  }
  for (const [index, application] of connected.entries()) {
    const client = new OAuthClient(app, application);
    await client.authorize(browsers[index] ?? app.browser(), person);
    app.clock.advance(3 * MINUTE);
  }
  const remembered = await app.admin.createApplication({
    type: 'web',
    name: 'Adatum Forms',
    redirect_uris: [redirectUri],
  });
  await new OAuthClient(app, remembered).code(browsers[0] ?? app.browser(), person);
  return signedIn(app, person);
}

async function signedIn(app: TestApp, person: Person): Promise<Screen['cookies']> {
  const browser = app.browser({
    'user-agent':
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  });
  await browser.signIn(person);
  return browser.cookies;
}

/** Uses up the tries of an address. */
async function lockOut(app: TestApp, email: string): Promise<void> {
  for (let tries = 0; tries <= 10; tries++) {
    const page = await app.browser().signIn({ email, password: 'not the right password' });
    if (page.status === 429) return;
  }
}
