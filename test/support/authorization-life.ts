import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endAllAuthorizations } from '../../server/authorizations/end.ts';
import type { Id } from '../../server/base/ids.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../server/base/units.ts';
import { actOfOperator } from '../../server/model/act.ts';
import { longestIdle } from '../../server/model/session.ts';
import { listAuthorizationsOfApplication } from '../../server/store/authorizations.ts';
import { tidied, tidy } from '../../server/store/tidy.ts';
import {
  type AccessTokenModel,
  type AuthorizationModel,
  borders,
  end,
  endOf,
  hasExpired,
  isAccessTokenActive,
  isNewest,
  isRefreshTokenActive,
  isSignedIn,
  type Model,
  type PersonModel,
  personOf,
  policyOf,
  type Real,
  reuse,
  scopes,
  signIn,
  useSession,
  verdictOn,
  wayTo,
} from './authorization-model.ts';
import type { Person } from './browser.ts';
import type { Answer } from './http.ts';
import { claimsOf, type OAuthClient, outcome, type Tokens } from './oauth-client.ts';
import type { TestApp } from './test-app.ts';

// What may happen to authorizations: commands do something to the server and to its model; after each the two are compared.

type Command = fc.AsyncCommand<Model, Real>;

const mostAuthorizations = 3;

/** Puts the server into its first state, whatever the run before left. */
export async function begin(
  app: TestApp,
  client: OAuthClient,
  observer: OAuthClient,
  people: Person[],
): Promise<{ model: Model; real: Real }> {
  const { clock } = app;
  const model: Model = {
    clock: clock.now,
    grace: 10,
    enabled: true,
    rotation: true,
    absolute: null,
    inactivity: 180 * (DAY / SECOND),
    accessLifetime: 3600,
    people: [],
    authorizations: [],
    ends: 0,
    reuses: 0,
  };
  clock.advance(SECOND);
  await endAllAuthorizations(app.services, actOfOperator(app.instance), client.application.id as Id);
  await app.admin.updateInstance({ refresh_token_grace: model.grace });
  await app.admin.updateApplication(client.application.id, policyOf(model));
  const real: Real = { app, client, observer, people: [], eventsBefore: { ends: 0, reuses: 0 } };
  for (const person of people) {
    await app.admin.updateUser(person.id, { active: true });
    const browser = app.browser();
    await browser.signIn(person);
    real.people.push({ person, browser });
    const now = clock.now();
    model.people.push({
      active: true,
      lastActiveAt: now,
      session: { createdAt: now, lastSeenAt: now },
    });
  }
  real.eventsBefore = await countEvents(real);
  return { model, real };
}

// What is done to both.

/** Takes over what a refresh gave, having checked it against what it must be. */
function takeTokens(
  model: Model,
  authorization: AuthorizationModel,
  given: string,
  answers: Answer[],
  scope?: string,
): void {
  if (model.rotation && isNewest(authorization, given)) {
    const [successor] = answers.map((answer) => answer.json<Tokens>().refresh_token);
    const known = model.authorizations.flatMap((each) => each.refreshTokens);
    assert.ok(successor && !known.includes(successor), 'the successor is a token that nobody had before');
    authorization.refreshTokens.push(successor);
    authorization.rotatedAt = model.clock();
  }
  for (const answer of answers) {
    const tokens = answer.json<Tokens>();
    assert.equal(tokens.refresh_token, authorization.refreshTokens.at(-1), 'there is one live refresh token');
    assert.equal(tokens.scope, scope ?? scopes.join(' '));
    takeAccessToken(model, authorization, tokens);
  }
}

function takeAccessToken(model: Model, authorization: AuthorizationModel, tokens: Tokens): void {
  const claims = claimsOf(tokens.access_token);
  assert.equal(tokens.expires_in, model.accessLifetime);
  assert.equal(claims['authorization_id'], authorization.id);
  assert.equal(claims['scope'], tokens.scope);
  const exp = Math.floor(model.clock() / SECOND) + model.accessLifetime;
  assert.equal(claims['exp'], exp);
  const opens = tokens.scope !== 'offline_access';
  authorization.accessTokens.push({ token: tokens.access_token, exp, opens, revoked: false });
}

async function grant(model: Model, real: Real, which: number): Promise<void> {
  const person = model.people[which] as PersonModel;
  const their = real.people[which] as Real['people'][number];
  const tokens = await real.client.authorize(their.browser, their.person);
  if (isSignedIn(model, person)) useSession(model, person);
  else signIn(model, person);
  assert.ok(!model.authorizations.some((each) => each.refreshTokens.includes(tokens.refresh_token)));
  const authorization: AuthorizationModel = {
    id: claimsOf(tokens.access_token)['authorization_id'] as Id,
    person: which,
    createdAt: model.clock(),
    rotatedAt: null,
    ended: false,
    refreshTokens: [tokens.refresh_token],
    accessTokens: [],
  };
  takeAccessToken(model, authorization, tokens);
  model.authorizations.push(authorization);
}

