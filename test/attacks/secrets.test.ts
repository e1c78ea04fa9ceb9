import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeSetupLink } from '../../server/accounts/setup.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type Answer, basic, send } from '../support/http.ts';
import { newProviders } from '../support/identity-providers.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { OAuthClient, success, type Tokens } from '../support/oauth-client.ts';
import { startApp, type TestApp, testSecret } from '../support/test-app.ts';

// A day of honest, clumsy and hostile traffic; then every secret of it is looked for where none may be.

const redirectUri = 'https://client.example.com/callback';

forEachEngine((engine) => {
  let app: TestApp;
  /** Every secret that was used, by what it is. */
  const secrets = new Map<string, string>();

  before(async () => {
    app = await startApp({ engine });
    await traffic();
  });
  after(() => app.close());

  function remember(what: string, secret: string | undefined): string {
    assert.ok(secret && secret.length >= 12, `${what} is not there`);
    secrets.set(`${what} ${secrets.size}`, secret);
    return secret;
  }

  function rememberCookies(browser: Browser): void {
    for (const [name, value] of browser.cookies) if (/postern/.test(name)) remember('cookie', value);
  }

  async function traffic(): Promise<void> {
    remember('master secret', testSecret);
    remember('password', app.user.password);
    remember('password', app.administrator.password);

    // Users: right and wrong passwords, a password in the wrong field, a change.
    const browser = app.browser();
    await browser.signIn({
      email: app.user.email,
      password: remember('wrong password', 'this password is wrong'),
    });
    await browser.signIn({
      email: remember('password as email', 'my secret as address'),
      password: 'whatever it is',
    });
    const created = await app.admin.createUser();
    remember('password', created.password);
    await app.admin.updateUser(created.id, {
      password: remember('password', 'the password after the change'),
    });
    await app.admin.call('POST', '/users', {
      email: 'nobody',
      password: remember('refused password', 'password of a refused user'),
      bogus: 1,
    });
    const link = await makeSetupLink(app.services, app.instance);
    const setupToken = remember('setup token', new URL(link, app.url).searchParams.get('token') ?? undefined);
    await browser.openPage(`/setup?token=${setupToken}`);

    // Clients.
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const machine = await app.admin.createApplication({ type: 'machine' });
    const secret = remember('client secret', web.client_secret);
    remember('client secret', machine.client_secret);
    const pair = rsaKeyPair();
    const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const line of privatePem.split('\n').slice(1, 4)) remember('line of a private key', line);
    const refused = await app.admin.call('POST', `/applications/${machine.id}/public-keys`, {
      public_key: privatePem,
    });
    assert.equal(refused.json<{ code: string }>().code, 'private_key_refused');
    const privateJwk = pair.privateKey.export({ format: 'jwk' });
    remember('private exponent', privateJwk.d);
    const refusedJwk = await app.admin.call('POST', `/applications/${machine.id}/public-keys`, {
      public_key: privateJwk,
    });
    assert.equal(refusedJwk.json<{ code: string }>().code, 'private_key_refused');
    await app.admin.addPublicKey(machine.id, pair.publicPem);

    // Identity providers: a client secret that is kept, one that is refused, a private key in place of a public one, a token for SCIM.
    const provider = await app.admin.must<{ id: string }>('POST', '/identity-providers', {
      ...newProviders.oidc,
      client_secret: remember('client secret of a provider', 'only the provider knows this'),
    });
    await app.admin.call('PATCH', `/identity-providers/${provider.id}`, {
      client_secret: remember('refused client secret', 'a refused secret\twith a tab'),
    });
    const { jwks_uri: _, ...handover } = newProviders.handover;
    await app.admin.call('POST', '/identity-providers', { ...handover, jwks: { keys: [privateJwk] } });
    const scimPath = `/identity-providers/${provider.id}/scim-tokens`;
    const scim = await app.admin.must<{ token: string }>('POST', scimPath, { name: 'Directory' });
    remember('SCIM token', scim.token);
    await app.admin.must('PATCH', `/identity-providers/${provider.id}`, { enabled: false });

    const client = new OAuthClient(app, web);
    const { code, verifier } = await client.code(browser, app.user);
    remember('code', code);
    remember('code verifier', verifier);
    rememberCookies(browser);
    const tokens = success(await client.redeem(code, verifier)).json<Tokens>();
    const refreshToken = remember('refresh token', tokens.refresh_token);
    const accessToken = remember('access token', tokens.access_token);
    const next = await client.refreshTokens(refreshToken);
    remember('refresh token', next.refresh_token);
    remember('access token', next.access_token);

    const claims = {
      iss: machine.client_id,
      sub: app.administrator.id,
      aud: app.url,
      exp: Math.floor(app.clock.now() / 1000) + 300,
      jti: 'one',
    };
    const assertion = remember('assertion', signRs256(pair.privateKey, claims));
    const jwtBearer = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    success(await send(app, '/oauth2/token', { body: new URLSearchParams(jwtBearer) }));
    await send(app, '/oauth2/token', { body: new URLSearchParams(jwtBearer) });

    // Secrets where they do not belong: in queries, paths, wrong fields, wrong types, broken bodies.
    const clumsy: Promise<Answer>[] = [
      send(app, `/oauth2/token?client_secret=${secret}&refresh_token=${next.refresh_token}`),
      send(
        app,
        `/oauth2/authorize?client_id=${secret}&redirect_uri=${encodeURIComponent(refreshToken)}&state=${accessToken}`,
      ),
      send(app, `/${refreshToken}`),
      send(app, `/api/v1/users/${accessToken}`),
      send(app, `/logos/${secret}/${code}`),
      send(app, '/oauth2/token', { body: { client_secret: secret, refresh_token: refreshToken } }),
      send(app, '/oauth2/token', {
        body: `{"client_secret":"${secret}`,
        headers: { 'content-type': 'application/json' },
      }),
      send(app, '/integrations/oauth2/api/v1/token', {
        body: `{"client_secret":"${secret}`,
        headers: { 'content-type': 'application/json' },
      }),
      send(app, '/oauth2/token', {
        body: new URLSearchParams({ grant_type: secret, client_id: refreshToken }),
      }),
      send(app, '/oauth2/token', {
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
        headers: { authorization: basic(web.client_id, `${secret}x`) },
      }),
      send(app, '/api/v1/me', {
        headers: { authorization: `Bearer ${accessToken}x`, cookie: `postern=${secret}` },
      }),
      send(app, '/oauth2/revoke', {
        body: new URLSearchParams({ token: next.refresh_token }),
        headers: { authorization: `Bearer ${accessToken}` },
      }),
      app.admin.call('POST', '/applications', { type: secret, name: refreshToken, client_secret: secret }),
      app.admin.call('PATCH', '/me', {
        password: remember('refused password', 'a new password of my own'),
        current_password: 'wrong one',
      }),
      app.admin.call('GET', `/audit-events?type=${secret}&cursor=${refreshToken}`),
      send(app, '/login', { body: { password: app.user.password } }),
    ];
    for (const answer of await Promise.all(clumsy)) assert.ok(answer.status < 500, answer.text);
    // A replay, which is recorded.
    app.clock.advance(60_000);
    await client.refresh(refreshToken);
  }

  /** Fails for every secret that the text holds. */
  function expectNone(text: string, where: string): void {
    assert.ok(text.length > 100, `${where} is empty`);
    for (const [what, secret] of secrets)
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
        assert.ok(
          !text.includes(form),
          `${where} holds a ${what}: …${text.slice(Math.max(0, text.indexOf(form) - 300), text.indexOf(form) + 60)}…`,
        );
  }

  test('a copy of the database holds no password, secret, token, code or cookie that was used', async () => {
    const dump = await dumpDatabase(app);
    // Random ones are told by their bytes as well.
    for (const [what, secret] of secrets)
      if (/^(cookie|code|setup token|refresh token)/.test(what)) {
        const bytes = Buffer.from(secret.replace(/^prt_/, ''), 'base64url').subarray(-24);
        assert.ok(!dump.bytes.includes(bytes), `the database holds the bytes of a ${what}`);
      }
    expectNone(dump.bytes.toString('utf8'), 'the database');
  });

  test('the audit log holds none of them either', async () => {
    expectNone((await app.admin.call('GET', '/audit-events?limit=100')).text, 'the audit log');
  });

  test('the log holds none of them, on its most talkative level', () => {
    app.services.log.info('a line, so that the log is not empty '.repeat(5));
    expectNone(app.logText(), 'the log');
  });

  test('the log holds none of them either when the database is broken and everything fails', async () => {
    const web = await app.admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    remember('client secret', web.client_secret);
    const client = new OAuthClient(app, web);
    const browser = app.browser();
    const { refresh_token, access_token } = await client.authorize(browser, app.user);
    const { code, verifier } = await client.code(browser, app.user);
    for (const [what, secret] of Object.entries({ refresh_token, access_token, code, verifier }))
      remember(what.replace('_', ' '), secret);
    rememberCookies(browser);
    for (const table of [
      'authorizations',
      'authorization_codes',
      'sessions',
      'users',
      'audit_events',
      'rate_limits',
      'consents',
    ])
      await run(app, `ALTER TABLE ${table} RENAME TO gone_${table}`);

    const failures = await Promise.all([
      client.refresh(refresh_token),
      client.redeem(code, verifier),
      client.introspect(access_token),
      client.revoke(refresh_token),
      browser.request('/account'),
      browser.request('/api/v1/me'),
      send(app, '/login', {
        body: new URLSearchParams({ email: app.user.email, password: app.user.password }),
        headers: { origin: app.url },
      }),
      send(app, '/api/v1/me', { headers: { authorization: `Bearer ${access_token}` } }),
    ]);
    for (const answer of failures) {
      assert.ok(answer.status >= 500, `${answer.status} ${answer.text.slice(0, 200)}`);
      assert.doesNotMatch(
        answer.text,
        /SELECT|INSERT|gone_|no such table|does not exist|node_modules|at .*\.ts/,
        'the answer tells about the inside',
      );
      expectNone(`${answer.text} ${' '.repeat(100)}`, 'an error answer');
    }
    assert.match(app.logText(), /"level":"error"/);
    expectNone(app.logText(), 'the log');
  });
});

/** Every value of every table, one after the other. */
async function dumpDatabase(app: TestApp): Promise<{ bytes: Buffer }> {
  const query =
    app.engine === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'";
  const tables = (await run(app, query)) as { name: string }[];
  assert.ok(tables.length > 10);
  const parts: Buffer[] = [];
  for (const { name } of tables)
    for (const row of await run(app, `SELECT * FROM ${name}`))
      for (const value of Object.values(row as object))
        parts.push(
          value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value)),
          Buffer.from('\n'),
        );
  return { bytes: Buffer.concat(parts) };
}

/** One statement that is only known here: templates are for the server's own. */
function run(app: TestApp, statement: string): Promise<unknown[]> {
  return app.services.db.write(
    Object.assign([statement], { raw: [statement] }) as unknown as TemplateStringsArray,
  );
}
