import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './client.ts';
import { everyPage } from './pages.ts';
import type { Api, ApiScope } from './types.ts';

/** What can be set of an API besides its identifier. */
export type ApiSettings = Pick<Api, 'name' | 'access_token_lifetime' | 'signing_alg' | 'token_typ'>;

export const apisQuery = queryOptions({
  queryKey: ['apis'],
  queryFn: async ({ signal }) => (await everyPage<Api>('/apis', signal)).data,
  staleTime: 60_000,
});

/** All of the instance, the default one first: there are 50 at most. */
export function useApis() {
  return useQuery(apisQuery);
}

/** One of them; undefined while they are fetched, and where there is none of that ID. */
export function useApi(id: string) {
  const { data, ...query } = useApis();
  return { ...query, isFetched: data !== undefined, data: data?.find((api) => api.id === id) };
}

/** Adds an API. */
export function useCreateApi() {
  const whatFollows = useWhatFollows();
  return useMutation({
    mutationFn: (body: ApiSettings & { readonly identifier: string }) =>
      call<Api>('/apis', { method: 'POST', body }),
    onSuccess: whatFollows,
  });
}

/** Changes the fields that are given. */
export function useUpdateApi(id: string) {
  const whatFollows = useWhatFollows();
  return useMutation({
    mutationFn: (body: Partial<ApiSettings>) => call<Api>(`/apis/${id}`, { method: 'PATCH', body }),
    onSuccess: whatFollows,
  });
}

/** Changes the scopes of an API, of which it has those that it has at this moment: somebody else may have changed others. */
export function useChangeScopes(id: string) {
  const whatFollows = useWhatFollows();
  return useMutation({
    mutationFn: async (change: (scopes: readonly ApiScope[]) => readonly ApiScope[]) => {
      const { scopes } = await call<Api>(`/apis/${id}`);
      return call<Api>(`/apis/${id}`, { method: 'PATCH', body: { scopes: change(scopes) } });
    },
    onSuccess: whatFollows,
  });
}

/**
 * Deletes an API.
 * @param leave goes away from its screen, before that could miss it
 */
export function useDeleteApi(id: string, leave: () => Promise<void> | void) {
  const whatFollows = useWhatFollows();
  return useMutation({
    mutationFn: () => call<void>(`/apis/${id}`, { method: 'DELETE' }),
    onSuccess: async () => {
      await leave();
      await whatFollows();
    },
  });
}

/** The instance lists the scopes of its own API, and the audit log tells of all. */
function useWhatFollows(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    void queries.invalidateQueries({ queryKey: ['instance'] });
    void queries.invalidateQueries({ queryKey: ['audit-events'] });
    await queries.invalidateQueries({ queryKey: ['apis'] });
  };
}
