import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { call } from './client.ts';
import { pagedQuery, withQuery } from './pages.ts';
import type { Authorization, Page, User } from './types.ts';

/** Which users a list has; what is empty lets everybody in. */
export interface UserFilter {
  /** Part of the name or email address. */
  readonly search?: string;
  readonly role?: string;
  readonly active?: string;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly role: User['role'];
  readonly locale: User['locale'];
  /** Without it the user cannot sign in with one. */
  readonly password?: string;
  /** What tokens call the user; the ID without it. */
  readonly subject?: string;
}

/** What can be changed of a user. */
export type UserChange = Partial<Pick<User, 'email' | 'name' | 'role' | 'active' | 'locale' | 'claims'>> & {
  readonly password?: string;
};

/** @param id the user's ID */
export function userQuery(id: string) {
  return queryOptions({
    queryKey: ['users', 'one', id],
    queryFn: ({ signal }) => call<User>(`/users/${id}`, { signal }),
    staleTime: 60_000,
  });
}

/** One user; nothing while `id` is null. */
export function useUser(id: string | null) {
  return useQuery({ ...userQuery(id ?? ''), enabled: id !== null });
}

/** The users, oldest first, page by page. What was found before stands until the answer is there. */
export function useUsers(filter: UserFilter) {
  const path = withQuery('/users', { ...filter });
  return useInfiniteQuery({
    ...pagedQuery<User>(['users', 'list', path], path),
    placeholderData: keepPreviousData,
  });
}

/**
 * The first users with this in their name or email address, for a field that completes it.
 * @param among `active`: only those who are not deactivated
 */
export function useFoundUsers(search: string, among: 'all' | 'active', isEnabled = true) {
  const path = withQuery('/users', { search, limit: '20', ...(among === 'active' && { active: 'true' }) });
  return useQuery({
    queryKey: ['users', 'found', path],
    queryFn: async ({ signal }) => (await call<Page<User>>(path, { signal })).data,
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}

/** The applications that may act for a user, page by page. */
export function useAuthorizationsOfUser(id: string) {
  return useInfiniteQuery(
    pagedQuery<Authorization>(['authorizations', 'user', id], `/users/${id}/authorizations`),
  );
}

/** Adds a user. */
export function useCreateUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewUser) => call<User>('/users', { method: 'POST', body }),
    onSuccess: (user) => {
      queries.setQueryData(userQuery(user.id).queryKey, user);
      void queries.invalidateQueries({ queryKey: ['users'] });
      void queries.invalidateQueries({ queryKey: ['audit-events'] });
    },
  });
}

/** Changes the fields that are given. */
export function useUpdateUser(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: UserChange) => call<User>(`/users/${id}`, { method: 'PATCH', body }),
    onSuccess: (user) => {
      queries.setQueryData(userQuery(id).queryKey, user);
      void queries.invalidateQueries({ queryKey: ['users', 'list'] });
      void queries.invalidateQueries({ queryKey: ['me'] });
      void queries.invalidateQueries({ queryKey: ['authorizations'] });
      void queries.invalidateQueries({ queryKey: ['audit-events'] });
    },
  });
}

/** Takes an identity from a user, and ends the sessions that it opened. */
export function useUnlinkIdentity(userId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call<void>(`/users/${userId}/identities/${id}`, { method: 'DELETE' }),
    onSuccess: (_, unlinked) => {
      queries.setQueryData(
        userQuery(userId).queryKey,
        (user) => user && { ...user, identities: user.identities.filter(({ id }) => id !== unlinked) },
      );
      void queries.invalidateQueries({ queryKey: ['users', 'list'] });
      void queries.invalidateQueries({ queryKey: ['audit-events'] });
    },
  });
}

/** Ends every browser session of a user. */
export function useEndSessions(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>(`/users/${id}/sessions`, { method: 'DELETE' }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['audit-events'] }),
  });
}

/**
 * Deletes a user for good.
 * @param leave goes away from the user's screen, before it could ask for what is no longer there
 */
export function useDeleteUser(id: string, leave: () => Promise<void> | void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>(`/users/${id}`, { method: 'DELETE' }),
    onSuccess: async () => {
      await leave();
      for (const queryKey of [userQuery(id).queryKey, ['authorizations'], ['audit-events']]) {
        // A screen that is still on its way out would ask for it once more, if it were not there.
        queries.removeQueries({ queryKey, type: 'inactive' });
        await queries.invalidateQueries({ queryKey, refetchType: 'none' });
      }
      void queries.invalidateQueries({ queryKey: ['users', 'list'] });
      void queries.invalidateQueries({ queryKey: ['users', 'found'] });
      void queries.invalidateQueries({ queryKey: ['applications'], exact: true });
    },
  });
}

/** Where all that is known of a user can be downloaded. */
export function exportOf(id: string): string {
  return `/api/v1/users/${id}/export`;
}
