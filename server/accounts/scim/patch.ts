import { isDeepStrictEqual as isDeepEqual } from 'node:util';
import { invalidValue, ScimError } from './error.ts';
import { type Filter, matches, type Path, parsePath } from './filter.ts';
import {
  type ComplexValue,
  isObject,
  type Resource,
  readValue,
  type Value,
  withOnePrimary,
} from './resource.ts';
import { type Attribute, enterprise, enterpriseSchema } from './schema.ts';

/** One operation of a PATCH (RFC 7644 3.5.2), read but for what it means to a user. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  /** Null: what `value` has is meant member by member. */
  readonly path: Path | null;
  readonly value: unknown;
}

type Changing = { [name: string]: Value };

/** Operations in one request. */
const mostOperations = 100;

/**
 * Reads the body of a PATCH.
 * @throws ScimError `invalidSyntax`, `invalidPath`, `noTarget`
 */
export function readOperations(body: unknown): Operation[] {
  const operations = isObject(body) ? memberOf(body, 'operations') : undefined;
  if (!Array.isArray(operations) || operations.length === 0)
    throw new ScimError(400, 'invalidSyntax', 'The body must be an object with a list of Operations.');
  if (operations.length > mostOperations)
    throw new ScimError(413, null, `There are more than ${mostOperations} operations.`);
  return operations.map(readOperation);
}

function readOperation(operation: unknown): Operation {
  if (!isObject(operation)) throw new ScimError(400, 'invalidSyntax', 'An operation must be an object.');
  const [op, path, value] = ['op', 'path', 'value'].map((name) => memberOf(operation, name));
  // Entra ID begins them with capital letters.
  const known = (['add', 'replace', 'remove'] as const).find(
    (each) => typeof op === 'string' && op.toLowerCase() === each,
  );
  if (!known)
    throw new ScimError(400, 'invalidSyntax', 'The op of an operation must be add, replace or remove.');
  const isPathless = path === undefined || path === null || path === '';
  if (!isPathless && typeof path !== 'string')
    throw new ScimError(400, 'invalidPath', 'The path of an operation must be a text.');
  if (isPathless && known === 'remove')
    throw new ScimError(400, 'noTarget', 'An operation that removes something must have a path.');
  return { op: known, path: isPathless ? null : parsePath(path), value };
}

/** A member in any letter case. */
function memberOf(object: object, name: string): unknown {
  return Object.entries(object).find(([each]) => each.toLowerCase() === name)?.[1];
}

/**
 * What a user is after these operations, one after the other; all of them count or none.
 * @throws ScimError `invalidPath`, `invalidValue`, `noTarget`, `mutability`
 */
export function applyOperations(resource: Resource, operations: readonly Operation[]): Resource {
  const changed: Changing = { ...resource };
  for (const operation of operations) {
    const { op, path, value } = operation;
    if (path) applyOne(changed, op, path, value);
    else if (op !== 'remove') applyMembers(changed, op, value, '');
  }
  return changed;
}

/** Without a path each member is one; Entra ID and others write paths for names, such as `name.givenName`. */
function applyMembers(changed: Changing, op: 'add' | 'replace', value: unknown, prefix: string): void {
  if (!isObject(value)) throw invalidValue('An operation without a path must have an object for its value.');
  for (const [name, member] of Object.entries(value)) {
    const path = pathOrNothing(prefix + name);
    // What users do not have is skipped, as in a POST, and what only we write, as those who send all that they read do.
    if (!path || path.attribute?.mutability === 'readOnly') continue;
    if (path.attribute) applyOne(changed, op, path, member);
    else if (isObject(member)) applyMembers(changed, op, member, `${enterpriseSchema}:`);
  }
}

function pathOrNothing(text: string): Path | null {
  try {
    return parsePath(text);
  } catch (error) {
    if (error instanceof ScimError) return null;
    throw error;
  }
}

function applyOne(changed: Changing, op: Operation['op'], path: Path, value: unknown): void {
  if (!path.isEnterprise) {
    applyIn(changed, op, path, value);
    return;
  }
  if (!path.attribute) {
    if (op === 'remove') delete changed[enterpriseSchema];
    else applyMembers(changed, op, value, `${enterpriseSchema}:`);
    return;
  }
  const extension: Changing = { ...(changed[enterprise.name] as ComplexValue | undefined) };
  applyIn(extension, op, path, value);
  setOrDelete(changed, enterprise.name, Object.keys(extension).length === 0 ? undefined : extension);
}

