/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Bytes as base64url without padding, as JSON Web Keys have them. */
export function toBase64url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Bytes from base64 or base64url, white space and padding or not; null when it is neither. */
export function fromBase64(text: string): Uint8Array | null {
  const bare = text.replaceAll(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]+$/.test(bare)) return null;
  try {
    return Uint8Array.from(atob(bare), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
