import type { ScimAttributes, ScimValue } from '../../model/scim-user.ts';
import { invalidValue, ScimError } from './error.ts';
import { type Attribute, findAttribute, findSubAttribute } from './schema.ts';

export type Value = ScimValue;
/** One value of several. */
export type Single = string | boolean | ComplexValue;
/** By the names of the schema, and no others: whatever a client calls `__proto__` never comes this far. */
export type ComplexValue = ScimAttributes;
/** What a client says of a user, each attribute by its name in the schema. */
export type Resource = ScimAttributes;

/** Values of one attribute: more are of no use to anybody, and make work. */
const mostValues = 100;

/**
 * Reads what a client sent as a user. Attributes that users do not have are skipped, and so is what only we write; names count in any letter
 * case.
 * @throws ScimError `invalidSyntax`, `invalidValue`
 */
export function readResource(body: unknown): Resource {
  if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'The body must be a JSON object.');
  return readMembers(body, findAttribute);
}

function readMembers(
  object: object,
  find: (name: string) => Attribute | undefined,
): { [name: string]: Value } {
  const read: { [name: string]: Value } = {};
  const seen = new Set<Attribute>();
  for (const [name, given] of Object.entries(object)) {
    const attribute = find(name);
    if (!attribute || attribute.mutability === 'readOnly') continue;
    if (seen.has(attribute))
      throw new ScimError(400, 'invalidSyntax', `${attribute.name} came more than once.`);
    seen.add(attribute);
    const value = readValue(attribute, given);
    if (value !== undefined) read[attribute.name] = value;
  }
  return read;
}

/**
 * Reads the value of an attribute, also as clients write it that take less care than RFC 7643 does.
 * @returns undefined for none: null and empty lists are the same as nothing (RFC 7643 2.5)
 * @throws ScimError `invalidValue`
 */
export function readValue(attribute: Attribute, given: unknown): Value | undefined {
  if (given === null || given === undefined) return undefined;
  if (!attribute.multiValued) return readSingle(attribute, given);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > mostValues) throw invalidValue(`${attribute.name} has more than ${mostValues} values.`);
  const values = list.flatMap((each): readonly Single[] => {
    const value = readSingle(attribute, each);
    return value === undefined ? [] : [value];
  });
  return values.length === 0 ? undefined : withOnePrimary(values, []);
}

function readSingle(attribute: Attribute, given: unknown): Single | undefined {
  if (given === null) return undefined;
  // Entra ID writes single values as lists of one, and as objects with the value in them.
  if (Array.isArray(given)) {
    if (given.length === 0) return undefined;
    if (given.length === 1 && !Array.isArray(given[0])) return readSingle(attribute, given[0]);
    throw wrongType(attribute, 'a single value');
  }
  if (attribute.type === 'complex') {
    const object = isObject(given) ? given : { value: given };
    if (!isObject(given) && !findSubAttribute(attribute, 'value')) throw wrongType(attribute, 'an object');
    const read = readMembers(object, (name) => findSubAttribute(attribute, name));
    return Object.keys(read).length === 0 ? undefined : read;
  }
  if (isObject(given)) {
    if (Object.hasOwn(given, 'value') && !isObject((given as { value: unknown }).value))
      return readSingle(attribute, (given as { value: unknown }).value);
    throw wrongType(attribute, attribute.type === 'boolean' ? 'true or false' : 'a text');
  }
  if (attribute.type === 'boolean') {
    // Entra ID sends "True" and "False".
    const flag = typeof given === 'string' ? given.toLowerCase() : given;
    if (flag === true || flag === 'true') return true;
    if (flag === false || flag === 'false') return false;
    throw wrongType(attribute, 'true or false');
  }
  return String(given);
}

/**
 * Leaves one value the primary one, the first of the newer ones that says so (RFC 7644 3.5.2).
 * @param newer those that were just set, of these values
 */
export function withOnePrimary(values: readonly Single[], newer: readonly Single[]): readonly Single[] {
  const saysSo = (value: Single) => isObject(value) && value['primary'] === true;
  const chosen = newer.find(saysSo) ?? values.find(saysSo);
  return values.map((value) =>
    saysSo(value) && value !== chosen ? { ...(value as ComplexValue), primary: false } : value,
  );
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values of an attribute that may have several. */
export function valuesOf(value: Value | undefined): readonly ComplexValue[] {
  return Array.isArray(value) ? value.filter(isObject as (each: unknown) => each is ComplexValue) : [];
}

function wrongType(attribute: Attribute, wanted: string): ScimError {
  return invalidValue(`${attribute.name} must be ${wanted}.`);
}
