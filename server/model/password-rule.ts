const shortest = 12;
export const longestPassword = 256;

/** Whether a password has 12 to 256 characters (code points): the only rule there is. */
export function isAcceptablePassword(password: string): boolean {
  if (password.length > 2 * longestPassword) return false;
  const { length } = [...password];
  return length >= shortest && length <= longestPassword;
}
