/**
 * How an instance signs (RFC 7518 3.1): `ES256` by P-256, which Postern itself prefers, and `RS256` by RSA, which some clients of OpenID Connect
 * alone can verify.
 */
export const signingAlgorithms = ['ES256', 'RS256'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** By which access tokens are signed, and by no other. */
export const accessTokenAlgorithm: SigningAlgorithm = 'ES256';
