/** The schemas of fields, as their tables in `model/` have them. */

import type { TOptional, TUnsafe } from 'typebox';
import type { Kind } from '../../../model/field-kinds.ts';
import type { FieldLine } from '../../../model/fields.ts';
import Type from '../http/schema-builders.ts';

type Schema<Field> = Field extends { readonly kind: Kind<infer Value> } ? TUnsafe<Value> : never;
type Named = Readonly<Record<string, { readonly name: string }>>;

/** What a request may set: nothing of it must be there. */
export type ChangeSchemas<Table extends Named> = {
  [Property in keyof Table as Table[Property] extends { readonly setBy: string }
    ? never
    : Table[Property]['name']]: TOptional<Schema<Table[Property]>>;
};

/** What a request that makes something new may set: what has no initial value must be there. */
export type CreationSchemas<Table extends Named> = {
  [Property in keyof Table as Table[Property] extends { readonly setBy: string }
    ? never
    : Table[Property]['name']]: Table[Property] extends { readonly initial: unknown }
    ? TOptional<Schema<Table[Property]>>
    : Schema<Table[Property]>;
};

/** What an answer holds; what not everything of the sort has may be absent. */
export type ShownSchemas<Table extends Named, EveryType> = {
  [Property in keyof Table as Table[Property]['name']]: Table[Property] extends {
    readonly types: infer Types;
  }
    ? Types extends EveryType
      ? Schema<Table[Property]>
      : TOptional<Schema<Table[Property]>>
    : Schema<Table[Property]>;
};

/** A field as far as its schema needs it. */
export type SchemaLine = FieldLine<string, never> & { readonly types?: readonly string[] };

/** @param note what is to be said of a field besides its description */
export function changeSchemas<Table extends Named>(
  lines: readonly SchemaLine[],
  note: (line: SchemaLine) => string = () => '',
): ChangeSchemas<Table> {
  return named(lines, (line) => Type.Optional(sent(line, note))) as ChangeSchemas<Table>;
}

/** @param note what is to be said of a field besides its description */
export function creationSchemas<Table extends Named>(
  lines: readonly SchemaLine[],
  note: (line: SchemaLine) => string = () => '',
): CreationSchemas<Table> {
  return named(lines, (line) => {
    const { initial } = line;
    if (initial === undefined) return sent(line, note);
    return Type.Optional(sent(line, note, typeof initial === 'function' ? {} : { default: initial }));
  }) as CreationSchemas<Table>;
}

/**
 * @param note what is to be said of a field besides its description
 * @param isOptional whether a field may be absent
 */
export function shownSchemas<Table extends Named, EveryType = unknown>(
  lines: readonly SchemaLine[],
  note: (line: SchemaLine) => string = () => '',
  isOptional: (line: SchemaLine) => boolean = () => false,
): ShownSchemas<Table, EveryType> {
  return named(lines, (line) => {
    const schema = Type.Unsafe<unknown>({ ...line.kind.shown, description: describe(line, note) });
    return isOptional(line) ? Type.Optional(schema) : schema;
  }) as ShownSchemas<Table, EveryType>;
}

function sent(line: SchemaLine, note: (line: SchemaLine) => string, more: object = {}): TUnsafe<unknown> {
  return Type.Unsafe({ ...line.kind.sent, ...more, description: describe(line, note) });
}

function describe(line: SchemaLine, note: (line: SchemaLine) => string): string {
  return [line.description, note(line)].filter((part) => part !== '').join(' ');
}

function named(
  lines: readonly SchemaLine[],
  schemaOf: (line: SchemaLine) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(lines.map((line) => [line.name, schemaOf(line)]));
}
