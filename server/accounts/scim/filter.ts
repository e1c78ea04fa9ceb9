import { userNameKey } from '../../model/scim-user.ts';
import { ScimError, type ScimErrorType } from './error.ts';
import { type ComplexValue, isObject, type Resource, type Value } from './resource.ts';
import {
  type Attribute,
  enterprise,
  enterpriseSchema,
  findAttribute,
  findSubAttribute,
  userSchema,
} from './schema.ts';

/** Where something is in a user (RFC 7644 3.5.2): `emails[type eq "work"].value`. */
export interface Path {
  /** Whether it is in the enterprise extension; without `attribute` it is all of that. */
  readonly isEnterprise: boolean;
  readonly attribute: Attribute | null;
  /** Which of several values. */
  readonly filter: Filter | null;
  readonly sub: Attribute | null;
}

const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
type Comparison = (typeof comparisons)[number];
type Operand = string | number | boolean | null;

/** A filter (RFC 7644 3.4.2.2). */
export type Filter =
  | { readonly is: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly is: 'not'; readonly part: Filter }
  | { readonly is: 'present'; readonly path: Path }
  | { readonly is: Comparison; readonly path: Path; readonly operand: Operand };

/** Characters of a filter or a path. */
const longest = 1000;
/** Comparisons in one filter: each is made with each value, by each of a hundred operations. */
const mostComparisons = 10;
/** Brackets within brackets. */
const deepest = 10;

/** @throws ScimError `invalidFilter` */
export function parseFilter(text: string): Filter {
  const parser = new Parser(text, 'invalidFilter');
  const filter = parser.filter(resolveName);
  parser.end();
  return filter;
}

/** @throws ScimError `invalidPath`, also for what users do not have */
export function parsePath(text: string): Path {
  const parser = new Parser(text, 'invalidPath');
  const path = parser.path(resolveName);
  parser.end();
  return path;
}

type NamedPath = Omit<Path, 'filter'>;
type Resolve = (name: string) => NamedPath | undefined;

/** A name with or without the schema before it: `name.givenName`, `urn:…:User:name.givenName`. */
function resolveName(text: string): NamedPath | undefined {
  const lower = text.toLowerCase();
  if (lower === enterpriseSchema.toLowerCase()) return { isEnterprise: true, attribute: null, sub: null };
  const isEnterprise = lower.startsWith(`${enterpriseSchema.toLowerCase()}:`);
  const schema = isEnterprise ? enterpriseSchema : userSchema;
  const name =
    isEnterprise || lower.startsWith(`${schema.toLowerCase()}:`) ? text.slice(schema.length + 1) : text;
  const [first = '', second, ...more] = name.split('.');
  const attribute = isEnterprise ? findSubAttribute(enterprise, first) : findAttribute(first);
  if (!attribute || attribute === enterprise || more.length > 0) return undefined;
  if (second === undefined) return { isEnterprise, attribute, sub: null };
  const sub = findSubAttribute(attribute, second);
  return sub && { isEnterprise, attribute, sub };
}

/** Reads a text from its beginning to its end, each character once. */
class Parser {
  readonly #text: string;
  readonly #type: ScimErrorType;
  #at = 0;
  #depth = 0;
  #comparisons = 0;

  constructor(text: string, type: ScimErrorType) {
    this.#text = text;
    this.#type = type;
    if (text.length > longest) throw this.#wrong(`has more than ${longest} characters`);
  }