/** Refreshes with one token, as often as `times` at once. */
async function refresh(
  model: Model,
  real: Real,
  authorization: AuthorizationModel,
  token: string,
  times = 1,
  scope?: string,
): Promise<void> {
  const verdict = verdictOn(model, authorization, token, scope);
  const answers = await Promise.all(
    Array.from({ length: times }, () => real.client.refresh(token, scope === undefined ? {} : { scope })),
  );
  const outcomes = answers.map(outcome);
  if (verdict === 'reused') {
    for (const each of outcomes) assert.equal(each, '400 invalid_grant');
    reuse(model, authorization);
  } else if (verdict === '200' && strictly(model, authorization, token) && times > 1) {
    const [winner, ...more] = answers.filter(({ status }) => status === 200);
    assert.ok(winner && more.length === 0, `one of them wins: ${outcomes}`);
    for (const each of outcomes) assert.ok(['200', '400 invalid_grant'].includes(each), each);
    takeTokens(model, authorization, token, [winner], scope);
    reuse(model, authorization);
  } else {
    for (const each of outcomes) assert.equal(each, verdict);
    if (verdict === '200') takeTokens(model, authorization, token, answers, scope);
  }
}

/** Whether a second use of this token would be one too many. */
function strictly(model: Model, authorization: AuthorizationModel, token: string): boolean {
  return model.grace === 0 && model.rotation && isNewest(authorization, token);
}

const waysToEnd = ['revoke', 'deactivate', 'disable'] as const;
type WayToEnd = (typeof waysToEnd)[number];

/** What stops an authorization from outside, here and in the model. */
async function stop(
  model: Model,
  real: Real,
  authorization: AuthorizationModel,
  way: WayToEnd,
): Promise<void> {
  const { app, client } = real;
  if (way === 'revoke') {
    const answer = await client.revoke(authorization.refreshTokens[0] as string);
    assert.equal(outcome(answer), model.enabled ? '200' : '401 invalid_client');
    if (model.enabled) end(model, authorization);
  } else if (way === 'deactivate') {
    await app.admin.updateUser((real.people[authorization.person] as { person: Person }).person.id, {
      active: false,
    });
    Object.assign(personOf(model, authorization), { active: false, session: null });
  } else {
    await app.admin.updateApplication(client.application.id, { enabled: false });
    model.enabled = false;
  }
}

/** A refresh and an end at the same instant: the refresh may still succeed, but what it gave is stopped as well. */
async function refreshWhileStopping(
  model: Model,
  real: Real,
  authorization: AuthorizationModel,
  way: WayToEnd,
): Promise<void> {
  const token = authorization.refreshTokens.at(-1) as string;
  const verdict = verdictOn(model, authorization, token, undefined);
  const [answer] = await Promise.all([real.client.refresh(token), stop(model, real, authorization, way)]);
  if (answer.status === 200) {
    assert.equal(verdict, '200');
    takeTokens(model, authorization, token, [answer]);
  } else assert.ok(['400 invalid_grant', '401 invalid_client'].includes(outcome(answer)), answer.text);
}

async function endByUser(model: Model, real: Real, authorization: AuthorizationModel): Promise<void> {
  const { browser } = real.people[authorization.person] as Real['people'][number];
  const person = personOf(model, authorization);
  const answer = await browser.request(`/api/v1/me/authorizations/${authorization.id}`, {
    method: 'DELETE',
    headers: { origin: real.app.url },
  });
  if (!isSignedIn(model, person)) return assert.equal(answer.status, 401);
  useSession(model, person);
  assert.equal(answer.status, authorization.ended ? 404 : 204);
  end(model, authorization);
}

async function useAccount(model: Model, real: Real, which: number): Promise<void> {
  const { browser } = real.people[which] as Real['people'][number];
  const person = model.people[which] as PersonModel;
  const page = await browser.openPage('/account');
  if (!isSignedIn(model, person)) return assert.match(page.path, /^\/login/);
  assert.equal(page.path, '/account');
  useSession(model, person);
}

// What must be so after each command.

