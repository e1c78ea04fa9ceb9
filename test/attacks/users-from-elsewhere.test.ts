import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { MINUTE, SECOND, toUnixSeconds } from '../../server/base/units.ts';
import { hasButton, hasField } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { Product, userBySubject, whoIsIn } from '../support/product.ts';
import { SamlCustomer } from '../support/saml-customer.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// What people make of the ways in from elsewhere who want more than is theirs.

let count = 0;
/** Somebody whom the product alone knows. */
const somebody = () => ({ sub: `elsewhere:${++count}`, email: `elsewhere${count}@example.com` });

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** What cannot be compressed. */
const noise = (length: number) =>
  Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join('');

forEachEngine((engine) => {
  let app: TestApp;
  let product: Product;

  before(async () => {
    app = await startApp({ engine });
    product = await Product.register(app);
  });

  test('a client that asks for a new sign-in gets one, whatever else the person has the provider asked for', async () => {
    const redirectUri = 'https://client.example.com/callback';
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const path = `/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
      scope: 'api',
      prompt: 'login',
    })}`;
    const person = somebody();
    const browser = app.browser();
    await product.signIn(browser, person);
    const auth_time = toUnixSeconds(app.clock.now());
    app.clock.advance(5 * MINUTE);
    const asked = await product.begin(browser, { return_to: path, prompt: 'select_account' });
    assert.equal(asked.get('prompt'), 'login');
    const page = await product.answer(browser, asked, { ...person, auth_time });
    assert.equal(page.status, 403);
    assert.ok(!hasButton(page, 'decision'));
  });

  describe('where nobody signs in by a password', () => {
    test('a password that somebody knows makes no old session a recent one, and is not told to be right', async () => {
      const guarded = await startApp({ engine });
      const way = await Product.register(guarded, {
        claims: { administrator: { claim: 'group', values: ['admins'] } },
      });
      const { email, password } = guarded.administrator;
      const browser = guarded.browser();
      const boss = { ...somebody(), email, claims: { group: 'admins' } };
      await browser.submitForm(await way.signIn(browser, boss), { password });
      await guarded.admin.updateInstance({ sign_in: { password: 'nobody' } });
      guarded.clock.advance(20 * MINUTE);
      const change = { current_password: password, password: 'another password of this user' };
      for (const body of [change, { ...change, current_password: 'wrong, but long enough' }]) {
        const answer = await browser.request('/api/v1/me', {
          method: 'PATCH',
          body,
          headers: { origin: guarded.url },
        });
        assert.equal(answer.json<{ code: string }>().code, 'password_sign_in_off', answer.text);
      }
      const again = await browser.request('/api/v1/applications', {
        body: { type: 'machine', name: 'Mine for good' },
        headers: { origin: guarded.url },
      });
      assert.equal(again.json<{ code: string }>().code, 'reauthentication_required', again.text);
      const page = await browser.openPage('/account');
      const form = await browser.request('/account/password', {
        method: 'POST',
        body: new URLSearchParams({
          current_password: password,
          new_password: change.password,
          form_token: /name="form_token" value="([^"]+)"/.exec(page.html)?.[1] ?? '',
        }),
      });
      assert.equal(form.status, 403);
      await guarded.close();
    });
  });

  describe('the question for a password', () => {
    test('makes nobody what the provider may make no more since it was asked', async () => {
      const claims = { administrator: { claim: 'group', values: ['admins'] } };
      const provider = await Product.register(app, { name: 'Trusted too far', claims });
      const user = await app.admin.createUser();
      const browser = app.browser();
      const person = { ...somebody(), email: user.email, claims: { group: 'admins' } };
      const page = await provider.signIn(browser, person);
      app.clock.advance(MINUTE);
      await app.admin.must('PATCH', `/identity-providers/${provider.id}`, { claims: {} });
      const answered = await browser.submitForm(page, { password: user.password });
      assert.equal(answered.status, 400);
      assert.equal(await whoIsIn(browser), null);
      assert.equal((await userBySubject(app.admin, user.id))?.['role'], 'user');
      await browser.submitForm(await provider.signIn(browser, person), { password: user.password });
      assert.equal((await whoIsIn(browser))?.['role'], 'user');
      await app.admin.must('DELETE', `/identity-providers/${provider.id}`);
    });

    test('is asked of nobody whom another site had arrive as somebody of its own', async () => {
      const open = await SamlCustomer.register(app, { allow_unsolicited: true });
      const victim = await app.admin.createUser();
      const attacker = { nameId: 'attacker', attributes: { email: victim.email } };
      const unasked = { ...attacker, inResponseTo: null, confirmedInResponseTo: null };
      const xml = open.response(await open.begin(app.browser()), unasked);
      const browser = app.browser();
      const page = await open.bring(browser, xml);
      assert.ok(!hasField(page, 'password'), textOf(page.html));
      assert.match(page.leftTo?.href ?? '', /SAMLRequest=/, 'they come as who they are there');
      await app.admin.must('DELETE', `/identity-providers/${open.id}`);
    });
  });

  describe('somebody whom their provider gives less than before', () => {
    const profile = (roles: string[], bio: string) => ({ claims: { roles, bio, motto: bio } });
    const rolesOf = async (sub: string) => {
      const user = await userBySubject(app.admin, sub);
      return (user?.['claims'] as Record<string, unknown> | undefined)?.['roles'];
    };

    test('does not keep it by a profile that is too large to be copied', async () => {
      const copy = ['roles', 'bio', 'motto'];
      const way = await Product.register(app, { name: 'With profiles', claims: { copy } });
      const person = somebody();
      await way.signIn(app.browser(), { ...person, ...profile(['owner'], 'short') });
      assert.deepEqual(await rolesOf(person.sub), ['owner']);
      const browser = app.browser();
      const page = await way.signIn(browser, { ...person, ...profile([], 'x'.repeat(2500)) });
      assert.equal(page.status, 400);
      assert.equal(await whoIsIn(browser), null, 'nobody is in by what is not true any more');
      await way.signIn(browser, { ...person, ...profile([], 'short') });
      assert.deepEqual(await rolesOf(person.sub), []);
      await app.admin.must('DELETE', `/identity-providers/${way.id}`);
    });

    test('does not keep it beside what an administrator wrote of them', async () => {
      const way = await Product.register(app, { name: 'With roles', claims: { copy: ['roles', 'bio'] } });
      const person = somebody();
      await way.signIn(app.browser(), { ...person, ...profile(['owner'], 'short') });
      const user = await userBySubject(app.admin, person.sub);
      const claims = { roles: ['owner'], note: 'x'.repeat(2500) };
      await app.admin.must('PATCH', `/users/${user?.['id']}`, { claims });
      const browser = app.browser();
      const page = await way.signIn(browser, { ...person, ...profile([], 'x'.repeat(2500)) });
      assert.equal(page.status, 400);
      assert.equal(await whoIsIn(browser), null);
      await app.admin.must('DELETE', `/identity-providers/${way.id}`);
    });
  });

  test('trips that another site has a browser begin shut nobody out by their cookies', async () => {
    const browser = app.browser();
    await browser.signIn(await app.admin.createUser());
    const cookies = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ').length;
    for (const length of [13_000, 13_000, 6000, 3000, 3000, 13_000, 3000, 3000, 3000, 3000, 13_000]) {
      app.clock.advance(SECOND);
      await product.begin(browser, { return_to: `/account?${noise(length)}` });
      assert.ok(cookies() < 16 * 1024, `${cookies()} characters`);
    }
    const page = await product.signIn(browser, somebody(), { return_to: `/account?${noise(13_000)}` });
    assert.equal(page.status, 200);
  });
});
