import { fromBase64, toBase64url } from '../../credentials/reading/base64.ts';
import { decodeJwt } from './decode.ts';

/** What an ID token must say to be for this client, of this server, and the answer to this request. */
export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  /** Null where the request had none. */
  readonly nonce: string | null;
  /** The one that came beside it. */
  readonly accessToken: string;
}

/** What a client looks at before it believes an ID token, in the order in which it does. */
export type CheckId = 'signature' | 'iss' | 'aud' | 'exp' | 'nonce' | 'at_hash';

/** One of them, and whether it holds. */
export interface Check {
  readonly id: CheckId;
  readonly holds: boolean;
}

/** A key as `jwks_uri` of a server has it. */
export interface PublishedKey {
  readonly kid?: string;
  readonly alg?: string;
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/**
 * Checks an ID token as a client must (OpenID Connect Core 3.1.3.7, 3.1.3.8).
 * @param keys the server's public keys
 * @param now in milliseconds
 */
export async function checkIdToken(
  idToken: string,
  expected: Expected,
  keys: readonly PublishedKey[],
  now: number,
): Promise<readonly Check[]> {
  const { claims = {} } = decodeJwt(idToken) ?? {};
  const { issuer, clientId, nonce, accessToken } = expected;
  const check = (id: CheckId, holds: boolean): Check => ({ id, holds });
  return [
    check('signature', await isSigned(idToken, keys)),
    check('iss', claims['iss'] === issuer),
    check('aud', claims['aud'] === clientId),
    check('exp', typeof claims['exp'] === 'number' && claims['exp'] * 1000 > now),
    ...(nonce === null ? [] : [check('nonce', claims['nonce'] === nonce)]),
    check('at_hash', claims['at_hash'] === (await leftHalfOfHash(accessToken))),
  ];
}

const algorithms = new Map([
  ['ES256', { key: { name: 'ECDSA', namedCurve: 'P-256' }, signature: { name: 'ECDSA', hash: 'SHA-256' } }],
  [
    'RS256',
    {
      key: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      signature: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    },
  ],
]);

/** The algorithm is one that the server signs with and the key's own: what the token says of itself chooses only among these. */
async function isSigned(jwt: string, keys: readonly PublishedKey[]): Promise<boolean> {
  const { header = {} } = decodeJwt(jwt) ?? {};
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const alg = String(header['alg']);
  const jwk = keys.find(({ kid }) => kid !== undefined && kid === header['kid']);
  const algorithm = algorithms.get(alg);
  const bytes = fromBase64(signature);
  if (!jwk || !algorithm || !bytes || jwk.alg !== alg) return false;
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm.key, false, ['verify']);
  const signed = new TextEncoder().encode(`${head}.${body}`);
  return crypto.subtle.verify(algorithm.signature, key, Uint8Array.from(bytes), signed);
}

async function leftHalfOfHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return toBase64url(new Uint8Array(digest).subarray(0, 16));
}
