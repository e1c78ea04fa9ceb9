import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, basic, send } from '../support/http.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, outcome, pkcePair, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// The requests of integrations that exist today, written as their makers' documents write them.

const redirectUri = 'https://app.workfrontfusion.com/oauth/cb/workfront-workfront';
const door = {
  authorize: '/integrations/oauth2/authorize',
  token: '/integrations/oauth2/api/v1/token',
  revoke: '/integrations/oauth2/api/v1/revoke',
  exchange: '/integrations/oauth2/api/v1/jwt/exchange',
};

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let spa: ApplicationView;

  before(async () => {
    app = await startApp({ engine });
    browser = app.browser();
    web = await app.admin.createApplication({
      type: 'web',
      name: 'Workfront for ClientApp',
      redirect_uris: [redirectUri],
    });
    spa = await app.admin.createApplication({ type: 'spa', redirect_uris: [redirectUri] });
  });
  after(() => app.close());

  /** A code by the old door, without a scope. */
  async function codeFor(
    application: ApplicationView,
    params: Record<string, string> = {},
  ): Promise<URLSearchParams> {
    const all = {
      client_id: application.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      ...params,
    };
    const back = await browser.authorize(all, app.user, { endpoint: door.authorize });
    assert.equal(back.origin + back.pathname, redirectUri);
    return back.searchParams;
  }

  async function newCode(): Promise<string> {
    return (await codeFor(web)).get('code') ?? '';
  }

  function expectTokens(answer: Answer, type: string): Tokens & { refresh_token: string } {
    const tokens = success(answer).json<Tokens & { refresh_token: string }>();
    assert.equal(tokens.token_type, type);
    assert.equal(tokens.wid, app.user.id);
    assert.equal(tokens.expires_in, 3600);
    assert.match(tokens.refresh_token, /^prt_[A-Za-z0-9_-]+$/);
    assert.ok(Object.values(tokens).every((value) => value !== null));
    return tokens;
  }

  describe('the authorization request', () => {
    test('needs no scope and comes back with the code, the domain and the lane of the instance', async () => {
      await app.admin.updateInstance({ domain: 'ourcompany', lane: 'my' });
      const params = await codeFor(web, { state: 'a b&c', domain: 'evil', lane: 'evil' });
      assert.ok(params.get('code'));
      assert.deepEqual(params.getAll('domain'), ['ourcompany']);
      assert.deepEqual(params.getAll('lane'), ['my']);
      assert.equal(params.get('state'), 'a b&c');
      const answer = await send(app, door.token, {
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: params.get('code') ?? '',
          redirect_uri: redirectUri,
        }),
        headers: { authorization: basic(web.client_id, web.client_secret ?? '') },
      });
      expectTokens(answer, 'sessionID');
    });

    test('with PKCE takes S256 and nothing else', async () => {
      const { challenge } = pkcePair();
      const refused = await codeFor(spa, { code_challenge: challenge, code_challenge_method: 'plain' });
      assert.equal(refused.get('error'), 'invalid_request');
      assert.equal((await codeFor(spa)).get('error'), 'invalid_request');
    });
  });

  describe('a web application redeems its code', () => {
    const ways: [
      string,
      (code: string) => { body: URLSearchParams | string | object; headers?: Record<string, string> },
    ][] = [
      [
        'as a form with Basic credentials',
        (code) => ({
          body: new URLSearchParams(grant(code)),
          headers: { authorization: basic(web.client_id, web.client_secret ?? '') },
        }),
      ],
      [
        'as a form with credentials in the body',
        (code) => ({ body: new URLSearchParams({ ...grant(code), ...credentials() }) }),
      ],
      ['as JSON with credentials in the body', (code) => ({ body: { ...grant(code), ...credentials() } })],
      [
        'as JSON with a charset and Basic credentials',
        (code) => ({
          body: JSON.stringify(grant(code)),
          headers: {
            'content-type': 'application/json; charset=UTF-8',
            authorization: basic(web.client_id, web.client_secret ?? ''),
          },
        }),
      ],
      [
        'as JSON of a charset written otherwise',
        (code) => ({
          body: JSON.stringify({ ...grant(code), ...credentials() }),
          headers: { 'content-type': 'Application/JSON;charset="utf-8"' },
        }),
      ],
      [
        'as a form with a charset',
        (code) => ({
          body: new URLSearchParams({ ...grant(code), ...credentials() }).toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        }),
      ],
    ];
    for (const [name, request] of ways)
      test(name, async () => {
        const tokens = expectTokens(await send(app, door.token, request(await newCode())), 'sessionID');
        assert.equal(await new OAuthClient(app, web).isActive(tokens.access_token), true);
      });

    test('after a first try with Basic credentials that were wrong, with the same code', async () => {
      const code = await newCode();
      const first = await send(app, door.token, {
        body: new URLSearchParams(grant(code)),
        headers: { authorization: basic(web.client_id, 'wrong') },
      });
      assert.equal(outcome(first), '401 invalid_client');
      expectTokens(
        await send(app, door.token, { body: new URLSearchParams({ ...grant(code), ...credentials() }) }),
        'sessionID',
      );
    });

    function grant(code: string): Record<string, string> {
      return { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    }
    function credentials(): Record<string, string> {
      return { client_id: web.client_id, client_secret: web.client_secret ?? '' };
    }
  });

  describe('a single-page application', () => {
    for (const [name, encode] of [
      ['a form', (params: Record<string, string>) => ({ body: new URLSearchParams(params) })],
      [
        'JSON with a charset',
        (params: Record<string, string>) => ({
          body: JSON.stringify(params),
          headers: { 'content-type': 'application/json; charset=utf-8' },
        }),
      ],
    ] as const)
      test(`redeems, refreshes and revokes with its client ID and no secret, as ${name}`, async () => {
        const { verifier, challenge } = pkcePair();
        const params = await codeFor(spa, { code_challenge: challenge, code_challenge_method: 'S256' });
        const redemption = {
          grant_type: 'authorization_code',
          client_id: spa.client_id,
          code: params.get('code') ?? '',
          code_verifier: verifier,
          redirect_uri: redirectUri,
        };
        const tokens = expectTokens(await send(app, door.token, encode(redemption)), 'Bearer');
        const refresh = (token: string) =>
          send(
            app,
            door.token,
            encode({
              grant_type: 'refresh_token',
              client_id: spa.client_id,
              refresh_token: token,
              redirect_uri: redirectUri,
            }),
          );
        const again = expectTokens(await refresh(tokens.refresh_token), 'Bearer');

        const revocation = await send(
          app,
          door.revoke,
          encode({ client_id: spa.client_id, refresh_token: again.refresh_token }),
        );
        assert.equal(revocation.status, 200);
        assert.equal(revocation.text, '{}');
        assert.equal(revocation.headers['content-type'], 'application/json; charset=utf-8');
        assert.equal(outcome(await refresh(again.refresh_token)), '400 invalid_grant');
      });

    test('may call from the origin of its redirect URL, and no other page may', async () => {
      for (const path of [door.token, door.revoke]) {
        const ask = (origin: string) =>
          send(app, path, {
            method: 'OPTIONS',
            headers: {
              origin,
              'access-control-request-method': 'POST',
              'access-control-request-headers': 'content-type',
            },
          });
        assert.equal(
          (await ask('https://app.workfrontfusion.com')).headers['access-control-allow-origin'],
          'https://app.workfrontfusion.com',
        );
        for (const origin of ['https://evil.example.com', 'null', 'http://app.workfrontfusion.com'])
          assert.equal((await ask(origin)).headers['access-control-allow-origin'], undefined);
      }
    });
  });

  test('the token type is the name of the header that carries the token to the API', async () => {
    const client = new OAuthClient(app, web);
    const seen = await withApi(
      async (token) =>
        token !== undefined && (await client.isActive(token))
          ? undefined
          : { error: { message: 'You are not currently logged in.' } },
      async (url) => {
        const answer = await send(app, door.token, {
          body: {
            grant_type: 'authorization_code',
            code: await newCode(),
            redirect_uri: redirectUri,
            client_id: web.client_id,
            client_secret: web.client_secret,
          },
        });
        const tokens = expectTokens(answer, 'sessionID');
        const call = (token: string) =>
          fetch(`${url}/attask/api/v21.0/task/search`, { headers: { [tokens.token_type]: token } });
        return [(await call(tokens.access_token)).status, await (await call('wrong')).json()];
      },
    );
    assert.deepEqual(seen, [200, { error: { message: 'You are not currently logged in.' } }]);
  });

  test('a refresh with an extra redirect_uri works, as JSON and as a form, and a web application may rotate for ever', async () => {
    let { refresh_token } = expectTokens(
      await send(app, door.token, {
        body: {
          grant_type: 'authorization_code',
          code: await newCode(),
          redirect_uri: redirectUri,
          client_id: web.client_id,
          client_secret: web.client_secret,
        },
      }),
      'sessionID',
    );
    for (let turn = 0; turn < 6; turn++) {
      const params = {
        grant_type: 'refresh_token',
        refresh_token,
        redirect_uri: redirectUri,
        client_id: web.client_id,
        client_secret: web.client_secret ?? '',
      };
      const tokens = expectTokens(
        await send(app, door.token, { body: turn % 2 ? params : new URLSearchParams(params) }),
        'sessionID',
      );
      assert.notEqual(tokens.refresh_token, refresh_token);
      refresh_token = tokens.refresh_token;
    }
  });

  test('tokens from one door are good at the other', async () => {
    const client = new OAuthClient(app, web);
    const old = success(
      await send(app, door.token, {
        body: {
          grant_type: 'authorization_code',
          code: await newCode(),
          redirect_uri: redirectUri,
          client_id: web.client_id,
          client_secret: web.client_secret,
        },
      }),
    ).json<Tokens & { refresh_token: string }>();
    const standard = await client.refreshTokens(old.refresh_token);
    assert.equal(standard.token_type, 'Bearer');
    assert.equal(standard.wid, undefined);
    assert.equal(standard.scope, 'api offline_access');
    const back = await send(app, door.token, {
      body: {
        grant_type: 'refresh_token',
        refresh_token: standard.refresh_token,
        client_id: web.client_id,
        client_secret: web.client_secret,
      },
    });
    expectTokens(back, 'sessionID');

    // A code of one door at the other.
    const code = await client.code(browser, app.user);
    const redeemed = await send(app, door.token, {
      body: {
        grant_type: 'authorization_code',
        code: code.code,
        code_verifier: code.verifier,
        redirect_uri: redirectUri,
        client_id: web.client_id,
        client_secret: web.client_secret,
      },
    });
    expectTokens(redeemed, 'sessionID');
  });

  test('the standard endpoints take forms and nothing else', async () => {
    const params = {
      grant_type: 'refresh_token',
      refresh_token: 'prt_x',
      client_id: web.client_id,
      client_secret: web.client_secret,
    };
    for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect'])
      assert.equal(
        outcome(await send(app, path, { body: { ...params, token: 'prt_x' } })),
        '400 invalid_request',
      );
  });

  test('a code lives two minutes', async () => {
    const params = () => ({
      grant_type: 'authorization_code',
      redirect_uri: redirectUri,
      client_id: web.client_id,
      client_secret: web.client_secret,
    });
    const [soon, late] = [await newCode(), await newCode()];
    app.clock.advance(115_000);
    assert.equal((await send(app, door.token, { body: { ...params(), code: soon } })).status, 200);
    app.clock.advance(10_000);
    assert.equal(
      outcome(await send(app, door.token, { body: { ...params(), code: late } })),
      '400 invalid_grant',
    );
  });

  test('a machine application’s token is a bearer token at this door too, for its secret and for an assertion', async () => {
    const machine = await app.admin.createApplication({ type: 'machine' });
    const { privateKey, publicPem } = rsaKeyPair();
    await app.admin.addPublicKey(machine.id, publicPem);
    const assertion = (path: string) =>
      signRs256(privateKey, {
        iss: machine.client_id,
        sub: app.administrator.id,
        aud: app.url + path,
        exp: Math.floor(app.clock.now() / 1000) + 300,
      });
    const requests: Record<string, string>[] = [
      {
        grant_type: 'client_credentials',
        client_id: machine.client_id,
        client_secret: machine.client_secret ?? '',
      },
      ...['', '/oauth2/token', door.token].map((path) => ({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertion(path),
      })),
    ];
    for (const request of requests) {
      const answer = success(await send(app, door.token, { body: new URLSearchParams(request) }));
      assert.equal(answer.json<Tokens>().token_type, 'Bearer');
    }
    const elsewhere = await send(app, door.token, {
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertion('/oauth2/authorize'),
      }),
    });
    assert.equal(outcome(elsewhere), '400 invalid_grant');
    await app.admin.deleteApplication(machine.id);
  });
});

/** Runs an API of the product that takes its token from the header `sessionID`; `judge` gives the body of a refusal. */
async function withApi<T>(
  judge: (token: string | undefined) => Promise<object | undefined>,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const api = createServer((request, response) => {
    void judge(request.headers['sessionid'] as string | undefined).then((refusal) => {
      response
        .writeHead(refusal ? 401 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(refusal ?? { data: [] }));
    });
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(api.address() as { port: number }).port}`);
  } finally {
    api.closeAllConnections();
    await new Promise((resolve) => api.close(resolve));
  }
}
