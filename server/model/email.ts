import { maxEmailLength } from '../base/text.ts';

/** An email address as people write it: one @, no spaces, control or invisible characters, at most 254 characters. */
export function isEmail(text: string): boolean {
  // Nothing is counted that is too long in any case.
  if (text.length > 2 * maxEmailLength || [...text].length > maxEmailLength) return false;
  return /^[^\s@\p{Cc}\p{Cf}]+@[^\s@\p{Cc}\p{Cf}]+$/u.test(text) && text.isWellFormed();
}

/** Two addresses with one key are one user's: letter case and the way accents are composed do not count. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase().normalize('NFC');
}
