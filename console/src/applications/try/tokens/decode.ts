import { fromBase64 } from '../../credentials/reading/base64.ts';

/** A JWT's header and claims, unverified. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Reads a JWT without verifying it. @returns undefined for anything else */
export function decodeJwt(jwt: string): DecodedJwt | undefined {
  const [header, claims, signature] = jwt.split('.');
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  try {
    return { header: part(header), claims: part(claims) };
  } catch {
    return undefined;
  }
}

function part(text: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(fromBase64(text) ?? new Uint8Array())) as Record<
    string,
    unknown
  >;
}
