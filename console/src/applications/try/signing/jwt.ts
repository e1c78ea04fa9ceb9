import { randomText } from '../../connect/pkce.ts';
import { toBase64url } from '../../credentials/reading/base64.ts';
import type { SigningAlgorithm, SigningKey } from './private-key.ts';

/** Seconds for which an assertion is good. */
const lifetime = 120;

const signers: Record<SigningAlgorithm, AlgorithmIdentifier | EcdsaParams> = {
  RS256: 'RSASSA-PKCS1-v1_5',
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
  EdDSA: 'Ed25519',
};

/**
 * Signs an assertion (RFC 7523 3), good for two minutes and for one use.
 * @param kid names the public key; left out when it is not known
 */
export async function signAssertion(
  key: SigningKey,
  claims: { readonly iss: string; readonly sub: string; readonly aud: string },
  kid: string | undefined,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: key.algorithm, typ: 'JWT', ...(kid !== undefined && { kid }) };
  const payload = { ...claims, iat: now, exp: now + lifetime, jti: randomText(16) };
  const text = new TextEncoder();
  const input = [header, payload].map((part) => toBase64url(text.encode(JSON.stringify(part)))).join('.');
  const signature = await crypto.subtle.sign(signers[key.algorithm], key.privateKey, text.encode(input));
  return `${input}.${toBase64url(new Uint8Array(signature))}`;
}
