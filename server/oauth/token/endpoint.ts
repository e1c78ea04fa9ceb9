import type { SigningKey } from '../../keys/signing-key.ts';
import type { SigningAlgorithm } from '../../model/signing-algorithm.ts';
import { answerClient, byCredentials, type Identify } from '../client/call.ts';
import { OAuthError } from '../errors.ts';
import type { Needs } from '../needs.ts';
import { redeemAuthorizationCode } from './grants/authorization-code.ts';
import { grantClientCredentials } from './grants/client-credentials.ts';
import { exchangeWorkfrontJwt, grantJwtBearer, identifyByAssertion } from './grants/jwt-bearer.ts';
import { refresh } from './grants/refresh-token.ts';
import type { Grant, TokenRequest, TokenResponse } from './request.ts';
import { respondWithTokens } from './response.ts';

export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  jwtBearerGrantType,
] as const;
export type GrantType = (typeof grantTypes)[number];

/** How the client of a grant is found, and the grant's rule. */
type Way = readonly [identify: Identify<TokenRequest>, grant: Grant];

const ways: Readonly<Record<GrantType, Way>> = {
  authorization_code: [byCredentials, redeemAuthorizationCode],
  refresh_token: [byCredentials, refresh],
  client_credentials: [byCredentials, grantClientCredentials],
  [jwtBearerGrantType]: [identifyByAssertion, grantJwtBearer],
};

/**
 * The token endpoint (RFC 6749 3.2). What may happen once is spent by one conditional write; what fails leaves it unspent, but for a code
 * whose own client sends what does not go with it.
 * @throws OAuthError
 */
export async function answerTokenRequest(needs: Needs, request: TokenRequest): Promise<TokenResponse> {
  return answer(needs, request, wayOf(request.grantType));
}

/**
 * The JWT exchange of the Workfront profile, which is a token endpoint for one grant.
 * @throws OAuthError
 */
export async function answerWorkfrontExchange(needs: Needs, request: TokenRequest): Promise<TokenResponse> {
  if (request.assertion === undefined) throw new OAuthError('invalid_request', 'jwt_token is missing');
  return answer(needs, request, [byCredentials, exchangeWorkfrontJwt]);
}

async function answer(needs: Needs, request: TokenRequest, [identify, grant]: Way): Promise<TokenResponse> {
  const { id, apis } = request.instance;
  const keys = new Map<SigningAlgorithm, SigningKey>();
  for (const { signingAlg } of apis)
    if (!keys.has(signingAlg)) keys.set(signingAlg, await needs.signingKeys.active(id, signingAlg));
  const grantWithKeys: Grant = async (_needs, call) => {
    const { idTokenSignedResponseAlg: algorithm } = call.client.application;
    if (!keys.has(algorithm)) keys.set(algorithm, await needs.signingKeys.active(id, algorithm));
    return grant(needs, call);
  };
  const issue = await answerClient(needs, request, grantWithKeys, identify);
  return respondWithTokens(needs, request, issue, keys);
}

function wayOf(grantType: string | undefined): Way {
  if (grantType === undefined)
    throw new OAuthError(
      'invalid_request',
      `grant_type is missing; it must be one of ${grantTypes.join(', ')}`,
    );
  const known = grantTypes.find((each) => each === grantType);
  if (!known)
    throw new OAuthError('unsupported_grant_type', `grant_type must be one of ${grantTypes.join(', ')}`);
  return ways[known];
}
