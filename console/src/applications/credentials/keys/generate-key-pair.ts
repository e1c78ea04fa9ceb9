import { writePem } from '../reading/pem.ts';

/** What pairs can be made, the one that every program understands first. */
export const pairKinds = ['rsa_2048', 'rsa_3072', 'rsa_4096', 'p_256', 'ed25519'] as const;
export type PairKind = (typeof pairKinds)[number];

const rsa = (modulusLength: number): RsaHashedKeyGenParams => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
});

const algorithms: Record<PairKind, RsaHashedKeyGenParams | EcKeyGenParams | Algorithm> = {
  rsa_2048: rsa(2048),
  rsa_3072: rsa(3072),
  rsa_4096: rsa(4096),
  p_256: { name: 'ECDSA', namedCurve: 'P-256' },
  ed25519: { name: 'Ed25519' },
};

/** A pair of keys in PEM: PKCS#8 and SubjectPublicKeyInfo. */
export interface GeneratedPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a pair of keys in this browser. @throws DOMException when it cannot make such a pair */
export async function generateKeyPair(kind: PairKind): Promise<GeneratedPair> {
  const pair = await crypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify']);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  const [pkcs8, spki] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', privateKey),
    crypto.subtle.exportKey('spki', publicKey),
  ]);
  return {
    privateKey: writePem('PRIVATE KEY', new Uint8Array(pkcs8)),
    publicKey: writePem('PUBLIC KEY', new Uint8Array(spki)),
  };
}

/** Whether this browser can make Ed25519 keys; not all that are in use can. */
export async function canMakeEd25519(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey(algorithms.ed25519, false, ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}
