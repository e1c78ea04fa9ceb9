import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import type { Page } from '../support/browser.ts';
import { Browser } from '../support/browser.ts';
import { clientId, clientSecret, lyingProvider } from '../support/lying-provider.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What strangers, and one provider against another, make of the way to an OpenID Connect provider and back. One of the two providers is
// another Postern, which refuses what a provider should; the other does as it is told, so that nobody but us can refuse.

const lying = await lyingProvider();
let here: TestApp;
let there: TestApp;
let honest: { id: string; redirect_uri: string };
let other: { id: string; redirect_uri: string };

before(async () => {
  [here, there] = await Promise.all([
    startApp({ engine: 'sqlite' }),
    startApp({ engine: 'sqlite', host: '127.0.0.1' }),
  ]);
  const client = await there.admin.createApplication({
    type: 'web',
    redirect_uris: ['https://not-yet.example.com/'],
  });
  const add = (name: string, issuer: string, id: string, secret?: string) =>
    here.admin.must<{ id: string; redirect_uri: string }>('POST', '/identity-providers', {
      type: 'oidc',
      name,
      issuer,
      client_id: id,
      client_secret: secret,
    });
  honest = await add('Honest', there.url, client.client_id, client.client_secret);
  other = await add('Other', lying.issuer, clientId, clientSecret);
  await there.admin.must('PATCH', `/applications/${client.id}`, { redirect_uris: [honest.redirect_uri] });
});

beforeEach(() => lying.lie());

const accountPage = '/account';

/** Where a provider is asked, for a browser that has begun: its authorization endpoint with all parameters. */
async function begin(browser: Browser, { id }: { id: string }): Promise<URL> {
  const page = await browser.openPage(`/login/with/${id}?return_to=${accountPage}`);
  assert.ok(page.leftTo, page.html);
  return page.leftTo;
}

/** The address that `there` sends somebody back to, before any browser has gone there. */
async function answerOf(asked: URL, person: { email: string; password: string }): Promise<URL> {
  const atProvider = new Browser({ url: there.url, port: there.port });
  return atProvider.authorize(asked.searchParams, person);
}

const pathOf = ({ pathname, search }: URL) => pathname + search;
const isSignedIn = async (browser: Browser) => (await browser.openPage(accountPage)).path === accountPage;
const refused = (page: Page) => assert.ok(page.status === 400 || page.status === 403, `${page.status}`);

/** An answer of the lying provider. */
const lies = (provider: { redirect_uri: string }, asked: URL, more: Record<string, string> = {}) => {
  lying.state.nonce = asked.searchParams.get('nonce') ?? '';
  const query = new URLSearchParams({
    code: 'a code',
    state: asked.searchParams.get('state') ?? '',
    ...more,
  });
  return `${new URL(provider.redirect_uri).pathname}?${query}`;
};

