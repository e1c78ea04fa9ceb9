import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answered, Entry, IntrospectEntry, RefreshEntry, SwitchEntry } from './history.ts';
import { judge, type Rules } from './judge.ts';

// The judge must see every kind of violation, and must not see one where the contract allows what happened.

const rules: Rules = {
  grace: 10_000,
  applicationLag: 1_000,
  codeLifetime: 120_000,
  accessTokenLifetime: 3_600_000,
  landing: 6_000,
  patience: 7_000,
  calmFrom: 1_000_000,
};

/** A history is written like a story: each entry has its second, and lasts a tenth of one unless told. */
type More = { at: number; lasts?: number; answer?: Answered; client?: string; detail?: string };

function common({ at, lasts = 100, answer = 'ok', client = 'a', detail }: More) {
  const words = { ok: '200', refused: '400 invalid_grant', unavailable: '503', lost: '', odd: '500' };
  return {
    began: at * 1_000,
    ended: at * 1_000 + lasts,
    answer,
    client,
    detail: detail ?? words[answer],
  };
}

const redeem = (more: More & { code?: string; gives?: string }): Entry => ({
  ...common(more),
  op: 'redeem',
  code: more.code ?? 'code',
  issued: 0,
  application: 'app',
  user: 'uma',
  ...(more.answer === undefined && { authorization: 'A', refresh: more.gives ?? 'r1', access: 'a1' }),
});

const refresh = (token: string, gives: string | null, more: More): RefreshEntry => ({
  ...common({ ...more, answer: more.answer ?? (gives === null ? 'refused' : 'ok') }),
  op: 'refresh',
  authorization: 'A',
  token,
  ...(gives !== null && { refresh: gives, access: `access of ${gives}` }),
});

const introspect = (
  kind: IntrospectEntry['kind'],
  token: string,
  active: boolean,
  more: More,
): IntrospectEntry => ({ ...common(more), op: 'introspect', authorization: 'A', kind, token, active });

const revoke = (more: More): Entry => ({ ...common(more), op: 'revoke', authorization: 'A' });

const turn = (of: SwitchEntry['of'], on: boolean, more: More): Entry => ({
  ...common(more),
  op: 'switch',
  of,
  subject: of === 'user' ? 'uma' : 'app',
  on,
});

const assertion = (more: More): Entry => ({
  ...common(more),
  op: 'jwt_bearer',
  application: 'app',
  user: 'uma',
  jti: 'j',
});

const clientCredentials = (more: More): Entry => ({
  ...common(more),
  op: 'client_credentials',
  application: 'app',
});

const begin = redeem({ at: 1 });

function expectFine(...history: Entry[]): void {
  assert.deepEqual(judge(history, rules).violations, []);
}

function expectViolation(sentence: string, ...history: Entry[]): void {
  const { violations } = judge(history, rules);
  assert.ok(
    violations.some((violation) => violation.startsWith(sentence)),
    `"${sentence}" is not among ${JSON.stringify(violations.map((each) => each.split('\n')[0]))}`,
  );
}

