import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MINUTE } from '../../server/base/units.ts';
import { forEachEngine } from '../support/engines.ts';
import { parseForms, textOf } from '../support/html-form.ts';
import { otherInstance } from '../support/other-instance.ts';
import { whoIsIn } from '../support/product.ts';
import { SamlCustomer } from '../support/saml-customer.ts';
import { encoded } from '../support/saml-idp.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Assertions that are good, brought by the wrong browser, to the wrong place, or once too often.

forEachEngine((engine) => {
  let app: TestApp;
  let customer: SamlCustomer;
  before(async () => {
    app = await startApp({ engine });
    customer = await SamlCustomer.register(app);
  });

  let count = 0;
  const somebody = () => ({ nameId: `saml:${++count}`, attributes: { email: `saml${count}@example.com` } });

  test('an assertion signs its subject in, and says so to nobody else', async () => {
    const browser = app.browser();
    const said = somebody();
    assert.equal((await customer.signIn(browser, said)).path, '/account');
    const me = await whoIsIn(browser);
    assert.equal(me?.['email'], said.attributes.email);
  });

  test('an assertion counts once, for the browser that brought it and for every other', async () => {
    const browser = app.browser();
    const asked = await customer.begin(browser);
    const cookies = new Map(browser.cookies);
    const xml = customer.response(asked, somebody());
    assert.equal((await customer.bring(browser, xml, asked.relayState)).path, '/account');
    const copy = app.browser();
    for (const [name, value] of cookies) copy.cookies.set(name, value);
    assert.equal((await customer.bring(copy, xml, asked.relayState)).status, 400);
    assert.equal(await whoIsIn(copy), null);
    const another = app.browser();
    assert.equal(
      (await customer.bring(another, xml, (await customer.begin(another)).relayState)).status,
      400,
    );
    assert.equal(await whoIsIn(another), null);
  });

  test('an assertion that nobody asked for counts once, however many bring it at one moment', async () => {
    const open = await SamlCustomer.register(app, { allow_unsolicited: true });
    const asked = await open.begin(app.browser());
    const unasked = { ...somebody(), inResponseTo: null, confirmedInResponseTo: null };
    const xml = open.response(asked, unasked);
    const browsers = Array.from({ length: 8 }, () => app.browser());
    const pages = await Promise.all(browsers.map((browser) => open.bring(browser, xml)));
    assert.equal(pages.filter(({ path }) => path === '/account').length, 1);
    const signedIn = (await Promise.all(browsers.map(whoIsIn))).filter((me) => me !== null);
    assert.equal(signedIn.length, 1);
    app.clock.advance(30 * MINUTE);
    assert.equal((await open.bring(app.browser(), xml)).status, 400);
    await app.admin.must('DELETE', `/identity-providers/${open.id}`);
  });

  test('nobody is signed in as somebody else by a form of another site', async () => {
    const attacker = app.browser();
    const asked = await customer.begin(attacker);
    const xml = customer.response(asked, somebody());
    const victim = app.browser();
    const crossSite = await victim.request(customer.acsPath, {
      method: 'POST',
      body: new URLSearchParams({ SAMLResponse: encoded(xml), RelayState: asked.relayState }),
      headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    });
    assert.equal(crossSite.status, 200);
    const [form] = parseForms(crossSite.text);
    const again = await victim.request(customer.acsPath, {
      method: 'POST',
      body: new URLSearchParams([...(form?.fields ?? [])]),
    });
    assert.equal(again.status, 400);
    assert.equal(await whoIsIn(victim), null);
    // Nor by the trip of the attacker beside one of their own.
    const { relayState } = await customer.begin(victim);
    assert.equal((await customer.bring(victim, xml, relayState)).status, 400);
    assert.equal(await whoIsIn(victim), null);
  });

  test('an assertion for one provider is none for another, nor for another instance', async () => {
    const sibling = await SamlCustomer.register(app, { name: 'The same once more' }, customer.idp);
    const browser = app.browser();
    const asked = await customer.begin(browser);
    const xml = customer.response(asked, somebody());
    assert.equal((await sibling.bring(browser, xml, asked.relayState)).status, 400);
    const there = await sibling.begin(browser);
    assert.equal((await sibling.bring(browser, xml, there.relayState)).status, 400);
    const other = await otherInstance(app);
    const path = customer.acsPath;
    const host = new URL(other.instance.url).host;
    const body = new URLSearchParams({
      SAMLResponse: encoded(xml),
      RelayState: asked.relayState,
      posted_again: '1',
    });
    const elsewhere = await browser.request(path, { method: 'POST', body, headers: { host } });
    assert.equal(elsewhere.status, 404);
    assert.equal(await whoIsIn(browser), null);
    const metadata = await app
      .browser()
      .request(`/login/saml/${customer.id}/metadata`, { headers: { host } });
    assert.equal(metadata.status, 404);
    await app.admin.must('DELETE', `/identity-providers/${sibling.id}`);
  });

  test('an assertion for a provider that was switched off or deleted meanwhile lets nobody in', async () => {
    const passing = await SamlCustomer.register(app, {}, customer.idp);
    const browser = app.browser();
    const asked = await passing.begin(browser);
    const xml = passing.response(asked, somebody());
    await app.admin.must('PATCH', `/identity-providers/${passing.id}`, { enabled: false });
    assert.equal((await passing.bring(browser, xml, asked.relayState)).status, 404);
    await app.admin.must('DELETE', `/identity-providers/${passing.id}`);
    assert.equal((await passing.bring(browser, xml, asked.relayState)).status, 404);
    assert.equal(await whoIsIn(browser), null);
  });

  test('a response of 200 KB fits, one that is too large is refused as what it is', async () => {
    const groups = Array.from(
      { length: 900 },
      (_, index) => `CN=Group ${index},OU=Departments,DC=example,DC=com`,
    );
    const said = { ...somebody(), attributes: { groups, email: 'many@example.com' } };
    const browser = app.browser();
    const asked = await customer.begin(browser);
    const xml = customer.response(asked, said);
    assert.ok(xml.length > 130_000 && encoded(xml).length > 175_000, `${encoded(xml).length}`);
    const first = await app.browser().request(customer.acsPath, {
      method: 'POST',
      body: new URLSearchParams({ SAMLResponse: encoded(xml), RelayState: asked.relayState }),
      headers: { 'sec-fetch-site': 'cross-site', origin: 'https://idp.example' },
    });
    const [form] = parseForms(first.text);
    const ended = await browser.request(customer.acsPath, {
      method: 'POST',
      body: new URLSearchParams([...(form?.fields ?? [])]),
    });
    assert.equal(ended.status, 303);
    const { relayState } = await customer.begin(browser);
    const page = await customer.bring(browser, 'x'.repeat(300_000), relayState);
    assert.equal(page.status, 400);
    const far = await browser.request(customer.acsPath, {
      method: 'POST',
      body: new URLSearchParams({ SAMLResponse: 'A'.repeat(600_000) }),
    });
    assert.equal(far.status, 413);
  });

  test('administrators are told why nobody could come, and strangers write nothing there', async () => {
    const browser = app.browser();
    const asked = await customer.begin(browser);
    const page = await customer.bring(
      browser,
      customer.response(asked, { sign: ['response'] }),
      asked.relayState,
    );
    assert.equal(page.status, 502);
    assert.doesNotMatch(
      textOf(page.html),
      /sign assertions/,
      'people are told nothing that they could not mend',
    );
    const errorNow = async () =>
      (await app.admin.must<{ last_error: string }>('GET', `/identity-providers/${customer.id}`)).last_error;
    assert.match(await errorNow(), /Have the provider sign assertions/);
    const next = await customer.begin(browser);
    await customer.bring(browser, '<evil>call 0900</evil>', next.relayState);
    assert.doesNotMatch(await errorNow(), /0900/);
  });

  test('an attribute makes an administrator by the mapping alone, and no other attribute does', async () => {
    const claims = { administrator: { claim: 'groups', values: ['postern-admins'] }, copy: ['department'] };
    const mapped = await SamlCustomer.register(app, { claims }, customer.idp);
    const roleOf = async (attributes: Record<string, string | string[]>) => {
      const browser = app.browser();
      await mapped.signIn(browser, {
        ...somebody(),
        attributes: { email: `role${count}@example.com`, ...attributes },
      });
      return (await whoIsIn(browser))?.['role'];
    };
    assert.equal(await roleOf({ groups: ['staff', 'postern-admins'] }), 'administrator');
    assert.equal(await roleOf({ groups: ['staff'] }), 'user');
    assert.equal(await roleOf({ role: 'administrator', administrator: 'true', is_admin: 'true' }), 'user');
    assert.equal(await roleOf({ groups: 'staff, postern-admins' }), 'user');
  });

  test('what we are is told to everybody who asks, for providers of SAML alone', async () => {
    const { status, headers, text } = await app.browser().request(`/login/saml/${customer.id}/metadata`);
    assert.equal(status, 200);
    assert.match(String(headers['content-type']), /^application\/samlmetadata\+xml/);
    assert.match(text, new RegExp(`entityID="${app.url}/login/saml/${customer.id}/metadata"`));
    const { id } = await app.admin.must<{ id: string }>('POST', '/identity-providers', {
      type: 'handover',
      name: 'The product',
      login_url: 'https://product.example.com/hand-over',
      issuer: 'https://product.example.com',
      jwks_uri: 'https://product.example.com/jwks',
    });
    for (const other of [id, '0'.repeat(32), 'nothing'])
      assert.equal((await app.browser().request(`/login/saml/${other}/metadata`)).status, 404);
  });
});
