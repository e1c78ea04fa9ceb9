/** Letters and digits that nobody takes for one another when they are read or typed. */
const characters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A password of four groups of five characters: 115 bits that come from the browser's generator. */
export function generatePassword(): string {
  return Array.from({ length: 4 }, () => Array.from({ length: 5 }, randomCharacter).join('')).join('-');
}

function randomCharacter(): string {
  const limit = 256 - (256 % characters.length);
  for (;;) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // Bytes beyond the last whole multiple would make some characters likelier than others.
    if (byte < limit) return characters[byte % characters.length] ?? '';
  }
}
