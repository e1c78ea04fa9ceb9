import { OAuthError } from './errors.ts';

/** The parameters that may come more than once (RFC 8707 2). */
export const repeatable: readonly string[] = ['resource'];

/** More than any request has, and few enough to look at each. */
const mostParameters = 200;

/** A form, a query or a JSON object with more parameters than any request has: answered 400. */
export class TooManyParameters extends Error {
  override name = 'TooManyParameters';
  readonly statusCode = 400;

  constructor() {
    super(`a request has at most ${mostParameters} parameters`);
  }
}

/**
 * Counts the parameters of a form or a query before anybody takes them apart.
 * @throws TooManyParameters
 */
export function refuseTooManyParameters(text: string): void {
  let count = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1))
    if (++count > mostParameters) throw new TooManyParameters();
}

/**
 * The parameters of one OAuth request, from a query, a form or (Workfront profile) a JSON object: named, single,
 * and text. An empty parameter counts as absent (RFC 6749 3.1); a repeated one is remembered, so that the
 * endpoint can refuse it.
 */
export class Form {
  readonly #values = new Map<string, string>();
  /** Everything as it came, repeated ones too. */
  readonly #pairs: [name: string, value: string][] = [];
  readonly #repeated = new Set<string>();
  /** Members of a JSON object that are no text: a mistake when they are asked for, and else none of ours. */
  readonly #notText = new Set<string>();

  /** @throws TooManyParameters */
  static fromText(text: string): Form {
    refuseTooManyParameters(text);
    const form = new Form();
    for (const [name, value] of new URLSearchParams(text)) form.#add(name, value);
    return form;
  }

  /**
   * From a JSON body; numbers are read as text, and null as absent.
   * @returns undefined when it is not a JSON object
   * @throws TooManyParameters
   */
  static fromJson(text: string): Form | undefined {
    const body = parseObject(text);
    if (!body) return undefined;
    const members = Object.entries(body);
    if (members.length > mostParameters) throw new TooManyParameters();
    const form = new Form();
    for (const [name, value] of members) {
      if (typeof value === 'string' || typeof value === 'number') form.#add(name, String(value));
      else if (value !== null) form.#notText.add(name);
    }
    // A parser keeps the last of several members with one name, and another parser may keep the first.
    const seen = new Set<string>();
    for (const name of memberNames(text)) {
      if (seen.has(name)) form.#repeated.add(name);
      seen.add(name);
    }
    return form;
  }

  #add(name: string, value: string): void {
    this.#pairs.push([name, value]);
    if (this.#values.has(name)) this.#repeated.add(name);
    else this.#values.set(name, value);
  }

  /** @throws OAuthError `invalid_request` when it is there as something other than text */
  get(name: string): string | undefined {
    if (this.#notText.has(name)) throw new OAuthError('invalid_request', `${name} must be text`);
    return this.#values.get(name) || undefined;
  }

  /** Every value of a parameter that may come more than once, in the order in which they came; empty ones are absent. */
  all(name: string): string[] {
    if (this.#notText.has(name)) throw new OAuthError('invalid_request', `${name} must be text`);
    return this.#pairs.filter((pair) => pair[0] === name && pair[1] !== '').map(([, value]) => value);
  }

  /** Whether this parameter came more than once. */
  isRepeated(name: string): boolean {
    return this.#repeated.has(name);
  }

  /** The first parameter that came more than once and may not, whatever its name; undefined when none did. */
  repeated(): string | undefined {
    return [...this.#repeated].find((name) => !repeatable.includes(name));
  }

  /** The names of all parameters that came more than once. */
  allRepeated(): ReadonlySet<string> {
    return this.#repeated;
  }

  /** Everything as a query again, as it came. */
  toQuery(): URLSearchParams {
    return new URLSearchParams(this.#pairs);
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The names of the members of a JSON object, as often as they stand in its text. */
function memberNames(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (string === undefined) depth += token === '{' || token === '[' ? 1 : -1;
    else if (colon !== undefined && depth === 1) names.push(JSON.parse(string) as string);
  }
  return names;
}