describe('an answer', () => {
  test('signs in the browser that asked for it, so that what follows means something', async () => {
    const browser = here.browser();
    const person = await there.admin.createUser();
    const page = await browser.openPage(pathOf(await answerOf(await begin(browser, honest), person)));
    assert.equal(page.path, accountPage);
    const atLiar = here.browser();
    assert.equal((await atLiar.openPage(lies(other, await begin(atLiar, other)))).path, accountPage);
  });

  test('of an attacker signs no victim in as the attacker, whether or not the victim has begun as well', async () => {
    const [attacker, victim, beginner] = [here.browser(), here.browser(), here.browser()];
    const link = pathOf(await answerOf(await begin(attacker, honest), await there.admin.createUser()));
    await begin(beginner, honest);
    for (const browser of [victim, beginner]) {
      refused(await browser.openPage(link));
      assert.equal(await isSignedIn(browser), false);
    }
    // It was not spent by that: the attacker may still have what is theirs.
    assert.equal((await attacker.openPage(link)).path, accountPage);
  });

  test('with a code of another browser is refused by the provider, since the verifier does not fit', async () => {
    const [attacker, victim] = [here.browser(), here.browser()];
    const stolen = await answerOf(await begin(victim, honest), await there.admin.createUser());
    const own = await answerOf(await begin(attacker, honest), await there.admin.createUser());
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    refused(await attacker.openPage(pathOf(own)));
    assert.equal(await isSignedIn(attacker), false);
  });

  test('with a code of another browser is refused here too, where the provider does not look at the verifier', async () => {
    const [attacker, victim] = [here.browser(), here.browser()];
    const asked = await begin(victim, other);
    const own = lies(other, await begin(attacker, other));
    // The code of the victim: its token has the nonce of the victim's sign-in.
    lying.state.nonce = asked.searchParams.get('nonce') ?? '';
    refused(await attacker.openPage(own));
    assert.equal(await isSignedIn(attacker), false);
  });

  test('is good once, also where the provider takes its codes again and again', async () => {
    const browser = here.browser();
    const cookies = () => new Map(browser.cookies);
    const link = lies(other, await begin(browser, other));
    const kept = cookies();
    assert.equal((await browser.openPage(link)).path, accountPage);
    refused(await browser.openPage(link));
    const copy = new Browser(here, {}, kept);
    refused(await copy.openPage(link));
    assert.equal(await isSignedIn(copy), false);
  });

  test('is good for fifteen minutes', async () => {
    const browser = here.browser();
    const link = lies(other, await begin(browser, other));
    here.clock.advance(15 * MINUTE);
    refused(await browser.openPage(link));
    here.clock.advance(-15 * MINUTE);
  });

  test('that is shown to another provider’s address is no answer there', async () => {
    const browser = here.browser();
    const asked = await begin(browser, other);
    const before = lying.asked('/token');
    const path = lies(honest, asked);
    refused(await browser.openPage(path));
    refused(await browser.openPage(lies(other, await begin(browser, honest))));
    assert.equal(lying.asked('/token'), before);
    assert.equal(await isSignedIn(browser), false);
  });

  test('brings no code of one provider to another: it names the issuer, and each has its own redirect URI', async () => {
    // The other provider sends the browser on to the honest one, as if that were its own page, to be brought the code.
    const browser = here.browser();
    const asked = await begin(browser, other);
    const honestly = new Browser({ url: there.url, port: there.port });
    const parameters = new URLSearchParams(asked.searchParams);
    const clientOfHonest = (await begin(here.browser(), honest)).searchParams.get('client_id') ?? '';
    parameters.set('client_id', clientOfHonest);
    const page = await honestly.openPage(`/oauth2/authorize?${parameters}`);
    assert.equal(page.status, 400, 'the redirect URI of the other one is not registered there');

    // And where it were: the answer of the honest one names itself.
    const before = lying.asked('/token');
    refused(await browser.openPage(lies(other, asked, { iss: there.url })));
    assert.equal(lying.asked('/token'), before);
  });
});

describe('a provider', () => {
  /** Where somebody ends whom the lying provider calls this. */
  const arrive = async (claims: Record<string, unknown>): Promise<string> => {
    lying.lie({ claims });
    const browser = here.browser();
    return (await browser.openPage(lies(other, await begin(browser, other)))).path;
  };

  test('cannot be another one’s user by the same subject', async () => {
    const person = await there.admin.createUser();
    const browser = here.browser();
    await browser.openPage(pathOf(await answerOf(await begin(browser, honest), person)));
    const users = async () =>
      (
        await here.admin.must<{ data: { id: string }[] }>(
          'GET',
          `/users?search=${encodeURIComponent(person.email)}`,
        )
      ).data;
    const [first] = await users();
    assert.ok(first);
    // The same subject and the same address, which the other one calls verified.
    const path = await arrive({ sub: person.id, email: person.email, email_verified: true });
    assert.notEqual(path, accountPage);
    assert.deepEqual(
      (await users()).map(({ id }) => id),
      [first.id],
    );
  });

  test('cannot make an administrator, nor become the one that there is', async () => {
    for (const claims of [
      { sub: 'would be', role: 'administrator', roles: ['administrator'], administrator: true },
      { sub: 'would be 2', email: here.administrator.email },
      { sub: here.administrator.id, email: here.administrator.email },
    ])
      await arrive({ email: 'would-be@example.com', ...claims });
    const { data } = await here.admin.must<{ data: { email: string }[] }>('GET', '/users?role=administrator');
    assert.deepEqual(
      data.map(({ email }) => email),
      [here.administrator.email],
    );
  });

  test('cannot write into the page that people read, nor into what the administrator reads', async () => {
    const planted = '<script>alert(1)</script>';
    const browser = here.browser();
    const asked = await begin(browser, other);
    const query = {
      state: asked.searchParams.get('state') ?? '',
      error: planted,
      error_description: planted,
    };
    const page = await browser.openPage(
      `${new URL(other.redirect_uri).pathname}?${new URLSearchParams(query)}`,
    );
    assert.ok(!page.html.includes('alert(1)'));
    const { last_error } = await here.admin.must('GET', `/identity-providers/${other.id}`);
    assert.ok(!String(last_error).includes('alert'), String(last_error));
  });
});
