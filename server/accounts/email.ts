/** An email address as people write it: one @, no spaces, control or invisible characters, at most 254 characters. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@\p{Cc}\p{Cf}]+@[^\s@\p{Cc}\p{Cf}]+$/u.test(text) && text.isWellFormed();
}

/** Two addresses with one key are one user's: letter case and the way accents are composed do not count. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase().normalize('NFC');
}
