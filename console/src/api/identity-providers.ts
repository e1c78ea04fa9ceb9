import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './client.ts';
import { everyPage } from './pages.ts';
import type { IdentityProvider, Page, ProviderType, ScimToken } from './types.ts';

/** What can be set of a provider; which fields there are depends on its type. */
export type ProviderFields = Readonly<Record<string, unknown>>;

/** A token in the one answer that holds it, with the address that it is sent to. */
export interface NewScimToken extends ScimToken {
  readonly token: string;
  readonly base_url: string;
}

export const identityProvidersQuery = queryOptions({
  queryKey: ['identity-providers'],
  queryFn: async ({ signal }) => (await everyPage<IdentityProvider>('/identity-providers', signal)).data,
});

/** All of the instance: there are 20 at most. */
export function useIdentityProviders() {
  return useQuery(identityProvidersQuery);
}

/** @param id the provider's ID */
export function identityProviderQuery(id: string) {
  return queryOptions({
    queryKey: ['identity-providers', id],
    queryFn: ({ signal }) => call<IdentityProvider>(`/identity-providers/${id}`, { signal }),
  });
}

export function useIdentityProvider(id: string) {
  return useQuery(identityProviderQuery(id));
}

/** Adds a provider. */
export function useCreateIdentityProvider() {
  const queries = useQueryClient();
  return useMutation({
    // With the body goes the client secret, which is nowhere any more when its form is.
    gcTime: 0,
    mutationFn: (body: ProviderFields & { readonly type: ProviderType }) =>
      call<IdentityProvider>('/identity-providers', { method: 'POST', body }),
    onSuccess: (provider) => {
      queries.setQueryData(identityProviderQuery(provider.id).queryKey, provider);
      void queries.invalidateQueries({ queryKey: ['identity-providers'], exact: true });
      void queries.invalidateQueries({ queryKey: ['audit-events'] });
    },
  });
}

/** Changes the fields that are given. */
export function useUpdateIdentityProvider(id: string) {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (body: ProviderFields) =>
      call<IdentityProvider>(`/identity-providers/${id}`, { method: 'PATCH', body }),
    onSuccess: (provider) => {
      queries.setQueryData(identityProviderQuery(id).queryKey, provider);
      void queries.invalidateQueries({ queryKey: ['identity-providers'], exact: true });
      void queries.invalidateQueries({ queryKey: ['audit-events'] });
    },
  });
}

/**
 * Deletes a provider.
 * @param leave goes away from its screen, before it could ask for what is no longer there
 */
export function useDeleteIdentityProvider(id: string, leave: () => Promise<void> | void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>(`/identity-providers/${id}`, { method: 'DELETE' }),
    onSuccess: async () => {
      await leave();
      queries.removeQueries({ queryKey: ['identity-providers', id], type: 'inactive' });
      void queries.invalidateQueries({ queryKey: ['identity-providers'], exact: true });
      void queries.invalidateQueries({ queryKey: ['users'] });
      void queries.invalidateQueries({ queryKey: ['audit-events'] });
    },
  });
}

/** The SCIM tokens of a provider: there are five at most. */
export function useScimTokens(providerId: string) {
  return useQuery({
    queryKey: ['identity-providers', providerId, 'scim-tokens'],
    queryFn: async ({ signal }) =>
      (await call<Page<ScimToken>>(`/identity-providers/${providerId}/scim-tokens`, { signal })).data,
  });
}

/** Adds a SCIM token. The answer holds it: `reset()` with the dialog that shows it, and it is nowhere any more. */
export function useAddScimToken(providerId: string) {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (body: { readonly name: string }) =>
      call<NewScimToken>(`/identity-providers/${providerId}/scim-tokens`, { method: 'POST', body }),
    onSettled: () =>
      void queries.invalidateQueries({ queryKey: ['identity-providers', providerId, 'scim-tokens'] }),
  });
}

/** Deletes the SCIM token with that ID. */
export function useDeleteScimToken(providerId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call<void>(`/identity-providers/${providerId}/scim-tokens/${id}`, { method: 'DELETE' }),
    onSettled: () =>
      void queries.invalidateQueries({ queryKey: ['identity-providers', providerId, 'scim-tokens'] }),
  });
}
