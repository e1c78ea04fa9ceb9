import { infiniteQueryOptions } from '@tanstack/react-query';
import { call } from './client.ts';
import type { Page } from './types.ts';

/**
 * A whole list, page by page.
 * @param path below `/api/v1`
 * @returns the first page's other members, with the items of all pages
 */
export async function everyPage<Item, Answer extends Page<Item> = Page<Item>>(
  path: string,
  signal?: AbortSignal,
): Promise<Answer> {
  const first = await call<Answer>(withQuery(path, { limit: '100' }), { signal });
  const data = [...first.data];
  for (let cursor = first.next_cursor; cursor !== null; ) {
    const page = await call<Answer>(withQuery(path, { limit: '100', cursor }), { signal });
    data.push(...page.data);
    cursor = page.next_cursor;
  }
  return { ...first, data, next_cursor: null };
}

/** A path with more query parameters; those that are undefined or empty are left out. */
export function withQuery(path: string, parameters: Record<string, string | undefined>): string {
  const [bare = '', before] = path.split('?');
  const query = new URLSearchParams(before);
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return query.size > 0 ? `${bare}?${query}` : bare;
}

/**
 * A list that is read page by page, as far as somebody asks for more.
 * @param path below `/api/v1`
 */
export function pagedQuery<Item>(queryKey: readonly unknown[], path: string) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      call<Page<Item>>(withQuery(path, { limit: '25', cursor: pageParam }), { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
}
