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

/** For the description of a call that takes a recent password (docs/api.md). */
export const takesRecentPassword =
  'With a session cookie, this requires that the password was entered in the last 15 minutes.';

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Always `about:blank`. Use `code` to tell errors apart.' }),
    title: Type.String({ description: 'The HTTP status in words.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'An explanation for people. It may change; do not parse it.' }),
    code: Type.String({ description: 'A stable identifier of the error. docs/api.md lists all of them.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: 'The field, such as `name` or `redirect_uris.0`.' }),
          message: Type.String(),
        }),
      ),
    ),
  },
  { $id: 'Problem', description: 'A problem document (RFC 9457).' },
);

/** A shared schema, by its name. */
export function ref(name: string) {
  return Type.Unsafe<unknown>({ $ref: `${name}#` });
}

/** A page of a list. */
export function listOf(name: string, more: Record<string, ReturnType<typeof Type.Integer>> = {}) {
  return Type.Object({
    data: Type.Array(ref(name)),
    next_cursor: nullableText('The `cursor` of the next page; `null` on the last page.'),
    ...more,
  });
}

export const reasons: Record<number, string> = {
  400: 'The body is not well-formed JSON, or the path or query is malformed.',
  401: 'There is no session, or the access token is not valid.',
  403: 'The caller is not allowed to do this.',
  404: 'The resource does not exist in this instance.',
  409: 'The request conflicts with a limit or with the current state.',
  413: 'The body is too large.',
  415: 'The content type of the body is not supported.',
  421: 'No instance has this host name.',
  422: 'A field or parameter is not valid. `errors` names it.',
  429: 'Too many attempts. `Retry-After` tells when to try again.',
  500: 'An unexpected error occurred on the server.',
  503: 'The database is unavailable. `Retry-After` tells when to try again.',
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
export const nothing = { description: 'The request succeeded; there is no body.', type: 'null' } as const;

export function presentTime(instant: Instant | null): string | null {
  return instant === null ? null : toRfc3339(instant);
}
