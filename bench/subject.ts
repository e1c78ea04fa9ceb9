import type { KeyObject } from 'node:crypto';
import type { Person } from '../test/support/browser.ts';
import type { TokenQueue } from './token-queue.ts';

export type SubjectName =
  | 'postern-sqlite'
  | 'postern-postgres'
  | 'oidc-provider'
  | 'oidc-provider-sqlite'
  | 'floor';

/** A client as it was registered at a server under test. */
export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** A process that answers HTTP, and is what a measurement is about. */
export interface Measurable {
  /** Listens on 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  /** What it is called from outside. */
  readonly issuer: string;
}

/** A server under test, ready: its clients registered, its users signed in. */
export interface Subject extends Measurable {
  readonly name: SubjectName;
  readonly paths: {
    readonly authorize: string;
    readonly token: string;
    readonly introspect: string;
    readonly jwks: string;
    /** Undefined where nothing speaks OpenID Connect. */
    readonly userinfo?: string;
  };
  /** Whom users allowed everything that is asked for here. */
  readonly web: Client & { readonly redirectUri: string };
  readonly machine: Client;
  /** The `Cookie` header of each browser in which somebody is signed in and has allowed `web` before. */
  readonly sessions: readonly string[];
  /** One more, for the checks: to see a spent refresh token again may end everything that this user allowed. */
  readonly sessionToLose: string;
  /** More parameters of every request for a token. */
  readonly tokenParameters: Record<string, string>;
  /** The same, for access tokens that the introspection endpoint is to be asked about. */
  readonly introspectedTokenParameters: Record<string, string>;
  /** How `machine` asks for a token by a JWT that it signed with the key whose public half is registered. */
  readonly assertion: {
    readonly claims: { readonly iss: string; readonly sub: string; readonly aud: string };
    readonly parameters: (jwt: string) => Record<string, string>;
  };
  /** Refresh tokens that are good now, those of another authorization each. Operations take from it and put back. */
  readonly refreshTokens: TokenQueue;
  /** The same for the hundred authorizations that are refreshed again and again. */
  readonly hotRefreshTokens: TokenQueue;
  /** Who can sign in with a password; nobody where there are no passwords. */
  readonly people: readonly Person[];
  /** The example API that checks access tokens of this server by itself; null where there is none. */
  readonly api: Measurable | null;
}

/** What the servers are started with. */
export interface Setting {
  /** Empty, and only this run's. */
  readonly directory: string;
  /** RS256; its public half is registered for `machine`. */
  readonly assertionKey: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  /** How many users are signed in. */
  readonly users: number;
  /** Whether each server writes a CPU profile into its folder when it ends. */
  readonly profile: string | null;
}

export const redirectUri = 'http://127.0.0.1:9/callback';
