import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { SECOND } from '../../server/base/units.ts';
import type { ApplicationView } from '../support/admin.ts';
import type { Browser, Person } from '../support/browser.ts';
import { stoppedClock } from '../support/clock.ts';
import { forEachEngine } from '../support/engines.ts';
import type { Answer } from '../support/http.ts';
import { type KeyPair, rsaKeyPair, signRs256 } from '../support/key-pairs.ts';
import { claimsOf, OAuthClient, outcome, type Tokens } from '../support/oauth-client.ts';
import { runs } from '../support/property-runs.ts';
import { startApp, type TestApp } from '../support/test-app.ts';
import { type Answered, type Entry, nameOf } from './history.ts';
import { judge } from './judge.ts';

// Several commands at the same instant, at two servers with one database, over and over; what came of it is judged like the
// history of a torture. `properties/authorizations.test.ts` has the exact model for one command after another.

/** One thing that somebody does; numbers choose among what there is. */
type Command =
  | { readonly do: 'refresh'; readonly which: number; readonly back: number }
  | { readonly do: 'revoke' | 'introspect' | 'replay_code'; readonly which: number }
  | { readonly do: 'grant' | 'assert'; readonly which: number }
  | Switch;

interface Switch {
  readonly do: 'user' | 'application';
  readonly on: boolean;
}

/** What happens at once, and then how far the clock goes, in milliseconds. */
interface Moment {
  readonly commands: readonly Command[];
  readonly step: number;
}

/** The contract's default. */
const grace = 10 * SECOND;

const which = fc.nat({ max: 2 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('refresh' as const),
      which,
      back: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat({ max: 3 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('grant' as const, 'assert' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'revoke' as const,
        'introspect' as const,
        'introspect' as const,
        'replay_code' as const,
      ),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('user' as const, 'application' as const), on: fc.boolean() }),
  },
);
const moment: fc.Arbitrary<Moment> = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 6 }),
  step: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    fc.constantFrom(SECOND, grace - 3, grace, grace + 3, 30 * SECOND),
  ),
});

interface Held {
  readonly id: string;
  readonly code: { code: string; verifier: string };
  readonly issued: number;
  readonly refreshTokens: string[];
  readonly accessTokens: string[];
}

