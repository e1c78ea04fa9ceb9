import { toBase64url } from './base64.ts';
import { type DerValue, NotDer, partAt, partsOf, readSequence, tags, toHex, unsigned } from './der.ts';

/** The members of a JSON Web Key that make up the public key (RFC 7518 6, RFC 8037). */
export type PublicJwk =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: string; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: string; readonly x: string };

const curves: Record<string, { readonly name: string; readonly size: number }> = {
  '2a8648ce3d030107': { name: 'P-256', size: 32 },
  '2b81040022': { name: 'P-384', size: 48 },
  '2b81040023': { name: 'P-521', size: 66 },
};

/**
 * The key of a SubjectPublicKeyInfo.
 * @returns undefined for kinds of keys that have no use here
 * @throws NotDer when it is none
 */
export function jwkOfSpki(spki: readonly DerValue[]): PublicJwk | undefined {
  const [oid, parameters] = partsOf(partAt(spki, 0, tags.sequence));
  if (oid?.tag !== tags.oid) throw new NotDer();
  const key = partAt(spki, 1, tags.bitString).content.subarray(1);
  switch (toHex(oid.content)) {
    case '2a864886f70d010101':
      return jwkOfPkcs1(readSequence(key));
    case '2a8648ce3d0201':
      return parameters && jwkOfPoint(curves[toHex(parameters.content)], key);
    case '2b6570':
      return { kty: 'OKP', crv: 'Ed25519', x: toBase64url(key) };
    default:
      return undefined;
  }
}

/** The key of an RSAPublicKey (RFC 8017 A.1.1). @throws NotDer when it is none */
export function jwkOfPkcs1(parts: readonly DerValue[]): PublicJwk {
  if (parts.length !== 2) throw new NotDer();
  const [n, e] = [0, 1].map((index) => unsigned(partAt(parts, index, tags.integer).content));
  return { kty: 'RSA', n: toBase64url(n as Uint8Array), e: toBase64url(e as Uint8Array) };
}

function jwkOfPoint(curve: { name: string; size: number } | undefined, point: Uint8Array) {
  if (!curve || point[0] !== 4 || point.length !== 1 + 2 * curve.size) return undefined;
  const coordinate = (from: number) => toBase64url(point.subarray(from, from + curve.size));
  return { kty: 'EC', crv: curve.name, x: coordinate(1), y: coordinate(1 + curve.size) } as const;
}

/** Such as `RSA 2048`, as the server calls it, with the algorithm that its signatures have. */
export interface KeyKind {
  readonly kind: string;
  readonly algorithm: string;
}

const kinds: Record<string, KeyKind> = {
  'P-256': { kind: 'P-256', algorithm: 'ES256' },
  'P-384': { kind: 'P-384', algorithm: 'ES384' },
  Ed25519: { kind: 'Ed25519', algorithm: 'EdDSA' },
};

/** What kind of key it is: undefined for one that cannot be used, `too_small` for a short RSA key. */
export function kindOf(jwk: PublicJwk, modulus: Uint8Array | null): KeyKind | 'too_small' | undefined {
  if (jwk.kty !== 'RSA') return kinds[jwk.crv];
  const bits = modulus ? bitsOf(modulus) : 0;
  if (bits < 2048) return 'too_small';
  return bits > 16_384 ? undefined : { kind: `RSA ${bits}`, algorithm: 'RS256' };
}

function bitsOf(modulus: Uint8Array): number {
  const number = unsigned(modulus);
  return number.length === 0 ? 0 : number.length * 8 - Math.clz32(number[0] as number) + 24;
}

/** The thumbprint of RFC 7638, SHA-256, base64url: what the server calls the key when it has no other ID. */
export async function thumbprintOf(jwk: PublicJwk): Promise<string> {
  const { kty } = jwk;
  // The members in the order of the alphabet, as the RFC wants them.
  const members =
    kty === 'RSA'
      ? { e: jwk.e, kty, n: jwk.n }
      : { crv: jwk.crv, kty, x: jwk.x, ...(kty === 'EC' && { y: jwk.y }) };
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(members)));
  return toBase64url(new Uint8Array(digest));
}
