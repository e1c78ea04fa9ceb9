/** What a client secret looks like whose last four characters alone are known. */
export function hiddenSecret(hint: string): string {
  return `pcs_${'•'.repeat(8)}${hint}`;
}
