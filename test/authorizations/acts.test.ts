import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findSession } from '../../server/accounts/sessions.ts';
import { updateUser } from '../../server/accounts/users.ts';
import { perform } from '../../server/authorizations/act.ts';
import { endAllAuthorizations } from '../../server/authorizations/end.ts';
import { type Id, newId } from '../../server/base/ids.ts';
import { type Act, actOfOperator, actOfSession, actOfToken } from '../../server/model/act.ts';
import type { AccessTokenClaims } from '../../server/model/claims.ts';
import { insertAuthorization, listAuthorizationsOfApplication } from '../../server/store/authorizations.ts';
import type { Transaction } from '../../server/store/engine/database.ts';
import type { Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { claimsOf, OAuthClient, outcome, success } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// While somebody's act is under way, nobody takes their right away: whoever wants to waits for the commit. Otherwise an act could be
// written after the answer that told that it cannot be.

forEachEngine((engine) => {
  let app: TestApp;

  before(async () => {
    app = await startApp({ engine });
  });
  after(() => app.close());

  interface Acting {
    readonly eve: Person;
    readonly act: Act;
  }

  async function bySession(): Promise<Acting> {
    const eve = await app.admin.createUser({ role: 'administrator' });
    const browser = app.browser();
    await browser.signIn(eve);
    const session = await findSession(app.services, app.instance, browser.cookies.get('postern') ?? '');
    return { eve, act: actOfSession(app.instance, session ?? assert.fail(), '127.0.0.1') };
  }

  async function byToken() {
    const eve = await app.admin.createUser({ role: 'administrator' });
    const redirect_uris = ['https://client.example.com/callback'];
    const tool = await app.admin.createApplication({
      type: 'web',
      redirect_uris,
      scopes: ['admin', 'offline_access'],
    });
    const client = new OAuthClient(app, tool);
    const tokens = await client.authorize(app.browser(), eve, { scope: 'admin offline_access' });
    const claims = claimsOf(tokens.access_token) as unknown as AccessTokenClaims;
    const token = { applicationId: tool.id as Id, claims };
    const act = actOfToken(app.instance, eve.id as Id, token, '127.0.0.1');
    return { eve, act, tool, client, tokens };
  }

  /** Does something while an act is under way. @returns whether it was done before the act was */
  async function during(act: Act, work: () => Promise<unknown>): Promise<boolean> {
    let done = false;
    let doing: Promise<unknown> | undefined;
    const early = await perform(app.services, act, { authority: 'administrator' }, async ({ tx }) => {
      doing ??= work().then(() => {
        done = true;
      });
      await busy(tx);
      return done;
    });
    await doing;
    assert.ok(done);
    return early;
  }

  /** Many statements, during which another transaction that waits for nothing has long been through. */
  async function busy(tx: Transaction): Promise<void> {
    for (let count = 0; count < 300; count++) {
      await tx.sql`SELECT count(*) AS count FROM instances`;
      if (engine === 'postgres') await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const operator = () => actOfOperator(app.instance);
  const stop = (eve: Person, change: Parameters<typeof updateUser>[3]) =>
    updateUser(app.services, operator(), eve.id as Id, change);

  describe('while an act by a session is under way', () => {
    for (const [what, lose] of Object.entries<(acting: Acting) => Promise<unknown>>({
      'its user is not deactivated': ({ eve }) => stop(eve, { active: false }),
      'its user is not demoted': ({ eve }) => stop(eve, { role: 'user' }),
      'the session is not ended': ({ eve }) =>
        app.services.db.write`DELETE FROM sessions WHERE user_id = ${Buffer.from(eve.id, 'hex')}`,
    }))
      test(what, async () => {
        const acting = await bySession();
        assert.equal(await during(acting.act, () => lose(acting)), false);
        await assert.rejects(
          perform(app.services, acting.act, { authority: 'administrator' }, async () => {}),
          {
            code: 'not_signed_in',
          },
        );
      });
  });

  describe('while an act by an access token is under way', () => {
    for (const [what, lose, code] of [
      ['its user is not deactivated', ({ eve }) => stop(eve, { active: false }), 'invalid_token'],
      [
        'its authorization is not ended',
        ({ client, tokens }) => client.revoke(tokens.refresh_token),
        'invalid_token',
      ],
      ['it is not revoked', ({ client, tokens }) => client.revoke(tokens.access_token), 'invalid_token'],
      [
        'its application is not disabled',
        ({ tool }) => app.admin.updateApplication(tool.id, { enabled: false }),
        'invalid_token',
      ],
      [
        'its application does not lose the scope admin',
        ({ tool }) => app.admin.updateApplication(tool.id, { scopes: ['offline_access'] }),
        'insufficient_scope',
      ],
    ] as [string, (acting: Awaited<ReturnType<typeof byToken>>) => Promise<unknown>, string][])
      test(what, async () => {
        const acting = await byToken();
        await app.admin.call('GET', '/me'); // signed in, so that no password has to be looked at meanwhile
        assert.equal(await during(acting.act, () => lose(acting)), false);
        await assert.rejects(
          perform(app.services, acting.act, { authority: 'administrator' }, async () => {}),
          { code },
        );
      });

    test('the judgement leaves nothing behind: the token is good as before', async () => {
      const { act, client, tokens } = await byToken();
      await perform(app.services, act, { authority: 'administrator' }, async () => {});
      await assert.rejects(
        perform(app.services, act, { authority: 'administrator' }, () => Promise.reject(new Error('no'))),
        { message: 'no' },
      );
      const { access_token } = tokens;
      success(
        await app
          .browser()
          .request('/api/v1/instance', { headers: { authorization: `Bearer ${access_token}` } }),
      );
      success(await client.refresh(tokens.refresh_token));
    });
  });

  test('a token ends all authorizations of its own application, its own last, also where they fill several transactions', async () => {
    const { act, eve, tool, client, tokens } = await byToken();
    const { db } = app.services;
    await db.transaction(async (tx) => {
      for (let count = 0; count < 1100; count++)
        await insertAuthorization(tx, {
          id: newId(app.clock.now()),
          instanceId: app.instance.id,
          applicationId: tool.id as Id,
          userId: eve.id as Id,
          scopes: ['offline_access'],
          openid: null,
          resources: null,
          generation: 1,
          createdAt: app.clock.now(),
          rotatedAt: null,
          lastUsedAt: null,
          expiresAt: null,
          revokedAt: null,
        });
    });
    await endAllAuthorizations(app.services, act, tool.id as Id);
    const live = await listAuthorizationsOfApplication(
      db,
      app.instance.id,
      tool.id as Id,
      undefined,
      5,
      app.clock.now(),
    );
    assert.deepEqual(live, []);
    assert.equal(outcome(await client.refresh(tokens.refresh_token)), '400 invalid_grant');
    await assert.rejects(endAllAuthorizations(app.services, act, tool.id as Id), { code: 'invalid_token' });
  });

  test('two administrators who change each other at the same moment both come through, or one of them is told why not', async () => {
    const [one, other] = [await bySession(), await bySession()];
    const began = performance.now();
    for (let round = 0; round < 5; round++)
      await Promise.all([
        updateUser(app.services, one.act, other.eve.id as Id, { name: `By one ${round}` }),
        updateUser(app.services, other.act, one.eve.id as Id, { name: `By other ${round}` }),
      ]);
    // PostgreSQL looks for deadlocks after a second.
    assert.ok(performance.now() - began < 5000);
    const results = await Promise.allSettled([
      updateUser(app.services, one.act, other.eve.id as Id, { active: false }),
      updateUser(app.services, other.act, one.eve.id as Id, { active: false }),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  test('what is one’s own to change is nobody else’s', async () => {
    const { act, eve } = await bySession();
    await perform(app.services, act, { authority: { self: eve.id as Id } }, async () => {});
    await assert.rejects(
      perform(app.services, act, { authority: { self: app.user.id as Id } }, async () => assert.fail()),
      { code: 'not_administrator' },
    );
  });
});
