/** A column that holds names with a space between each two: scopes, and the identifiers of APIs, which have no spaces themselves. */
export function writeWords(words: readonly string[]): string {
  return words.join(' ');
}

/** What `writeWords` wrote; nothing of an empty text. */
export function readWords(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** The same where there may be none: null. */
export function writeWordsOrNull(words: readonly string[] | null): string | null {
  return words && writeWords(words);
}

/** What `writeWordsOrNull` wrote. */
export function readWordsOrNull(text: string | null): string[] | null {
  return text === null ? null : readWords(text);
}
