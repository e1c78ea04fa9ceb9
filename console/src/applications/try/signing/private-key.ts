import { fromBase64 } from '../../credentials/reading/base64.ts';
import { type PublicJwk, thumbprintOf } from '../../credentials/reading/jwk.ts';

export type SigningAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'EdDSA';

/** A private key in this page, which it never leaves. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly algorithm: SigningAlgorithm;
  /** The public half as a JWK, for registering. */
  readonly publicJwk: PublicJwk;
  /** RFC 7638, SHA-256: by this the application's public key is found. */
  readonly thumbprint: string;
  /** Made for this trial, and of no use after it. */
  readonly isThrowaway: boolean;
}

/** Why a text is no private key that can sign here. */
export type KeyMistake = 'empty' | 'encrypted' | 'public' | 'sec1' | 'unreadable' | 'unsupported';

export class KeyError extends Error {
  override name = 'KeyError';
  readonly mistake: KeyMistake;

  constructor(mistake: KeyMistake) {
    super(mistake);
    this.mistake = mistake;
  }
}

type Parameters = RsaHashedImportParams | EcKeyImportParams | { name: 'Ed25519' };
const kinds: readonly (readonly [SigningAlgorithm, Parameters])[] = [
  ['RS256', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
  ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }],
  ['ES384', { name: 'ECDSA', namedCurve: 'P-384' }],
  ['EdDSA', { name: 'Ed25519' }],
];

/**
 * Reads a private key: PEM (PKCS #8, or PKCS #1 for RSA) or a JWK.
 * @throws KeyError
 */
export async function readPrivateKey(text: string): Promise<SigningKey> {
  const trimmed = text.trim();
  if (trimmed === '') throw new KeyError('empty');
  if (trimmed.startsWith('{')) return importAny('jwk', parseJwk(trimmed));
  const [, label = '', body = ''] = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END/.exec(trimmed) ?? [];
  if (label === 'ENCRYPTED PRIVATE KEY' || body.includes('ENCRYPTED')) throw new KeyError('encrypted');
  if (label.endsWith('PUBLIC KEY') || label === 'CERTIFICATE') throw new KeyError('public');
  if (label === 'EC PRIVATE KEY') throw new KeyError('sec1');
  const der = decode(body);
  if (label === 'RSA PRIVATE KEY') return importAny('pkcs8', wrapPkcs1(der));
  if (label === 'PRIVATE KEY') return importAny('pkcs8', der);
  throw new KeyError('unreadable');
}

function parseJwk(text: string): JsonWebKey {
  let jwk: JsonWebKey;
  try {
    jwk = JSON.parse(text) as JsonWebKey;
  } catch {
    throw new KeyError('unreadable');
  }
  if (typeof jwk.d !== 'string') throw new KeyError(jwk.kty === undefined ? 'unreadable' : 'public');
  const { kty, crv, d, x, y, n, e, p, q, dp, dq, qi } = jwk;
  // What the key may be used for is not asked: `alg`, `use` and `key_ops` only get in the way of the import.
  return Object.fromEntries(
    Object.entries({ kty, crv, d, x, y, n, e, p, q, dp, dq, qi }).filter(([, value]) => value !== undefined),
  );
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(base64);
  if (!bytes) throw new KeyError('unreadable');
  return Uint8Array.from(bytes);
}

/** PKCS #1, as older tools write RSA keys, inside the PKCS #8 that browsers read (RFC 5208 5). */
function wrapPkcs1(key: Uint8Array): Uint8Array<ArrayBuffer> {
  const rsaEncryption = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
  ];
  const octets = [0x04, ...lengthOf(key.length), ...key];
  const inside = [0x02, 0x01, 0x00, ...rsaEncryption, ...octets];
  return Uint8Array.from([0x30, ...lengthOf(inside.length), ...inside]);
}

function lengthOf(size: number): number[] {
  if (size < 0x80) return [size];
  const bytes = size < 0x100 ? [size] : [size >> 8, size & 0xff];
  return [0x80 | bytes.length, ...bytes];
}

async function importAny(
  format: 'jwk' | 'pkcs8',
  data: JsonWebKey | Uint8Array<ArrayBuffer>,
): Promise<SigningKey> {
  for (const [algorithm, parameters] of kinds) {
    const privateKey = await crypto.subtle
      // It must be readable once more, for its public half.
      .importKey(format as 'pkcs8', data as Uint8Array<ArrayBuffer>, parameters, true, ['sign'])
      .catch(() => undefined);
    if (privateKey) return describe(privateKey, algorithm);
  }
  throw new KeyError('unsupported');
}

async function describe(
  privateKey: CryptoKey,
  algorithm: SigningAlgorithm,
  isThrowaway = false,
): Promise<SigningKey> {
  const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey('jwk', privateKey);
  const members = kty === 'RSA' ? { kty, n, e } : kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x };
  const publicJwk = members as PublicJwk;
  return {
    privateKey,
    algorithm,
    publicJwk,
    thumbprint: await thumbprintOf(publicJwk),
    isThrowaway,
  };
}

/** A new pair for this trial; ES256, since it is made at once. */
export async function makeSigningKey(): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  return describe(pair.privateKey, 'ES256', true);
}
