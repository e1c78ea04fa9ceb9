import type { FieldError } from '../base/refusal.ts';
import type { Kind } from './field-kinds.ts';
import type { ClaimMapping, HandoverSettings, Provisioning, SignInRule } from './identity-provider.ts';
import type { Scope } from './instance.ts';
import type { SigningAlgorithm } from './signing-algorithm.ts';

/**
 * A field of what administrators set. A table of fields (`application-fields.ts`, `instance-fields.ts`) is all that the REST API, the
 * store, the audit log and the console know them by; its keys are what the code calls them.
 * @typeParam Of what a field may depend on, such as the type of the application
 */
export interface Field<Value, Of> {
  /** What it is called in the REST API and in audit events. */
  readonly name: string;
  /** What its column is called, where that is not its name. */
  readonly column?: string;
  readonly kind: Kind<Value>;
  /** What it means, for the OpenAPI document: sentences. */
  readonly description: string;
  /** What a new one has when nobody says otherwise. Without it, whoever makes one must say. */
  readonly initial?: Value | ((of: Of) => Value);
  /** What else is wrong with a value that is right for its kind. */
  readonly check?: (value: Value, of: Of) => readonly FieldError[] | string | null;
  /** Whether giving it this value outlasts the session that does it, and so takes a recent password. Without it, no value does. */
  readonly givesPower?: (value: Value) => boolean;
  /** Who else than an administrator with the REST API sets it: the operator, or a call of its own. */
  readonly setBy?: 'operator' | 'own_call';
}

/** A table of fields whose values are of these types. */
export type Fields<Of> = Readonly<
  Record<
    string,
    | Field<string, Of>
    | Field<string | null, Of>
    | Field<SigningAlgorithm, Of>
    | Field<boolean, Of>
    | Field<number, Of>
    | Field<number | null, Of>
    | Field<readonly string[], Of>
    | Field<readonly Scope[], Of>
    | Field<SignInRule, Of>
    | Field<Provisioning, Of>
    | Field<ClaimMapping, Of>
    | Field<HandoverSettings['jwks'], Of>
  >
>;

type ValueOf<F> = F extends { readonly kind: Kind<infer Value> } ? Value : never;

/** What has a value for each field of a table. */
export type ValuesOf<Table> = { readonly [Property in keyof Table]: ValueOf<Table[Property]> };

/** The same, for the fields that administrators set. */
export type SettableValuesOf<Table> = {
  readonly [Property in keyof Table as Table[Property] extends { readonly setBy: string }
    ? never
    : Property]: ValueOf<Table[Property]>;
};

/** The same, by the names in the REST API. */
export type SettableNamedValuesOf<Table extends Readonly<Record<string, { readonly name: string }>>> = {
  readonly [Property in keyof Table as Table[Property] extends { readonly setBy: string }
    ? never
    : Table[Property]['name']]: ValueOf<Table[Property]>;
};

/** A line of a table, with what the code calls it; the type of its value is forgotten. */
export type FieldLine<Property extends string, Of> = Field<unknown, Of> & { readonly property: Property };

/** The lines of a table in its order. */
export function linesOf<Table extends Fields<Of>, Of>(
  table: Table & Fields<Of>,
): readonly FieldLine<keyof Table & string, Of>[] {
  return Object.entries(table).map(
    ([property, field]) => ({ ...field, property }) as unknown as FieldLine<keyof Table & string, Of>,
  );
}

/** What has values for fields; those that it does not have are not given. */
type Values = object;

function valueIn(values: Values, property: string): unknown {
  return (values as Readonly<Record<string, unknown>>)[property];
}

/** What is wrong with the values that are given, in the order of the table. */
export function checkValues<Of>(
  lines: readonly FieldLine<string, Of>[],
  values: Values,
  of: Of,
): FieldError[] {
  return lines.flatMap((field) => {
    const value = valueIn(values, field.property);
    if (value === undefined) return [];
    const wrong = field.kind.check(value) ?? field.check?.(value, of) ?? [];
    return typeof wrong === 'string' ? [{ path: field.name, message: wrong }] : wrong;
  });
}

/** The values of something new, of the fields that have an initial one. */
export function initialValues<Of>(lines: readonly FieldLine<string, Of>[], of: Of): Record<string, unknown> {
  return Object.fromEntries(
    lines
      .filter(({ initial }) => initial !== undefined)
      .map(({ property, initial }) => [property, typeof initial === 'function' ? initial(of) : initial]),
  );
}

/** An empty text in a field that may be absent says that it is. */
export function withoutEmptyTexts<Given extends Values>(
  lines: readonly FieldLine<string, never>[],
  given: Given,
): Given {
  const none = lines.filter(
    ({ kind, property }) => valueIn(given, property) === '' && kind.sent.type.includes('null'),
  );
  return { ...given, ...Object.fromEntries(none.map(({ property }) => [property, null])) };
}

/** What a request sent, by the properties of the code. @param sent by the names of the REST API */
export function valuesSent(
  lines: readonly FieldLine<string, never>[],
  sent: Values,
): Record<string, unknown> {
  return Object.fromEntries(
    lines
      .map(({ name, property }) => [property, valueIn(sent, name)])
      .filter(([, value]) => value !== undefined),
  );
}

/** Values by their names in the REST API. */
export function namedValues(
  lines: readonly FieldLine<string, never>[],
  values: Values,
): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const { name, property } of lines) named[name] = valueIn(values, property);
  return named;
}

/**
 * What a change would change.
 * @returns its lines, and the detail of the audit event that tells of it
 */
export function differences<Property extends string>(
  lines: readonly FieldLine<Property, never>[],
  before: Values,
  change: Values,
) {
  const changed = lines.filter(
    ({ property }) =>
      valueIn(change, property) !== undefined &&
      JSON.stringify(valueIn(change, property)) !== JSON.stringify(valueIn(before, property)),
  );
  return {
    changed,
    detail: {
      changed: changed.map(({ name }) => name),
      before: namedValues(changed, before),
      after: namedValues(changed, change),
    },
  };
}

/** Whether a change outlasts the session that makes it. @param changed the lines that it changes */
export function givesPower(changed: readonly FieldLine<string, never>[], change: Values): boolean {
  return changed.some((field) => field.givesPower?.(valueIn(change, field.property)) ?? false);
}
