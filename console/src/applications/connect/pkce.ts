import { toBase64url } from '../credentials/reading/base64.ts';

/** A PKCE pair (RFC 7636, S256): the verifier is kept, the challenge is sent ahead. */
export interface PkcePair {
  readonly verifier: string;
  readonly challenge: string;
}

/** A new pair, from 256 random bits. */
export async function makePkcePair(): Promise<PkcePair> {
  const verifier = randomText(32);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { verifier, challenge: toBase64url(new Uint8Array(digest)) };
}

/** Random text that needs no encoding in a URL. @param size bytes of randomness */
export function randomText(size: number): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(size)));
}
