/**
 * The bytes that a text is the base64url of (RFC 4648 5, without padding). The same bytes have other spellings, by what the last
 * character holds beyond them, by padding, white space or the other alphabet, which Node.js takes too. What we issued has one: whatever
 * is remembered, counted or good once by its text must not come back as another.
 * @returns undefined for every other text
 */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
