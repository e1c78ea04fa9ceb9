import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from './client.ts';
import { pagedQuery, withQuery } from './pages.ts';
import type { Authorization } from './types.ts';

/**
 * Who uses an application, page by page.
 * @param search part of the name or email address of those to find; empty finds everybody
 */
export function useAuthorizationsOfApplication(id: string, search: string) {
  const path = withQuery(`/applications/${id}/authorizations`, { search });
  return useInfiniteQuery({
    ...pagedQuery<Authorization>(['authorizations', 'application', path], path),
    placeholderData: keepPreviousData,
  });
}

/** Ends one authorization, and forgets the consent behind it. */
export function useEndAuthorization() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, application }: Pick<Authorization, 'id' | 'application'>) =>
      call<void>(`/applications/${application.id}/authorizations/${id}`, { method: 'DELETE' }),
    // What somebody else ended first is gone from the list as well.
    onSettled: refresh,
  });
}

/** Ends all authorizations of an application, and kills its codes that were not redeemed yet. */
export function useEndAllAuthorizations(applicationId: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => call<void>(`/applications/${applicationId}/authorizations`, { method: 'DELETE' }),
    onSettled: refresh,
  });
}

/** Nobody waits for the answers: who asked may be gone from the screen by then, and has something to say. */
function useRefresh() {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: ['authorizations'] });
    void queries.invalidateQueries({ queryKey: ['audit-events'] });
    void queries.invalidateQueries({ queryKey: ['applications'], exact: true });
  };
}
