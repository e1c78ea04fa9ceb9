import { type Id, parseId } from '../../../base/ids.ts';
import { refuseFieldErrors } from '../../../base/refusal.ts';
import { maxEmailLength } from '../../../base/text.ts';
import Type from './schema-builders.ts';

/** The query of every list. */
export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100,
      description: 'The number of entries in a page. 100 by default.',
    }),
  ),
  cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
};

/** A query that searches people by a part of their name or email address. */
export const searchQuery = {
  search: Type.Optional(
    Type.String({
      maxLength: maxEmailLength,
      // PostgreSQL's texts cannot hold NUL, and nobody is called by the others.
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      description: 'A part of the name or email address. Not case-sensitive.',
    }),
  ),
};

const defaultLimit = 100;

/**
 * Reads one page of a list that is ordered by ID.
 * @param list gives at most so many entries beyond that ID
 * @throws Refusal `validation_failed` for a cursor that no page gave
 */
export async function readPage<T extends { readonly id: Id }, View>(
  query: { limit?: number | undefined; cursor?: string | undefined },
  list: (beyond: Id | undefined, limit: number) => Promise<T[]>,
  present: (entry: T) => View,
): Promise<{ data: View[]; next_cursor: string | null }> {
  const { limit = defaultLimit, cursor } = query;
  const beyond = parseId(cursor);
  if (cursor !== undefined && !beyond)
    refuseFieldErrors([{ path: 'cursor', message: 'must be the next_cursor of a page' }]);
  // One more than asked for tells whether there is another page.
  const entries = await list(beyond, limit + 1);
  const page = entries.slice(0, limit);
  return {
    data: page.map(present),
    next_cursor: entries.length > limit ? (page.at(-1) as T).id : null,
  };
}
