import type { Id } from '../base/ids.ts';

/** The claims of an access token (RFC 9068 2.2); times in Unix seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  /** The user's ID, or the client ID where no user is behind it. */
  readonly sub: Id;
  readonly aud: string;
  readonly client_id: Id;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: Id;
  readonly instance_id: Id;
  /** Present where an authorization is behind the token. */
  readonly authorization_id?: Id;
  /** Where there is none: the client secret or public key that got the token. Missing in tokens of 0.1. */
  readonly credential_id?: Id;
}
