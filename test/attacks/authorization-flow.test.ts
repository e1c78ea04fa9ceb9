import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { basic } from '../support/http.ts';
import { type KeyPair, signRs256 } from '../support/key-pairs.ts';
import { claimsOf, OAuthClient, outcome, pkcePair, success, type Tokens } from '../support/oauth-client.ts';
import type { TestApp } from '../support/test-app.ts';
import {
  assertionType,
  bearerGrant,
  evilUri,
  redirectUri,
  type UnderAttack,
  underAttack,
} from '../support/under-attack.ts';

// The attacks of RFC 6819 and RFC 9700 on the way from an application to its tokens, each by what an attacker would try. Other
// files have those on the consent page (consent), sessions (browser-sessions), guessing (limits) and tenants (instances).

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let other: ApplicationView;
  let spa: ApplicationView;
  let machine: ApplicationView;
  let pair: KeyPair;
  let client: OAuthClient;
  let token: UnderAttack['token'];
  let authorize: UnderAttack['authorize'];
  before(async () => {
    ({ app, browser, web, other, spa, machine, pair, client, token, authorize } = await underAttack(engine));
  });
  after(() => app.close());

  describe('redirect URIs', () => {
    const registered = 'https://client.example.com/callback?tenant=1';
    const tricks = [
      evilUri,
      'https://client.example.com/callback',
      `${registered}&`,
      `${registered}&next=https://evil.example.com`,
      `${registered}#`,
      `${registered}#@evil.example.com`,
      `${registered}%23`,
      'https://client.example.com/callback/?tenant=1',
      'https://client.example.com/callback/../callback?tenant=1',
      'https://client.example.com/callback/%2e%2e/callback?tenant=1',
      'https://client.example.com/./callback?tenant=1',
      'https://client.example.com//callback?tenant=1',
      'https://client.example.com/Callback?tenant=1',
      'https://CLIENT.example.com/callback?tenant=1',
      'HTTPS://client.example.com/callback?tenant=1',
      'http://client.example.com/callback?tenant=1',
      'https://client.example.com:443/callback?tenant=1',
      'https://client.example.com:8443/callback?tenant=1',
      'https://client.example.com./callback?tenant=1',
      'https://client.example.com.evil.example.com/callback?tenant=1',
      'https://client.example.com@evil.example.com/callback?tenant=1',
      'https://client.example.com%40evil.example.com/callback?tenant=1',
      'https://evil.example.com\\@client.example.com/callback?tenant=1',
      'https://evil.example.com/https://client.example.com/callback?tenant=1',
      'https://client.example.com\\.evil.example.com/callback?tenant=1',
      'https://client.example.com%00.evil.example.com/callback?tenant=1',
      'https://client.example.com/callback?tenant=1\r\nLocation: https://evil.example.com',
      'https://client.example.com/callback?tenant=1%0d%0aLocation:%20https://evil.example.com',
      ' https://client.example.com/callback?tenant=1',
      'https://client.example.com/callback?tenant=1 ',
      '\thttps://client.example.com/callback?tenant=1',
      '//client.example.com/callback?tenant=1',
      '/callback?tenant=1',
      'https:client.example.com/callback?tenant=1',
      'https:///client.example.com/callback?tenant=1',
      'https://client.example.com/callback?tenant=2',
      'https://client.example.com/callback?tenant=1&tenant=2',
      'https://client.example.com/callback?TENANT=1',
      'https://client.example.com/callback%3Ftenant=1',
      'https://client.ex\u00e4mple.com/callback?tenant=1',
      'https://\uff43lient.example.com/callback?tenant=1',
      'javascript:alert(1)//https://client.example.com/callback?tenant=1',
      'data:text/html,https://client.example.com/callback?tenant=1',
      'null',
    ];

    test('that are nearly a registered one, raw, encoded or encoded twice, get a page and no redirect', async () => {
      for (const trick of tricks)
        for (const written of [encodeURIComponent(trick), encodeURIComponent(encodeURIComponent(trick))])
          for (const more of ['', '&prompt=none', '&scope=nonsense']) {
            const answer = await authorize(
              `client_id=${web.client_id}&response_type=code&redirect_uri=${written}${more}`,
            );
            assert.equal(answer.status, 400, trick);
            assert.equal(answer.headers.location, undefined, trick);
            assert.equal(answer.headers.refresh, undefined);
          }
    });

    test('of the loopback may have another port and nothing else', async () => {
      const go = async (uri: string) => {
        const { challenge } = pkcePair();
        const answer = await authorize({
          client_id: spa.client_id,
          response_type: 'code',
          redirect_uri: uri,
          code_challenge: challenge,
          code_challenge_method: 'S256',
          prompt: 'none',
        });
        return answer.status;
      };
      assert.equal(await go('http://127.0.0.1:4711/cb'), 303);
      for (const uri of [
        'http://127.0.0.1:0/cb',
        'http://127.0.0.1:65536/cb',
        'http://127.0.0.1:04711/cb',
        'http://127.0.0.1:4711@evil.example.com/cb',
        'http://127.0.0.1:4711/cb/',
        'http://127.0.0.1:/cb',
        'http://127.0.0.2:4711/cb',
        'http://127.1:4711/cb',
        'http://2130706433:4711/cb',
        'http://0x7f000001/cb',
        'http://localhost:4711/cb',
        'http://[::1]:4711/cb',
        'http://[::ffff:127.0.0.1]:4711/cb',
        'http://127.0.0.1.evil.example.com:4711/cb',
        'https://127.0.0.1:4711/cb',
        'com.example.app:/cb/',
        'com.example.app://cb',
        'COM.example.app:/cb',
        'https://spa.example.com:8443/cb',
      ])
        assert.equal(await go(uri), 400, uri);
    });

    test('that belong to another application are not this one’s', async () => {
      const answer = await authorize({
        client_id: spa.client_id,
        response_type: 'code',
        redirect_uri: redirectUri,
      });
      assert.equal(answer.status, 400);
    });

    test('of the token request are those of the authorization request, or the code is gone', async () => {
      for (const redirect_uri of [undefined, evilUri, `${redirectUri}&`, redirectUri.toUpperCase()]) {
        const { code, verifier } = await client.code(browser, app.user);
        assert.equal(outcome(await client.redeem(code, verifier, { redirect_uri })), '400 invalid_grant');
        assert.equal(
          outcome(await client.redeem(code, verifier)),
          '400 invalid_grant',
          'spent by the attempt',
        );
      }
    });
  });

  describe('a code', () => {
    test('that an attacker injects into another user’s flow does not go with that flow’s verifier', async () => {
      for (const application of [web, spa]) {
        const victim = new OAuthClient(app, application);
        const attackers = await victim.code(app.browser(), app.administrator, { scope: 'api' });
        const theirs = await victim.code(app.browser(), await app.admin.createUser(), { scope: 'api' });
        assert.equal(outcome(await victim.redeem(attackers.code, theirs.verifier)), '400 invalid_grant');
        assert.equal(outcome(await victim.redeem(theirs.code, theirs.verifier)), '200');
      }
    });

    test('that comes a second time ends what the first one gave, and is never good again', async () => {
      const { code, verifier } = await client.code(browser, app.user);
      const first = success(await client.redeem(code, verifier)).json<Tokens & { refresh_token: string }>();
      for (let n = 0; n < 3; n++)
        assert.equal(outcome(await client.redeem(code, verifier)), '400 invalid_grant');
      assert.equal(await client.isActive(first.access_token), false);
      assert.equal(outcome(await client.refresh(first.refresh_token)), '400 invalid_grant');
    });

    test('of somebody who was deactivated, or for scopes that were taken back, is refused and leaves no trace', async () => {
      const person = await app.admin.createUser();
      const { code, verifier } = await client.code(app.browser(), person, { scope: 'api' });
      const refused = async (words: RegExp) => {
        const answer = await client.redeem(code, verifier);
        assert.equal(outcome(answer), '400 invalid_grant');
        assert.match(answer.json<{ error_description: string }>().error_description, words);
      };
      const granted = async () =>
        (await app.admin.auditEvents('authorization.granted')).filter(({ user_id }) => user_id === person.id);
      await app.admin.updateUser(person.id, { active: false });
      await refused(/not active any more/);
      await app.admin.updateUser(person.id, { active: true });
      await app.admin.updateApplication(client.application.id, { scopes: ['admin'] });
      await refused(/may not have the scopes/);
      await app.admin.updateApplication(client.application.id, { scopes: client.application.scopes });
      assert.deepEqual(await granted(), []);
      const { access_token } = success(await client.redeem(code, verifier)).json<Tokens>();
      assert.equal(await client.isActive(access_token), true, 'the code was as good as before');
      assert.equal((await granted()).length, 1);
    });

    test('of another client is refused, whoever asks and however, and stays good for its own', async () => {
      const { code, verifier } = await client.code(browser, app.user);
      const body = {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
      };
      for (const [attack, expected] of [
        [
          token({ ...body, client_id: other.client_id, client_secret: other.client_secret ?? '' }),
          '400 invalid_grant',
        ],
        [token({ ...body, client_id: spa.client_id }), '400 invalid_grant'],
        [token({ ...body, client_id: web.client_id }), '401 invalid_client'],
        [
          token({ ...body, client_id: web.client_id, client_secret: other.client_secret ?? '' }),
          '401 invalid_client',
        ],
        [
          token(
            { ...body, client_id: web.client_id },
            { authorization: basic(other.client_id, other.client_secret ?? '') },
          ),
          '400 invalid_request',
        ],
        [token(body), '401 invalid_client'],
      ] as const)
        assert.equal(outcome(await attack), expected);
      assert.equal(outcome(await client.redeem(code, verifier)), '200');
    });
  });

  describe('PKCE', () => {
    test('that an attacker takes out of the authorization request fails the client that sends its verifier', async () => {
      const { code } = await client.code(browser, app.user, {
        code_challenge: '',
        code_challenge_method: '',
      });
      assert.equal(outcome(await client.redeem(code, pkcePair().verifier)), '400 invalid_grant');
    });

    test('cannot be left out of the token request when the authorization request had it', async () => {
      for (const code_verifier of [undefined, '', 'short', 'x'.repeat(43), '\u0000'.repeat(43)]) {
        const { code } = await client.code(browser, app.user);
        assert.match(
          outcome(
            await client.token({
              grant_type: 'authorization_code',
              code,
              code_verifier,
              redirect_uri: redirectUri,
            }),
          ),
          /^400 invalid_(grant|request)$/,
        );
      }
    });

    test('of the method plain, in any spelling, of no method, or with the challenge for a verifier is none', async () => {
      const { verifier, challenge } = pkcePair();
      for (const method of ['plain', 'PLAIN', 's256', 'none', 'S512', '']) {
        const { headers } = await authorize({
          client_id: web.client_id,
          response_type: 'code',
          redirect_uri: redirectUri,
          code_challenge: verifier,
          ...(method && { code_challenge_method: method }),
        });
        assert.equal(new URL(headers.location ?? '').searchParams.get('error'), 'invalid_request', method);
      }
      const { code } = await client.code(browser, app.user, {
        code_challenge: challenge,
        code_challenge_method: 'S256',
      });
      assert.equal(outcome(await client.redeem(code, challenge)), '400 invalid_grant');
    });

    test('is required of single-page and mobile apps, at both front doors', async () => {
      for (const door of ['/oauth2/authorize', '/integrations/oauth2/authorize']) {
        const query = new URLSearchParams({
          client_id: spa.client_id,
          response_type: 'code',
          redirect_uri: 'https://spa.example.com/cb',
        });
        const { headers } = await browser.request(`${door}?${query}`);
        assert.equal(new URL(headers.location ?? '').searchParams.get('error'), 'invalid_request');
      }
    });
  });

  describe('client mix-up:', () => {
    test('every answer to the redirect URI names the issuer, errors among them (RFC 9207)', async () => {
      const common = { client_id: web.client_id, redirect_uri: redirectUri, state: 's' };
      for (const params of [
        { ...common, response_type: 'code' },
        { ...common, response_type: 'token' },
        { ...common, response_type: 'code', scope: 'nonsense' },
        { ...common, response_type: 'code', prompt: 'none', scope: 'admin' },
      ]) {
        const { headers } = await authorize(params);
        const back = new URL(headers.location ?? '').searchParams;
        assert.deepEqual(back.getAll('iss'), [app.url]);
        assert.deepEqual(back.getAll('state'), ['s']);
        assert.deepEqual(back.getAll('tenant'), ['1']);
      }
    });

    test('a refresh token is its own client’s, and another’s attempt neither spends nor ends it', async () => {
      const mine = await client.authorize(app.browser(), await app.admin.createUser());
      const attacker = new OAuthClient(app, other);
      assert.equal(outcome(await attacker.refresh(mine.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await attacker.revoke(mine.refresh_token)), '400 invalid_grant');
      assert.equal(outcome(await attacker.revoke(mine.access_token)), '400 invalid_grant');
      assert.equal(await attacker.isActive(mine.access_token), false);
      assert.equal(await attacker.isActive(mine.refresh_token), false);
      assert.equal(
        outcome(
          await token({
            grant_type: 'refresh_token',
            refresh_token: mine.refresh_token,
            client_id: spa.client_id,
          }),
        ),
        '400 invalid_grant',
      );
      assert.equal(await client.isActive(mine.access_token), true);
      assert.equal(outcome(await client.refresh(mine.refresh_token)), '200');
    });

    test('a key signs for its own application and no other', async () => {
      const second = await app.admin.createApplication({ type: 'machine' });
      const now = Math.floor(app.clock.now() / 1000);
      const claims = { iss: second.client_id, sub: second.client_id, aud: app.url, exp: now + 60 };
      assert.equal(
        outcome(
          await token({
            grant_type: 'client_credentials',
            client_assertion: signRs256(pair.privateKey, claims),
            client_assertion_type: assertionType,
          }),
        ),
        '401 invalid_client',
      );
      assert.equal(
        outcome(
          await token({
            grant_type: bearerGrant,
            assertion: signRs256(pair.privateKey, { ...claims, sub: app.administrator.id }),
          }),
        ),
        '400 invalid_grant',
      );
      for (const sub of [app.user.id, machine.client_id, '', '*'])
        assert.equal(
          outcome(
            await token({
              grant_type: bearerGrant,
              assertion: signRs256(pair.privateKey, { ...claims, iss: machine.client_id, sub }),
            }),
          ),
          '400 invalid_grant',
          'whom the key does not act for',
        );
    });
  });

  describe('scopes', () => {
    test('cannot be widened by a refresh, a code, a grant or a request for what the application may not have', async () => {
      const narrow = await client.authorize(app.browser(), await app.admin.createUser(), {
        scope: 'api offline_access',
      });
      for (const scope of ['admin', 'api admin', 'API', 'api  admin', 'api\tadmin', 'api,admin', '*'])
        assert.equal(
          outcome(await client.refresh(narrow.refresh_token, { scope })),
          '400 invalid_scope',
          scope,
        );
      const narrower = await client.refreshTokens(narrow.refresh_token);
      assert.equal(claimsOf(narrower.access_token)['scope'], 'api offline_access');

      const { code, verifier } = await client.code(app.browser(), await app.admin.createUser(), {
        scope: 'api',
      });
      const got = success(await client.redeem(code, verifier, { scope: 'api admin' })).json<Tokens>();
      assert.equal(got.scope, 'api', 'the scope of a token request with a code counts for nothing');

      for (const [application, scope] of [
        [machine, 'admin'],
        [machine, 'offline_access'],
        [machine, 'api admin'],
      ] as const)
        assert.equal(
          outcome(
            await token(
              { grant_type: 'client_credentials', scope },
              { authorization: basic(application.client_id, application.client_secret ?? '') },
            ),
          ),
          '400 invalid_scope',
        );
      const { headers } = await authorize({
        client_id: other.client_id,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'admin',
      });
      assert.equal(new URL(headers.location ?? '').searchParams.get('error'), 'invalid_scope');
    });

    test('that were narrowed once come back with the next refresh, but never more than was allowed', async () => {
      const got = await client.authorize(app.browser(), await app.admin.createUser());
      const narrowed = success(await client.refresh(got.refresh_token, { scope: 'api' })).json<
        Required<Tokens>
      >();
      assert.equal(claimsOf(narrowed.access_token)['scope'], 'api');
      assert.equal(
        outcome(await client.refresh(narrowed.refresh_token, { scope: 'admin' })),
        '400 invalid_scope',
      );
      const full = await client.refreshTokens(narrowed.refresh_token);
      assert.equal(claimsOf(full.access_token)['scope'], 'api offline_access');
    });
  });
});
