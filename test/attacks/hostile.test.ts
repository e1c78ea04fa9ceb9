import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import {
  hostileBodies,
  hostileHeaders,
  hostileIds,
  hostileQueries,
  hostileValues,
} from '../support/hostile.ts';
import { type Answer, type Message, send } from '../support/http.ts';
import { type KeyPair, rsaKeyPair } from '../support/key-pairs.ts';
import { OAuthClient, outcome } from '../support/oauth-client.ts';
import { raw } from '../support/raw.ts';
import { type Route, routesOf } from '../support/routes.ts';
import { expectSentence } from '../support/sentence.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Whatever is sent to whatever route: an answer of 4xx that says why, never a 5xx, never silence.

const redirectUri = 'https://client.example.com/callback';
const nowhere = '0'.repeat(32);

forEachEngine((engine) => {
  let app: TestApp;
  let browser: Browser;
  let web: ApplicationView;
  let machine: ApplicationView;
  let pair: KeyPair;
  let routes: Route[];

  before(async () => {
    app = await startApp({ engine, config: { POSTERN_RATE_LIMITS: 'off' } });
    routes = routesOf(app.server);
    browser = app.browser();
    await browser.signIn(app.user);
    web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    machine = await app.admin.createApplication({ type: 'machine' });
    pair = rsaKeyPair();
  });
  after(() => app.close());

  /** The path with IDs in it: real ones where nothing can be lost by it. */
  function fill(route: Route, id?: string): string {
    const real =
      route.method === 'DELETE' || !route.path.startsWith('/api/v1/applications/:id') ? nowhere : web.id;
    return route.path.replace(/:\w+/, id ?? real).replace(/:\w+/g, id ?? nowhere);
  }

  /** Sends it as whoever gets furthest: the administrator at the REST API, a signed-in user on the pages. */
  async function attack(route: Route, path: string, message: Message = {}): Promise<Answer> {
    const { method } = route;
    if (path.startsWith('/api/'))
      return app.admin.call(
        method,
        path.slice('/api/v1'.length),
        message.body,
        message.headers as Record<string, string>,
      );
    if (isOAuth(route)) return send(app, path, { method, ...message });
    if (!browser.cookies.has('postern')) await browser.signIn(app.user);
    return browser.request(path, { method, ...message });
  }

  const isOAuth = ({ path, method }: Route) =>
    method === 'POST' && /^\/(oauth2|integrations)\/(?!.*authorize|logout)/.test(path);
  const takesBody = ({ method }: Route) => method === 'POST' || method === 'PUT' || method === 'PATCH';
  /** Routes where there is no honest reason to answer a hostile body with anything but a refusal. */
  const mustRefuse = (route: Route) =>
    isOAuth(route) || (route.path.startsWith('/api/') && !/secrets$/.test(route.path));

  test('every route is found', () => {
    const found = routes.map(({ method, path }) => `${method} ${path}`);
    for (const known of [
      'POST /oauth2/token',
      'GET /login',
      'POST /consent',
      'PUT /api/v1/applications/:id/logo',
      'DELETE /api/v1/me/authorizations/:id',
    ])
      assert.ok(found.includes(known), `${known} is not among ${found.join(', ')}`);
  });

  test('hostile bodies are refused with a sentence by every route that takes a body', async () => {
    for (const route of routes.filter(takesBody))
      for (const { name, body, headers } of hostileBodies) {
        const answer = await attack(route, fill(route), { ...(body === undefined ? {} : { body }), headers });
        const what = `${name} to ${route.method} ${route.path}`;
        expectSentence(answer, what);
        if (mustRefuse(route))
          assert.ok(
            answer.status >= 400,
            `${what} was answered ${answer.status} ${answer.text.slice(0, 300)}`,
          );
      }
  });

  test('bodies that are too large are refused as such, whatever their type says', async () => {
    for (const route of routes.filter((each) => isOAuth(each)))
      for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain'])
        assert.equal(
          (
            await attack(route, fill(route), {
              body: `a=${'x'.repeat(65 * 1024)}`,
              headers: { 'content-type': type },
            })
          ).status,
          413,
          `${route.path} ${type}`,
        );
  });

  test('hostile queries get no 5xx from any route', async () => {
    for (const route of routes.filter(({ method }) => method !== 'OPTIONS'))
      for (const query of hostileQueries)
        expectSentence(
          await attack(route, fill(route) + query),
          `${route.method} ${route.path}${query.slice(0, 60)}`,
        );
  });

  test('hostile values where an ID belongs are not found, with a sentence', async () => {
    for (const route of routes.filter(({ path, method }) => path.includes(':') && method !== 'OPTIONS'))
      for (const id of hostileIds) {
        const answer = await attack(route, fill(route, id));
        const what = `${route.method} ${route.path} with ${id.slice(0, 40)}`;
        expectSentence(answer, what);
        assert.ok(answer.status >= 400, `${what} was answered ${answer.status}`);
      }
  });

  test('hostile headers get no 5xx from any route', async () => {
    for (const route of routes.filter(({ method }) => method !== 'OPTIONS'))
      for (const headers of hostileHeaders) {
        const answer = await send(app, fill(route), { method: route.method, headers });
        expectSentence(answer, `${route.method} ${route.path} with ${JSON.stringify(headers).slice(0, 80)}`);
      }
  });

  test('a method that a path does not have is refused with a sentence', async () => {
    const methods = new Map<string, string[]>();
    for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
    for (const [path, known] of methods)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        if (known.includes(method)) continue;
        const answer = await attack({ method, path }, fill({ method, path }));
        expectSentence(answer, `${method} ${path}`);
        assert.ok([404, 405].includes(answer.status), `${method} ${path} was answered ${answer.status}`);
      }
  });

  test('a path that nobody has is not found, with a sentence', async () => {
    for (const path of [
      '/',
      '//',
      '/wp-login.php',
      '/%',
      '/%zz',
      '/%00',
      '/..%2f',
      '/oauth2',
      '/oauth2/',
      '/oauth2/token/',
      '/api',
      '/api/v1',
      '/api/v1/',
      '/api/v2/me',
      '/.well-known/',
      `/${'a'.repeat(9_000)}`,
      '/%F0%9F%97%9D',
    ])
      expectSentence(await send(app, path), path);
  });

  test('a path that cannot be decoded, or is far too long, is answered as its neighbours are', async () => {
    const long = 'a'.repeat(9_000);
    for (const [path, status, type] of [
      ['/%', 400, 'text/html'],
      ['/login%', 400, 'text/html'],
      ['/logos/%c3', 400, 'text/html'],
      [`/logos/${long}`, 404, 'text/html'],
      ['/account/sessions/%zz/end?x=%', 400, 'text/html'],
      ['/oauth2/%ff', 400, 'application/json'],
      ['/api/v1/users/%', 400, 'application/problem+json'],
      ['/api/v1/applications/%2f%2/secrets', 400, 'application/problem+json'],
      [`/api/v1/users/${long}`, 401, 'application/problem+json'],
    ] as const) {
      const answer = await send(app, path);
      expectSentence(answer, path);
      assert.equal(answer.status, status, path);
      assert.ok(answer.headers['content-type']?.startsWith(type), path);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', path);
      if (type === 'text/html')
        assert.match(String(answer.headers['content-security-policy']), /frame-ancestors 'none'/);
      const elsewhere = await send(app, path, { headers: { host: 'evil.example.com' } });
      expectSentence(elsewhere, path);
      assert.equal(elsewhere.status, 421, path);
    }
    assert.equal((await app.admin.call('GET', `/users/${long}`)).status, 404);
    assert.equal((await send(app, '*', { method: 'OPTIONS' })).status, 400);
  });

  test('a host that is no instance’s is told so on every path but the health ones and, on loopback, the metrics', async () => {
    for (const route of routes.filter(({ method }) => method === 'GET' || method === 'POST'))
      for (const host of [
        'evil.example.com',
        'localhost',
        `localhost:${app.port + 1}`,
        `evil.example.com:${app.port}`,
        '[::1',
        'a b',
        '\xff',
        `localhost:${app.port}@evil.example.com`,
      ]) {
        const answer = await send(app, fill(route), { method: route.method, headers: { host } });
        const what = `${route.method} ${route.path} at ${host}`;
        expectSentence(answer, what);
        const isOpen =
          /^\/(healthz|readyz)$/.test(route.path) ||
          (route.path === '/metrics' && /^localhost(:\d+)?$/.test(host));
        if (isOpen) assert.equal(answer.status, 200, what);
        else
          assert.ok(answer.status === 421 || answer.status === 400, `${what} was answered ${answer.status}`);
      }
  });

  describe('one hostile value in an otherwise right request', () => {
    /** The fields of a request that would be accepted. */
    const rights: [string, string, () => Record<string, unknown>][] = [
      [
        'POST',
        '/applications',
        () => ({
          type: 'web',
          name: 'X',
          description: 'x',
          enabled: true,
          redirect_uris: [redirectUri],
          require_pkce: true,
          scopes: ['api'],
          access_token_lifetime: 300,
          refresh_token_rotation: true,
          refresh_token_absolute_lifetime: 300,
          refresh_token_inactivity_lifetime: 300,
          client_uri: 'https://a.example.com',
          policy_uri: 'https://a.example.com',
          developer_name: 'x',
          developer_email: 'a@b.example.com',
          can_introspect: false,
        }),
      ],
      [
        'PATCH',
        '/applications/:web',
        () => ({
          name: 'X',
          description: 'x',
          enabled: true,
          redirect_uris: [redirectUri],
          require_pkce: false,
          scopes: ['api', 'offline_access'],
          access_token_lifetime: 300,
          refresh_token_rotation: true,
          refresh_token_absolute_lifetime: 300,
          refresh_token_inactivity_lifetime: 300,
          client_uri: 'https://a.example.com',
          policy_uri: 'https://a.example.com',
          developer_name: 'x',
          developer_email: 'a@b.example.com',
          can_introspect: false,
        }),
      ],
      [
        'POST',
        '/applications/:machine/public-keys',
        () => ({ public_key: pair.publicPem, name: 'x', acts_as_user_id: app.user.id }),
      ],
      [
        'POST',
        '/users',
        () => ({
          email: 'x@example.com',
          name: 'x',
          role: 'user',
          password: 'long enough to be one',
          locale: 'en',
        }),
      ],
      [
        'PATCH',
        '/users/:user',
        () => ({ name: 'x', role: 'user', active: true, locale: 'en', password: app.user.password }),
      ],
      [
        'PATCH',
        '/me',
        () => ({ name: 'x', locale: 'en', password: 'long enough to be one', current_password: 'wrong' }),
      ],
      [
        'PATCH',
        '/instance',
        () => ({
          name: 'x',
          domain: 'x',
          lane: 'x',
          refresh_token_grace: 10,
          authorization_code_lifetime: 120,
          scopes: [{ name: 'api', description: 'x', default: true }],
        }),
      ],
    ];
    const fits = new Set([
      'enabled true',
      'require_pkce true',
      'refresh_token_rotation true',
      'active true',
      'can_introspect true',
      'redirect_uris []',
      'scopes []',
      'public_key {}',
    ]);

    for (const [method, path, right] of rights)
      test(`is refused by ${method} ${path}, with its name`, async () => {
        const real = path
          .replace(':web', web.id)
          .replace(':machine', machine.id)
          .replace(':user', app.user.id);
        for (const field of Object.keys(right()))
          for (const value of hostileValues) {
            // Text may run over several lines, and a password may be anything.
            if (
              fits.has(`${field} ${JSON.stringify(value)}`) ||
              (value === 'a\nb\u0007' && field === 'password')
            )
              continue;
            const answer = await app.admin.call(method, real, { ...right(), [field]: value });
            const what = `${field} = ${JSON.stringify(value).slice(0, 30)}`;
            expectSentence(answer, what);
            assert.ok(
              answer.status >= 400,
              `${what} was answered ${answer.status} ${answer.text.slice(0, 300)}`,
            );
          }
      });

    test('is refused by the token endpoints', async () => {
      const user = app.browser();
      const client = new OAuthClient(app, web);
      const { refresh_token } = await client.authorize(user, app.user);
      const rightOnes: Record<string, string>[] = [
        { grant_type: 'refresh_token', refresh_token, scope: 'api' },
        {
          grant_type: 'authorization_code',
          code: 'x'.repeat(43),
          redirect_uri: redirectUri,
          code_verifier: 'x'.repeat(43),
        },
      ];
      for (const right of rightOnes)
        for (const name of Object.keys(right))
          for (const value of [
            '\u0000',
            'a\u0000',
            '\u0007',
            '\ud800',
            'x'.repeat(60_000),
            'é🗝️',
            ' ',
            "'--",
          ]) {
            const answer = await client.token({ ...right, [name]: value });
            expectSentence(answer, `${name} = ${JSON.stringify(value).slice(0, 30)}`);
            assert.match(outcome(answer), /^4\d\d /, `${name} = ${JSON.stringify(value).slice(0, 30)}`);
          }
      // None of it has spent the token.
      app.clock.advance(60_000);
      await client.refreshTokens(refresh_token);
    });

    test('never makes the authorization page fail or redirect elsewhere', async () => {
      const right = {
        response_type: 'code',
        client_id: web.client_id,
        redirect_uri: redirectUri,
        scope: 'api',
        state: 'x',
        prompt: 'consent',
        max_age: '1000',
        login_hint: 'x',
        ui_locales: 'fr',
        response_mode: 'query',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      };
      for (const path of ['/oauth2/authorize', '/integrations/oauth2/authorize'])
        for (const name of Object.keys(right))
          for (const value of [
            '%00',
            '%07',
            '%0d%0aLocation:%20https://evil.example.com',
            'x'.repeat(8_000),
            '%ff',
            '%',
            `a&${name}=b`,
            '%F0%9F%97%9D',
            '%22%3E%3Cscript%3E',
            'https://evil.example.com',
            'javascript:alert(1)',
          ])
            for (const method of ['GET', 'POST']) {
              const query = Object.entries(right)
                .map(([key, other]) =>
                  key === name ? `${key}=${value}` : `${key}=${encodeURIComponent(other)}`,
                )
                .join('&');
              const answer =
                method === 'GET'
                  ? await browser.request(`${path}?${query}`)
                  : await browser.request(path, {
                      body: query,
                      headers: { 'content-type': 'application/x-www-form-urlencoded' },
                    });
              const what = `${method} ${path} with ${name}=${value.slice(0, 40)}`;
              expectSentence(answer, what);
              const { location } = answer.headers;
              if (location) {
                const origin = new URL(location, app.url).origin;
                assert.ok(
                  origin === app.url || origin === new URL(redirectUri).origin,
                  `${what} redirects to ${location}`,
                );
              }
              assert.doesNotMatch(answer.text, /<script>/i, what);
            }
    });
  });

  test('a state of 4,000 characters comes back unchanged, through the sign-in page too, by GET and by POST', async () => {
    const params = {
      response_type: 'code',
      client_id: web.client_id,
      redirect_uri: redirectUri,
      state: 'Aa0.-_~='.repeat(500),
    };
    const back = await app.browser().authorize(params, app.user);
    assert.equal(back.searchParams.get('state'), params.state);
    const page = await browser.openPage('/oauth2/authorize', {
      method: 'POST',
      body: new URLSearchParams(params),
    });
    assert.equal(page.leftTo?.searchParams.get('state'), params.state);
  });

  test('bytes that are no HTTP are answered and the connection closed', async () => {
    for (const bytes of [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: localhost:${app.port}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      'POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
      'POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000',
    ]) {
      const answer = await raw(app.port, bytes);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, JSON.stringify(bytes.slice(0, 60)));
    }
  });

  test('nothing of it has hurt the server or its data', async () => {
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.equal((await send(app, '/readyz')).status, 200);
    const { data } = await app.admin.must<{ data: ApplicationView[] }>('GET', '/applications');
    assert.deepEqual(data.map(({ id }) => id).sort(), [machine.id, web.id].sort());
    await new OAuthClient(app, web).authorize(app.browser(), app.user);
  });
});
