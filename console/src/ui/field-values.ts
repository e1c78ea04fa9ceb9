import type { Kind } from '../../../server/model/field-kinds.ts';

/** What a form holds of a field: a text that may be absent is an empty one, and a number that is missing is NaN. */
export type DraftValue<Value> = [Value] extends [string | null] ? string : Value;

/** The value of a field as its control shows it. @param value undefined for a field that is not there */
export function inForm(kind: Kind<unknown>, value: unknown): unknown {
  switch (kind.control) {
    case 'line':
    case 'paragraph':
    case 'url':
    case 'email':
    case 'choice':
      return value ?? '';
    case 'switch':
      return value ?? false;
    case 'number':
    case 'lifetime':
      return value ?? null;
    case 'own':
      return value ?? [];
  }
}

/** What a control holds, as the REST API takes it: texts without the space around them, and null for one that may be absent and is empty. */
export function inRequest(kind: Kind<unknown>, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  return text === '' && mayBeNull(kind) ? null : text;
}

/** Whether a field may say that there is nothing. */
export function mayBeNull(kind: Kind<unknown>): boolean {
  return kind.sent.type.includes('null');
}
