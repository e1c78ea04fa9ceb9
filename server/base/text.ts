/** What any text that people write may be. Lengths count characters (code points), as JSON Schema does. */

export const maxNameLength = 200;
export const maxDescriptionLength = 2000;
export const maxUrlLength = 2000;
export const maxEmailLength = 254;

/** Control characters, line separators, lone surrogates, and the marks that reverse what is shown after them. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

function lengthOf(text: string): number {
  return [...text].length;
}

/** @returns what is wrong with a text of one line that must say something, or null */
export function checkName(text: string, max = maxNameLength): string | null {
  if (!/[^\p{C}\p{Z}\s]/u.test(text)) return 'must not be empty';
  return checkLine(text, max);
}

/** @returns what is wrong with a text of one line, or null */
export function checkLine(text: string, max = maxNameLength): string | null {
  if (lengthOf(text) > max) return `must have at most ${max} characters`;
  if (unprintable.test(text)) return 'must be one line without control characters';
  return null;
}

/** @returns what is wrong with a text of several lines, or null */
export function checkDescription(text: string): string | null {
  if (lengthOf(text) > maxDescriptionLength) return `must have at most ${maxDescriptionLength} characters`;
  if (unprintable.test(text.replace(/\r\n|[\n\t]/g, '')))
    return 'must not have control characters other than line breaks';
  return null;
}

/** @returns what is wrong with a link that people are shown, or null; only the schemes of web pages pass */
export function checkWebUrl(text: string): string | null {
  if (lengthOf(text) > maxUrlLength) return `must have at most ${maxUrlLength} characters`;
  if (!/^https?:\/\/[^/?#\\]/i.test(text) || /\s/.test(text) || unprintable.test(text) || !URL.canParse(text))
    return 'must be a URL that begins with https:// or http://';
  const url = new URL(text);
  if (url.username || url.password) return 'must not have a user name or password in it';
  return null;
}

/** @returns what is wrong with an email address, or null */
export function checkEmail(text: string): string | null {
  if (lengthOf(text) > maxEmailLength) return `must have at most ${maxEmailLength} characters`;
  if (unprintable.test(text) || !/^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/.test(text))
    return 'must be an email address';
  return null;
}

/** @returns what is wrong with a number of seconds or a count, or null */
export function checkInteger(value: number, min: number, max: number): string | null {
  return Number.isSafeInteger(value) && value >= min && value <= max
    ? null
    : `must be a whole number from ${min} to ${max}`;
}