async function compare(model: Model, real: Real, everything: boolean): Promise<void> {
  const { app, client, observer } = real;
  /** Of a refresh token its own client learns, and nobody else; a disabled client learns nothing. */
  const isActive = async (token: string) => {
    const others = await observer.isActive(token);
    if (!token.startsWith('prt_')) return others;
    assert.equal(others, false, `${token} is not for others to know`);
    return model.enabled && client.isActive(token);
  };
  const checks = model.authorizations.flatMap((authorization) => {
    const { refreshTokens, accessTokens } = authorization;
    return [
      ...(everything ? refreshTokens : refreshTokens.slice(-2)).map(
        (token) => [token, isRefreshTokenActive(model, authorization, token)] as const,
      ),
      ...(everything ? accessTokens : accessTokens.slice(-2)).map(
        (each) => [each.token, isAccessTokenActive(model, authorization, each)] as const,
      ),
    ];
  });
  await Promise.all(
    checks.map(async ([token, active]) =>
      assert.equal(await isActive(token), active, `${token} is ${active ? '' : 'not '}active`),
    ),
  );

  const listed = await listAuthorizationsOfApplication(
    app.services.db,
    app.instance.id,
    real.client.application.id as Id,
    undefined,
    100,
    model.clock(),
  );
  assert.deepEqual(
    Object.fromEntries(listed.map(({ id, expiresAt, expiresBecause }) => [id, [expiresAt, expiresBecause]])),
    Object.fromEntries(
      model.authorizations
        .filter((each) => !each.ended && !hasExpired(model, each))
        .map((each) => {
          const itsEnd = endOf(model, each);
          return [each.id, [itsEnd?.at ?? null, itsEnd?.because ?? null]];
        }),
    ),
  );
}

/** After the last command: every token once more, nothing lost, and an audit event for each end. */
export async function conclude(model: Model, real: Real): Promise<void> {
  await compare(model, real, true);
  for (const authorization of model.authorizations)
    await refresh(model, real, authorization, authorization.refreshTokens.at(-1) as string);
  await compare(model, real, true);
  const { ends, reuses } = await countEvents(real);
  const { ends: endsBefore, reuses: reusesBefore } = real.eventsBefore;
  assert.deepEqual(
    { ends: ends - endsBefore, reuses: reuses - reusesBefore },
    { ends: model.ends, reuses: model.reuses },
  );
}

async function countEvents(real: Real): Promise<{ ends: number; reuses: number }> {
  const application = Buffer.from(real.client.application.id, 'hex');
  const rows = await real.app.services.db.sql<{ type: string; count: number }>`
    SELECT type, COUNT(*) AS count FROM audit_events WHERE application_id = ${application} GROUP BY type`;
  const count = (type: string) => Number(rows.find((row) => row.type === type)?.count ?? 0);
  return { ends: count('authorization.revoked'), reuses: count('refresh_token.reused') };
}

/** @param can whether it makes sense in this state; one that does not is left out */
function command(
  name: string,
  can: (model: Model) => boolean,
  act: (model: Model, real: Real) => Promise<unknown> | unknown,
): Command {
  return {
    check: can,
    run: async (model, real) => {
      await act(model, real);
      await compare(model, real, false);
    },
    toString: () => name,
  };
}

/** The authorization that a number of the generator stands for. */
function pick(model: Model, number: number): AuthorizationModel {
  return model.authorizations[number % model.authorizations.length] as AuthorizationModel;
}

