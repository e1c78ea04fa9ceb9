import type { Call, ClientRequest, Rule } from '../client/call.ts';
import type { Profile } from '../profile.ts';
import type { Issue } from './response.ts';

/** A request to the token endpoint: its parameters by name, undefined where absent. */
export interface TokenRequest extends ClientRequest {
  readonly profile: Profile;
  readonly grantType?: string | undefined;
  readonly scope?: string | undefined;
  /** The APIs that the access token is to be for (`resource`, RFC 8707 2); none where it does not say. */
  readonly resources: readonly string[];
  readonly code?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly codeVerifier?: string | undefined;
  readonly refreshToken?: string | undefined;
}

/** A request to the token endpoint whose client is known. */
export type TokenCall = Call<TokenRequest>;

/** The rule of one grant type: what it spends gives something to issue. */
export type Grant = Rule<TokenRequest, Issue>;

/** A successful answer, as JSON (RFC 6749 5.1). */
export interface TokenResponse {
  readonly token_type: 'Bearer' | 'sessionID';
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token?: string;
  /** OpenID Connect Core 3.1.3.3, 12.2. */
  readonly id_token?: string;
  readonly scope?: string;
  /** What tokens call the user, in the Workfront profile. */
  readonly wid?: string;
}
