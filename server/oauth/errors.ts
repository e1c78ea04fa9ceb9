/**
 * The errors of RFC 6749 4.1.2.1 and 5.2, RFC 7009 2.2.1, RFC 8707 2, OpenID Connect Core 3.1.2.6 and its Unmet Authentication Requirements that
 * Postern answers, and one of its own: `too_many_requests`, for which there is none.
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'login_required'
  | 'consent_required'
  | 'unmet_authentication_requirements'
  | 'access_denied'
  | 'too_many_requests';

/**
 * An OAuth error: its code and a sentence for the integrator that says what was wrong and what would be right.
 * The sentence is made of printable ASCII without quotation marks (RFC 6749 5.2) and repeats no input but the name of a scope.
 */
export class OAuthError extends Error {
  override name = 'OAuthError';
  readonly code: OAuthErrorCode;
  /** Whether the client tried HTTP Basic, so that a 401 must name that scheme (RFC 6749 5.2). */
  readonly triedBasic: boolean;
  /** Seconds, with `too_many_requests`. */
  readonly retryAfter: number | undefined;

  constructor(
    code: OAuthErrorCode,
    description: string,
    options: { triedBasic?: boolean; retryAfter?: number } = {},
  ) {
    super(description);
    this.code = code;
    this.triedBasic = options.triedBasic ?? false;
    this.retryAfter = options.retryAfter;
  }

  get status(): 400 | 401 | 429 {
    if (this.code === 'too_many_requests') return 429;
    return this.code === 'invalid_client' ? 401 : 400;
  }
}

/** A request of somebody's browser that a page answers and no redirect: whoever sent it may not be told by one. */
export class ToldOnPage<Code extends string> extends Error {
  readonly code: Code;
  /** What the page may tell of an address that is not registered: whose it is not, and the address as it was sent. */
  readonly unregistered: { readonly application: string; readonly redirectUri: string } | undefined;

  constructor(code: Code, unregistered?: { application: string; redirectUri: string }) {
    super(code);
    this.code = code;
    this.unregistered = unregistered;
  }
}

/** What is wrong with a request that an access token should have let in (RFC 6750 3.1). */
export type BearerErrorCode = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

/** A request to a protected resource of ours that its access token does not let in. The sentence is as in `OAuthError`. */
export class BearerError extends Error {
  override name = 'BearerError';
  /** Null when the request had no access token at all: then it is told which scheme to use, and no error. */
  readonly code: BearerErrorCode | null;

  /** The scope that was missing, with `insufficient_scope`. */
  readonly scope: string | undefined;

  constructor(code: BearerErrorCode | null, description: string, options: { scope?: string } = {}) {
    super(description);
    this.code = code;
    this.scope = options.scope;
  }

  get status(): 400 | 401 | 403 {
    if (this.code === 'invalid_request') return 400;
    return this.code === 'insufficient_scope' ? 403 : 401;
  }
}