forEachEngine((engine) => {
  let first: TestApp;
  let second: TestApp;
  let web: ApplicationView;
  let machine: ApplicationView;
  let observer: OAuthClient;
  let person: Person;
  let browser: Browser;
  let keys: KeyPair;

  before(async () => {
    const config = { POSTERN_RATE_LIMITS: 'off' };
    first = await startApp({ engine, clock: stoppedClock(), config });
    second = await startApp({
      engine,
      clock: first.clock,
      config,
      url: first.url,
      database: first.database,
    });
    person = await first.admin.createUser();
    web = await first.admin.createApplication({
      type: 'web',
      redirect_uris: ['https://client.example.com/callback'],
      refresh_token_inactivity_lifetime: null,
    });
    machine = await first.admin.createApplication({ type: 'machine' });
    keys = rsaKeyPair();
    await first.admin.addPublicKey(machine.id, keys.publicPem, person.id);
    observer = new OAuthClient(
      first,
      await first.admin.createApplication({ type: 'machine', can_introspect: true }),
    );
    browser = first.browser();
  });
  after(async () => {
    await second.close();
    await first.close();
  });

  test('whatever happens at the same instant, nothing is lost, nothing is spent twice and nothing outlives its end', () =>
    fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 3, maxLength: 15 }), async (moments) => {
        const { violations } = judge(await live(moments), {
          grace,
          applicationLag: 0,
          codeLifetime: 120 * SECOND,
          accessTokenLifetime: 3_600 * SECOND,
          landing: 0,
          patience: Number.POSITIVE_INFINITY,
          calmFrom: 0,
        });
        assert.deepEqual(violations, []);
      }),
      runs(20),
    ));

  /** Lets it all happen. @returns what was answered, on the servers' clock */
  async function live(moments: readonly Moment[]): Promise<Entry[]> {
    const { clock, admin } = first;
    const history: Entry[] = [];
    const held: Held[] = [];
    await set('user', true);
    await set('application', true);
    await grant();
    for (const { commands, step } of moments) {
      // The clock stands still, so what is at the same instant is so for the judge as well.
      clock.advance(2);
      const jti = randomUUID();
      await Promise.all(commands.map((each, index) => act(each, [first, second][index % 2] as TestApp, jti)));
      forget();
      if (step > 0) clock.advance(step);
    }
    clock.advance(2);
    await set('user', true);
    await set('application', true);
    for (const each of held) {
      clock.advance(2);
      await refresh(each, each.refreshTokens.at(-1) as string, second);
      clock.advance(2);
      for (const server of [first, second]) await introspect(each, server);
    }
    return history;

    function forget(): void {
      for (const { services } of [first, second]) services.clients.clear();
    }

    async function act(todo: Command, server: TestApp, jti: string): Promise<unknown> {
      if ('on' in todo)
        return record('switch', () => change(todo.do, todo.on), {
          of: todo.do,
          subject: todo.do === 'user' ? person.id : web.id,
          on: todo.on,
        });
      if (todo.do === 'grant') return held.length < 3 ? grant() : undefined;
      if (todo.do === 'assert') return presentAssertion(jti, server);
      const its = held[todo.which % held.length];
      if (!its) return;
      if (todo.do === 'refresh')
        return refresh(its, its.refreshTokens.at(-1 - todo.back) ?? (its.refreshTokens[0] as string), server);
      if (todo.do === 'introspect') return introspect(its, server);
      if (todo.do === 'replay_code') return redeem(its.code, its.issued, server);
      return record('revoke', () => client(server).revoke(its.refreshTokens[0] as string), {
        authorization: its.id,
      });
    }

    async function change(what: 'user' | 'application', on: boolean): Promise<Answer> {
      const answer =
        what === 'user'
          ? await admin.call('PATCH', `/users/${person.id}`, { active: on })
          : await admin.call('PATCH', `/applications/${web.id}`, { enabled: on });
      forget();
      return answer;
    }

    async function set(what: 'user' | 'application', on: boolean): Promise<void> {
      await record('switch', () => change(what, on), {
        of: what,
        subject: what === 'user' ? person.id : web.id,
        on,
      });
      clock.advance(2);
    }

    async function grant(): Promise<void> {
      const issued = clock.now();
      const code = await client(first)
        .code(browser, person)
        .catch(() => null);
      // The person or the application is switched off.
      if (code) await redeem(code, issued, first);
    }

    async function redeem(
      code: { code: string; verifier: string },
      issued: number,
      server: TestApp,
    ): Promise<void> {
      const answer = await record(
        'redeem',
        () => client(server).redeem(code.code, code.verifier),
        (tokens) => ({
          code: nameOf(code.code),
          issued,
          application: web.id,
          user: person.id,
          ...(tokens && {
            authorization: claimsOf(tokens.access_token)['authorization_id'] as string,
            refresh: nameOf(tokens.refresh_token as string),
            access: nameOf(tokens.access_token),
          }),
        }),
      );
      if (answer.status !== 200) return;
      const tokens = answer.json<Tokens>();
      held.push({
        id: claimsOf(tokens.access_token)['authorization_id'] as string,
        code,
        issued,
        refreshTokens: [tokens.refresh_token as string],
        accessTokens: [tokens.access_token],
      });
    }

    async function refresh(its: Held, token: string, server: TestApp): Promise<void> {
      const answer = await record(
        'refresh',
        () => client(server).refresh(token),
        (tokens) => ({
          authorization: its.id,
          token: nameOf(token),
          ...(tokens && {
            refresh: nameOf(tokens.refresh_token as string),
            access: nameOf(tokens.access_token),
          }),
        }),
      );
      if (answer.status !== 200) return;
      const { refresh_token: successor = '', access_token: access } = answer.json<Tokens>();
      if (!its.refreshTokens.includes(successor)) its.refreshTokens.push(successor);
      its.accessTokens.push(access);
    }

    async function introspect(its: Held, server: TestApp): Promise<void> {
      const looks = [
        ['refresh', its.refreshTokens.at(-1) as string],
        ['access', its.accessTokens.at(-1) as string],
      ] as const;
      await Promise.all(
        looks.map(([kind, token]) =>
          record(
            'introspect',
            // Of a refresh token only its own client learns anything.
            () => (kind === 'refresh' ? client(server) : observer.at(server)).introspect(token),
            (answer) => ({
              authorization: its.id,
              kind,
              token: nameOf(token),
              // A client that is disabled is told nothing.
              active: (answer as unknown as { active: boolean } | null)?.active ?? false,
            }),
          ),
        ),
      );
    }

    function presentAssertion(jti: string, server: TestApp): Promise<Answer> {
      const now = Math.floor(clock.now() / SECOND);
      const assertion = signRs256(keys.privateKey, {
        iss: machine.client_id,
        sub: person.id,
        aud: first.url,
        exp: now + 60,
        jti,
      });
      const params = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
      return record('jwt_bearer', () => new OAuthClient(server, machine).token(params), {
        application: machine.id,
        user: person.id,
        jti,
      });
    }

    function client(server: TestApp): OAuthClient {
      return new OAuthClient(server, web);
    }

    /** Does it and writes down what came of it; it takes one millisecond of the servers' clock, as everything at this instant. */
    async function record(
      op: Entry['op'],
      run: () => Promise<Answer>,
      more: object | ((tokens: Tokens | null) => object),
    ): Promise<Answer> {
      const began = clock.now();
      const answer = await run();
      const detail = outcome(answer);
      const isRefused = ['400 invalid_grant', '401 invalid_client'].includes(detail);
      const answered: Answered = answer.status === 200 ? 'ok' : isRefused ? 'refused' : 'odd';
      const tokens = answer.status === 200 && answer.text !== '' ? answer.json<Tokens & object>() : null;
      history.push({
        op,
        client: 'a',
        began,
        ended: began + 1,
        answer: answered,
        detail,
        ...(typeof more === 'function' ? more(tokens) : more),
      } as Entry);
      return answer;
    }
  }
});