/** Any list of things that may happen, most of them refreshes. */
export function anyLife(maxCommands: number): fc.Arbitrary<Iterable<Command>> {
  const which = fc.nat({ max: mostAuthorizations - 1 });
  /** Milliseconds from a border. */
  const offset = fc.constantFrom(-1, 0, 1);
  const person = fc.nat({ max: 1 });
  const some = (model: Model) => model.authorizations.length > 0;
  /** Places from the newest token. */
  const age = fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    fc.constant(1),
    fc.integer({ min: 0, max: 4 }),
  );
  const times = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 5 }));
  const scope = fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    fc.constantFrom('api', 'offline_access', 'offline_access api', 'api admin', 'nothing'),
  );
  const lifetime = fc.constantFrom(null, 1, 60, 3600, 90 * (DAY / SECOND));

  const refreshes = fc.tuple(which, age, times, scope).map(([number, back, count, wanted]) =>
    command(`refresh(${[number, back, count, wanted]})`, some, (model, real) => {
      const authorization = pick(model, number);
      const { refreshTokens } = authorization;
      const token = refreshTokens.at(-1 - back) ?? (refreshTokens[0] as string);
      return refresh(model, real, authorization, token, count, wanted);
    }),
  );
  const grants = person.map((number) =>
    command(
      `grant(${number})`,
      (model) =>
        model.enabled &&
        (model.people[number] as PersonModel).active &&
        model.authorizations.length < mostAuthorizations,
      (model, real) => grant(model, real, number),
    ),
  );
  const stepsToBorders = fc
    .tuple(which, fc.constantFrom(...borders), offset, fc.boolean())
    .map(([number, border, milliseconds, thenUse]) =>
      command(
        `clockTo(${[number, border, milliseconds, thenUse]})`,
        (model) => some(model) && wayTo(model, pick(model, number), border, milliseconds) > 0,
        async (model, real) => {
          const authorization = pick(model, number);
          real.app.clock.advance(wayTo(model, authorization, border, milliseconds));
          await compare(model, real, false);
          if (thenUse)
            await refresh(model, real, authorization, authorization.refreshTokens.at(-1) as string);
        },
      ),
    );
  const lateRepeats = fc.tuple(which, offset).map(([number, milliseconds]) =>
    command(`repeatAtEndOfGrace(${[number, milliseconds]})`, some, async (model, real) => {
      const authorization = pick(model, number);
      const token = authorization.refreshTokens.at(-1) as string;
      await refresh(model, real, authorization, token);
      real.app.clock.advance(Math.max(0, model.grace * SECOND + milliseconds));
      await refresh(model, real, authorization, token);
    }),
  );
  const steps = fc
    .constantFrom(1, 99, 100, SECOND, 9 * SECOND, MINUTE, HOUR, 13 * DAY, 60 * DAY)
    .map((duration) =>
      command(
        `clock(${duration})`,
        () => true,
        (_, { app }) => app.clock.advance(duration),
      ),
    );
  const races = fc
    .tuple(which, fc.constantFrom(...waysToEnd))
    .map(([number, way]) =>
      command(`refreshWhile(${[number, way]})`, some, (model, real) =>
        refreshWhileStopping(model, real, pick(model, number), way),
      ),
    );
  const stops = fc
    .tuple(which, fc.constantFrom(...waysToEnd))
    .map(([number, way]) =>
      command(`stop(${[number, way]})`, some, (model, real) => stop(model, real, pick(model, number), way)),
    );
  const endsByUser = which.map((number) =>
    command(`endByUser(${number})`, some, (model, real) => endByUser(model, real, pick(model, number))),
  );
  const accessTokenRevocations = which.map((number) =>
    command(
      `revokeAccessToken(${number})`,
      (model) => some(model) && model.enabled,
      async (model, real) => {
        const newest = pick(model, number).accessTokens.at(-1) as AccessTokenModel;
        assert.equal(outcome(await real.client.revoke(newest.token)), '200');
        newest.revoked = true;
      },
    ),
  );
  const comebacks = person.map((number) =>
    command(
      `comeBack(${number})`,
      (model) => !model.enabled || !(model.people[number] as PersonModel).active,
      async (model, { app, client, people }) => {
        await app.admin.updateApplication(client.application.id, { enabled: true });
        await app.admin.updateUser((people[number] as { person: Person }).person.id, { active: true });
        model.enabled = true;
        (model.people[number] as PersonModel).active = true;
      },
    ),
  );
  const visits = person.map((number) =>
    command(
      `useAccount(${number})`,
      () => true,
      (model, real) => useAccount(model, real, number),
    ),
  );
  const policies = fc
    .oneof(
      fc.record({ rotation: fc.boolean() }),
      fc.record({ absolute: lifetime }),
      fc.record({ inactivity: lifetime }),
      fc.record({ absolute: lifetime, inactivity: lifetime }),
      fc.record({ accessLifetime: fc.constantFrom(1, 300, 3600) }),
    )
    .map((change) =>
      command(
        `policy(${JSON.stringify(change)})`,
        () => true,
        async (model, { app, client }) => {
          Object.assign(model, change);
          await app.admin.updateApplication(client.application.id, policyOf(model));
        },
      ),
    );
  const graces = fc.constantFrom(0, 1, 10, 60).map((grace) =>
    command(
      `grace(${grace})`,
      (model) => model.grace !== grace,
      async (model, { app }) => {
        await app.admin.updateInstance({ refresh_token_grace: grace });
        model.grace = grace;
      },
    ),
  );
  const tidies = fc.constant(
    command(
      'tidy()',
      () => true,
      async (model, { app }) => {
        for (const what of tidied) await tidy(app.services.db, what, model.clock(), longestIdle);
      },
    ),
  );
  return fc.commands(
    [
      ...[grants, grants, refreshes, refreshes, refreshes, refreshes, refreshes, refreshes],
      ...[stepsToBorders, stepsToBorders, lateRepeats, steps, visits, comebacks, comebacks],
      ...[races, stops, endsByUser, accessTokenRevocations, policies, policies, graces, tidies],
    ],
    { maxCommands, size: 'max' },
  );
}
