import type { Instance } from '../../model/instance.ts';
import type { Credentials } from '../client/authenticate.ts';
import type { Profile } from '../profile.ts';

/** A request to the token endpoint: its parameters by name, undefined where absent. */
export interface TokenRequest {
  readonly instance: Instance;
  readonly profile: Profile;
  readonly ip: string;
  readonly credentials: Credentials;
  readonly grantType?: string | undefined;
  readonly scope?: string | undefined;
  readonly code?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly codeVerifier?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly assertion?: string | undefined;
}

/** A successful answer, as JSON (RFC 6749 5.1). */
export interface TokenResponse {
  readonly token_type: 'Bearer' | 'sessionID';
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token?: string;
  readonly scope?: string;
  /** The user's ID, in the Workfront profile. */
  readonly wid?: string;
}
