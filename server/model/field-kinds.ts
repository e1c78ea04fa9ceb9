import {
  checkDescription,
  checkEmail,
  checkInteger,
  checkLine,
  checkName,
  checkWebUrl,
  maxDescriptionLength,
  maxEmailLength,
  maxNameLength,
  maxUrlLength,
} from '../base/text.ts';

/** JSON Schema, as far as the values of fields need it. */
export interface JsonSchema {
  readonly type: string | readonly string[];
  readonly [keyword: string]: unknown;
}

/** How a form asks for a value; *own* has a control of its own. */
export type Control =
  | 'line'
  | 'paragraph'
  | 'url'
  | 'email'
  | 'switch'
  | 'choice'
  | 'number'
  | 'lifetime'
  | 'own';

/** What values a field takes: the same for every field of the kind, wherever it is sent, checked, stored, shown or asked for. */
export interface Kind<Value> {
  readonly control: Control;
  /** What a request may hold, as far as JSON Schema can say. */
  readonly sent: JsonSchema;
  /** What an answer holds. */
  readonly shown: JsonSchema;
  /** How a column holds it: as it is, as 0 or 1, or as JSON. */
  readonly stored: 'as_is' | 'flag' | 'json';
  /** @returns what is wrong with a value, or null */
  readonly check: (value: Value) => string | null;
  /** The least and the most that a number may be. */
  readonly range?: readonly [min: number, max: number];
  /** What a number counts, where it is a duration. */
  readonly unit?: 'second';
  /** What there is to choose from. */
  readonly choices?: readonly string[];
  /** The regular expression that a text must match. */
  readonly pattern?: string;
  /** The most characters that a text may have. */
  readonly maxLength?: number;
}

const nullable = (type: string) => [type, 'null'] as const;

/** A text of one line that must say something. */
export function nameText(maxLength = maxNameLength): Kind<string> {
  return {
    control: 'line',
    sent: { type: 'string', minLength: 1, maxLength },
    shown: { type: 'string' },
    stored: 'as_is',
    check: (text) => checkName(text, maxLength),
    maxLength,
  };
}

/**
 * A text of exactly that form.
 * @param pattern with `^` and `$`
 * @param wrong what to say of another; otherwise the pattern is named
 */
export function patternText(
  pattern: string,
  wrong = `must match ${pattern}`,
): Kind<string> & { readonly pattern: string } {
  const form = new RegExp(pattern);
  return {
    control: 'line',
    sent: { type: 'string', pattern },
    shown: { type: 'string' },
    stored: 'as_is',
    check: (text) => (form.test(text) ? null : wrong),
    pattern,
  };
}

/** A text of one line; null, which an empty one stands for too, is none. */
export const line = optionalText('line', maxNameLength, checkLine);
/** A text of several lines, or null. */
export const paragraph = optionalText('paragraph', maxDescriptionLength, checkDescription);
/** A link that people are shown, or null. */
export const webUrl = optionalText('url', maxUrlLength, checkWebUrl);
/** An email address, or null. */
export const email = optionalText('email', maxEmailLength, checkEmail);

function optionalText(
  control: Control,
  maxLength: number,
  check: (text: string) => string | null,
): Kind<string | null> {
  return {
    control,
    sent: { type: nullable('string'), maxLength },
    shown: { type: nullable('string') },
    stored: 'as_is',
    check: (text) => (text === null || text === '' ? null : check(text)),
    maxLength,
  };
}

/** Yes or no. */
export const flag: Kind<boolean> = {
  control: 'switch',
  sent: { type: 'boolean' },
  shown: { type: 'boolean' },
  stored: 'flag',
  check: () => null,
};

/** One of a few words of a standard, which are the same in every language. */
export function choice<Word extends string>(
  choices: readonly Word[],
): Kind<Word> & { readonly choices: readonly Word[] } {
  return {
    control: 'choice',
    sent: { type: 'string', enum: choices },
    shown: { type: 'string', enum: choices },
    stored: 'as_is',
    check: (word) => (choices.includes(word) ? null : `must be one of ${choices.join(', ')}`),
    choices,
  };
}

/** A whole number. */
export function integer(min: number, max: number): Kind<number> {
  return {
    control: 'number',
    sent: { type: 'integer', minimum: min, maximum: max },
    shown: { type: 'integer' },
    stored: 'as_is',
    check: (value) => checkInteger(value, min, max),
    range: [min, max],
  };
}

/** A duration in seconds. */
export function seconds(min: number, max: number): Kind<number> {
  return { ...integer(min, max), unit: 'second' };
}

/** Seconds that something lives: a duration with others at hand to choose from. */
export function lifetime(min: number, max: number): Kind<number> {
  return { ...seconds(min, max), control: 'lifetime' };
}

/** Seconds that something lives; null is *No expiration*. */
export function lifetimeOrNever(min: number, max: number): Kind<number | null> {
  const { sent, check, ...rest } = lifetime(min, max);
  return {
    ...rest,
    sent: { ...sent, type: nullable('integer') },
    shown: { type: nullable('integer') },
    check: (value) => (value === null ? null : check(value)),
  };
}

/** An object of words to choose from, by the names of its members; all of them must be there. */
export function choices<Member extends string, Word extends string>(
  members: Readonly<Record<Member, readonly Word[]>>,
): Kind<Readonly<Record<Member, Word>>> {
  const names = Object.keys(members) as Member[];
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', enum: members[name] }]));
  return {
    control: 'own',
    sent: { type: 'object', required: names, properties, additionalProperties: false },
    shown: { type: 'object', required: names, properties },
    stored: 'json',
    check: (value) => {
      const wrong = names.find((name) => !members[name].includes(value[name]));
      return wrong === undefined ? null : `must have one of ${members[wrong].join(', ')} for ${wrong}`;
    },
  };
}

/** A list, whose field says what may be in it. @param items what JSON Schema can say of each */
export function list<Item>(
  items: { sent: JsonSchema; shown: JsonSchema },
  limits: { minItems?: number; maxItems: number },
): Kind<readonly Item[]> {
  return {
    control: 'own',
    sent: { type: 'array', items: items.sent, ...limits },
    shown: { type: 'array', items: items.shown },
    stored: 'json',
    check: () => null,
  };
}
