import { type Instant, toRfc3339 } from '../../../base/units.ts';
import Type from './schema-builders.ts';
import { nullable } from './validation.ts';

export const IdText = (description: string) => Type.String({ pattern: '^[0-9a-f]{32}$', description });
export const nullableId = (description: string) =>
  nullable<string>({ type: 'string', pattern: '^[0-9a-f]{32}$', description });
export const time = (description: string) => Type.String({ format: 'date-time', description });
export const nullableTime = (description: string) =>
  nullable<string>({ type: 'string', format: 'date-time', description });
export const nullableText = (description: string) => nullable<string>({ type: 'string', description });
export const lifetime = (description: string) => nullable<number>({ type: 'integer', description });

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Always about:blank; code tells the kinds apart' }),
    title: Type.String({ description: 'The status in words' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence for people' }),
    code: Type.String({ description: 'Stable; docs/api.md lists them' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: 'The field, such as name or redirect_uris.0' }),
          message: Type.String(),
        }),
      ),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457' },
);

/** A shared schema, by its name. */
export function ref(name: string) {
  return Type.Unsafe<unknown>({ $ref: `${name}#` });
}

/** A page of a list. */
export function listOf(name: string, more: Record<string, ReturnType<typeof Type.Integer>> = {}) {
  return Type.Object({
    data: Type.Array(ref(name)),
    next_cursor: nullableText('Send it as cursor for the next page; null: this was the last'),
    ...more,
  });
}

export const reasons: Record<number, string> = {
  400: 'The body is not well-formed JSON, or the path or query cannot be read',
  401: 'Not signed in, or the access token is not good',
  403: 'Signed in, but not allowed',
  404: 'There is no such thing in this instance',
  409: 'A limit or another state of things is in the way',
  413: 'The body is too large',
  415: 'The body is of another kind than this call takes',
  421: 'The host name is not that of an instance',
  422: 'A field or parameter is wrong; errors names it',
  429: 'Too many tries; Retry-After says when to come back',
  500: 'Something went wrong on the server',
  503: 'The database cannot be reached; Retry-After says when to try again',
};

/** The problem documents that a call may answer with, besides those that any call may. */
export function problems(...statuses: number[]): Record<number, unknown> {
  const all = [400, 401, 403, ...statuses, 421, 500, 503];
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: reasons[status],
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
      },
    ]),
  );
}

/** An answer of that shape. */
export function answer(description: string, schema: unknown): unknown {
  return { description, content: { 'application/json': { schema } } };
}

/** A 204. */
export const nothing = { description: 'Done', type: 'null' } as const;

export function presentTime(instant: Instant | null): string | null {
  return instant === null ? null : toRfc3339(instant);
}
