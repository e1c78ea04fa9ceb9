/**
 * Verifies Postern's access tokens (JWTs of RFC 9068) where they arrive: in the API. Offline: the server's public
 * keys are fetched once and kept for ten minutes. What a signature cannot tell (a token revoked before its time)
 * only the server knows: ask `/oauth2/introspect` where that matters.
 */
import { base64url, errors, type JWTPayload, jwtVerify } from 'jose';
import { PublicKeys } from './public-keys.ts';

export interface VerifierOptions {
  /** The server's issuer identifier, byte for byte: its POSTERN_URL, such as `https://login.example.com`. */
  issuer: string;
  /** Whom the token must be for. Postern's tokens are for the issuer, which is the default. */
  audience?: string;
  /** Where the public keys are. Default: `<issuer>/oauth2/jwks`; `discoverJwksUri` asks the server instead. */
  jwksUri?: string;
  /**
   * Seconds before another unknown key ID may cause another fetch of the keys, and the longest that an issuer which fails is left
   * alone. Default: 10.
   */
  jwksCooldown?: number;
}

/** What a verified token says. */
export interface AccessToken {
  /** `sub`: the ID of the user, or the client ID when an application acts for itself. */
  subject: string;
  clientId: string;
  /** Whether a user is behind the token (false after `client_credentials`). */
  hasUser: boolean;
  scopes: readonly string[];
  /** `jti` */
  id: string;
  /** Unix seconds. */
  issuedAt: number;
  /** Unix seconds. */
  expiresAt: number;
  /** Every claim, as it was signed. */
  claims: JWTPayload;
}

/** Stable: programs may compare them. Answer 401 to all but `insufficient_scope` (403) and `unavailable` (503). */
export type TokenErrorCode =
  | 'malformed' // not a JWT, or a required claim is missing or of the wrong kind
  | 'bad_signature' // another algorithm than ES256, an unknown key, another spelling, or signed by someone else
  | 'wrong_type' // signed by the server, but no access token
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired'
  | 'not_yet_valid'
  | 'insufficient_scope'
  | 'unavailable'; // the public keys could not be fetched: nothing is known about the token

export class TokenError extends Error {
  override name = 'TokenError';
  readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Makes the function that verifies tokens. Make it once, at start: it holds the cache of public keys.
 * @returns a function from an access token to what it says; it throws TokenError
 * @throws TypeError for options that would check nothing, such as an issuer from an environment variable that is not set
 */
export function createVerifier(options: VerifierOptions): (token: string) => Promise<AccessToken> {
  const { issuer, audience = issuer, jwksCooldown = 10 } = options;
  for (const [name, value] of Object.entries({ issuer, audience }))
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be a text`);
  if (!(jwksCooldown >= 0)) throw new TypeError('jwksCooldown must be a number of seconds');
  const { jwksUri = underIssuer(issuer, '/oauth2/jwks') } = options;
  const keys = new PublicKeys(new URL(jwksUri), jwksCooldown * 1000);

  return async function verify(token) {
    const { payload } = await jwtVerify(token, keys.find, {
      algorithms: ['ES256'],
      typ: 'at+jwt',
      issuer,
      audience,
      requiredClaims: ['exp', 'sub', 'client_id', 'iat', 'jti'],
      clockTolerance: 5,
    }).catch((error: unknown) => {
      throw toTokenError(error);
    });
    if (!isSpelledAsIssued(token))
      throw new TokenError(
        'bad_signature',
        'the signature of the access token is not spelled as it was issued',
      );
    return present(payload);
  };
}

/**
 * Base64url has several spellings of the same bytes (what the last character holds beyond them, padding, white space), of which a
 * lenient reader takes all. Whoever remembers tokens by their text, to refuse or to count them, must meet one. Header and claims are
 * signed as text, so only the signature can be spelled otherwise (RFC 7515 2).
 */
function isSpelledAsIssued(token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return base64url.encode(base64url.decode(signature)) === signature;
}

/** @throws TokenError `insufficient_scope` unless the token has the scope */
export function requireScope(token: AccessToken, scope: string): void {
  if (!token.scopes.includes(scope))
    throw new TokenError('insufficient_scope', `the access token does not have the scope "${scope}"`);
}

/**
 * Where the server says that its public keys are (RFC 8414).
 * @throws TokenError `unavailable`
 */
export async function discoverJwksUri(issuer: string): Promise<string> {
  try {
    const url = underIssuer(issuer, '/.well-known/oauth-authorization-server');
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000) });
    const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string')
      throw new Error(`${url} is not the metadata of ${issuer}`);
    return metadata.jwks_uri;
  } catch (cause) {
    throw new TokenError('unavailable', `the metadata of ${issuer} could not be read`, { cause });
  }
}

function underIssuer(issuer: string, path: string): string {
  return issuer.replace(/\/$/, '') + path;
}

function present(claims: JWTPayload): AccessToken {
  const { sub, client_id: clientId, scope = '', jti, iat, exp } = claims;
  if (
    typeof sub !== 'string' ||
    typeof clientId !== 'string' ||
    typeof scope !== 'string' ||
    typeof jti !== 'string'
  )
    throw new TokenError('malformed', 'sub, client_id, scope and jti must be strings');
  return {
    subject: sub,
    clientId,
    hasUser: sub !== clientId,
    scopes: scope.split(' ').filter(Boolean),
    id: jti,
    issuedAt: iat as number,
    expiresAt: exp as number,
    claims,
  };
}

const codeOfClaim: Record<string, TokenErrorCode> = {
  typ: 'wrong_type',
  iss: 'wrong_issuer',
  aud: 'wrong_audience',
  nbf: 'not_yet_valid',
};

function toTokenError(cause: unknown): TokenError {
  if (cause instanceof errors.JWTExpired)
    return new TokenError('expired', 'the access token has expired', { cause });
  if (cause instanceof errors.JWTClaimValidationFailed) {
    const code = cause.reason === 'check_failed' ? codeOfClaim[cause.claim] : undefined;
    return new TokenError(code ?? 'malformed', cause.message, { cause });
  }
  if (badSignature.some((kind) => cause instanceof kind))
    return new TokenError('bad_signature', 'the access token was not signed by this issuer', { cause });
  if (malformed.some((kind) => cause instanceof kind))
    return new TokenError('malformed', 'this is not an access token', { cause });
  return new TokenError('unavailable', 'the public keys of the issuer could not be fetched', { cause });
}

const badSignature = [
  errors.JOSEAlgNotAllowed,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JWSSignatureVerificationFailed,
];

const malformed = [errors.JWTInvalid, errors.JWSInvalid, errors.JOSENotSupported];
