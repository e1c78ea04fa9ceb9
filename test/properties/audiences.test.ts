import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { builtInScopes } from '../../server/model/scopes.ts';
import type { ListPage } from '../support/admin.ts';
import type { Browser } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { basic, send } from '../support/http.ts';
import { OAuthClient, pkcePair } from '../support/oauth-client.ts';
import { runs } from '../support/property-runs.ts';
import { startApp, type TestApp } from '../support/test-app.ts';

// That no token carries a scope of an API that it is not for, nor one that nobody granted, whatever is asked for and whatever becomes of the APIs meanwhile.

interface Api {
  id: string;
  identifier: string;
  is_default: boolean;
  scopes: { name: string; description: string; default?: boolean; claims?: string[] }[];
  signing_alg: string;
  token_typ: string;
}

/** A code or an authorization: what was asked for, what gives its next tokens, and its last access token. */
interface Grant {
  readonly scopes: readonly string[];
  readonly resources: readonly string[] | null;
  readonly code?: { readonly text: string; readonly verifier: string };
  refreshToken?: string;
}

const redirectUri = 'https://client.example.com/callback';
const identifiers = ['https://orders.example.com', 'urn:example:ledger', 'https://old.example.com/api'];
const [orders = '', ledger = '', old = ''] = identifiers;
const beginning = [
  { identifier: orders, scopes: ['read', 'write'] },
  { identifier: ledger, scopes: ['ledger'] },
  { identifier: old, scopes: ['old'], signing_alg: 'RS256', token_typ: 'JWT' },
];
const movable = beginning.flatMap(({ scopes }) => scopes);
const everything = ['api', ...movable, 'openid', 'offline_access'];
const scopeNamed = (name: string) => ({
  name,
  description: name,
  default: name === 'read',
  claims: name === 'read' ? ['plan'] : [],
});

const which = fc.nat(5);
/** Whether a request is made to be granted: only what is allowed, and something of each API that is named. */
const fits = fc.nat(3).map((number) => number > 0);
const scopes = fc.option(fc.subarray(everything, { minLength: 1 }), { nil: null, freq: 2 });
const resources = fc.option(fc.subarray([...identifiers, 'self'], { minLength: 1, maxLength: 3 }), {
  nil: null,
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('authorize' as const), scopes, resources, fits }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('redeem' as const),
      which,
      scopes: fc.constant(null),
      resources,
      fits,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('refresh' as const), which, scopes, resources, fits }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('machine' as const), scopes, resources, fits }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('allow' as const), scopes }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      scope: fc.constantFrom(...movable),
      to: fc.constantFrom(...identifiers, 'self'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('delete' as const), api: fc.constantFrom(...identifiers) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('make' as const),
      api: fc.constantFrom(...identifiers),
      alg: fc.constantFrom('ES256', 'RS256'),
      typ: fc.constantFrom('at+jwt', 'JWT'),
    }),
  },
);
interface Asked {
  readonly scopes: readonly string[] | null;
  readonly resources: readonly string[] | null;
}
type Asking = Asked & { readonly fits: boolean };
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

let app: TestApp;
let web: OAuthClient;
let machine: OAuthClient;
let browser: Browser;
before(async () => {
  app = await startApp({ engine: 'sqlite', clock: stoppedClock(), config: { POSTERN_RATE_LIMITS: 'off' } });
  // Whatever is spent by a request that failed is found out by the next one.
  await app.admin.updateInstance({ refresh_token_grace: 0 });
  await app.admin.updateUser(app.user.id, { claims: { plan: 'pro' } });
  const make = async (fields: { type: 'web' | 'machine'; redirect_uris?: string[] }) =>
    new OAuthClient(app, await app.admin.createApplication({ ...fields, can_introspect: true }));
  web = await make({ type: 'web', redirect_uris: [redirectUri] });
  machine = await make({ type: 'machine' });
  browser = app.browser();
  await browser.signIn(app.user);
});

