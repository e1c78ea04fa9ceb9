/**
 * The handle that a name suggests: `Acmé Ltd.` gives `acme-ltd`.
 * @returns empty where the name has neither a letter nor a digit of ASCII, as names in Chinese do
 */
export function handleFrom(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 63)
    .replace(/-$/, '');
}
