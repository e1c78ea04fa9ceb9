import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import type { TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { type FieldError, Refusal, refuseFieldErrors } from '../../../base/refusal.ts';
import Type from './schema-builders.ts';

/** So many wrong fields are named in one answer. */
const maxErrors = 50;

type BuildValidator = NonNullable<
  NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>['buildValidator']
>;

/** Gives Fastify what checks bodies and queries; Fastify's types know only the one that it comes with. */
export const buildValidator = (() => validatorCompiler) as unknown as BuildValidator;

let compile: typeof import('typebox/compile').Compile | undefined;

/** Loads what checks bodies and queries, hundreds of modules, when the first request comes: most starts are for the token endpoint. */
export async function loadValidation(): Promise<void> {
  if (compile) return;
  const [{ Compile }, { Settings }] = await Promise.all([
    import('typebox/compile'),
    import('typebox/system'),
  ]);
  Settings.Set({ maxErrors });
  compile = Compile;
}

/**
 * Checks bodies and queries. Nothing is converted but the whole numbers of a query, nothing is dropped: a field that
 * is unknown or of another type is named. `loadValidation` must have been awaited before the first request is checked.
 */
const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  // An ID that cannot be one is not found, which the routes say.
  if (httpPart === 'params') return (value: unknown) => ({ value });
  let validator: Validator | undefined;
  return (value: unknown) => {
    validator ??= (compile as NonNullable<typeof compile>)(schema);
    const input = httpPart === 'querystring' ? withIntegers(schema, value) : value;
    if (validator.Check(input)) return { value: input };
    try {
      refuseFieldErrors(fieldErrors(validator.Errors(input)));
    } catch (error) {
      return { error: error as Error };
    }
    return { error: new Refusal('validation_failed', 'The body must be a JSON object.') };
  };
};

function withIntegers(schema: TSchema, query: unknown): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, { type?: string }> }).properties ?? {};
  const entries = Object.entries(query as Record<string, unknown>).map(([name, value]) => {
    const isInteger =
      properties[name]?.type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value);
    return [name, isInteger ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function fieldErrors(errors: readonly TLocalizedValidationError[]): FieldError[] {
  const byPath = new Map<string, string>();
  for (const error of errors)
    for (const { path, message } of sentences(error)) if (!byPath.has(path)) byPath.set(path, message);
  return [...byPath].slice(0, maxErrors).map(([path, message]) => ({ path, message }));
}

function sentences(error: TLocalizedValidationError): FieldError[] {
  const path = fieldPath(error.instancePath);
  switch (error.keyword) {
    case 'boolean':
      return [{ path, message: 'is not a field that can be set here' }];
    case 'additionalProperties':
      return []; // one `boolean` error for each of them says it
    case 'required':
      return error.params.requiredProperties.map((name) => ({
        path: path ? `${path}.${name}` : name,
        message: 'is required',
      }));
    case 'type': {
      const types = [error.params.type].flat().map((type) => typeNames[type] ?? type);
      return [{ path: path || 'body', message: `must be ${types.join(' or ')}` }];
    }
    case 'enum':
      return [
        {
          path,
          message: `must be one of ${error.params.allowedValues.map((value) => (value === null ? 'null' : value)).join(', ')}`,
        },
      ];
    default:
      return [{ path: path || 'body', message: error.message }];
  }
}

const typeNames: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** A JSON pointer as a field's name: `/redirect_uris/0` is `redirect_uris.0`. */
function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 100))
    .join('.');
}

/** A value of that schema, or null. */
export function nullable<T>(schema: { type: string | string[]; [keyword: string]: unknown }) {
  return Type.Unsafe<T | null>({ ...schema, type: [schema.type, 'null'].flat() });
}

/** One of these words. */
export function oneOf<const T extends readonly (string | null)[]>(
  values: T,
  options: Record<string, unknown> = {},
) {
  const type = values.includes(null) ? ['string', 'null'] : 'string';
  return Type.Unsafe<T[number]>({ type, enum: [...values], ...options });
}
