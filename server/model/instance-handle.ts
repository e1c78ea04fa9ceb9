import type { FieldError } from '../base/refusal.ts';
import { checkName } from '../base/text.ts';
import { maxInstanceNameLength } from './instance-fields.ts';

/** What the operator calls an instance on the command line: one word of any shell, unique in a database. */
const handlePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * What is wrong with a new handle and name, as far as they are given. Handles that were names before the two were told apart
 * may look otherwise and stay.
 * @returns nothing when they can be taken
 */
export function checkNaming(given: { handle?: string; name?: string }): FieldError[] {
  const handle =
    given.handle === undefined || handlePattern.test(given.handle)
      ? null
      : 'must be 1 to 63 of the letters a to z, digits and hyphens, and begin with a letter or digit';
  const name = given.name === undefined ? null : checkName(given.name, maxInstanceNameLength);
  return Object.entries({ handle, name }).flatMap(([path, message]) => (message ? [{ path, message }] : []));
}

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
