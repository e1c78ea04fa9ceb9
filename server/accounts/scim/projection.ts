import { ScimError } from './error.ts';
import { type Path, parsePath } from './filter.ts';
import { isObject } from './resource.ts';
import { enterpriseSchema } from './schema.ts';

type Shown = { readonly [name: string]: unknown };

/** Which attributes a client wants to read (RFC 7644 3.9): these, all but these, or all. */
export type Projection = { readonly only: readonly Path[] } | { readonly without: readonly Path[] } | null;

/** Names of attributes in one request. */
const mostNames = 100;

/**
 * @param attributes,excludedAttributes names, separated by commas or in a list; undefined where there are none
 * @throws ScimError 400 where there are both
 */
export function readProjection(attributes: unknown, excludedAttributes: unknown): Projection {
  const [only, without] = [namesOf(attributes), namesOf(excludedAttributes)];
  if (only.length > 0 && without.length > 0)
    throw new ScimError(400, 'invalidValue', 'attributes and excludedAttributes exclude each other.');
  if (only.length > 0) return { only: only.flatMap(pathsOf) };
  return without.length > 0 ? { without: without.flatMap(pathsOf) } : null;
}

function namesOf(given: unknown): string[] {
  const texts = (Array.isArray(given) ? given : [given]).filter((each) => typeof each === 'string');
  const names = texts.flatMap((text) => text.split(',', mostNames + 1)).map((name) => name.trim());
  if (names.length > mostNames)
    throw new ScimError(400, 'invalidValue', `A request names ${mostNames} attributes at most.`);
  return names.filter((name) => name !== '');
}

/** What users do not have is not there to be shown, or to be left out. */
function pathsOf(name: string): Path[] {
  try {
    return [parsePath(name)];
  } catch (error) {
    if (error instanceof ScimError) return [];
    throw error;
  }
}

/** The part of a user that a client wants to read; `schemas` and `id` in any case (RFC 7643 7, `returned`). */
export function project(resource: Shown, projection: Projection): Shown {
  if (!projection) return resource;
  const isChosen = 'only' in projection;
  const paths = isChosen ? projection.only : projection.without;
  const { schemas, id, ...rest } = resource;
  return { schemas, id, ...pick(rest, paths, isChosen, false) };
}

function pick(resource: Shown, paths: readonly Path[], isChosen: boolean, isEnterprise: boolean): Shown {
  const picked = Object.entries(resource).flatMap(([name, value]) => {
    if (name === enterpriseSchema && !isEnterprise) {
      const inside = paths.filter((path) => path.isEnterprise);
      if (inside.some(({ attribute }) => attribute === null)) return isChosen ? [[name, value]] : [];
      const part = pick(value as Shown, inside, isChosen, true);
      return Object.keys(part).length === 0 ? [] : [[name, part]];
    }
    const named = paths.filter((path) => path.isEnterprise === isEnterprise && path.attribute?.name === name);
    if (named.some(({ sub }) => sub === null)) return isChosen ? [[name, value]] : [];
    const subs = named.flatMap(({ sub }) => (sub ? [sub.name] : []));
    if (subs.length === 0) return isChosen ? [] : [[name, value]];
    return [[name, pickParts(value, subs, isChosen)]];
  });
  return Object.fromEntries(picked);
}

function pickParts(value: unknown, subs: readonly string[], isChosen: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => pickParts(each, subs, isChosen));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => subs.includes(name) === isChosen));
}
