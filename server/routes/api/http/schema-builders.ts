import type TypeBox from 'typebox';

/** What makes a property one that may be left out; hidden, since it is no word of JSON Schema. */
const optional = Symbol('optional');

interface Schema {
  readonly [optional]?: true;
  readonly [keyword: string]: unknown;
}

const builders = {
  String: (options: Schema = {}) => ({ type: 'string', ...options }),
  Integer: (options: Schema = {}) => ({ type: 'integer', ...options }),
  Boolean: (options: Schema = {}) => ({ type: 'boolean', ...options }),
  Unknown: (options: Schema = {}) => options,
  Unsafe: (schema: Schema) => schema,
  Array: (items: Schema, options: Schema = {}) => ({ type: 'array', items, ...options }),
  Record: (_names: Schema, values: Schema, options: Schema = {}) => ({
    type: 'object',
    patternProperties: { '^.*$': values },
    ...options,
  }),
  Optional: (schema: Schema) => Object.defineProperty({ ...schema }, optional, { value: true }),
  Object: (properties: Record<string, Schema>, options: Schema = {}) => {
    const required = Object.keys(properties).filter((name) => !properties[name]?.[optional]);
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
  },
};

/**
 * The builders of TypeBox that the REST API's schemas are written with: the same names and types, and the same JSON Schema. TypeBox
 * itself is loaded when the first body or query is checked (validation.ts): to load it takes longer than all else of a start.
 */
export default builders as unknown as Pick<typeof TypeBox, keyof typeof builders>;