describe('what is fine', () => {
  test('a life with refreshes, a lost answer, its repetition, parallel uses and a revocation', () =>
    expectFine(
      begin,
      refresh('r1', 'r2', { at: 2 }),
      introspect('access', 'access of r2', true, { at: 3 }),
      introspect('refresh', 'r1', false, { at: 3 }),
      refresh('r2', null, { at: 4, answer: 'lost' }),
      refresh('r2', 'r3', { at: 6 }),
      refresh('r3', 'r4', { at: 20 }),
      refresh('r3', 'r4', { at: 20 }),
      revoke({ at: 21 }),
      refresh('r4', null, { at: 22 }),
      introspect('access', 'access of r4', false, { at: 22 }),
    ));

  test('a code that is refused because an authorization of the same user and application has ended', () =>
    expectFine(begin, revoke({ at: 2 }), redeem({ at: 3, code: 'other', answer: 'refused' })));

  test('a refusal after the grace period, and everything refused after it', () =>
    expectFine(
      begin,
      refresh('r1', null, { at: 2, answer: 'unavailable' }),
      refresh('r1', null, { at: 13 }),
      refresh('r1', null, { at: 14 }),
    ));

  test('a refusal after a revocation that may have been carried out', () =>
    expectFine(begin, revoke({ at: 2, answer: 'lost' }), refresh('r1', null, { at: 3 })));

  test('a success after a revocation that may not have been carried out', () =>
    expectFine(begin, revoke({ at: 2, answer: 'unavailable' }), refresh('r1', 'r2', { at: 3 })));

  test('a success and a refusal while a user is being deactivated, and successes when active again', () =>
    expectFine(
      begin,
      turn('user', false, { at: 2, lasts: 3_000 }),
      refresh('r1', 'r2', { at: 3 }),
      refresh('r2', null, { at: 4 }),
      refresh('r2', null, { at: 6 }),
      turn('user', true, { at: 7 }),
      refresh('r2', 'r3', { at: 8 }),
    ));

  test('a success and a refusal after a user was deactivated and activated at once, in either order', () => {
    for (const [first, second] of [
      [true, false],
      [false, true],
    ] as const)
      expectFine(
        begin,
        turn('user', first, { at: 2 }),
        turn('user', second, { at: 2 }),
        refresh('r1', 'r2', { at: 3 }),
        refresh('r2', null, { at: 4 }),
      );
  });

  test('a success within a second after an application was disabled elsewhere', () =>
    expectFine(begin, turn('application', false, { at: 2 }), refresh('r1', 'r2', { at: 2.9 })));

  test('a use that was lost and carried out only after the successor had been used', () =>
    expectFine(
      begin,
      refresh('r1', null, { at: 2, answer: 'lost' }),
      refresh('r1', 'r2', { at: 2.2 }),
      refresh('r2', 'r3', { at: 3 }),
      refresh('r3', null, { at: 4 }),
    ));

  test('a code that was presented twice at once, and an authorization that is dead after it', () =>
    expectFine(begin, redeem({ at: 1, answer: 'refused' }), refresh('r1', null, { at: 2 })));

  test('an assertion that was lost and is refused the second time', () =>
    expectFine(assertion({ at: 1, answer: 'lost' }), assertion({ at: 2, answer: 'refused' })));
});

describe('what is lost', () => {
  test('a refresh token that nobody had used', () =>
    expectViolation('an authorization was lost', begin, refresh('r1', null, { at: 2 })));

  test('a refresh token whose use was lost, within the grace period', () =>
    expectViolation(
      'an authorization was lost',
      begin,
      refresh('r1', null, { at: 2, answer: 'unavailable' }),
      refresh('r1', null, { at: 9 }),
    ));

  test('an authorization whose user was deactivated and is active again', () =>
    expectViolation(
      'an authorization was lost',
      begin,
      turn('user', false, { at: 2 }),
      turn('user', true, { at: 3 }),
      refresh('r1', null, { at: 4 }),
    ));

  test('an access token that is called inactive', () =>
    expectViolation(
      'a good access token was called inactive',
      begin,
      introspect('access', 'a1', false, { at: 2 }),
    ));

  test('an unused refresh token that is called inactive', () =>
    expectViolation(
      'a good refresh token was called inactive',
      begin,
      introspect('refresh', 'r1', false, { at: 2 }),
    ));

  test('a code that nobody had used', () =>
    expectViolation('a fresh code was refused', redeem({ at: 1, answer: 'refused' })));

  test('a code beside an authorization that lives on', () =>
    expectViolation(
      'a fresh code was refused',
      begin,
      refresh('r1', 'r2', { at: 2 }),
      redeem({ at: 3, code: 'other', answer: 'refused' }),
    ));

  test('an assertion that nobody had used', () =>
    expectViolation('a fresh assertion was refused', assertion({ at: 1, answer: 'refused' })));

  test('a client that is enabled', () =>
    expectViolation(
      'an enabled application was refused',
      clientCredentials({ at: 1, answer: 'refused', detail: '401 invalid_client' }),
    ));
});

