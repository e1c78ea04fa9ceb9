import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApplicationView } from '../support/admin.ts';
import { type Browser, hasButton, type Person } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { type HtmlForm, parseForms } from '../support/html-form.ts';
import { type Headers, send } from '../support/http.ts';
import { someIdentity } from '../support/identity-provider.ts';
import { newProviders } from '../support/identity-providers.ts';
import { png } from '../support/images.ts';
import { rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { beginRequest, type LateBody } from '../support/late-body.ts';
import { OAuthClient, success } from '../support/oauth-client.ts';
import { routesOf } from '../support/routes.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// Somebody sends the headers of a request while they may still do it, and its body when they may not any more. Every route that changes
// something is tried, found by itself: one that nobody thought of here fails the first test. Every way to lose the right is tried on
// SQLite; on PostgreSQL one of each kind. That nobody takes a right away while it is used: `authorizations/acts.test.ts`.

const redirectUri = 'https://client.example.com/callback';
const password = 'a password of twelve or more';

/**
 * What is no act of somebody who is signed in: each has an authority of its own, in the body that comes late. Who links an identity provider goes
 * there first; `test/accounts/own-identities.test.ts` has what is asked of them when they come back.
 * Of SCIM: `test/scim/apart.test.ts`.
 */
const noActs =
  /^POST \/(login|logout|sign-out|setup|oauth2\/|integrations\/|account\/identities\/:id\/link)|^[A-Z]+ \/scim\//;

/** Made once: a pair of keys costs as much as everything else that a test makes. Each is of another application. */
const [keyThatIsThere, keyThatComesLate, keyOfToken] = [rsaKeyPair(), rsaKeyPair(), rsaKeyPair()];

/** A path with its IDs, and a body that would change something. */
interface Request {
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly type?: string;
}

/** An administrator who is about to lose their authority, and everything that the requests are about. */
interface World {
  readonly eve: Person;
  readonly browser: Browser;
  /** What Eve's access token hangs on. */
  readonly tool: ApplicationView;
  readonly accessToken: string;
  /** What the token hangs on that a public key got for Eve. */
  readonly machine: ApplicationView;
  readonly keyId: string;
  readonly tokenOfKey: string;
  readonly requests: Readonly<Record<string, Request>>;
}

forEachEngine((engine) => {
  let app: TestApp;
  let logo: Buffer;

  before(async () => {
    app = await startApp({ engine });
    await app.services.db.write`UPDATE instances SET max_applications = 1000`;
    app.services.instances.clear();
    logo = await png(4, 4);
  });
  after(() => app.close());

  async function makeWorld(): Promise<World> {
    const { admin } = app;
    const eve = await admin.createUser({ role: 'administrator' });
    const victim = await admin.createUser();
    // Nobody who signs in, and so never active.
    const quiet = await admin.must<{ id: string }>('POST', '/users', {
      email: `${crypto.randomUUID()}@example.com`,
      name: 'Quiet',
    });
    const web = () => admin.createApplication({ type: 'web', redirect_uris: [redirectUri] });
    const [kept, deleted, plain, used, machine] = [
      await web(),
      await web(),
      await web(),
      await web(),
      await admin.createApplication({ type: 'machine' }),
    ];
    const tool = await admin.createApplication({
      type: 'web',
      redirect_uris: [redirectUri],
      scopes: ['api', 'admin', 'offline_access'],
    });
    const key = await admin.addPublicKey(machine.id, keyThatIsThere.publicPem, eve.id);
    success(await admin.call('PUT', `/applications/${plain.id}/logo`, logo, { 'content-type': 'image/png' }));

    await admin.deleteApis();
    const newApi = () =>
      admin.must<{ id: string }>('POST', '/apis', { identifier: `urn:${crypto.randomUUID()}`, name: 'Some' });
    const [api, formerApi] = [await newApi(), await newApi()];
    await admin.deleteIdentityProviders();
    const provider = await admin.must<{ id: string }>('POST', '/identity-providers', newProviders.oidc);
    const ofProvider = `/identity-providers/${provider.id}`;
    const scimToken = await admin.must<{ id: string }>('POST', `${ofProvider}/scim-tokens`, {
      name: 'Directory',
    });
    const identity = await admin.must<{ id: string }>('POST', `/users/${victim.id}/identities`, {
      provider_id: provider.id,
      subject: 'victim',
    });
    const former = await admin.must<{ id: string }>('POST', '/identity-providers', newProviders.saml);

    const own = await someIdentity(app, provider.id, eve.id);

    const browser = app.browser();
    await browser.signIn(eve);
    await app.browser().signIn(eve);
    const account = await browser.openPage('/account');
    const [, endOne = ''] = /action="(\/account\/sessions\/[0-9a-f]{32}\/end)"/.exec(account.html) ?? [];
    const { access_token: accessToken } = await new OAuthClient(app, tool).authorize(browser, eve, {
      scope: 'admin offline_access',
    });
    const client = new OAuthClient(app, used);
    for (let count = 0; count < 3; count++) await client.authorize(browser, eve);
    const listed = await admin.must<{ data: { id: string }[] }>(
      'GET',
      `/applications/${used.id}/authorizations`,
    );
    const [first, second, third] = listed.data.map(({ id }) => id);
    const consent = await openConsentPage(browser, kept);

    const json = (path: string, body: object): Request => ({
      path: `/api/v1${path}`,
      body: JSON.stringify(body),
    });
    const form = (path: string, fields: Record<string, string> = {}): Request => ({
      path,
      body: new URLSearchParams({ nothing: '', ...fields }).toString(),
      type: 'application/x-www-form-urlencoded',
    });
    const of = (application: ApplicationView) => `/applications/${application.id}`;
    const requests = {
      'PATCH /api/v1/me': json('/me', { name: 'Late' }),
      'POST /api/v1/me/authentications': json('/me/authentications', { password: eve.password }),
      'DELETE /api/v1/me/authorizations/:id': json(`/me/authorizations/${first}`, {}),
      'PATCH /api/v1/instance': json('/instance', {
        authorization_code_lifetime: 30 + Math.floor(Math.random() * 90),
      }),
      'POST /api/v1/apis': json('/apis', { identifier: `urn:late:${crypto.randomUUID()}`, name: 'Late' }),
      'PATCH /api/v1/apis/:id': json(`/apis/${api.id}`, { name: crypto.randomUUID() }),
      'DELETE /api/v1/apis/:id': json(`/apis/${formerApi.id}`, {}),
      'POST /api/v1/applications': json('/applications', { type: 'machine', name: 'Late' }),
      'PATCH /api/v1/applications/:id': json(of(kept), { name: 'Late', scopes: ['api'] }),
      'DELETE /api/v1/applications/:id': json(of(deleted), {}),
      'POST /api/v1/applications/:id/secrets': json(`${of(kept)}/secrets`, {}),
      'DELETE /api/v1/applications/:id/secrets/:secret_id': json(
        `${of(plain)}/secrets/${plain.secrets?.[0]?.id}`,
        {},
      ),
      'POST /api/v1/applications/:id/public-keys': json(`${of(machine)}/public-keys`, {
        public_key: keyThatComesLate.publicPem,
      }),
      'DELETE /api/v1/applications/:id/public-keys/:key_id': json(`${of(machine)}/public-keys/${key.id}`, {}),
      'PUT /api/v1/applications/:id/logo': { path: `/api/v1${of(kept)}/logo`, body: logo, type: 'image/png' },
      'DELETE /api/v1/applications/:id/logo': json(`${of(plain)}/logo`, {}),
      'DELETE /api/v1/applications/:id/authorizations/:authorization_id': json(
        `${of(used)}/authorizations/${second}`,
        {},
      ),
      'DELETE /api/v1/applications/:id/authorizations': json(`${of(used)}/authorizations`, {}),
      'POST /api/v1/users': json('/users', {
        email: `${crypto.randomUUID()}@example.com`,
        name: 'Late',
        password,
      }),
      'PATCH /api/v1/users/:id': json(`/users/${victim.id}`, { role: 'administrator', password }),
      'POST /api/v1/users/import': {
        path: '/api/v1/users/import',
        body: JSON.stringify({ email: `${crypto.randomUUID()}@example.com`, name: 'Late' }),
        type: 'application/x-ndjson',
      },
      'POST /api/v1/activity': json('/activity', { users: [{ id: quiet.id }] }),
      'DELETE /api/v1/users/:id': json(`/users/${quiet.id}`, {}),
      'DELETE /api/v1/users/:id/sessions': json(`/users/${eve.id}/sessions`, {}),
      'POST /api/v1/identity-providers': json('/identity-providers', { ...newProviders.oidc, name: 'Late' }),
      'PATCH /api/v1/identity-providers/:id': json(ofProvider, { name: 'Late' }),
      'DELETE /api/v1/identity-providers/:id': json(`/identity-providers/${former.id}`, {}),
      'POST /api/v1/identity-providers/:id/scim-tokens': json(`${ofProvider}/scim-tokens`, { name: 'Late' }),
      'DELETE /api/v1/identity-providers/:id/scim-tokens/:token_id': json(
        `${ofProvider}/scim-tokens/${scimToken.id}`,
        {},
      ),
      'POST /api/v1/users/:id/identities': json(`/users/${victim.id}/identities`, {
        provider_id: provider.id,
        subject: 'late',
      }),
      'DELETE /api/v1/users/:id/identities/:identity_id': json(
        `/users/${victim.id}/identities/${identity.id}`,
        {},
      ),
      'POST /consent': form('/consent', { ...Object.fromEntries(consent.fields), decision: 'allow' }),
      'POST /account/profile': form('/account/profile', { name: 'Late', locale: 'sv' }),
      'POST /account/authorizations/:id/revoke': form(`/account/authorizations/${third}/revoke`),
      'POST /account/consents/:id/forget': form(`/account/consents/${tool.id}/forget`),
      'POST /account/sessions/:id/end': form(endOne),
      'POST /account/sessions/end-others': form('/account/sessions/end-others'),
      'POST /account/identities/:id/unlink': form(`/account/identities/${own.id}/unlink`),
      'POST /account/password': form('/account/password', {
        current_password: eve.password,
        new_password: password,
      }),
    };
    return { eve, browser, tool, accessToken, ...(await tokenByKey(eve)), requests };
  }

  /** A token without an authorization (RFC 7523 2.1), for Eve. */
  async function tokenByKey(eve: Person): Promise<Pick<World, 'machine' | 'keyId' | 'tokenOfKey'>> {
    const machine = await app.admin.createApplication({ type: 'machine', scopes: ['admin'] });
    const { id: keyId } = await app.admin.addPublicKey(machine.id, keyOfToken.publicPem, eve.id);
    const exp = Math.floor(app.clock.now() / 1000) + 300;
    const claims = { iss: machine.client_id, sub: eve.id, aud: app.url, exp };
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signRs256(keyOfToken.privateKey, claims),
      scope: 'admin',
    });
    const { access_token: tokenOfKey } = success(await send(app, '/oauth2/token', { body })).json<{
      access_token: string;
    }>();
    return { machine, keyId, tokenOfKey };
  }

  async function openConsentPage(browser: Browser, application: ApplicationView): Promise<HtmlForm> {
    const page = await browser.openPage(
      `/oauth2/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: application.client_id,
        redirect_uri: redirectUri,
        scope: 'api',
        prompt: 'consent',
      })}`,
    );
    assert.ok(hasButton(page, 'decision'));
    return parseForms(page.html).find(({ buttons }) => buttons.length > 1) ?? assert.fail();
  }

  /** By what Eve shows that she may. */
  type Authority = (world: World) => Headers;
  const bySession: Authority = ({ browser }) => ({
    cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    'sec-fetch-site': 'same-origin',
  });
  const byToken: Authority = ({ accessToken }) => ({ authorization: `Bearer ${accessToken}` });
  const byTokenOfKey: Authority = ({ tokenOfKey }) => ({ authorization: `Bearer ${tokenOfKey}` });

  /** Sends the headers of everything; when this is done the server has judged them. */
  async function begin(
    world: World,
    authority: Authority,
    routes: readonly string[],
  ): Promise<Map<string, LateBody>> {
    const headers = authority(world);
    const begun = await Promise.all(
      routes.map(async (route) => {
        const [method = ''] = route.split(' ');
        const { path, body, type = 'application/json' } = world.requests[route] ?? assert.fail(route);
        const all = { ...headers, 'content-type': type };
        return [route, await beginRequest(app, path, { method, headers: all, body })] as const;
      }),
    );
    // Each asks as much of the database as the ones before it, and comes later.
    for (let count = 0; count < 3; count++) success(await send(app, '/api/v1/me', { headers }));
    return new Map(begun);
  }

  /** Every row of the database, but for when something was used last. Of users it tells whether they ever were active. */
  async function everything(): Promise<string> {
    const tables =
      'instances users sessions session_clients outbox applications application_logos client_secrets public_keys consents authorization_codes authorizations revoked_access_tokens audit_events rate_limits identity_providers identities scim_tokens scim_users apis';
    const shown = (name: string, value: unknown) => {
      if (name === 'last_active_at') return value !== null;
      return /^last_(seen|used)_at$/.test(name) ? undefined : value;
    };
    const rows = [];
    for (const table of tables.split(' ')) {
      const text = [`SELECT * FROM ${table}`];
      for (const row of await app.services.db.sql<object>(Object.assign(text, { raw: text })))
        rows.push(`${table} ${JSON.stringify(row, shown)}`);
    }
    return rows.sort().join('\n');
  }

  const routesBy = (world: World, authority: Authority) =>
    Object.keys(world.requests).filter(
      (route) =>
        authority === bySession || (route.includes('/api/') && !route.endsWith('/me/authentications')),
    );

  test('every route that changes something is tried here', async () => {
    const { requests } = await makeWorld();
    const unsafe = routesOf(app.server).filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
    const unknown = [];
    for (const { method, path } of unsafe) {
      const route = `${method} ${path}`;
      if (route in requests || noActs.test(route)) continue;
      const { status } = await send(app, path.replaceAll(/:\w+/g, '0'.repeat(32)), { method });
      if (status !== 405) unknown.push(route);
    }
    assert.deepEqual(unknown, []);
    assert.ok(unsafe.length > Object.keys(requests).length);
  });

  for (const [what, authority] of [
    ['a session', bySession],
    ['an access token', byToken],
    ['an access token that a key got', byTokenOfKey],
  ] as const)
    test(`with the authority of ${what} that goes on, a body that comes late is as good as any`, async () => {
      const world = await makeWorld();
      const begun = await begin(world, authority, routesBy(world, authority));
      let state = await everything();
      for (const [route, late] of begun) {
        const { status, text } = await late.send();
        assert.ok(status < 400, `${route}: ${status} ${text.slice(0, 500)}`);
        const now = await everything();
        // One after the other: with the authorization of the whole application goes the consent, and so on.
        if (!route.endsWith('/consents/:id/forget')) assert.notEqual(now, state, `${route} changed nothing`);
        state = now;
        if (route.endsWith('/me/authentications')) break; // the cookie has another value now
      }
      // The server would wait for the others when it stops.
      for (const late of begun.values()) late.giveUp();
    });

  interface Loss {
    readonly by: Authority;
    readonly lose: (world: World) => Promise<unknown>;
    /** Whether it stands for its kind on PostgreSQL. */
    readonly onBoth?: true;
  }

  const losses: Record<string, Loss> = {
    'of a user who was deactivated': {
      by: bySession,
      onBoth: true,
      lose: ({ eve }) => app.admin.updateUser(eve.id, { active: false }),
    },
    'of a user who was deactivated and is active again': {
      by: bySession,
      lose: async ({ eve }) => {
        await app.admin.updateUser(eve.id, { active: false });
        await app.admin.updateUser(eve.id, { active: true });
      },
    },
    'of a user who is no administrator any more': {
      by: bySession,
      lose: ({ eve }) => app.admin.updateUser(eve.id, { role: 'user' }),
    },
    'of a session that ended when an administrator set another password': {
      by: bySession,
      lose: ({ eve }) => app.admin.updateUser(eve.id, { password }),
    },
    'of a session that ended when its owner chose another password elsewhere': {
      by: bySession,
      onBoth: true,
      lose: async ({ eve }) => {
        const owner = app.browser();
        const page = await owner.signIn(eve);
        await owner.submitForm(page, { current_password: eve.password, new_password: password });
      },
    },
    'of a cookie that was copied before its owner gave the password again': {
      by: bySession,
      lose: async ({ browser, eve }) => {
        const body = { password: eve.password };
        success(await browser.request('/api/v1/me/authentications', { body }));
      },
    },
    'of a session whose owner signed out': {
      by: bySession,
      lose: ({ browser }) => browser.request('/logout', { method: 'POST' }),
    },
    'of a session that its owner ended from another browser': {
      by: bySession,
      lose: async ({ eve }) => {
        const owner = app.browser();
        await owner.submitForm(await owner.signIn(eve), {}, { action: '/account/sessions/end-others' });
      },
    },
    'of a token whose user was deactivated': {
      by: byToken,
      lose: ({ eve }) => app.admin.updateUser(eve.id, { active: false }),
    },
    'of a token whose user is no administrator any more': {
      by: byToken,
      lose: ({ eve }) => app.admin.updateUser(eve.id, { role: 'user' }),
    },
    'of a token whose application was deleted': {
      by: byToken,
      onBoth: true,
      lose: ({ tool }) => app.admin.deleteApplication(tool.id),
    },
    'of a token whose application was disabled': {
      by: byToken,
      lose: ({ tool }) => app.admin.updateApplication(tool.id, { enabled: false }),
    },
    'of a token whose application may have the scope admin no more': {
      by: byToken,
      lose: ({ tool }) => app.admin.updateApplication(tool.id, { scopes: ['api', 'offline_access'] }),
    },
    'of a token whose authorization an administrator ended': {
      by: byToken,
      onBoth: true,
      lose: ({ tool }) => app.admin.must('DELETE', `/applications/${tool.id}/authorizations`),
    },
    'of a token whose key was deleted': {
      by: byTokenOfKey,
      onBoth: true,
      lose: ({ machine, keyId }) =>
        app.admin.must('DELETE', `/applications/${machine.id}/public-keys/${keyId}`),
    },
    'of a token that a key got for a user who was deactivated': {
      by: byTokenOfKey,
      lose: ({ eve }) => app.admin.updateUser(eve.id, { active: false }),
    },
    'of a token that a key got for an application that was deleted': {
      by: byTokenOfKey,
      lose: ({ machine }) => app.admin.deleteApplication(machine.id),
    },
    'of a token that its client revoked': {
      by: byToken,
      lose: async ({ tool, accessToken }) => success(await new OAuthClient(app, tool).revoke(accessToken)),
    },
  };

  test('what waits for a password to be hashed does nothing with the authority of a user who was deactivated meanwhile', async () => {
    const { eve, browser, requests } = await makeWorld();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const email = 'somebody@example.com';
    const crowd = Array.from({ length: 30 }, (_, index) =>
      send(app, '/login', { headers, body: new URLSearchParams({ email: `${index}-${email}`, password }) }),
    );
    const routes = ['POST /api/v1/users', 'PATCH /api/v1/users/:id', 'POST /account/password'];
    const waiting = routes.map((route) => {
      const [method = ''] = route.split(' ');
      const { path, body, type = 'application/json' } = requests[route] ?? assert.fail();
      return browser.request(path, { method, body, headers: { 'content-type': type } });
    });
    success(await browser.request('/api/v1/me'));
    await app.admin.updateUser(eve.id, { active: false });
    const users = await app.services.db
      .sql`SELECT id, email, name, role, password_hash FROM users ORDER BY id`;
    for (const answer of await Promise.all(waiting))
      assert.ok([401, 403].includes(answer.status), answer.text);
    assert.deepEqual(
      await app.services.db.sql`SELECT id, email, name, role, password_hash FROM users ORDER BY id`,
      users,
    );
    await Promise.all(crowd);
  });

  describe('a body that comes late does nothing with the authority', () => {
    const here = Object.entries(losses).filter(([, { onBoth }]) => engine === 'sqlite' || onBoth);
    for (const [what, { by, lose }] of here)
      test(what, async () => {
        const world = await makeWorld();
        const begun = await begin(world, by, routesBy(world, by));
        await lose(world);
        const before = await everything();
        const answers = await Promise.all(
          [...begun].map(async ([route, late]) => ({ route, answer: await late.send() })),
        );
        // The answer to a consent page that nobody is signed in for is a page of its own.
        for (const { route, answer } of answers)
          assert.ok(
            (route === 'POST /consent' && answer.status === 400) || [401, 403].includes(answer.status),
            `${route}: ${answer.status} ${answer.text.slice(0, 300)}`,
          );
        assert.equal(await everything(), before);
      });
  });
});
