import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';
import { textOf } from '../support/html-form.ts';
import { Product, userBySubject, whoIsIn } from '../support/product.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Customers each have an identity provider of their own, which is trusted with addresses. One of them says it has the people of another.

forEachEngine((engine) => {
  let app: TestApp;
  let acme: Product;
  let globex: Product;

  before(async () => {
    app = await startApp({ engine });
    acme = await Product.register(app, {
      name: 'Acme',
      trusts_email: true,
      email_domains: ['acme.example', 'bücher.example'],
    });
    globex = await Product.register(app, { name: 'Globex', trusts_email: true });
  });

  let count = 0;
  const verified = (name: string, email: string) => ({
    sub: `${name}:${++count}`,
    email,
    email_verified: true,
  });

  async function scim(method: string, path: string, body: object) {
    const made = `/identity-providers/${globex.id}/scim-tokens`;
    const { id, token } = await app.admin.must<{ id: string; token: string }>('POST', made, { name: 'D' });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.browser().request(`/scim/v2${path}`, { method, body, headers });
    await app.admin.must('DELETE', `${made}/${id}`);
    return { status: answer.status, user: answer.json<{ id: string }>() };
  }

  for (const domain of ['acme.example', 'ACME.example', 'xn--bcher-kva.example'])
    test(`nobody signs in as a user with an address at ${domain} but by the provider that has that domain`, async () => {
      const email = `ceo${++count}@${domain}`;
      const ceo = verified('acme', email);
      await acme.signIn(app.browser(), ceo);
      const browser = app.browser();
      const page = await globex.signIn(browser, verified('globex', email));
      assert.equal(page.status, 403);
      assert.match(textOf(page.html), /belongs to someone else/);
      assert.equal(await whoIsIn(browser), null);
      const { status } = await scim('POST', '/Users', { userName: email, externalId: `globex:${count}` });
      assert.equal(status, 409);
    });

  test('nobody waits under such an address for its owner, whom the provider that has the domain would let in there', async () => {
    const [first, second, third] = [1, 2, 3].map((n) => `heir${n}@acme.example`) as [string, string, string];
    const newcomer = verified('globex', first);
    await globex.signIn(app.browser(), newcomer);
    const mover = verified('globex', 'mover@globex.example');
    await globex.signIn(app.browser(), mover);
    await globex.signIn(app.browser(), { ...mover, email: second });
    const made = await scim('POST', '/Users', { userName: 'made', emails: [{ value: third }] });
    assert.equal(made.status, 201);
    const moved = await scim('POST', '/Users', {
      userName: 'moved',
      emails: [{ value: 'm@globex.example' }],
    });
    const change = { userName: 'moved', emails: [{ value: 'heir4@acme.example' }] };
    assert.equal((await scim('PUT', `/Users/${moved.user.id}`, change)).status, 200);
    const stand = async (id: unknown) => {
      const user = await app.admin.must('GET', `/users/${id}`);
      return [user['email'], user['email_verified']];
    };
    assert.deepEqual(await stand((await userBySubject(app.admin, newcomer.sub))?.['id']), [first, false]);
    assert.deepEqual(await stand((await userBySubject(app.admin, mover.sub))?.['id']), [
      'mover@globex.example',
      true,
    ]);
    assert.deepEqual(await stand(made.user.id), [third, false]);
    assert.deepEqual(await stand(moved.user.id), ['heir4@acme.example', false]);
    for (const email of [first, third, 'heir4@acme.example']) {
      const page = await acme.signIn(app.browser(), verified('acme', email));
      assert.equal(page.status, 403, email);
    }
  });

  test('a domain that is spelled as no name in the DNS does not make an address verified that is read as another’s', async () => {
    for (const domain of ['acme.example.', 'acme.example/x', '[acme.example]']) {
      const person = verified('globex', `boss${count}@${domain}`);
      await globex.signIn(app.browser(), person);
      const user = await userBySubject(app.admin, person.sub);
      assert.deepEqual([user?.['email'], user?.['email_verified']], [person.email, false]);
    }
  });

  test('an address in nobody’s domain links as before, and one in one’s own', async () => {
    for (const [email, by] of [
      ['free@elsewhere.example', globex],
      ['own@acme.example', acme],
    ] as const) {
      const user = await app.admin.createUser({ email });
      const browser = app.browser();
      await by.signIn(browser, verified('linked', email));
      assert.equal((await whoIsIn(browser))?.['id'], user.id);
    }
  });
});
