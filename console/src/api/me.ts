import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { call } from './client.ts';
import type { User } from './types.ts';

const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => call<User>('/me', { signal }),
  staleTime: 5 * 60_000,
});

/** Who is signed in. */
export function useMe(): User {
  return useSuspenseQuery(meQuery).data;
}

/** Changes the signed-in user's own name or language. */
export function useUpdateMe() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Pick<User, 'locale' | 'name'>>) =>
      call<User>('/me', { method: 'PATCH', body }),
    onSuccess: (user) => queries.setQueryData(['me'], user),
  });
}
