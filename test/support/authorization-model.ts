import type { Id } from '../../server/base/ids.ts';
import { DAY, type Instant, SECOND } from '../../server/base/units.ts';
import type { Browser, Person } from './browser.ts';
import type { OAuthClient } from './oauth-client.ts';
import type { TestApp } from './test-app.ts';

// The contract's rules on refreshing, written a second time and in the simplest way: what the server should know and
// answer. `authorization-life.ts` does something to both and compares them.

/** What the server should know. Instants in milliseconds, lifetimes in seconds. */
export interface Model {
  readonly clock: () => Instant;
  grace: number;
  enabled: boolean;
  rotation: boolean;
  absolute: number | null;
  inactivity: number | null;
  accessLifetime: number;
  readonly people: PersonModel[];
  readonly authorizations: AuthorizationModel[];
  /** Audit events that there should be: `authorization.revoked`, `refresh_token.reused`. */
  ends: number;
  reuses: number;
}

export interface PersonModel {
  active: boolean;
  lastActiveAt: Instant;
  /** The browser's session; null when it has none. */
  session: { readonly createdAt: Instant; lastSeenAt: Instant } | null;
}

export interface AuthorizationModel {
  readonly id: Id;
  /** Place in `people`. */
  readonly person: number;
  readonly createdAt: Instant;
  rotatedAt: Instant | null;
  ended: boolean;
  /** Every refresh token that the client was given, the newest last. */
  readonly refreshTokens: string[];
  readonly accessTokens: AccessTokenModel[];
}

export interface AccessTokenModel {
  readonly token: string;
  /** Unix seconds. */
  readonly exp: number;
  /** Whether it has a scope that opens something. */
  readonly opens: boolean;
  revoked: boolean;
}

/** The server that the model is compared with. */
export interface Real {
  readonly app: TestApp;
  readonly client: OAuthClient;
  /** Another client, which may introspect every access token. */
  readonly observer: OAuthClient;
  readonly people: { readonly person: Person; browser: Browser }[];
  /** Audit events of the application before the first command. */
  eventsBefore: { ends: number; reuses: number };
}

/** What the authorizations are for. */
export const scopes = ['api', 'offline_access'];
/** A user's session, as the contract says; a use within 100 ms of another tells nothing new. */
export const session = { idle: 14 * DAY, absolute: 90 * DAY, noteEvery: 100 };

export function policyOf(model: Model): object {
  return {
    enabled: model.enabled,
    refresh_token_rotation: model.rotation,
    refresh_token_absolute_lifetime: model.absolute,
    refresh_token_inactivity_lifetime: model.inactivity,
    access_token_lifetime: model.accessLifetime,
  };
}

// What the model says.

/** When and why an authorization ends by itself, by the policy of this moment. */
export function endOf(
  model: Model,
  authorization: AuthorizationModel,
): { at: Instant; because: string } | null {
  const { lastActiveAt } = personOf(model, authorization);
  const ends = [
    ...(model.absolute === null
      ? []
      : [{ at: authorization.createdAt + model.absolute * SECOND, because: 'absolute' }]),
    ...(model.inactivity === null
      ? []
      : [{ at: lastActiveAt + model.inactivity * SECOND, because: 'inactivity' }]),
  ];
  return ends.sort((a, b) => a.at - b.at)[0] ?? null;
}

export function hasExpired(model: Model, authorization: AuthorizationModel): boolean {
  return (endOf(model, authorization)?.at ?? Number.POSITIVE_INFINITY) <= model.clock();
}

export function isRefreshTokenActive(
  model: Model,
  authorization: AuthorizationModel,
  token: string,
): boolean {
  return (
    model.enabled &&
    !authorization.ended &&
    personOf(model, authorization).active &&
    !hasExpired(model, authorization) &&
    token === authorization.refreshTokens.at(-1)
  );
}

export function isAccessTokenActive(
  model: Model,
  authorization: AuthorizationModel,
  { exp, opens, revoked }: AccessTokenModel,
): boolean {
  return (
    model.enabled &&
    !authorization.ended &&
    personOf(model, authorization).active &&
    !hasExpired(model, authorization) &&
    opens &&
    !revoked &&
    Math.floor(model.clock() / SECOND) < exp
  );
}

/** What a refresh with this token must come to; `reused` ends the authorization. */
type Verdict = '200' | '400 invalid_grant' | '400 invalid_scope' | '401 invalid_client' | 'reused';

export function verdictOn(
  model: Model,
  authorization: AuthorizationModel,
  token: string,
  scope: string | undefined,
): Verdict {
  if (!model.enabled) return '401 invalid_client';
  if (authorization.ended) return '400 invalid_grant';
  const age = authorization.refreshTokens.length - 1 - authorization.refreshTokens.indexOf(token);
  const inGrace =
    model.grace > 0 && model.clock() < (authorization.rotatedAt ?? 0) + model.grace * SECOND && age === 1;
  if (age > 0 && !inGrace) return 'reused';
  if (!personOf(model, authorization).active || hasExpired(model, authorization)) return '400 invalid_grant';
  if (scope?.split(' ').some((name) => !scopes.includes(name))) return '400 invalid_scope';
  return '200';
}

export function isNewest(authorization: AuthorizationModel, token: string): boolean {
  return token === authorization.refreshTokens.at(-1);
}

export function personOf(model: Model, authorization: AuthorizationModel): PersonModel {
  return model.people[authorization.person] as PersonModel;
}

export function isSignedIn(model: Model, { session: its }: PersonModel): boolean {
  const now = model.clock();
  return its !== null && now < its.lastSeenAt + session.idle && now < its.createdAt + session.absolute;
}

export function signIn(model: Model, person: PersonModel): void {
  const now = model.clock();
  person.session = { createdAt: now, lastSeenAt: now };
  person.lastActiveAt = now;
}

export function useSession(model: Model, person: PersonModel): void {
  const now = model.clock();
  if (!person.session || now - person.session.lastSeenAt < session.noteEvery) return;
  person.session.lastSeenAt = now;
  person.lastActiveAt = now;
}

export function end(model: Model, authorization: AuthorizationModel): void {
  if (authorization.ended) return;
  authorization.ended = true;
  model.ends++;
}

export function reuse(model: Model, authorization: AuthorizationModel): void {
  end(model, authorization);
  model.reuses++;
}

// How far it is to what happens by itself.

export const borders = ['absolute', 'inactivity', 'access'] as const;
type Border = (typeof borders)[number];

function instantOf(model: Model, authorization: AuthorizationModel, border: Border): Instant | null {
  const after = (from: Instant, lifetime: number | null) =>
    lifetime === null ? null : from + lifetime * SECOND;
  switch (border) {
    case 'absolute':
      return after(authorization.createdAt, model.absolute);
    case 'inactivity':
      return after(personOf(model, authorization).lastActiveAt, model.inactivity);
    case 'access':
      return after(0, authorization.accessTokens.at(-1)?.exp ?? null);
  }
}

/** How far it is to an instant so many milliseconds from a border; 0 when that is not ahead of us. */
export function wayTo(
  model: Model,
  authorization: AuthorizationModel,
  border: Border,
  offset: number,
): number {
  const instant = instantOf(model, authorization, border);
  return instant === null ? 0 : Math.max(0, instant + offset - model.clock());
}