/** @param changed what has the attribute: the user or the extension */
function applyIn(changed: Changing, op: Operation['op'], path: Path, given: unknown): void {
  const { attribute, sub } = path;
  if (!attribute) return;
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly')
    throw new ScimError(400, 'mutability', `${(sub ?? attribute).name} cannot be changed.`);
  const before = changed[attribute.name];
  setOrDelete(
    changed,
    attribute.name,
    attribute.multiValued
      ? severalAfter(op, path, attribute, (before ?? []) as readonly Value[], given)
      : singleAfter(op, attribute, sub, before, given),
  );
}

function singleAfter(
  op: Operation['op'],
  attribute: Attribute,
  sub: Attribute | null,
  before: Value | undefined,
  given: unknown,
): Value | undefined {
  if (sub) return withPart(before as ComplexValue | undefined, sub, op === 'remove' ? null : given);
  if (op === 'remove') return undefined;
  const value = readValue(attribute, given);
  if (value === undefined || attribute.type !== 'complex') return value;
  return { ...(before as ComplexValue | undefined), ...(value as ComplexValue) };
}

function severalAfter(
  op: Operation['op'],
  { filter, sub }: Path,
  attribute: Attribute,
  before: readonly Value[],
  given: unknown,
): Value | undefined {
  const isMeant = (value: Value) => !filter || (isObject(value) && matches(filter, value as ComplexValue));
  const none = (values: readonly Value[]) => (values.length === 0 ? undefined : (values as Value));

  if (op === 'remove') {
    if (sub)
      return none(
        before.flatMap(
          (value) => (isMeant(value) ? (withPart(value as ComplexValue, sub, null) ?? []) : value) as Value,
        ),
      );
    // Entra ID removes single values by naming them.
    const named = readValue(attribute, given) as readonly ComplexValue[] | undefined;
    const isNamed = (value: Value) =>
      !named || named.some((each) => each['value'] === (value as ComplexValue)['value']);
    return none(before.filter((value) => !(isMeant(value) && isNamed(value))));
  }

  if (!filter && !sub) {
    const values = (readValue(attribute, given) ?? []) as readonly ComplexValue[];
    const kept = op === 'add' ? (before as readonly ComplexValue[]) : [];
    const added = values.filter((value) => !kept.some((each) => isDeepEqual(each, value)));
    return again(attribute, [...kept, ...added], added);
  }

  const part = (value: Value | undefined): ComplexValue | undefined => {
    if (sub) return withPart(value as ComplexValue | undefined, sub, given);
    const [whole] = (readValue(attribute, given) ?? []) as readonly ComplexValue[];
    return whole && { ...(value as ComplexValue | undefined), ...whole };
  };
  if (before.some(isMeant)) {
    const newer: ComplexValue[] = [];
    const after = before.flatMap((value) => {
      if (!isMeant(value)) return [value as ComplexValue];
      const made = part(value);
      if (made) newer.push(made);
      return made ? [made] : [];
    });
    return again(attribute, after, newer);
  }
  // Entra ID replaces `emails[type eq "work"].value` of users who have none.
  const made = part(filter ? madeBy(filter) : {});
  return again(
    attribute,
    [...(before as readonly ComplexValue[]), ...(made ? [made] : [])],
    made ? [made] : [],
  );
}

/** Reads what came of it once more: how many there are at most holds here too, and one is the primary one. */
function again(
  attribute: Attribute,
  values: readonly ComplexValue[],
  newer: readonly ComplexValue[],
): Value | undefined {
  const ordered = withOnePrimary(values, newer);
  return readValue(attribute, ordered);
}

/** The value that a filter of nothing but `eq` describes. @throws ScimError `noTarget` for another */
function madeBy(filter: Filter): ComplexValue {
  const parts = filter.is === 'and' ? filter.parts : [filter];
  const members = parts.map((part) => {
    if (part.is !== 'eq' || !part.path.attribute || part.operand === null)
      throw new ScimError(400, 'noTarget', 'There is no value that the filter of the path chooses.');
    return [part.path.attribute.name, readValue(part.path.attribute, part.operand)] as const;
  });
  return Object.fromEntries(members) as ComplexValue;
}

/** The value with one part set, or without it; undefined when nothing is left. */
function withPart(
  before: ComplexValue | undefined,
  sub: Attribute,
  given: unknown,
): ComplexValue | undefined {
  const after: Changing = { ...before };
  setOrDelete(after, sub.name, readValue(sub, given));
  return Object.keys(after).length === 0 ? undefined : after;
}

function setOrDelete(changed: Changing, name: string, value: Value | undefined): void {
  if (value === undefined) delete changed[name];
  else changed[name] = value;
}
