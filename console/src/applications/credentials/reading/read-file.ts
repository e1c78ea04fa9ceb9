import { toBase64 } from './base64.ts';

/** The server takes 64 KiB in a body; public keys and certificates have a few. */
const largest = 32 * 1024;

/**
 * What a file says, as text: binary DER becomes its base64.
 * @returns null when it is too large to be a key
 */
export async function readKeyFile(file: File): Promise<string | null> {
  if (file.size > largest) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  // Text has no such characters, and binary DER is seldom without.
  return /[\0-\x08\uFFFD]/.test(text) ? toBase64(bytes) : text;
}
