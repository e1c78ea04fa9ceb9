import type { FieldLine } from '../model/fields.ts';
import { Columns, type SqlValue, Values } from './engine/database.ts';

/** A row as both engines give it, by the names of its columns. */
export type Row = Readonly<Record<string, SqlValue>>;

/** The columns of a table of fields (`model/fields.ts`), one for each, named as in the REST API unless the field says otherwise. */
export class FieldColumns<Fields> {
  readonly #lines: readonly FieldLine<keyof Fields & string, never>[];
  /** To name them in a statement, in the order of `values`. */
  readonly names: string;
  readonly columns: Columns;

  constructor(lines: readonly FieldLine<keyof Fields & string, never>[]) {
    this.#lines = lines;
    this.names = lines.map(columnOf).join(', ');
    this.columns = new Columns(this.names);
  }

  /** What a statement writes into the columns. */
  values(record: Fields): Values {
    return new Values(
      this.#lines.map(({ property, kind }) => {
        const value: unknown = record[property];
        return (kind.stored === 'json' ? JSON.stringify(value) : value) as SqlValue;
      }),
    );
  }

  /** The fields of a row that names all columns. */
  read(row: Row): Fields {
    const record: Partial<Record<keyof Fields, unknown>> = {};
    for (const field of this.#lines) {
      const value = row[columnOf(field)];
      switch (field.kind.stored) {
        case 'flag':
          record[field.property] = value === 1;
          break;
        case 'json':
          record[field.property] = JSON.parse(value as string);
          break;
        default:
          record[field.property] = value;
      }
    }
    return record as Fields;
  }
}

function columnOf({ name, column = name }: FieldLine<string, never>): string {
  return column;
}
