import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './client.ts';
import type { Instance } from './types.ts';

export const instanceQuery = queryOptions({
  queryKey: ['instance'],
  queryFn: ({ signal }) => call<Instance>('/instance', { signal }),
  staleTime: 60_000,
});

export function useInstance() {
  return useQuery(instanceQuery);
}

/** Changes the fields that are given. */
export function useUpdateInstance() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Instance>) => call<Instance>('/instance', { method: 'PATCH', body }),
    onSuccess: (instance) => queries.setQueryData(['instance'], instance),
  });
}
