import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './client.ts';
import { everyPage } from './pages.ts';
import type { Application, ApplicationList, ApplicationType, Page } from './types.ts';

/** An application in the list, which also says how many users it has. */
export type ListedApplication = Application & { readonly user_count: number };

/** All applications, with how many there are and may be. */
export type ListOfApplications = Omit<ApplicationList, 'data'> & Page<ListedApplication>;

interface NewApplication {
  readonly type: ApplicationType;
  readonly name: string;
}

/** An application just made, with the secret that is never shown again (types web and machine). */
export type CreatedApplication = Application & { readonly client_secret?: string };

export const applicationsQuery = queryOptions({
  queryKey: ['applications'],
  queryFn: ({ signal }) =>
    everyPage<ListedApplication, ListOfApplications>('/applications?include=user_count', signal),
});

/** All applications, oldest first, with how many there may be. */
export function useApplications() {
  return useQuery(applicationsQuery);
}

/** @param id the application's ID */
export function applicationQuery(id: string) {
  return queryOptions({
    queryKey: ['applications', id],
    queryFn: ({ signal }) => call<Application>(`/applications/${id}`, { signal }),
  });
}

/** Registers an application. */
export function useCreateApplication() {
  const queries = useQueryClient();
  return useMutation({
    // The answer may hold a client secret: it is forgotten with the dialog that shows it.
    gcTime: 0,
    mutationFn: (body: NewApplication) => call<CreatedApplication>('/applications', { method: 'POST', body }),
    onSuccess: ({ client_secret: _secret, ...application }) => {
      queries.setQueryData(['applications', application.id], application);
      return queries.invalidateQueries({ queryKey: ['applications'], exact: true });
    },
  });
}

/** Changes the fields that are given. */
export function useUpdateApplication(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Application>) =>
      call<Application>(`/applications/${id}`, { method: 'PATCH', body }),
    onSuccess: (application) => {
      queries.setQueryData(['applications', id], application);
      void queries.invalidateQueries({ queryKey: ['applications'], exact: true });
    },
  });
}

/**
 * Deletes the application and ends everything it holds.
 * @param leave goes away from the application's screens, before they could ask for what is no longer there
 */
export function useDeleteApplication(id: string, leave: () => Promise<void> | void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>(`/applications/${id}`, { method: 'DELETE' }),
    onSuccess: async () => {
      await leave();
      // A screen that is still on its way out would ask for it once more, if it were not there.
      queries.removeQueries({ queryKey: ['applications', id], type: 'inactive' });
      await queries.invalidateQueries({ queryKey: ['applications', id], refetchType: 'none' });
      await queries.invalidateQueries({ queryKey: ['applications'], exact: true });
    },
  });
}

/** Gives the application a logo: the file as it is, which the server judges by its bytes and draws anew. */
export function usePutLogo(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (image: Blob) =>
      call<Application>(`/applications/${id}/logo`, { method: 'PUT', body: image }),
    onSuccess: (application) => {
      queries.setQueryData(['applications', id], application);
      void queries.invalidateQueries({ queryKey: ['applications'], exact: true });
    },
  });
}

/** Takes the application's logo away. */
export function useDeleteLogo(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>(`/applications/${id}/logo`, { method: 'DELETE' }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['applications'] }),
  });
}
