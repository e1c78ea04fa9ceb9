import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { goodClaims } from '../support/hand-over.ts';
import { send } from '../support/http.ts';
import { keyHost, publishedPair, signedBy } from '../support/key-host.ts';
import { Product, whoIsIn } from '../support/product.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What strangers, and users who want more than is theirs, make of the way back from a product.

let count = 0;
/** Somebody whom the product alone knows. */
const somebody = () => ({ sub: `attacked:${++count}`, email: `attacked${count}@example.com` });

forEachEngine((engine) => {
  let app: TestApp;
  let product: Product;

  before(async () => {
    app = await startApp({ engine });
    product = await Product.register(app);
  });

  /** Brings an answer back, as often as is wanted, at the same moment. */
  async function bring(browser: Browser, response: string, times = 1) {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const path = `/login/handover/${product.id}?${new URLSearchParams({ response })}`;
    const all = Array.from({ length: times }, () => send(app, path, { headers: { cookie } }));
    return (await Promise.all(all)).map(({ status }) => status).sort();
  }

  const trip = async (browser: Browser) => (await product.begin(browser)).get('login_request') ?? '';

  describe('an answer counts once', () => {
    test('when it is brought twenty times at the same moment, by a browser that keeps the trip', async () => {
      const browser = app.browser();
      const response = await product.response(await trip(browser), somebody());
      assert.deepEqual(await bring(browser, response, 20), [303, ...Array(19).fill(400)]);
      assert.deepEqual(await bring(browser, response), [400]);
    });

    test('when the product signs several for one trip', async () => {
      const browser = app.browser();
      const loginRequest = await trip(browser);
      const [one, two] = [somebody(), somebody()];
      assert.deepEqual(await bring(browser, await product.response(loginRequest, one)), [303]);
      assert.deepEqual(await bring(browser, await product.response(loginRequest, two)), [400]);
    });

    test('when the product uses a jti for two trips, at the same moment or one after the other', async () => {
      const jti = randomUUID();
      const browsers = [app.browser(), app.browser(), app.browser()];
      const answers = await Promise.all(
        browsers.map(async (browser) => product.response(await trip(browser), { ...somebody(), jti })),
      );
      const [last = ''] = answers.slice(2);
      const first = await Promise.all(
        [0, 1].map((at) => bring(browsers[at] as Browser, answers[at] as string)),
      );
      assert.deepEqual(first.flat().sort(), [303, 400]);
      assert.deepEqual(await bring(browsers[2] as Browser, last), [400]);
    });

    test('whatever another product calls its own', async () => {
      const other = await Product.register(app, { name: 'Another' });
      const jti = randomUUID();
      for (const each of [product, other]) {
        const browser = app.browser();
        await each.signIn(browser, { ...somebody(), jti });
        assert.notEqual(await whoIsIn(browser), null);
      }
      await app.admin.must('DELETE', `/identity-providers/${other.id}`);
    });
  });

  test('an answer is no token, and no assertion of a client', async () => {
    const browser = app.browser();
    const response = await product.response(await trip(browser), somebody());
    for (const path of ['/api/v1/me', '/oauth2/userinfo']) {
      const { status } = await send(app, path, { headers: { authorization: `Bearer ${response}` } });
      assert.equal(status, 401, path);
    }
    const assertion = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: response,
    });
    assert.match((await send(app, '/oauth2/token', { body: assertion })).text, /"error":"invalid_/);
    assert.deepEqual(await bring(browser, response), [303], 'and it was not spent by that');
  });

  test('an error that another site brings leaves whoever is signed in as they are', async () => {
    const browser = app.browser();
    await product.signIn(browser, somebody());
    const before = (await whoIsIn(browser))?.['id'];
    assert.ok(before);
    for (const error of ['access_denied', 'login_required', '<script>alert(1)</script>']) {
      const page = await browser.openPage(`/login/handover/${product.id}?${new URLSearchParams({ error })}`, {
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      assert.equal(page.status, 400);
      assert.ok(!page.html.includes('<script>alert'));
    }
    assert.equal((await whoIsIn(browser))?.['id'], before);
  });

  test('a parameter that comes twice is refused: whoever reads the first is not who reads the last', async () => {
    const browser = app.browser();
    const response = await product.response(await trip(browser), somebody());
    for (const query of [
      `response=${response}&response=${response}`,
      `response=${response}&error=a&error=b`,
    ]) {
      const page = await browser.openPage(`/login/handover/${product.id}?${query}`);
      assert.equal(page.status, 400);
    }
    assert.equal(await whoIsIn(browser), null);
  });

  test('where the keys of the product cannot be had, people read so, administrators why, and passwords work', async () => {
    const pair = await publishedPair();
    const host = await keyHost(pair.jwk);
    await app.admin.must('PATCH', `/identity-providers/${product.id}`, { jwks: null, jwks_uri: host.url });
    await host.close();
    const browser = app.browser({ 'accept-language': 'sv' });
    const response = await signedBy(pair, goodClaims(app, await trip(browser), somebody()));
    const page = await browser.openPage(`/login/handover/${product.id}?${new URLSearchParams({ response })}`);
    assert.equal(page.status, 502);
    assert.match(page.html, /kan inte nås/);
    const shown = await app.admin.must('GET', `/identity-providers/${product.id}`);
    assert.match(
      String(shown['last_error']),
      /^The key set at the jwks_uri of the product cannot be had: the host cannot be reached/,
    );
    await browser.signIn(app.user);
    assert.equal((await whoIsIn(browser))?.['email'], app.user.email);
  });
});