describe('what is spent twice', () => {
  test('a code', () => expectViolation('a code was good twice', begin, { ...begin, client: 'b' } as Entry));

  test('an assertion', () =>
    expectViolation('an assertion was good twice', assertion({ at: 1 }), assertion({ at: 2 })));

  test('a refresh token with two successors', () =>
    expectViolation(
      'one refresh token had two successors',
      begin,
      refresh('r1', 'r2', { at: 2 }),
      refresh('r1', 'x2', { at: 2 }),
    ));

  test('a refresh token whose successor had been used', () =>
    expectViolation(
      'a refresh token was good although',
      begin,
      refresh('r1', 'r2', { at: 2 }),
      refresh('r2', 'r3', { at: 3 }),
      refresh('r1', 'r2', { at: 4 }),
    ));

  test('a refresh token after the grace period', () =>
    expectViolation(
      'a spent refresh token was good after the grace period',
      begin,
      refresh('r1', 'r2', { at: 2 }),
      refresh('r1', 'r2', { at: 13 }),
    ));

  test('a spent refresh token that is called active', () =>
    expectViolation(
      'a spent refresh token was called active',
      begin,
      refresh('r1', 'r2', { at: 2 }),
      introspect('refresh', 'r1', true, { at: 3 }),
    ));
});

describe('what is alive after its end', () => {
  test('a refresh token after its revocation', () =>
    expectViolation(
      'an authorization lived after its end',
      begin,
      revoke({ at: 2 }),
      refresh('r1', 'r2', { at: 3 }),
    ));

  test('an access token after the revocation of its authorization', () =>
    expectViolation(
      'an authorization lived after its end',
      begin,
      revoke({ at: 2 }),
      introspect('access', 'a1', true, { at: 3 }),
    ));

  test('an authorization whose code came back', () =>
    expectViolation(
      'an authorization lived after its end',
      begin,
      redeem({ at: 2, answer: 'refused' }),
      refresh('r1', 'r2', { at: 3 }),
    ));

  test('an authorization whose old refresh token came back', () =>
    expectViolation(
      'an authorization lived after its end',
      begin,
      refresh('r1', 'r2', { at: 2 }),
      refresh('r2', 'r3', { at: 3 }),
      refresh('r1', null, { at: 4 }),
      refresh('r3', 'r4', { at: 5 }),
    ));

  test('an authorization of a deactivated user', () =>
    expectViolation(
      'a success for a deactivated user',
      begin,
      turn('user', false, { at: 2 }),
      refresh('r1', 'r2', { at: 2.2 }),
    ));

  test('an authorization of an application that was disabled more than a second ago', () =>
    expectViolation(
      'a success for a disabled application',
      begin,
      turn('application', false, { at: 2 }),
      introspect('access', 'a1', true, { at: 3.2 }),
    ));

  test('a disabled application itself', () =>
    expectViolation(
      'a success for a disabled application',
      turn('application', false, { at: 2 }),
      clientCredentials({ at: 3.2 }),
    ));
});

describe('what should have been answered otherwise', () => {
  test('with something that the contract does not know', () =>
    expectViolation('an answer that there must not be', clientCredentials({ at: 1, answer: 'odd' })));

  test('sooner', () =>
    expectViolation(
      'answered after more than',
      clientCredentials({ at: 1, lasts: 8_000, answer: 'unavailable' }),
    ));

  test('with 503, since the database was down', () =>
    expectViolation('a success while the database was down', revoke({ at: 3 }), {
      op: 'outage',
      what: 'stopped',
      began: 1_000,
      ended: 5_000,
    }));

  test('with a success, since nothing was disturbed any more', () =>
    expectViolation(
      'not served although nothing was disturbed any more',
      clientCredentials({ at: 1_001, answer: 'unavailable' }),
    ));

  test('or not at all, when the client itself had hung up', () =>
    expectFine(clientCredentials({ at: 1_001, answer: 'lost', detail: 'no answer within 15 ms' })));
});

test('what was counted is told by kind and answer', () => {
  const { counts } = judge(
    [begin, refresh('r1', 'r2', { at: 2 }), refresh('r2', null, { at: 3, answer: 'lost' })],
    rules,
  );
  assert.deepEqual(counts, { 'redeem ok': 1, 'refresh ok': 1, 'refresh lost': 1 });
});
