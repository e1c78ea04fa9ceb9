import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Id } from '../../server/base/ids.ts';
import { newId } from '../../server/base/ids.ts';
import { spendAuthorizationCode } from '../../server/store/authorization-codes.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { claimsOf, OAuthClient, outcome, success } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Who ends a connection ends also what could bring it back: codes that lie about and were not redeemed.

forEachEngine((engine) => {
  let app: TestApp;
  let client: OAuthClient;
  let neighbour: OAuthClient;
  let browser: Browser;

  before(async () => {
    app = await startApp({ engine });
    const web = async (name: string) =>
      new OAuthClient(
        app,
        await app.admin.createApplication({ type: 'web', redirect_uris: [`https://${name}.example.com/cb`] }),
      );
    [client, neighbour] = [await web('client'), await web('neighbour')];
    browser = app.browser();
    await browser.signIn(app.user);
  });
  after(() => app.close());

  const redeem = async (of: OAuthClient, { code, verifier }: { code: string; verifier: string }) =>
    outcome(await of.redeem(code, verifier));

  const idOf = ({ access_token }: { access_token: string }) =>
    String(claimsOf(access_token)['authorization_id']);

  type Tokens = Awaited<ReturnType<OAuthClient['authorize']>>;

  const ends: Record<
    string,
    (tokens: Tokens, redeemed: { code: string; verifier: string }) => Promise<unknown>
  > = {
    'by its user': async (tokens) => {
      const id = idOf(tokens);
      const answer = await browser.request(`/api/v1/me/authorizations/${id}`, {
        method: 'DELETE',
        headers: { origin: new URL(app.url).origin },
      });
      assert.equal(answer.status, 204);
    },
    'by an administrator': (tokens) =>
      app.admin.must('DELETE', `/applications/${client.application.id}/authorizations/${idOf(tokens)}`),
    'by revocation': (tokens) => client.revoke(tokens.refresh_token),
    'because a refresh token was used again': async (tokens) => {
      success(await client.refresh(tokens.refresh_token));
      app.clock.advance(11_000);
      assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
    },
    'because a code was used again': async (_tokens, { code, verifier }) =>
      assert.equal(outcome(await client.redeem(code, verifier)), '400 invalid_grant'),
  };

  for (const [how, end] of Object.entries(ends))
    test(`an authorization that ends ${how} takes the codes of its user and application along, and no others`, async () => {
      const redeemed = await client.code(browser, app.user);
      const tokens = success(await client.redeem(redeemed.code, redeemed.verifier)).json<Tokens>();
      const lying = await client.code(browser, app.user);
      const elsewhere = await neighbour.code(browser, app.user);
      const someoneElse = await client.code(app.browser(), await app.admin.createUser());
      await end(tokens, redeemed);
      assert.equal(await redeem(client, lying), '400 invalid_grant');
      assert.equal(await redeem(neighbour, elsewhere), '200');
      assert.equal(await redeem(client, someoneElse), '200');
      assert.equal(await redeem(client, await client.code(browser, app.user)), '200', 'a new one is good');
    });

  test('a token of an authorization that has ended takes nothing along any more', async () => {
    const tokens = await client.authorize(browser, app.user);
    success(await client.revoke(tokens.refresh_token));
    const fresh = await client.code(browser, app.user);
    success(await client.revoke(tokens.refresh_token));
    assert.equal(await redeem(client, fresh), '200');
  });

  test('whoever redeems at the instant of the end comes first or gets nothing', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const tokens = await client.authorize(browser, app.user);
      const code = await client.code(browser, app.user);
      const [redemption, revocation] = await Promise.all([
        client.redeem(code.code, code.verifier),
        sleep(round % 4).then(() => client.revoke(tokens.refresh_token)),
      ]);
      assert.equal(outcome(revocation), '200');
      seen.add(outcome(redemption));
      if (redemption.status === 200) {
        const { access_token } = redemption.json<Tokens>();
        assert.equal(await client.isActive(access_token), true, 'it was another authorization, and lives');
      } else assert.equal(outcome(redemption), '400 invalid_grant');
      assert.equal(await redeem(client, code), '400 invalid_grant', 'good once at most');
    }
    assert.ok(seen.size >= 1);
  });

  if (engine === 'postgres')
    test('the end waits for a redemption that is under way', async () => {
      const tokens = await client.authorize(browser, app.user);
      const { code } = await client.code(browser, app.user);
      const now = app.clock.now();
      let ended = false;
      let revocation: Promise<unknown> = Promise.resolve();
      await app.services.db.transaction(async (tx) => {
        const application = client.application.id as Id;
        const spent = await spendAuthorizationCode(tx, app.instance.id, application, code, now, newId(now));
        assert.ok(spent);
        revocation = client.revoke(tokens.refresh_token).then(() => {
          ended = true;
        });
        await sleep(300);
        assert.equal(ended, false);
      });
      await revocation;
      assert.equal(ended, true);
    });
});
