import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createScimUser } from '../../server/accounts/scim/users.ts';
import { findSession } from '../../server/accounts/sessions.ts';
import { createUser, updateUser } from '../../server/accounts/users.ts';
import type { Id } from '../../server/base/ids.ts';
import { actOfOperator, actOfScim, actOfSession } from '../../server/model/act.ts';
import {
  addScimToken,
  deleteScimToken,
  listScimTokens,
} from '../../server/registry/identity-providers/scim-tokens.ts';
import { updateIdentityProvider } from '../../server/store/identity-providers.ts';
import { insertInstance } from '../../server/store/instances.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Headers, send } from '../support/http.ts';
import { beginRequest } from '../support/late-body.ts';
import { refusesLater } from '../support/refuses.ts';
import { patchOf, ScimClient, type ScimErrorView, someScimClient } from '../support/scim-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Whom a SCIM token opens what to: the users of its own provider, while token and provider are there.

forEachEngine((engine) => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  const setEnabled = ({ provider }: ScimClient, enabled: boolean) =>
    app.services.db.transaction((tx) => updateIdentityProvider(tx, { ...provider, enabled }));
  const deleteToken = async ({ provider }: ScimClient) => {
    const [token] = await listScimTokens(app.services.db, app.instance.id, provider.id);
    await deleteScimToken(app.services, actOfOperator(app.instance), provider.id, token?.id);
  };

  test('nobody comes in but by a token of a provider, and hears how to', async () => {
    const { token } = await someScimClient(app);
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer ',
      `Basic ${token}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token.toUpperCase()}`,
      `Bearer pst_${'x'.repeat(43)}`,
      `Bearer pcs_${token.slice(4)}`,
      `Bearer ${token}, Bearer ${token}`,
    ])
      for (const path of ['/scim/v2/Users', '/scim/v2/ServiceProviderConfig', '/scim/v2/Schemas/nothing']) {
        const headers: Headers = authorization === undefined ? {} : { authorization };
        const answer = await send(app, path, { headers });
        assert.equal(answer.status, 401, `${authorization} at ${path}`);
        assert.match(String(answer.headers['www-authenticate']), /^Bearer /);
        assert.equal(answer.json<ScimErrorView>().status, '401');
      }
    const answer = await send(app, `/scim/v2/Users?access_token=${token}`);
    assert.equal(answer.status, 401);
  });

  test('a SCIM token opens nothing else, and nothing else opens SCIM', async () => {
    const { token } = await someScimClient(app);
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['/api/v1/users', '/api/v1/me', '/oauth2/userinfo'])
      assert.equal((await send(app, path, { headers })).status, 401, path);
    const browser = app.browser();
    await browser.signIn(app.administrator);
    assert.equal((await browser.request('/scim/v2/Users')).status, 401);
  });

  test('a client sees nobody who is another client’s or nobody’s, and changes none of them', async () => {
    const [mine, theirs] = [await someScimClient(app), await someScimClient(app, { trustsEmail: true })];
    const user = await theirs.create({ externalId: 'shared-id', userName: `shared-${engine}@example.com` });
    await mine.create({
      externalId: 'shared-id',
      userName: `shared-${engine}`,
      emails: [{ value: `mine-${engine}@example.com` }],
    });
    for (const id of [user.id, app.user.id, app.administrator.id])
      for (const [method, body] of [
        ['GET'],
        ['PUT', { userName: 'stolen@example.com', active: false }],
        ['PATCH', patchOf({ op: 'replace', value: { active: false } })],
        ['DELETE'],
      ] as const)
        await mine.refused(404, undefined, method, `/Users/${id}`, body);
    assert.equal((await mine.list()).totalResults, 1);
    for (const filter of [
      `id eq "${user.id}"`,
      `userName eq "${user.userName}"`,
      `emails.value eq "${app.user.email}"`,
    ])
      assert.equal((await mine.list({ filter })).totalResults, 0, filter);
    assert.deepEqual(await theirs.get(user.id), user);
  });

  test('a token is nothing in another instance of the same server', async () => {
    const mine = await someScimClient(app);
    const user = await mine.create();
    const host = `other-${engine}.localhost:${app.port}`;
    await app.services.db.transaction((tx) =>
      insertInstance(
        tx,
        {
          ...app.instance,
          id: `${engine === 'sqlite' ? 'a' : 'b'}`.repeat(32) as Id,
          handle: 'other',
          host,
          url: `http://${host}`,
        },
        false,
      ),
    );
    app.services.instances.clear();
    const elsewhere = new ScimClient({ url: `http://${host}`, port: app.port }, mine.provider, mine.token);
    for (const path of ['/Users', `/Users/${user.id}`, '/Schemas'])
      await elsewhere.refused(401, undefined, 'GET', path);
    await elsewhere.refused(401, undefined, 'POST', '/Users', { userName: 'a@example.com' });
  });

  test('a token that is deleted, and every token of a provider that is disabled or deleted, is refused at once', async () => {
    const client = await someScimClient(app);
    await client.list();
    await setEnabled(client, false);
    await client.refused(401, undefined, 'GET', '/Users');
    await setEnabled(client, true);
    await client.list();
    await deleteToken(client);
    await client.refused(401, undefined, 'GET', '/Users');
  });

  test('a body that comes after the token was deleted, or the provider disabled, changes nothing', async () => {
    for (const lose of [deleteToken, (client: ScimClient) => setEnabled(client, false)]) {
      const client = await someScimClient(app);
      const user = await client.create({ title: 'Before' });
      const headers = { authorization: `Bearer ${client.token}`, 'content-type': 'application/scim+json' };
      const late = await Promise.all(
        [
          ['POST', '/Users', { userName: 'late@example.com' }],
          ['PUT', `/Users/${user.id}`, { userName: user.userName, title: 'Late' }],
          ['PATCH', `/Users/${user.id}`, patchOf({ op: 'replace', value: { active: false } })],
          ['DELETE', `/Users/${user.id}`, {}],
        ].map(([method, path, body]) =>
          beginRequest(app, `/scim/v2${path}`, {
            method: String(method),
            headers,
            body: JSON.stringify(body),
          }),
        ),
      );
      await client.list();
      await lose(client);
      const answers = await Promise.all(late.map((each) => each.send()));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [401, 401, 401, 401],
      );
      const { active } = await app.admin.must<{ active: boolean }>('GET', `/users/${user.id}`);
      assert.equal(active, true);
      assert.equal(
        (await app.admin.must<{ data: object[] }>('GET', '/users?search=late@example.com')).data.length,
        0,
      );
    }
  });

  test('what a SCIM client may is nothing that takes an administrator, and no administrator acts as one', async () => {
    const { services, instance, admin } = app;
    const { provider } = await someScimClient(app);
    const [token] = await listScimTokens(services.db, instance.id, provider.id);
    const act = actOfScim(instance, provider, token?.id as Id, '127.0.0.1');
    const fields = { email: 'mallory@example.com', name: 'Mallory', role: 'administrator' } as const;
    await refusesLater('not_administrator', () => createUser(services, act, fields));
    await refusesLater('not_administrator', () =>
      updateUser(services, act, app.user.id as Id, { role: 'administrator' }),
    );
    await refusesLater('not_administrator', () =>
      addScimToken(services, act, provider.id, { name: 'Another' }),
    );
    assert.equal((await admin.must<{ data: object[] }>('GET', '/users?search=mallory')).data.length, 0);

    const browser = app.browser();
    await browser.signIn(app.administrator);
    const session = await findSession(services, instance, browser.cookies.get('postern') ?? '');
    const client = {
      act: actOfSession(instance, session ?? assert.fail(), '127.0.0.1'),
      providerId: provider.id,
    };
    await refusesLater('not_administrator', () =>
      createScimUser(services, client, { userName: 'mallory@example.com' }),
    );
  });

  test('the provider sees when its token was used', async () => {
    const { provider, token } = await someScimClient(app);
    const before = app.clock.now();
    await new ScimClient(app, provider, token).list();
    await app.services.lastUsed.flush();
    const [used] = await listScimTokens(app.services.db, app.instance.id, provider.id);
    assert.ok(Number(used?.lastUsedAt) >= before);
  });
});
