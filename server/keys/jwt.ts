/**
 * One part of a JWT: base64url of its JSON (RFC 7519 3). Shared by what signs a token and by what prepares a key's
 * header for it.
 */
export function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
