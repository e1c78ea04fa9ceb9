import { createHash } from 'node:crypto';

/**
 * What the clients of a torture run wrote down: one entry for each answer that any of them got or waited for. Instants
 * are milliseconds of the machine's clock, which all processes of a run share. Tokens are named by `nameOf`.
 */
export type Entry =
  | RedeemEntry
  | RefreshEntry
  | RevokeEntry
  | IntrospectEntry
  | ClientCredentialsEntry
  | JwtBearerEntry
  | SwitchEntry
  | OutageEntry;

interface Common {
  /** Who wrote it: process and worker. */
  readonly client: string;
  /** Before the first byte was sent. */
  readonly began: number;
  /** After the last byte of the answer, or when the client gave up. */
  readonly ended: number;
  readonly answer: Answered;
  /** What is worth reading in a report: status and error. */
  readonly detail: string;
}

/**
 * - `ok`: a success;
 * - `refused`: a 4xx that the contract knows; nothing was given;
 * - `unavailable`: a 503; it may have been done, or may be yet;
 * - `lost`: no answer came, or the client did not wait for it; the same;
 * - `odd`: an answer that there must not be.
 */
export type Answered = 'ok' | 'refused' | 'unavailable' | 'lost' | 'odd';

/** A code that was used. */
export interface RedeemEntry extends Common {
  readonly op: 'redeem';
  readonly code: string;
  /** When the code was asked for, before which it cannot have been issued. */
  readonly issued: number;
  readonly application: string;
  readonly user: string;
  /** The ID of the authorization and its first tokens, of a success. */
  readonly authorization?: string;
  readonly refresh?: string;
  readonly access?: string;
}

/** A refresh token that was used. */
export interface RefreshEntry extends Common {
  readonly op: 'refresh';
  readonly authorization: string;
  readonly token: string;
  /** What a success gave. */
  readonly refresh?: string;
  readonly access?: string;
}

/** An authorization that its client ended, by a refresh token of it. */
export interface RevokeEntry extends Common {
  readonly op: 'revoke';
  readonly authorization: string;
}

export interface IntrospectEntry extends Common {
  readonly op: 'introspect';
  readonly authorization: string;
  readonly kind: 'access' | 'refresh';
  readonly token: string;
  /** Of a success. */
  readonly active?: boolean;
}

export interface ClientCredentialsEntry extends Common {
  readonly op: 'client_credentials';
  readonly application: string;
}

/** An assertion that was presented. */
export interface JwtBearerEntry extends Common {
  readonly op: 'jwt_bearer';
  readonly application: string;
  readonly user: string;
  readonly jti: string;
}

/** A user made active or not, an application enabled or not. One client at a time changes the same subject. */
export interface SwitchEntry extends Common {
  readonly op: 'switch';
  readonly of: 'user' | 'application';
  readonly subject: string;
  readonly on: boolean;
}

/** A time in which the database was certainly down. */
export interface OutageEntry {
  readonly op: 'outage';
  readonly what: string;
  readonly began: number;
  readonly ended: number;
}

/** The name of a token in a history, which keeps reports short. */
export function nameOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 10);
}
