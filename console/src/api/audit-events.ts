import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from './client.ts';
import { pagedQuery, withQuery } from './pages.ts';
import type { AuditEvent, Page } from './types.ts';

/** Which events a list has; what is undefined or empty lets every event in. */
export interface AuditFilter {
  readonly type?: string | undefined;
  readonly application_id?: string | undefined;
  /** Whom it concerns. */
  readonly user_id?: string | undefined;
  /** Who did it. */
  readonly actor_id?: string | undefined;
  /** RFC 3339, inclusive. */
  readonly since?: string | undefined;
  /** RFC 3339, exclusive. */
  readonly until?: string | undefined;
}

/** How often a live list asks whether there is something new, in milliseconds. */
const pollInterval = 4_000;

/** What happened, newest first, page by page. What was found before stands until the answer is there. */
export function useAuditEvents(filter: AuditFilter) {
  const path = withQuery('/audit-events', { ...filter });
  return useInfiniteQuery({
    ...pagedQuery<AuditEvent>(['audit-events', path], path),
    placeholderData: keepPreviousData,
  });
}

/**
 * Adds new events to a list as they happen, while the page can be seen.
 * @returns the IDs of those that came last
 */
export function useLiveAuditEvents(filter: AuditFilter, isLive: boolean): ReadonlySet<string> {
  const queries = useQueryClient();
  const path = withQuery('/audit-events', { ...filter });
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  const { data: newest } = useQuery({
    queryKey: ['newest-audit-events', path],
    queryFn: ({ signal }) => call<Page<AuditEvent>>(withQuery(path, { limit: '50' }), { signal }),
    enabled: isLive,
    refetchInterval: pollInterval,
    gcTime: 0,
  });
  useEffect(() => {
    const key = ['audit-events', path];
    const list = queries.getQueryData<InfiniteData<Page<AuditEvent>>>(key);
    if (!newest || !list) return;
    const known = new Set(list.pages.flatMap(({ data }) => data.map(({ id }) => id)));
    const oldest = list.pages.at(-1)?.data.at(-1)?.id ?? '';
    const fresh = newest.data.filter(({ id }) => !known.has(id) && id > oldest);
    if (fresh.length === 0) return;
    queries.setQueryData(key, merged(list, newest, fresh));
    setArrived(new Set(fresh.map(({ id }) => id)));
  }, [newest, path, queries]);
  return arrived;
}

/** The list with new events in it; when more happened than one page holds, the list begins anew with that page. */
function merged(
  list: InfiniteData<Page<AuditEvent>>,
  newest: Page<AuditEvent>,
  fresh: readonly AuditEvent[],
): InfiniteData<Page<AuditEvent>> {
  const [first, ...rest] = list.pages;
  if (!first || (fresh.length === newest.data.length && newest.next_cursor !== null))
    return { pages: [newest], pageParams: [''] };
  const data = [...fresh, ...first.data].sort((one, other) => (one.id < other.id ? 1 : -1));
  return { pages: [{ ...first, data }, ...rest], pageParams: list.pageParams };
}

/** What an application that has been deleted was called; nothing while `id` is null. */
export function useNameOfDeletedApplication(id: string | null) {
  return useQuery({
    queryKey: ['deleted-applications', id],
    queryFn: async ({ signal }) => {
      const filter = { application_id: id ?? '', type: 'application.deleted', limit: '1' };
      const { data } = await call<Page<AuditEvent>>(withQuery('/audit-events', filter), { signal });
      const name = data[0]?.detail['name'];
      return typeof name === 'string' ? name : null;
    },
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