  end(): void {
    this.#take(/\s*/y);
    if (this.#at < this.#text.length) throw this.#wrong('goes on after its end');
  }

  filter(resolve: Resolve): Filter {
    if (++this.#depth > deepest) throw this.#wrong('has too many brackets within brackets');
    const any = this.#list('or', () => this.#list('and', () => this.#term(resolve)));
    this.#depth--;
    return any;
  }

  path(resolve: Resolve): Path {
    const name = this.#take(/\s*([A-Za-z$][\w:.$-]*)/y);
    if (name === undefined) throw this.#wrong('has no name of an attribute where one is needed');
    const found = resolve(name);
    if (!found) throw this.#wrong('names an attribute that users do not have');
    const { attribute } = found;
    if (this.#take(/\s*(\[)/y) === undefined) return { ...found, filter: null };
    if (!attribute?.multiValued || found.sub)
      throw this.#wrong('chooses among the values of what has only one');
    const filter = this.filter((inner) => {
      const sub = findSubAttribute(attribute, inner);
      return sub && { isEnterprise: false, attribute: sub, sub: null };
    });
    if (this.#take(/\s*(\])/y) === undefined) throw this.#wrong('has a [ without its ]');
    const subName = this.#take(/\.([A-Za-z$][\w$-]*)/y);
    if (subName === undefined) return { ...found, filter };
    const sub = findSubAttribute(attribute, subName);
    if (!sub) throw this.#wrong('names an attribute that users do not have');
    return { ...found, filter, sub };
  }

  #list(word: 'and' | 'or', read: () => Filter): Filter {
    const first = read();
    const parts = [first];
    const next = word === 'and' ? /\s+(and)(?=[\s(])/iy : /\s+(or)(?=[\s(])/iy;
    while (this.#take(next) !== undefined) parts.push(read());
    return parts.length === 1 ? first : { is: word, parts };
  }

  #term(resolve: Resolve): Filter {
    const isNot = this.#take(/\s*(not)(?=\s*\()/iy) !== undefined;
    if (this.#take(/\s*(\()/y) !== undefined) {
      const part = this.filter(resolve);
      if (this.#take(/\s*(\))/y) === undefined) throw this.#wrong('has a ( without its )');
      return isNot ? { is: 'not', part } : part;
    }
    if (++this.#comparisons > mostComparisons)
      throw this.#wrong(`has more than ${mostComparisons} comparisons`);
    const path = this.path(resolve);
    if (path.attribute === null) throw this.#wrong('compares a schema, not an attribute');
    const word = this.#take(/\s+([a-z]+)/iy)?.toLowerCase();
    // `emails[type eq "work"]` alone: whether there is such a value.
    if (word === undefined && path.filter) return { is: 'present', path };
    if (word === 'pr') return { is: 'present', path };
    const is = comparisons.find((each) => each === word);
    if (!is) throw this.#wrong('compares by something else than eq, ne, co, sw, ew, gt, ge, lt, le and pr');
    return { is, path, operand: this.#operand() };
  }

  #operand(): Operand {
    const text = this.#take(
      /\s+("(?:[^"\\]|\\.)*"|-?\d{1,15}(?:\.\d{1,15})?|true|false|null)(?=[\s)\]]|$)/iy,
    );
    if (text === undefined)
      throw this.#wrong(
        'compares with something that is no text in quotation marks, number, true, false or null',
      );
    try {
      return JSON.parse(text.startsWith('"') ? text : text.toLowerCase()) as Operand;
    } catch {
      throw this.#wrong('has a text that is not written as JSON writes one');
    }
  }

  /** What the pattern's group found here, or all of it; undefined when the text goes on in another way. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at = pattern.lastIndex;
    return found[1] ?? found[0];
  }

  #wrong(what: string): ScimError {
    return new ScimError(400, this.#type, `The ${this.#type === 'invalidPath' ? 'path' : 'filter'} ${what}.`);
  }
}

/** Whether a user is as a filter says. @param resource also with `id` */
export function matches(filter: Filter, resource: Resource): boolean {
  switch (filter.is) {
    case 'and':
      return filter.parts.every((part) => matches(part, resource));
    case 'or':
      return filter.parts.some((part) => matches(part, resource));
    case 'not':
      return !matches(filter.part, resource);
    case 'present':
      return valuesAt(filter.path, resource).length > 0;
    default: {
      const { is, path, operand } = filter;
      const values = valuesAt(path, resource);
      if (is === 'ne') return !values.some((value) => compares('eq', path, value, operand));
      if (is === 'eq' && operand === null) return values.length === 0;
      return values.some((value) => compares(is, path, value, operand));
    }
  }
}

/** Everything that is there, of each of several values; the value itself where a complex one is compared (RFC 7643 2.4). */
function valuesAt({ isEnterprise, attribute, filter, sub }: Path, resource: Resource): readonly Value[] {
  const container = isEnterprise ? resource[enterpriseSchema] : resource;
  const value = attribute && isObject(container) ? (container as ComplexValue)[attribute.name] : undefined;
  if (value === undefined) return [];
  const all = Array.isArray(value) ? (value as readonly Value[]) : [value];
  const chosen = filter ? all.filter((each) => isObject(each) && matches(filter, each as ComplexValue)) : all;
  const part =
    sub ?? (filter || attribute?.type !== 'complex' ? undefined : findSubAttribute(attribute, 'value'));
  if (!part) return chosen;
  return chosen.flatMap(
    (each) => (isObject(each) ? ((each as ComplexValue)[part.name] ?? []) : []) as Value[],
  );
}

function compares(is: Exclude<Comparison, 'ne'>, path: Path, value: Value, operand: Operand): boolean {
  const { attribute, sub } = path;
  const compared = sub ?? (attribute?.type === 'complex' ? findSubAttribute(attribute, 'value') : attribute);
  if (typeof value === 'boolean')
    return is === 'eq' && (value === operand || String(value) === String(operand).toLowerCase());
  if (typeof value !== 'string' || operand === null) return false;
  const [a, b] = [value, String(operand)].map((text) => (compared?.caseExact ? text : userNameKey(text))) as [
    string,
    string,
  ];
  switch (is) {
    case 'eq':
      return a === b;
    case 'co':
      return a.includes(b);
    case 'sw':
      return a.startsWith(b);
    case 'ew':
      return a.endsWith(b);
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
  }
}
