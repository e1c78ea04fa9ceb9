import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { ListPage } from '../support/admin.ts';
import { forEachEngine } from '../support/engines.ts';
import { claimsOf, OAuthClient, outcome, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// An application reaches for APIs that nobody has let it use, and registries change while somebody looks.

interface ApiView {
  id: string;
  identifier: string;
  name: string;
  scopes: { name: string; description: string }[];
}

const orders = 'https://orders.example.com';
const ledger = 'urn:example:ledger';
const redirect_uris = ['https://client.example.com/callback'];

forEachEngine((engine) => {
  let app: TestApp;
  let web: OAuthClient;
  const scope = (name: string) => ({ name, description: name });
  const add = (identifier: string, ...names: string[]) =>
    app.admin.must<ApiView>('POST', '/apis', { identifier, name: identifier, scopes: names.map(scope) });
  const list = async () => (await app.admin.must<ListPage<ApiView>>('GET', '/apis')).data;

  before(async () => {
    app = await startApp({ engine, config: { POSTERN_RATE_LIMITS: 'off' } });
    await add(orders, 'orders');
    await add(ledger, 'ledger');
    web = new OAuthClient(
      app,
      await app.admin.createApplication({
        type: 'web',
        redirect_uris,
        scopes: ['openid', 'api', 'orders', 'offline_access'],
      }),
    );
  });

  describe('a token', () => {
    const refusedFor = async (params: Record<string, string>) =>
      (
        await app.browser().authorize(
          {
            response_type: 'code',
            client_id: web.application.client_id,
            redirect_uri: web.redirectUri,
            ...params,
          },
          app.user,
        )
      ).searchParams.get('error');

    test('is not to be had for an API none of whose scopes the application has, by scopes that are of no API', async () => {
      assert.equal(await refusedFor({ scope: 'openid', resource: ledger }), 'invalid_scope');
      assert.equal(
        await refusedFor({ scope: 'openid offline_access orders', resource: ledger }),
        'invalid_scope',
      );
    });

    test('is not for an API any more once the application has lost its scopes, and nothing is spent by asking', async () => {
      const { code, verifier } = await web.code(app.browser(), app.user, {
        scope: 'openid offline_access orders',
        resource: orders,
      });
      const tokens = success(await web.redeem(code, verifier)).json<Tokens & { refresh_token: string }>();
      const all = web.application['scopes'] as string[];
      await app.admin.updateApplication(web.application.id, {
        scopes: all.filter((name) => name !== 'orders'),
      });
      const refused = await web.refresh(tokens.refresh_token);
      assert.equal(outcome(refused), '400 invalid_grant');
      assert.match(refused.text, /none is left/);
      await app.admin.updateApplication(web.application.id, { scopes: all });
      app.clock.advance(60_000); // no grace any more for what was spent
      const again = await web.refreshTokens(tokens.refresh_token);
      assert.equal(claimsOf(again.access_token)['aud'], orders);
    });

    test('for an API that was deleted is not one for the instance instead', async () => {
      const gone = 'https://gone.example.com';
      const { id } = await add(gone, 'gone');
      const all = web.application['scopes'] as string[];
      await app.admin.updateApplication(web.application.id, { scopes: [...all, 'gone'] });
      const { code, verifier } = await web.code(app.browser(), app.user, {
        scope: 'openid offline_access gone',
        resource: gone,
      });
      const tokens = success(await web.redeem(code, verifier)).json<Tokens & { refresh_token: string }>();
      await app.admin.updateApplication(web.application.id, { scopes: all });
      await app.admin.must('DELETE', `/apis/${id}`);
      assert.equal(outcome(await web.refresh(tokens.refresh_token)), '400 invalid_grant');
      assert.equal(await web.isActive(tokens.access_token), false);
    });
  });

  describe('while it is looked at', () => {
    test('an API whose scope an application gets is not deleted', async () => {
      for (let round = 0; round < 5; round++) {
        const { id } = await add(`urn:example:round-${round}`, `scope-${round}`);
        const application = await app.admin.createApplication({ type: 'machine', scopes: ['api'] });
        const [allowed, deleted] = await Promise.all([
          app.admin.call('PATCH', `/applications/${application.id}`, { scopes: ['api', `scope-${round}`] }),
          app.admin.call('DELETE', `/apis/${id}`),
        ]);
        assert.ok([200, 422].includes(allowed.status), allowed.text);
        assert.ok([204, 409].includes(deleted.status), deleted.text);
        assert.notEqual(
          allowed.status === 200,
          deleted.status === 204,
          `${allowed.status} ${deleted.status}`,
        );
        await app.admin.deleteApplication(application.id);
        await app.admin.call('DELETE', `/apis/${id}`);
      }
    });

    test('a name of a scope goes to one API, whoever asks for it at the same moment', async () => {
      const [own] = await list();
      const scopes = [...(own?.scopes ?? []), scope('twice')];
      const answers = await Promise.all([
        app.admin.call('POST', '/apis', { identifier: 'urn:example:a', name: 'A', scopes: [scope('twice')] }),
        app.admin.call('POST', '/apis', { identifier: 'urn:example:b', name: 'B', scopes: [scope('twice')] }),
        app.admin.call('PATCH', `/apis/${own?.id}`, { scopes }),
        app.admin.call('PATCH', '/instance', { scopes: scopes.map((each) => ({ ...each, default: false })) }),
      ]);
      const names = (await list()).flatMap((api) => api.scopes.map(({ name }) => name));
      assert.equal(
        names.filter((name) => name === 'twice').length,
        1,
        answers.map(({ status }) => status).join(),
      );
      assert.ok(answers.every(({ status }) => [200, 201, 422].includes(status)));
    });
  });

  test('an instance that is called otherwise calls its own API so too, unless that has a name of its own', async () => {
    const [own] = await list();
    await app.admin.must('PATCH', `/apis/${own?.id}`, { access_token_lifetime: 300 });
    await app.admin.updateInstance({ name: 'Called Otherwise' });
    assert.equal((await list())[0]?.name, 'Called Otherwise');
    await app.admin.must('PATCH', `/apis/${own?.id}`, { name: 'Our API' });
    await app.admin.updateInstance({ name: 'Again Otherwise' });
    assert.equal((await list())[0]?.name, 'Our API');
  });
});
