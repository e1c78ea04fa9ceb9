import type { Id } from '../base/ids.ts';
import type { AuthenticationClass } from './openid.ts';

/** The claims of an access token (RFC 9068 2.2); times in Unix seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  /** The user's subject, or the client ID where no user is behind it. */
  readonly sub: string;
  /** The identifiers of the APIs that it is for: one as a text, several as a list. */
  readonly aud: string | readonly string[];
  readonly client_id: Id;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: Id;
  readonly instance_id: Id;
  /** Present where an authorization is behind the token. */
  readonly authorization_id?: Id;
  /** Where there is none: the client secret or public key that got the token, or what stands for a `jwks_uri`. Missing in tokens of 0.1. */
  readonly credential_id?: Id;
  /** Claims of the user that its scopes ask for. */
  readonly [claim: string]: unknown;
}

/** The claims of an ID token (OpenID Connect Core 2), besides what the client asked for one by one; times in Unix seconds. */
export interface IdTokenClaims {
  readonly iss: string;
  /** The user's subject. */
  readonly sub: string;
  /** The client ID. */
  readonly aud: Id;
  readonly exp: number;
  readonly iat: number;
  readonly auth_time?: number;
  /** The browser session. */
  readonly sid: Id;
  /** RFC 8176. */
  readonly amr: readonly string[];
  readonly acr: AuthenticationClass;
  /** Binds the access token that comes with it (3.1.3.6). */
  readonly at_hash: string;
  /** As the authorization request had it; never at a refresh. */
  readonly nonce?: string;
}