const listApis = async () => (await app.admin.must<ListPage<Api>>('GET', '/apis')).data;
const allow = async (allowed: readonly string[]) => {
  await app.admin.updateApplication(web.application.id, { scopes: allowed });
  const forMachine = allowed.filter((name) => !builtInScopes.includes(name));
  await app.admin.updateApplication(machine.application.id, {
    scopes: forMachine.length > 0 ? forMachine : ['api'],
  });
};

/** One life of a registry and of what was given by it. */
class World {
  readonly grants: Grant[] = [];
  readonly issued: string[] = [];
  allowed: readonly string[] = everything;
  apis: Api[] = [];

  async begin(): Promise<void> {
    await allow(['api']);
    const [own, ...others] = await listApis();
    for (const { id } of others) await app.admin.must('DELETE', `/apis/${id}`);
    const kept = own?.scopes.filter(({ name }) => !movable.includes(name));
    await app.admin.must('PATCH', `/apis/${own?.id}`, { scopes: kept });
    for (const { scopes: names, ...api } of beginning)
      await app.admin.must('POST', '/apis', { ...api, name: 'API', scopes: names.map(scopeNamed) });
    await this.allow(everything);
    for (const resources of [null, [orders], [old], [orders, ledger, 'self']]) {
      const names = everything.filter((name) => name !== 'old' || resources?.includes(old));
      await this.authorize({ scopes: names, resources, fits: true });
      await this.redeem({ which: 0, scopes: null, resources: null, fits: true });
    }
    assert.equal(this.issued.length, 4);
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'authorize') return this.authorize(step);
    if (step.do === 'redeem') return this.redeem(step);
    if (step.do === 'refresh') return this.refresh(step);
    if (step.do === 'machine') return this.machineToken(step);
    if (step.do === 'allow') return this.allow(step.scopes ?? everything);
    if (step.do === 'move') return this.move(step.scope, step.to === 'self' ? app.url : step.to);
    if (step.do === 'delete') return this.delete(step.api);
    return this.make(step.api, step.alg, step.typ);
  }

  /** What a step asks for, of what it may; as it says where it is not to fit. */
  asked(
    { scopes, resources, fits }: Asking,
    within: readonly string[],
    bound: readonly string[] | null,
  ): Asked {
    const all = resources?.map((each) => (each === 'self' ? app.url : each)) ?? null;
    if (!fits) return { scopes, resources: all };
    const usable = (api: Api) => api.scopes.filter(({ name }) => within.includes(name));
    const named = this.apis.filter(
      (api) =>
        all?.includes(api.identifier) && usable(api).length > 0 && (bound?.includes(api.identifier) ?? true),
    );
    const needed = named.flatMap((api) =>
      usable(api)
        .slice(0, 1)
        .map(({ name }) => name),
    );
    const wanted = [...new Set([...(scopes ?? []).filter((name) => within.includes(name)), ...needed])];
    return {
      scopes: scopes && wanted.length > 0 ? wanted : null,
      resources: named.length > 0 ? named.map(({ identifier }) => identifier) : null,
    };
  }

  async authorize(step: Asking): Promise<void> {
    const { scopes, resources } = this.asked(step, this.allowed, null);
    // Refreshes are what there is most to see of.
    const asked = scopes && step.fits ? [...new Set([...scopes, 'offline_access'])] : scopes;
    const { verifier, challenge } = pkcePair();
    const request = new URLSearchParams({
      response_type: 'code',
      client_id: web.application.client_id,
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...(asked && { scope: asked.join(' ') }),
    });
    for (const resource of resources ?? []) request.append('resource', resource);
    const back = await browser.authorize(request, app.user);
    const text = back.searchParams.get('code');
    if (text === null) return refusedAs(back.searchParams.get('error'), 'invalid_scope', 'invalid_target');
    const code = { text, verifier };
    this.grants.push({ scopes: asked ?? [...this.defaults(resources)], resources, code });
  }

  /** What a request asks for that names no scope. */
  defaults(resources: readonly string[] | null): readonly string[] {
    return this.apis
      .filter(({ identifier, is_default }) => resources?.includes(identifier) ?? is_default)
      .flatMap((api) => api.scopes.filter((scope) => scope.default).map(({ name }) => name));
  }

  async redeem(step: Asking & { which: number }): Promise<void> {
    const codes = this.grants.filter(({ code, refreshToken }) => code && refreshToken === undefined);
    const grant = codes[step.which % codes.length];
    if (!grant?.code) return;
    const { resources } = this.asked(step, grant.scopes, grant.resources);
    const { text, verifier } = grant.code;
    const fields = {
      grant_type: 'authorization_code',
      code: text,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    };
    const tokens = await this.token(web, fields, grant.resources, resources, grant.scopes);
    if (tokens) grant.refreshToken = tokens.refresh_token ?? '';
  }

  async refresh(step: Asking & { which: number }): Promise<void> {
    const live = this.grants.filter(({ refreshToken }) => refreshToken);
    const grant = live[step.which % live.length];
    if (!grant?.refreshToken) return;
    const { scopes: asked, resources } = this.asked(step, grant.scopes, grant.resources);
    const fields = {
      grant_type: 'refresh_token',
      refresh_token: grant.refreshToken,
      ...(asked && { scope: asked.join(' ') }),
    };
    const granted = grant.scopes.filter((name) => !asked || asked.includes(name));
    const tokens = await this.token(web, fields, grant.resources, resources, granted);
    if (tokens?.refresh_token) grant.refreshToken = tokens.refresh_token;
  }

  async machineToken(step: Asking): Promise<void> {
    const mine = this.allowed.filter((name) => !builtInScopes.includes(name));
    const { scopes: asked, resources } = this.asked(step, mine, null);
    const fields = { grant_type: 'client_credentials', ...(asked && { scope: asked.join(' ') }) };
    await this.token(machine, fields, resources, resources, asked ?? this.defaults(resources));
  }

  /** Asks for tokens, and checks those that come. */
  async token(
    client: OAuthClient,
    fields: Record<string, string>,
    granted: readonly string[] | null,
    resources: readonly string[] | null,
    scopes: readonly string[],
  ): Promise<{ refresh_token?: string } | undefined> {
    const body = new URLSearchParams(fields);
    for (const resource of resources ?? []) body.append('resource', resource);
    const authorization = basic(client.application.client_id, client.secret ?? '');
    const answer = await send(app, '/oauth2/token', { body, headers: { authorization } });
    const json =
      answer.json<
        Record<'access_token' | 'refresh_token' | 'scope' | 'error' | 'error_description', string>
      >();
    if (answer.status !== 200) {
      assert.doesNotMatch(json.error_description, /used before/, 'what was refused before spent something');
      refusedAs(json.error, 'invalid_scope', 'invalid_target', 'invalid_grant');
      return undefined;
    }
    this.check(json.access_token, granted, resources, scopes);
    assert.equal(json.scope, parts(json.access_token).claims['scope']);
    this.issued.push(json.access_token);
    return json;
  }

  check(
    token: string,
    granted: readonly string[] | null,
    resources: readonly string[] | null,
    scopes: readonly string[],
  ): void {
    const { header, claims } = parts(token);
    const its = this.apisOf(claims['aud']);
    const names = String(claims['scope']).split(' ');
    const own = its.flatMap((api) => api.scopes.map(({ name }) => name));
    for (const name of names) {
      assert.ok(builtInScopes.includes(name) || own.includes(name), `${name} is of none of ${claims['aud']}`);
      assert.ok(scopes.includes(name), `${name} was not granted`);
      assert.ok(this.allowed.includes(name) || name === 'offline_access', `${name} is not allowed any more`);
    }
    for (const api of its) {
      for (const bound of [granted, resources])
        assert.ok(bound?.includes(api.identifier) ?? true, `${api.identifier} was not named`);
      const isUsed = api.scopes.some(({ name }) => names.includes(name));
      assert.ok(isUsed || (api.is_default && its.length === 1), `${api.identifier} without a scope of it`);
      assert.deepEqual([header['alg'], header['typ']], [api.signing_alg, api.token_typ]);
    }
    const isUsers = claims['sub'] === app.user.id;
    assert.equal(claims['plan'], isUsers && names.includes('read') ? 'pro' : undefined);
  }

  apisOf(aud: unknown): Api[] {
    const list = typeof aud === 'string' ? [aud] : (aud as string[]);
    const found = this.apis.filter(({ identifier }) => list.includes(identifier));
    assert.equal(found.length, list.length, `one of ${list} is no API`);
    return found;
  }

  /** What was issued before counts for no more than what it is for. */
  async checkIssued(): Promise<void> {
    for (const token of this.issued.slice(-4)) {
      const answer = (await web.introspect(token)).json<{ active: boolean; scope: string; aud: unknown }>();
      if (!answer.active) continue;
      const own = this.apisOf(answer.aud).flatMap((api) => api.scopes.map(({ name }) => name));
      for (const name of answer.scope.split(' '))
        assert.ok(builtInScopes.includes(name) || own.includes(name), `${name} is of none of ${answer.aud}`);
    }
  }

  async allow(names: readonly string[]): Promise<void> {
    this.apis = await listApis();
    const known = this.apis.flatMap((api) => api.scopes.map(({ name }) => name));
    const possible = names.filter((name) => known.includes(name) || builtInScopes.includes(name));
    this.allowed = possible.length > 0 ? possible : ['api'];
    await allow(this.allowed);
  }

  async move(scope: string, to: string): Promise<void> {
    const from = this.apis.find(({ scopes }) => scopes.some(({ name }) => name === scope));
    const target = this.apis.find(({ identifier }) => identifier === to);
    if (!target || from === target) return;
    const before = this.allowed;
    await this.allow(before.filter((name) => name !== scope));
    const write = (api: Api, scopes: object[]) => app.admin.must('PATCH', `/apis/${api.id}`, { scopes });
    if (from)
      await write(
        from,
        from.scopes.filter(({ name }) => name !== scope),
      );
    await write(target, [...target.scopes, scopeNamed(scope)]);
    await this.allow(before);
  }

  async delete(identifier: string): Promise<void> {
    const api = this.apis.find((each) => each.identifier === identifier);
    if (!api) return;
    await this.allow(this.allowed.filter((name) => !api.scopes.some((scope) => scope.name === name)));
    await app.admin.must('DELETE', `/apis/${api.id}`);
    this.apis = await listApis();
  }

  /** Makes an API that was deleted again, or has its tokens made in another way. */
  async make(identifier: string, alg: string, typ: string): Promise<void> {
    const api = this.apis.find((each) => each.identifier === identifier);
    const fields = { signing_alg: alg, token_typ: typ };
    if (api) await app.admin.must('PATCH', `/apis/${api.id}`, fields);
    else await app.admin.must('POST', '/apis', { identifier, name: 'Again', ...fields });
    this.apis = await listApis();
  }
}

function refusedAs(error: string | null, ...expected: string[]): void {
  assert.ok(error !== null && expected.includes(error), `refused as ${error}`);
}

function parts(jwt: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = {}, claims = {}] = jwt
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  return { header, claims };
}

let issued = 0;

test('no token carries a scope of an API that it is not for, nor one that was not granted, whatever becomes of the APIs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }), async (steps) => {
      const world = new World();
      await world.begin();
      for (const step of steps) {
        await world.take(step);
        await world.checkIssued();
      }
      issued += world.issued.length;
    }),
    runs(25),
  );
  assert.ok(issued > 150, `only ${issued} tokens were issued`);
});
